"""Credentials that are made when a request is sent, and where they may go."""

from __future__ import annotations

import asyncio
import json
import socket
import ssl
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import httpx
import pytest

from tests.probe.making import granted, make_call, make_target, only_call, view
from text2llm.net.client import Client
from text2llm.probe.result import ProbeOptions
from text2llm.probe.runner import run_probes
from text2llm.sandbox.server import Sandbox, serve
from text2llm.secret import Secret
from text2llm.trust.bindings import Bindings, CredentialKind, CredentialName, NamedSecret, Trust
from text2llm.upstream.exchange import obtain
from text2llm.upstream.exchange.identity import CopilotIdentity, Prepared
from text2llm.upstream.exchange.obtain import Identities
from text2llm.upstream.verdict import Verdict
from text2llm.upstream.wire import build_completion, parse_completion
from text2llm.upstream.wire.azure_openai import find_path
from text2llm.upstream.wire.shape import CompletionCall

CANARY = "gho_canaryCanaryCanaryCanaryCanaryCanary00"
MADE = "made-canary-0123456789-0123456789"
COPILOT = "agents: {defaults: {model: github-copilot/gpt-5-mini}}\n"
AZURE = "agents: {defaults: {model: azure-openai/dep}}\n"
ENTRA = {
    "AZURE_CLIENT_SECRET": CANARY,
    "AZURE_CLIENT_ID": "client",
    "AZURE_TENANT_ID": "tenant",
    "AZURE_OPENAI_RESOURCE_NAME": "corp",
}
Answer = Callable[[httpx.Request], httpx.Response]


def prepare(config: str, environ: Mapping[str, str], answer: Answer) -> Prepared | Verdict:
    call = only_call(config, environ=environ)
    client = Client(view(config, environ=environ).trust, ssl.create_default_context(), transport=Through(answer))
    return asyncio.run(authenticate(client, call))


async def authenticate(client: Client, call: CompletionCall) -> Prepared | Verdict:
    return await Identities(client).authenticate(call, build_completion(call, 8), 5)


