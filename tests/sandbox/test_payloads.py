"""The payloads: each has a source, its provider's format and an expected status."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.sandbox.talking import NOW
from text2llm.sandbox.apis import APIS
from text2llm.sandbox.behaviors import BEHAVIORS, expected_statuses
from text2llm.sandbox.payloads import PlayedApi, load_payloads, replay
from text2llm.sandbox.providers import PROVIDERS, base_paths
from text2llm.sandbox.values import HttpRequest

ROWS = [(file, name) for file, rows in load_payloads().items() for name in rows]
STATUSES = {"ok", "auth", "billing", "format", "no_model", "rate_limit", "timeout", "unknown"}
REQUEST = HttpRequest("GET", "/x", {}, {}, b"", "req_1", NOW)
PLAYED = sorted({played for played, _ in base_paths()}, key=repr)


def test_every_file_is_of_an_api_or_a_provider() -> None:
    assert set(load_payloads()) <= {*APIS, *PROVIDERS}
    assert set(APIS) <= set(load_payloads())


@pytest.mark.parametrize(("file", "name"), ROWS)
def test_payload_names_its_source(file: str, name: str) -> None:
    row = load_payloads()[file][name]
    assert len(row["source"]) > 10
    assert set(row) <= {"source", "status", "says", "headers", "body"}


@pytest.mark.parametrize(("file", "name"), ROWS)
def test_payload_has_the_envelope_of_its_provider(file: str, name: str) -> None:
    body = load_payloads()[file][name]["body"]
    if name.startswith("success"):
        assert body is None
    elif isinstance(body, str):
        assert body.startswith("<!DOCTYPE html>") or len(body) < 40
    else:
        (first,) = body if isinstance(body, list) else [body]
        assert any(isinstance(first.get(key), (str, dict)) for key in ("error", "detail", "message", "base_resp"))


@pytest.mark.parametrize(("file", "name"), ROWS)
def test_only_known_placeholders_are_used(file: str, name: str) -> None:
    known = dict.fromkeys(("key", "masked", "tail", "model", "allowed", "field", "value", "least"), "x")
    filled = replay(PlayedApi(file, file), name, REQUEST, known)
    text = filled.body.decode() + repr(dict(filled.headers))
    assert not re.search(r"\{[a-z_]+\}", text)


@pytest.mark.parametrize("played", PLAYED, ids=lambda played: f"{played.provider}-{played.api}")
def test_expected_statuses_exist(played: PlayedApi) -> None:
    said = {each for name in BEHAVIORS for each in expected_statuses(name, played)}
    assert {each.partition("/")[0] for each in said} <= STATUSES


def test_provider_without_an_answer_of_its_own_has_that_of_its_format() -> None:
    assert PlayedApi("zai", "openai-completions").find("server-error")[1]["status"] == 500
    assert PlayedApi("openai", "openai-responses").find("limited")[1]["headers"] == {"retry-after": "30"}


def test_nearest_payload_replaces_a_missing_one() -> None:
    assert PlayedApi("anthropic", "anthropic-messages").find("retired")[0] == "no-model"
    assert expected_statuses("retired", PlayedApi("anthropic", "anthropic-messages")) == ("no_model/model_not_found",)


def test_payload_that_there_is_none_of() -> None:
    with pytest.raises(LookupError, match="openai has no payload nonsense"):
        PlayedApi("openai", "openai-completions").find("nonsense")


def test_text_of_the_request_cannot_act_in_a_page(monkeypatch: pytest.MonkeyPatch) -> None:
    rows: dict[str, Any] = {"lab": {"x": {"status": 404, "body": "<p>{path} {nothing}"}}}
    monkeypatch.setattr("text2llm.sandbox.payloads.load_payloads", lambda: rows)
    request = HttpRequest("GET", "/<script>", {}, {}, b"", "req_1", NOW)
    assert replay(PlayedApi("lab", "lab"), "x", request, {}).body == b"<p>/&lt;script&gt; {nothing}"
