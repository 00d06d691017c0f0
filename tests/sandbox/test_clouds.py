"""The clouds: Azure, Bedrock, Vertex and Copilot, with the credentials of each and its own errors."""

from __future__ import annotations

import base64
import json
import struct
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlencode
from zlib import crc32

import pytest

from tests.sandbox.talking import NOW, PIXEL, QUESTION, QUESTIONS, Answer, Quiet

AZURE = "/openai/deployments/chat-prod/chat/completions"
VERTEX = "/v1/projects/p1/locations/global/publishers/google/models/gemini-x"
CONVERSE: dict[str, Any] = {"messages": [{"role": "user", "content": [{"text": "ping"}]}]}
FORM = {"content-type": "application/x-www-form-urlencoded"}
TOOLS = [{"toolSpec": {"name": "noop", "inputSchema": {"json": {}}}}]


def sign(key: str, *, signed: str = "content-type;host;x-amz-date", signature: str = "a" * 64) -> dict[str, str]:
    credential = f"{key}/20270115/us-east-1/bedrock/aws4_request"
    text = f"AWS4-HMAC-SHA256 Credential={credential}, SignedHeaders={signed}, Signature={signature}"
    return {"authorization": text, "x-amz-date": "20270115T080000Z"}


def post(quiet: Quiet, path: str, headers: Mapping[str, str], body: object) -> Answer:
    return quiet.send("POST", path, headers, json.dumps(body).encode())


def converse(quiet: Quiet, key: str = "sandbox-ok", operation: str = "converse", **changes: Any) -> Answer:
    return post(quiet, f"/model/anthropic.m1-v1%3A0/{operation}", sign(key), {**CONVERSE, **changes})


def read_frames(body: bytes) -> Iterator[tuple[dict[str, str], Any]]:
    while body:
        size, head = struct.unpack("!II", body[:8])
        assert struct.unpack("!I", body[8:12])[0] == crc32(body[:8])
        assert struct.unpack("!I", body[size - 4 : size])[0] == crc32(body[: size - 4])
        yield read_headers(body[12 : 12 + head]), json.loads(body[12 + head : size - 4])
        body = body[size:]


def read_headers(data: bytes) -> dict[str, str]:
    found: dict[str, str] = {}
    while data:
        name, data = data[1 : 1 + data[0]], data[1 + data[0] :]
        size = int.from_bytes(data[1:3], "big")
        found[name.decode()], data = data[3 : 3 + size].decode(), data[3 + size :]
    return found


@pytest.mark.parametrize("headers", [{"api-key": "sandbox-ok"}, {"authorization": "Bearer sandbox-ok"}])
def test_azure_takes_a_key_or_a_token(quiet: Quiet, headers: dict[str, str]) -> None:
    answer = post(quiet, f"{AZURE}?api-version=2024-10-21", headers, {"messages": QUESTION["messages"]})
    assert (answer.status, answer.data["choices"][0]["message"]["content"]) == (200, "pong")
    assert answer.headers["apim-request-id"] == "req_1"


def test_azure_needs_a_version_and_a_known_deployment(quiet: Quiet) -> None:
    key = {"api-key": "sandbox-ok"}
    unversioned = post(quiet, AZURE, key, QUESTION)
    assert (unversioned.status, unversioned.data) == (404, {"error": {"code": "404", "message": "Resource not found"}})
    versioned = f"{AZURE}?api-version=2024-10-21"
    unknown = post(quiet, versioned, {"api-key": "sandbox-no-model"}, QUESTION)
    assert (unknown.status, unknown.data["error"]["code"]) == (404, "DeploymentNotFound")
    assert post(quiet, versioned, {"api-key": "nonsense"}, QUESTION).data["error"]["code"] == "401"
    assert post(quiet, "/azure-openai/openai/v1/chat/completions", key, QUESTION).status == 200


def test_bedrock_speaks_converse(quiet: Quiet) -> None:
    answer = converse(quiet)
    assert answer.data["output"]["message"] == {"role": "assistant", "content": [{"text": "pong"}]}
    assert (answer.data["stopReason"], answer.data["usage"]["totalTokens"]) == ("end_turn", 9)
    assert answer.headers["x-amzn-requestid"] == "req_1"
    assert post(quiet, "/model/m1/converse", {"authorization": "Bearer sandbox-ok"}, CONVERSE).status == 200