class Through(httpx.AsyncBaseTransport):
    """Answers without a connection, and keeps what was sent."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await request.aread()
        return self.answer(request)


def answering(body: Any, status: int = 200, seen: list[httpx.Request] | None = None) -> Answer:
    def answer(request: httpx.Request) -> httpx.Response:
        (seen if seen is not None else []).append(request)
        return httpx.Response(status, content=json.dumps(body).encode())

    return answer


def test_github_token_is_exchanged_and_the_address_followed() -> None:
    seen: list[httpx.Request] = []
    body = {"token": MADE, "endpoints": {"api": "https://api.business.githubcopilot.com"}}
    made = prepare(COPILOT, {"COPILOT_GITHUB_TOKEN": CANARY}, answering(body, seen=seen))
    assert isinstance(made, Prepared)
    assert (str(seen[0].url), seen[0].headers["authorization"]) == (
        "https://api.github.com/copilot_internal/v2/token",
        f"Bearer {CANARY}",
    )
    assert str(made.request.origin) == "https://api.business.githubcopilot.com"
    assert [(each.name, each.credential.secret.reveal()) for each in made.credentials] == [("Authorization", MADE)]


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with serve() as running:
        yield running


@pytest.mark.parametrize(
    ("key", "told"),
    [
        ("ok", "ok"),
        ("limited", "rate_limit/rate_limited"),
        ("revoked", "auth/invalid_key"),
        ("forbidden", "auth/forbidden"),
        ("nonsense", "auth/invalid_key"),
    ],
)
def test_github_token_is_exchanged_over_a_socket(
    sandbox: Sandbox, key: str, told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(obtain, "_COPILOT_URL", f"{sandbox.url}/copilot_internal/v2/token")
    name = CredentialName(CredentialKind.ENV, "COPILOT_GITHUB_TOKEN")
    identity = CopilotIdentity(NamedSecret(name, Secret(f"sandbox-{key}")), moved=False)
    call = make_call("openai-completions", url="https://api.githubcopilot.com")
    call = replace(call, provider="github-copilot", credentials=(), identity=identity)
    before = len(sandbox.requests)
    (result,) = run_probes((make_target(call),), ProbeOptions(timeout_ms=5000), Trust(Bindings())).results
    reason = result.verdict.reason
    assert "/".join(filter(None, (result.verdict.status.value, reason and reason.word))) == told
    paths = [request.path for request in sandbox.requests[before:]]
    completion = ["/github-copilot/chat/completions"] if key in {"ok", "limited"} else []
    assert paths == ["/copilot_internal/v2/token", *completion]


@pytest.mark.parametrize(
    ("status", "body", "word"),
    [
        (401, {"message": "Bad credentials"}, "invalid_key"),
        (400, {"error": "invalid_grant"}, "invalid_key"),
        (400, {"error": CANARY.upper()}, "invalid_key"),
        (403, [], "forbidden"),
        (404, {}, "forbidden"),
        (404, {"message": "Not Found"}, "forbidden"),
        (400, {"error": "invalid_request", "error_description": "AADSTS90002: Tenant 'x' not found."}, "invalid_key"),
        (400, {"error": "unauthorized_client", "error_description": "AADSTS700016: not found"}, "forbidden"),
        (400, {"error": "temporarily_unavailable"}, "overloaded"),
        (401, {"error": "invalid_client", "error_description": "AADSTS7000215: Invalid client secret"}, "invalid_key"),
        (401, {"error": "invalid_client", "error_description": "AADSTS7000222: secret keys are expired"}, "expired"),
        (429, {}, "rate_limited"),
        (503, {}, "server_error"),
        (200, {}, "invalid_response"),
        (200, [], "invalid_response"),
        (200, {"token": MADE, "endpoints": {"api": "http://evil.example"}}, "invalid_response"),
    ],
)
def test_exchange_that_fails_says_why(status: int, body: Any, word: str) -> None:
    made = prepare(COPILOT, {"COPILOT_GITHUB_TOKEN": CANARY}, answering(body, status))
    assert isinstance(made, Verdict)
    assert made.reason is not None
    assert made.reason.word == word or (word == "server_error" and made.reason.word == "overloaded")
    assert CANARY.lower() not in str(made).lower()


def test_application_of_entra_asks_its_own_tenant() -> None:
    seen: list[httpx.Request] = []
    made = prepare(AZURE, ENTRA, answering({"access_token": MADE}, seen=seen))
    assert isinstance(made, Prepared)
    assert str(seen[0].url) == "https://login.microsoftonline.com/tenant/oauth2/v2.0/token"
    assert b"grant_type=client_credentials" in seen[0].content
    assert b"scope=https%3A%2F%2Fcognitiveservices.azure.com%2F.default" in seen[0].content
    assert (str(made.request.origin), made.request.path) == ("https://corp.openai.azure.com", "/openai/v1/responses")
    assert made.credentials[0].credential.secret.reveal() == MADE


def test_secret_does_not_go_to_an_authority_that_it_is_not_bound_to() -> None:
    seen: list[httpx.Request] = []
    environ = {**ENTRA, "AZURE_AUTHORITY_HOST": "https://evil.example"}
    made = prepare(AZURE, environ, answering({"access_token": MADE}, seen=seen))
    assert isinstance(made, Verdict)
    assert made.reason is not None
    assert (made.reason.word, seen) == ("untrusted_origin", [])


@pytest.mark.parametrize("host", ["http://evil.example", "https://x y"])
def test_invalid_authority_is_told(host: str) -> None:
    from tests.probe.making import targets

    (target,) = targets(AZURE, environ={**ENTRA, "AZURE_AUTHORITY_HOST": host})
    assert isinstance(target.call, Verdict)
    assert target.call.error == "AZURE_AUTHORITY_HOST or AZURE_TENANT_ID is invalid"


@pytest.mark.parametrize(
    ("config", "environ", "extra"),
    [
        ("agents: {defaults: {model: amazon-bedrock/x}}\n", {"AWS_PROFILE": "p"}, "aws"),
        (
            "agents: {defaults: {model: google-vertex/x}}\n",
            {"GOOGLE_APPLICATION_CREDENTIALS": "/f", "GOOGLE_CLOUD_LOCATION": "global"},
            "google",
        ),
    ],
)
def test_missing_extra_is_named(
    config: str, environ: dict[str, str], extra: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("botocore.exceptions", "google.auth"):
        monkeypatch.setitem(sys.modules, module, None)
    made = prepare(config, environ, answering({}))
    assert isinstance(made, Verdict)
    assert made.reason is not None
    assert (made.reason.word, made.hint) == ("unproven", f"install text2llm[{extra}] to prove this route")


@pytest.mark.parametrize(
    ("provider", "environ", "url"),
    [
        ("amazon-bedrock", {"AWS_BEARER_TOKEN_BEDROCK": "k"}, "https://bedrock-runtime.us-east-1.amazonaws.com"),
        (
            "amazon-bedrock",
            {"AWS_BEARER_TOKEN_BEDROCK": "k", "AWS_REGION": "eu-west-1"},
            "https://bedrock-runtime.eu-west-1.amazonaws.com",
        ),
        (
            "google-vertex",
            {"GOOGLE_APPLICATION_CREDENTIALS": "/f", "GOOGLE_CLOUD_LOCATION": "global"},
            "https://aiplatform.googleapis.com",
        ),
        (
            "azure-openai",
            {"AZURE_API_KEY": "k", "AZURE_OPENAI_ENDPOINT": "https://corp.openai.azure.com/"},
            "https://corp.openai.azure.com/openai/v1",
        ),
        (
            "azure-openai",
            {"AZURE_API_KEY": "k", "AZURE_RESOURCE_NAME": "corp", "AZURE_OPENAI_API_VERSION": "2025-01-01-preview"},
            "https://corp.openai.azure.com",
        ),
    ],
)
def test_environment_fills_in_the_address(provider: str, environ: dict[str, str], url: str) -> None:
    call = only_call(f"agents: {{defaults: {{model: {provider}/m}}}}\n", environ=environ)
    assert str(call.base) == url
    assert call.api != "azure-openai" or call.path.endswith(
        "/m/chat/completions?api-version=2025-01-01-preview".replace("/m/", "/{model}/")
    )


@pytest.mark.parametrize(
    ("provider", "variable", "url", "may"),
    [
        ("amazon-bedrock", "AWS_BEARER_TOKEN_BEDROCK", "https://bedrock-runtime.eu-west-1.amazonaws.com", True),
        ("amazon-bedrock", "AWS_BEARER_TOKEN_BEDROCK", "https://bedrock-runtime.evil.com/.amazonaws.com", False),
        ("amazon-bedrock", "AWS_BEARER_TOKEN_BEDROCK", "https://bedrock-runtime.a.evil.amazonaws.com", False),
        ("azure-openai", "AZURE_OPENAI_API_KEY", "https://other-tenant.openai.azure.com", False),
    ],
)
def test_repository_names_regions_and_no_tenants(provider: str, variable: str, url: str, *, may: bool) -> None:
    from text2llm.upstream.access import find_access

    config = f"models: {{providers: {{{provider}: {{baseUrl: '{url}'}}}}}}\n"
    environ = {variable: "k", "AZURE_OPENAI_RESOURCE_NAME": "corp"}
    assert (find_access(provider, view(config, environ=environ), "m").refused is None) is may


def converse(**changes: Any) -> bytes:
    message = {"role": "assistant", "content": [{"text": "pong"}]}
    body = {"output": {"message": message}, "stopReason": "end_turn", "usage": {"inputTokens": 1, "outputTokens": 1}}
    return json.dumps({**body, **changes}).encode()


_EMPTY = {"message": {"role": "assistant", "content": []}}
_CALLED = {"message": {"role": "assistant", "content": [{"toolUse": {"name": "noop"}}]}}


@pytest.mark.parametrize(
    ("body", "tool", "outcome"),
    [
        (converse(), False, "Success"),
        (converse(), True, "Uncalled"),
        (converse(output=_CALLED, stopReason="tool_use"), True, "Success"),
        (converse(stopReason="malformed_tool_use"), True, "Uncalled"),
        (converse(stopReason="surprise"), False, "ErrorBody"),
        (converse(stopReason=None), False, "Invalid"),
        (converse(output=_EMPTY, usage={}), False, "Invalid"),
        (converse(output=_EMPTY, usage={"inputTokens": 3}, stopReason="max_tokens"), False, "Success"),
        (converse(output={"message": {"role": "user", "content": []}}), False, "Invalid"),
        (converse(output="text"), False, "Invalid"),
        (converse(output={"message": {"role": "assistant", "content": ["x"]}}), False, "Invalid"),
        (b'data: {"contentBlockDelta": {}}\n\n', False, "Invalid"),
    ],
)
def test_answers_of_converse(body: bytes, tool: bool, outcome: str) -> None:  # noqa: FBT001
    call = replace(make_call("bedrock-converse"), tool=tool)
    assert type(parse_completion(call, body)).__name__ == outcome


@pytest.mark.parametrize(
    ("base", "path"),
    [
        ("/openai/v1", "/chat/completions"),
        ("/openai/deployments/d", "/chat/completions?api-version=2024-10-21"),
        ("/openai", "/deployments/{model}/chat/completions?api-version=2024-10-21"),
        ("", "/openai/deployments/{model}/chat/completions?api-version=2024-10-21"),
    ],
)
def test_azure_path_follows_that_of_the_base_url(base: str, path: str) -> None:
    assert find_path(base) == path


@pytest.mark.parametrize(
    ("path", "expected"),
    [("/openai/v1", "/openai/v1/chat/completions"), ("", "/openai/deployments/chat-prod/chat/completions")],
)
def test_azure_knows_its_two_kinds_of_addresses(path: str, expected: str) -> None:
    url = f"https://res.openai.azure.com{path}"
    config = (
        "agents: {defaults: {model: azure-openai/chat-prod}}\n"
        f"models: {{providers: {{azure-openai: {{api: azure-openai, baseUrl: '{url}'}}}}}}\n"
    )
    environ = {"AZURE_OPENAI_API_KEY": "k" * 32, **granted("https://res.openai.azure.com", "env:AZURE_OPENAI_API_KEY")}
    request = build_completion(only_call(config, None, environ), 8)
    assert request.path.partition("?")[0] == expected


def test_configured_header_with_the_same_value_is_sent_beside_the_exchanged_token() -> None:
    config = f"{COPILOT}models: {{providers: {{github-copilot: {{headers: {{x-team: '${{TEAM}}'}}}}}}}}\n"
    environ = {"COPILOT_GITHUB_TOKEN": CANARY, "TEAM": CANARY}
    environ |= granted("https://api.individual.githubcopilot.com", "env:TEAM")
    call = only_call(config, environ=environ)
    assert call.identity is not None
    assert [each.name for each in call.credentials] == ["x-team"]


def make_twice(answer: Answer) -> list[Prepared | Verdict]:
    """Of four routes at once, and again: their credentials."""
    call = only_call(COPILOT, environ={"COPILOT_GITHUB_TOKEN": CANARY})
    trust = view(COPILOT, environ={"COPILOT_GITHUB_TOKEN": CANARY}).trust
    identities = Identities(Client(trust, ssl.create_default_context(), transport=Through(answer)))

    async def main() -> list[Prepared | Verdict]:
        made: list[Prepared | Verdict] = []
        for _ in range(2):
            calls = [replace(call, model=f"m{number}") for number in range(4)]
            made += await asyncio.gather(
                *(identities.authenticate(each, build_completion(each, 8), 5) for each in calls)
            )
        return made

    return asyncio.run(main())


@pytest.mark.parametrize(
    ("status", "body", "count"),
    [
        (200, {"token": MADE}, 1),
        (401, {"message": "Bad credentials"}, 1),
        (503, {}, 2),  # another attempt may succeed
    ],
)
def test_identity_is_exchanged_once_for_all_routes_of_a_run(status: int, body: Any, count: int) -> None:
    seen: list[httpx.Request] = []
    made = make_twice(answering(body, status, seen))
    assert (len(made), len(seen)) == (8, count)
    assert len({type(each) for each in made}) == 1


def test_exchange_that_fails_by_a_bug_is_not_kept() -> None:
    call = only_call(COPILOT, environ={"COPILOT_GITHUB_TOKEN": CANARY})
    identities = Identities(object())  # type: ignore[arg-type]  # what no client is
    for _ in range(2):
        with pytest.raises(AttributeError):
            asyncio.run(identities.authenticate(call, build_completion(call, 8), 5))


def test_token_endpoint_that_is_not_found_is_named() -> None:
    def fail(_: httpx.Request) -> httpx.Response:
        raise socket.gaierror(socket.EAI_NONAME, "x")

    made = prepare(COPILOT, {"COPILOT_GITHUB_TOKEN": CANARY}, fail)
    assert isinstance(made, Verdict)
    assert made.error == "https://api.github.com: host not found"
    assert made.hint == "check the token endpoint https://api.github.com and the network's DNS server"


@pytest.mark.parametrize(
    ("status", "told"),
    [
        (200, "no token from the token endpoint https://api.github.com"),
        (503, "no token from the token endpoint https://api.github.com"),
        (401, "the credential is not accepted by the token endpoint https://api.github.com"),
    ],
)
def test_refusal_names_the_token_endpoint(status: int, told: str) -> None:
    made = prepare(COPILOT, {"COPILOT_GITHUB_TOKEN": CANARY}, answering({}, status))
    assert isinstance(made, Verdict)
    assert told in str(made.error)
    assert "baseUrl" not in str(made.hint)
