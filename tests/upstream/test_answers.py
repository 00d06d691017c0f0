"""Healthy responses of real servers, recorded in public repositories, are ``ok``."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.probe.making import make_call, respond
from text2llm.catalog.bundle import load_bundle
from text2llm.providers.registry import load_registry
from text2llm.upstream.identity import NO_NAMES, KnownNames, match_names
from text2llm.upstream.judge import judge
from text2llm.upstream.verdict import Status
from text2llm.upstream.wire import WIRES

HTTP = Path(__file__).parents[2] / "fixtures" / "http"
#: An empty ``STOP`` without output tokens: it proves nothing, and the next attempt succeeds.
EMPTY = {"n381"}
ERRORS = ("errors.jsonl", "more-errors.jsonl")


def read_lines(name: str) -> Iterator[dict[str, Any]]:
    yield from map(json.loads, (HTTP / name).read_text(encoding="utf-8").splitlines())


def read_body(entry: dict[str, Any]) -> bytes:
    body = entry["body"]
    return body.encode() if isinstance(body, str) else json.dumps(body).encode()


def names_of(provider: str) -> KnownNames:
    known = load_registry().get(provider)
    if known is None or not known.own_models:
        return NO_NAMES
    catalog = load_bundle()
    models = frozenset(catalog.providers[provider])
    return KnownNames(models, known.renamed, retired=models.difference(catalog.served(provider)))


ODD = {entry["id"]: entry for entry in read_lines("odd_answers.jsonl")}
NAMES = {f"{entry['asked']}-{entry['answered']}": entry for entry in read_lines("model_names.jsonl")}
ANSWERS = {entry["id"]: entry for entry in read_lines("answers.jsonl")}


@pytest.mark.parametrize("number", [number for number in ANSWERS if number not in EMPTY])
def test_healthy_response_is_ok(number: str) -> None:
    entry = ANSWERS[number]
    call = replace(
        make_call(entry["api"], entry["model"]), provider=entry["provider"], names=names_of(entry["provider"])
    )
    verdict = judge(call, respond(read_body(entry), headers=entry["headers"]))
    assert verdict.status is Status.OK, verdict


@pytest.mark.parametrize("number", sorted(EMPTY))
def test_empty_response_is_not_ok(number: str) -> None:
    entry = ANSWERS[number]
    assert judge(make_call(entry["api"], entry["model"]), respond(read_body(entry))).status is not Status.OK


@pytest.mark.parametrize("pair", NAMES)
def test_name_in_an_answer_is_of_another_model_only_if_it_is_known_to_be(pair: str) -> None:
    entry = NAMES[pair]
    match = match_names(entry["asked"], entry["answered"], names_of(entry["provider"]))
    assert match.value == entry["match"], entry["why"]


@pytest.mark.parametrize("name", ODD)
def test_what_is_no_part_of_a_completion_counts_against_ok(name: str) -> None:
    entry = ODD[name]
    verdict = judge(make_call(entry["api"]), respond(read_body(entry)))
    assert ("ok" if verdict.reason is None else verdict.reason.word) == entry["says"], (entry["why"], verdict)


@pytest.mark.parametrize("name", ERRORS)
def test_no_recorded_error_is_ok_at_any_api(name: str) -> None:
    for entry in read_lines(name):
        for api in WIRES:
            for status in (entry["http_status"] or 200, 200):
                verdict = judge(make_call(api), respond(read_body(entry), status, entry.get("headers") or {}))
                healthy = entry.get("label", entry.get("says", "")) == "ok"
                assert healthy or verdict.status is not Status.OK, (entry, api)