@pytest.mark.parametrize(
    ("key", "status", "kind"),
    [
        ("sandbox-limited", 429, "ThrottlingException"),
        ("sandbox-expired", 403, "ExpiredTokenException"),
        ("sandbox-no-model", 400, "ValidationException"),
        ("AKIANONSENSE", 403, "UnrecognizedClientException"),
    ],
)
def test_access_key_decides_what_bedrock_plays(quiet: Quiet, key: str, status: int, kind: str) -> None:
    answer = converse(quiet, key)
    assert (answer.status, answer.headers["x-amzn-errortype"]) == (status, kind)
    assert list(answer.data) == ["message"]


@pytest.mark.parametrize(
    "headers",
    [
        sign("sandbox-ok", signed="host"),
        sign("sandbox-ok", signature="abc"),
        {"authorization": sign("sandbox-ok")["authorization"]},
    ],
)
def test_signature_must_be_complete(quiet: Quiet, headers: dict[str, str]) -> None:
    answer = post(quiet, "/model/m1/converse", headers, CONVERSE)
    assert answer.headers["x-amzn-errortype"] == "IncompleteSignatureException"


def test_request_without_a_signature_has_no_key(quiet: Quiet) -> None:
    answer = post(quiet, "/model/m1/converse", {}, CONVERSE)
    assert answer.headers["x-amzn-errortype"] == "MissingAuthenticationTokenException"


def test_bedrock_rejects_mistakes(quiet: Quiet) -> None:
    assert converse(quiet, messages=[]).status == 400
    assert converse(quiet, inferenceConfig={"maxTokens": 0}).status == 400
    assert converse(quiet, inferenceConfig={"maxTokens": 8}).status == 200


def test_bedrock_calls_a_tool_and_sees_pictures(quiet: Quiet) -> None:
    choices: list[dict[str, Any]] = [{"any": {}}, {"tool": {"name": "noop"}}]
    for choice in choices:
        answer = converse(quiet, toolConfig={"tools": TOOLS, "toolChoice": choice})
        assert answer.data["output"]["message"]["content"][0]["toolUse"]["name"] == "noop"
    assert converse(quiet, toolConfig={"tools": TOOLS}).data["stopReason"] == "end_turn"
    picture = {"image": {"format": "png", "source": {"bytes": PIXEL}}}
    seen = [{"role": "user", "content": [picture]}]
    assert converse(quiet, messages=seen).status == 200
    assert converse(quiet, "sandbox-no-images", messages=seen).status == 400


def test_bedrock_streams_frames(quiet: Quiet) -> None:
    answer = converse(quiet, operation="converse-stream")
    assert answer.headers["content-type"] == "application/vnd.amazon.eventstream"
    frames = list(read_frames(answer.body))
    assert [headers[":event-type"] for headers, _ in frames] == [
        "messageStart",
        "contentBlockDelta",
        "contentBlockDelta",
        "contentBlockStop",
        "messageStop",
        "metadata",
    ]
    assert "".join(value["delta"]["text"] for _, value in frames[1:3]) == "pong"


def test_bedrock_streams_tools_and_errors(quiet: Quiet) -> None:
    config = {"tools": TOOLS, "toolChoice": {"any": {}}}
    called = list(read_frames(converse(quiet, operation="converse-stream", toolConfig=config).body))
    assert called[1][1]["start"]["toolUse"]["name"] == "noop"
    assert called[2][1]["delta"] == {"toolUse": {"input": "{}"}}
    *begun, (headers, _) = read_frames(converse(quiet, "sandbox-stream-error", "converse-stream").body)
    assert len(begun) == 3
    assert headers[":message-type"] == "exception"


def test_bedrock_does_not_name_its_model(quiet: Quiet) -> None:
    assert converse(quiet, "sandbox-other-model").data == converse(quiet).data
    assert "output" not in converse(quiet, "sandbox-no-choices").data
    assert converse(quiet, "sandbox-thinking").data["stopReason"] == "max_tokens"


def test_vertex_takes_a_token(quiet: Quiet) -> None:
    token = {"authorization": "Bearer sandbox-ok"}
    answer = post(quiet, f"{VERTEX}:generateContent", token, QUESTIONS["google"])
    assert (answer.status, answer.data["modelVersion"]) == (200, "gemini-x")
    assert len(post(quiet, f"{VERTEX}:streamGenerateContent?alt=sse", token, QUESTIONS["google"]).events) == 2
    missing = post(quiet, f"{VERTEX}:generateContent", {"x-goog-api-key": "sandbox-ok"}, QUESTIONS["google"])
    assert (missing.status, missing.data["error"]["status"]) == (401, "UNAUTHENTICATED")


