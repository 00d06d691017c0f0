from __future__ import annotations

import pytest

from tests.probe.making import view
from text2llm.auth.health import STATIC
from text2llm.auth.sources import Effective, SourceKind
from text2llm.providers.endpoints import load_usage
from text2llm.providers.registry import load_registry
from text2llm.secret import Secret
from text2llm.upstream.access import find_access
from text2llm.usage.plan import UsageQuery, plan_query


def plan(provider: str, secret: str | None, base_url: str | None = None) -> UsageQuery | None:
    config = "" if base_url is None else f"models: {{providers: {{{provider}: {{baseUrl: '{base_url}'}}}}}}\n"
    value = None if secret is None else Secret(secret)
    credential = Effective(provider, SourceKind.PROFILE, f"{provider}:me", "oauth", STATIC, value, profile_id="me")
    access = find_access(provider, view(f"version: 1\n{config}"), None).using(credential)
    return plan_query(access, load_usage(load_registry())[provider])


def test_request_is_that_of_the_descriptor() -> None:
    query = plan("anthropic", "token")
    assert query is not None
    assert (query.provider, query.label, query.answer) == ("anthropic", "anthropic:me", "anthropic")
    assert (query.request.method, query.request.body) == ("GET", b"")
    assert dict(query.request.headers)["anthropic-beta"] == "oauth-2025-04-20"
    assert (query.credential.name, query.credential.prefix) == ("Authorization", "Bearer ")
    assert str(query.credential.credential.name) == "profile:me"
    assert "token" not in repr(query.credential)


@pytest.mark.parametrize(
    ("provider", "secret", "base_url", "url"),
    [
        ("openrouter", "key", None, "https://openrouter.ai/api/v1/key"),
        ("openrouter", "key", "https://openrouter.ai/api/v1", "https://openrouter.ai/api/v1/key"),
        ("openai-codex", "key", None, "https://chatgpt.com/backend-api/wham/usage"),
        ("zai", "key", "https://api.z.ai/api/coding/paas/v4", "https://api.z.ai/api/monitor/usage/quota/limit"),
        ("zai", "key", "https://open.bigmodel.cn/x", "https://open.bigmodel.cn/api/monitor/usage/quota/limit"),
        ("zai", "sandbox-ok", "http://localhost:8080/v1", "http://127.0.0.1:8080/api/monitor/usage/quota/limit"),
        ("zai", "key", "http://127.0.0.1:8080/v1", None),
        ("zai", "sandbox-ok", "https://gateway.example/v1", None),
        ("anthropic", "key", "https://gateway.example", None),
        ("anthropic", "key", "https://{resource}.example", None),
        ("anthropic", None, None, None),
    ],
)
def test_no_config_moves_a_credential(provider: str, secret: str | None, base_url: str | None, url: str | None) -> None:
    query = plan(provider, secret, base_url)
    assert (None if query is None else f"{query.request.origin}{query.request.path}") == url
