"""A free proof says what it proves, and that it proves nothing where it does not."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.probe.making import completion, respond, view
from text2llm.net.message import Failure, FailureKind
from text2llm.probe.free import NOT_PROVABLE, FreeCall, judge_free, plan_free
from text2llm.providers.endpoints import FreeProbe, load_free_probes
from text2llm.providers.registry import load_registry
from text2llm.upstream.access import Access, find_access
from text2llm.upstream.verdict import Reason, Status, Verdict


def reach(provider: str, variable: str, value: str = "k", more: str = "", grants: str = "") -> Access:
    environ = {variable: value, "TEXT2LLM_TRUSTED_ORIGINS": grants}
    return find_access(provider, view(f"version: 1\n{more}", environ=environ), None)


def plan(access: Access) -> FreeCall | Verdict:
    return plan_free(access, load_free_probes(load_registry()).get(access.provider, ()))


def planned(provider: str, variable: str, value: str = "k") -> FreeCall:
    free = plan(reach(provider, variable, value))
    assert isinstance(free, FreeCall)
    return free


def request_of(free: FreeCall) -> tuple[str, str, str]:
    return free.request.method, str(free.request.origin), free.request.path


def test_request_is_that_of_the_descriptor() -> None:
    free = planned("openrouter", "OPENROUTER_API_KEY")
    assert request_of(free) == ("GET", "https://openrouter.ai", "/api/v1/key")
    assert free.request.headers == (("accept", "application/json"),)
    assert free.request.body == b""


def test_query_and_body_go_along() -> None:
    assert request_of(planned("google", "GEMINI_API_KEY"))[2] == "/v1beta/models?pageSize=1"
    free = planned("ollama-cloud", "OLLAMA_API_KEY")
    assert (json.loads(free.request.body), dict(free.request.headers)["content-type"]) == (
        {"query": ""},
        "application/json",
    )


def test_place_below_the_base_url_of_the_config_is_asked() -> None:
    config = "models: {providers: {litellm: {baseUrl: 'http://127.0.0.1:9', apiKey: '${K}', models: [{id: m}]}}}\n"
    free = plan(reach("litellm", "K", "sandbox-ok", config))
    assert isinstance(free, FreeCall)
    assert request_of(free) == ("GET", "http://127.0.0.1:9", "/key/info")


@pytest.mark.parametrize(
    ("provider", "variable", "value"),
    [
        # no free proof is known
        ("together", "TOGETHER_API_KEY", "k"),
        # one for tokens alone, and one on an origin that no credential is bound to
        ("anthropic", "ANTHROPIC_API_KEY", "sk-ant-api03-x"),
        ("chutes", "CHUTES_API_KEY", "cpk_x"),
    ],
)
def test_unverifiable_credential_is_not_sent(provider: str, variable: str, value: str) -> None:
    assert plan(reach(provider, variable, value)) is NOT_PROVABLE


def test_credential_sent_elsewhere_by_a_config_has_no_free_probe() -> None:
    config = "models: {providers: {xai: {baseUrl: 'https://x.example'}}}\n"
    refused = plan(reach("xai", "XAI_API_KEY", "k", config))
    assert isinstance(refused, Verdict)
    assert refused.reason is Reason.UNTRUSTED_ORIGIN
    verdict = plan(reach("xai", "XAI_API_KEY", "k", config, "env:XAI_API_KEY=https://x.example"))
    assert isinstance(verdict, Verdict)
    assert (verdict.reason, verdict.error) == (
        Reason.NOT_PROVABLE,
        "cannot be verified for free: https://x.example replaces xai, whose free request is sent to itself only",
    )


def test_unknown_provider_has_no_free_probe() -> None:
    config = "models: {providers: {lab: {baseUrl: 'http://127.0.0.1:9', apiKey: sandbox-ok}}}\n"
    assert plan(reach("lab", "LAB_KEY", more=config)) is NOT_PROVABLE


def test_address_that_cannot_be_used_is_passed_over() -> None:
    probe = FreeProbe("GET", "https://[bad/", None, None, (200,), None, partial=False)
    assert plan_free(reach("xai", "XAI_API_KEY"), (probe,)) is NOT_PROVABLE


def test_anthropic_token_has_its_own_free_probe() -> None:
    free = planned("anthropic", "ANTHROPIC_OAUTH_TOKEN", "t")
    assert request_of(free) == ("GET", "https://api.anthropic.com", "/api/oauth/usage")
    assert dict(free.request.headers)["anthropic-beta"] == "oauth-2025-04-20"
    # a setup token lacks the scope, and is valid all the same
    assert judge_free(free, respond({"error": {"type": "permission_error"}}, 403)) is NOT_PROVABLE
    assert judge_free(free, respond({"error": {"type": "rate_limit_error"}}, 429)).reason is Reason.RATE_LIMITED


@pytest.mark.parametrize(
    ("provider", "variable", "status", "body", "reason"),
    [
        ("cohere", "COHERE_API_KEY", 200, {"valid": True}, None),
        ("cohere", "COHERE_API_KEY", 200, {"valid": False}, Reason.INVALID_RESPONSE),
        ("cohere", "COHERE_API_KEY", 200, {}, Reason.INVALID_RESPONSE),
        ("cohere", "COHERE_API_KEY", 200, b"<html>sign in</html>", Reason.INVALID_RESPONSE),
        ("cohere", "COHERE_API_KEY", 200, "valid", Reason.INVALID_RESPONSE),
        ("cohere", "COHERE_API_KEY", 401, {"message": "invalid api token"}, Reason.INVALID_KEY),
        ("cohere", "COHERE_API_KEY", 302, {}, Reason.INVALID_RESPONSE),
        ("cohere", "COHERE_API_KEY", 404, {}, Reason.NOT_PROVABLE),
        ("openrouter", "OPENROUTER_API_KEY", 200, {"data": {"limit_remaining": None}}, None),
        ("openrouter", "OPENROUTER_API_KEY", 200, {"data": []}, Reason.INVALID_RESPONSE),
        ("openrouter", "OPENROUTER_API_KEY", 200, {"error": {"code": 401, "message": "x"}}, Reason.INVALID_KEY),
        ("minimax", "MINIMAX_API_KEY", 200, {"base_resp": {"status_code": 0}}, None),
        ("minimax", "MINIMAX_API_KEY", 200, {"base_resp": {"status_code": 1004}}, Reason.NOT_PROVABLE),
        ("openai", "OPENAI_API_KEY", 403, {"error": {"message": "Missing scopes"}}, Reason.NOT_PROVABLE),
        ("openai", "OPENAI_API_KEY", 200, {"data": []}, None),
        ("openai", "OPENAI_API_KEY", 200, {"models": []}, Reason.INVALID_RESPONSE),
        ("fireworks", "FIREWORKS_API_KEY", 200, {"accounts": []}, None),
        ("fireworks", "FIREWORKS_API_KEY", 200, {}, Reason.INVALID_RESPONSE),
        ("fireworks", "FIREWORKS_API_KEY", 200, [], Reason.INVALID_RESPONSE),
        ("ollama-cloud", "OLLAMA_API_KEY", 400, {"error": "query is required"}, None),
        ("ollama-cloud", "OLLAMA_API_KEY", 401, {"error": "unauthorized"}, Reason.INVALID_KEY),
    ],
)
def test_response_verifies_the_credential_only(
    provider: str, variable: str, status: int, body: Any, reason: Reason | None
) -> None:
    verdict = judge_free(planned(provider, variable), respond(body, status))
    assert (verdict.reason, bool(verdict.error)) == (reason, reason is not None)


def test_failure_is_a_failure() -> None:
    failure = Failure(FailureKind.TLS, "bad certificate")
    assert judge_free(planned("xai", "XAI_API_KEY"), failure).reason is Reason.TLS


@given(st.integers(100, 599), st.sampled_from([completion(), {}, [], None, "ok", {"valid": 1}, {"data": {"x": 1}}]))
def test_no_other_response_verifies_a_key(status: int, body: Any) -> None:
    for provider, variable in (("cohere", "COHERE_API_KEY"), ("openrouter", "OPENROUTER_API_KEY")):
        assert judge_free(planned(provider, variable), respond(body, status)).status is not Status.OK


def test_free_probes_are_on_origins_of_their_provider() -> None:
    elsewhere: Mapping[str, str] = {"chutes": "llm", "github-copilot": "api"}
    for name, probes in load_free_probes(load_registry()).items():
        provider = load_registry().get(name)
        assert provider is not None
        for probe in probes:
            bound = any(probe.url.startswith(f"{origin}/") for origin in provider.origins)
            assert bound or probe.url.startswith("{baseUrl}/") or name in elsewhere


def test_free_probe_for_tokens_is_not_used_with_a_key() -> None:
    tokens_only = load_free_probes(load_registry())["xai"][0]._replace(credential="token")
    assert plan_free(reach("xai", "XAI_API_KEY"), (tokens_only,)) is NOT_PROVABLE


def test_kind_of_credential_is_known_if_a_provider_has_one_header(monkeypatch: pytest.MonkeyPatch) -> None:
    xai = load_registry().get("xai")
    assert xai is not None
    tokens = xai._replace(auth=xai.auth._replace(key=None, token=xai.auth.key))
    monkeypatch.setattr(Access, "builtin", tokens)
    tokens_only = load_free_probes(load_registry())["xai"][0]._replace(credential="token")
    assert isinstance(plan_free(reach("xai", "XAI_API_KEY"), (tokens_only,)), FreeCall)


def test_token_that_must_be_exchanged_has_no_free_probe() -> None:
    found = plan(reach("github-copilot", "COPILOT_GITHUB_TOKEN", "gho_" + "a" * 36))
    assert isinstance(found, Verdict)
    assert found.reason is Reason.NOT_PROVABLE
    assert "which only a completion does" in str(found.error)