def exchange(quiet: Quiet, path: str, **fields: str) -> Answer:
    return quiet.send("POST", path, FORM, urlencode(fields).encode())


def ask_entra(quiet: Quiet, secret: str, **changes: str) -> Answer:
    fields = {"grant_type": "client_credentials", "client_id": "app-1", "client_secret": secret}
    scope = {"scope": "https://cognitiveservices.azure.com/.default"}
    return exchange(quiet, "/tenant-1/oauth2/v2.0/token", **{**fields, **scope, **changes})


def test_entra_issues_a_token_that_plays_the_secret(quiet: Quiet) -> None:
    issued = ask_entra(quiet, "sandbox-limited").data
    assert (issued["token_type"], issued["expires_in"]) == ("Bearer", 3600)
    token = {"authorization": f"Bearer {issued['access_token']}"}
    assert post(quiet, f"{AZURE}?api-version=2024-10-21", token, QUESTION).status == 429
    quiet.now += 3601
    assert post(quiet, f"{AZURE}?api-version=2024-10-21", token, QUESTION).status == 401


@pytest.mark.parametrize(("secret", "number"), [("nonsense", 7000215), ("sandbox-expired", 7000222)])
def test_entra_refuses_a_secret(quiet: Quiet, secret: str, number: int) -> None:
    refused = ask_entra(quiet, secret)
    assert (refused.status, refused.data["error"]) == (401, "invalid_client")
    assert refused.data["error_codes"] == [number]
    assert refused.data["error_description"].startswith(f"AADSTS{number}: ")


def test_entra_needs_its_fields(quiet: Quiet) -> None:
    assert ask_entra(quiet, "sandbox-ok", scope="").status == 400
    assert quiet.send("GET", "/tenant-1/oauth2/v2.0/token").status == 405


def make_assertion(issuer: str) -> str:
    claims = base64.urlsafe_b64encode(json.dumps({"iss": issuer}).encode()).rstrip(b"=").decode()
    return f"e30.{claims}.c2lnbmF0dXJl"


JWT = "urn:ietf:params:oauth:grant-type:jwt-bearer"


def test_google_issues_a_token_that_plays_the_account(quiet: Quiet) -> None:
    account = make_assertion("sandbox-limited@p1.iam.gserviceaccount.com")
    issued = exchange(quiet, "/token", grant_type=JWT, assertion=account).data
    token = {"authorization": f"Bearer {issued['access_token']}"}
    assert post(quiet, f"{VERTEX}:generateContent", token, QUESTIONS["google"]).status == 429
    assert exchange(quiet, "/token", grant_type="refresh_token", refresh_token="sandbox-ok").status == 200


@pytest.mark.parametrize(
    "fields",
    [
        {"grant_type": "refresh_token", "refresh_token": "sandbox-revoked"},
        {"grant_type": "refresh_token", "refresh_token": "nonsense"},
        {"grant_type": JWT, "assertion": "nonsense"},
        {"grant_type": JWT, "assertion": "a.bm8.c"},
        {"grant_type": JWT, "assertion": "a.W10.c"},
        {"grant_type": JWT, "assertion": make_assertion("somebody@p1.iam.gserviceaccount.com")},
    ],
)
def test_google_refuses_an_account(quiet: Quiet, fields: dict[str, str]) -> None:
    refused = exchange(quiet, "/token", **fields)
    assert (refused.status, refused.data["error"]) == (400, "invalid_grant")


def test_google_refuses_another_grant(quiet: Quiet) -> None:
    assert exchange(quiet, "/token", grant_type="password").data["error"] == "unsupported_grant_type"


def ask_copilot(quiet: Quiet, token: str) -> Answer:
    return quiet.send("GET", "/copilot_internal/v2/token", {"authorization": f"token {token}"})


def test_copilot_exchanges_a_github_token(quiet: Quiet) -> None:
    issued = ask_copilot(quiet, "sandbox-ok").data
    assert issued["expires_at"] == int(NOW) + 1500
    base = issued["endpoints"]["api"].removeprefix("http://127.0.0.1:8787")
    token = {"authorization": f"Bearer {issued['token']}"}
    assert post(quiet, f"{base}/chat/completions", token, QUESTION).status == 200
    assert quiet.send("GET", f"{base}/models", token).status == 200


@pytest.mark.parametrize(
    ("token", "status"), [("ghp_nonsense", 401), ("sandbox-revoked", 401), ("sandbox-forbidden", 403)]
)
def test_copilot_refuses_a_github_token(quiet: Quiet, token: str, status: int) -> None:
    assert ask_copilot(quiet, token).status == status
