"""Errors that name the model by its id, which may consist of any words; and errors that name their provider by a host.

The sentences are made up: none of them is of a known provider.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from tests.probe.collected import FILES, load_answers
from tests.probe.making import make_call, respond
from text2llm.upstream.classify import classify
from text2llm.upstream.classify.choice import find_dialects
from text2llm.upstream.classify.dialects import DIALECTS
from text2llm.upstream.classify.naming import name_model
from text2llm.upstream.judge import judge
from text2llm.upstream.verdict import Reason

DESCRIPTORS = Path(__file__).parents[2] / "text2llm/providers/descriptors"


def read(text: str, status: int | None, model: str | None = None) -> str:
    body = {"error": {"message": text}}
    return classify("lab", "openai-completions", status, {}, body, model=model)[0].word


@pytest.mark.parametrize(
    ("text", "status", "model", "expected"),
    [
        ("Access to foo-70b denied", 403, "foo-70b", "model_not_entitled"),
        ("foo-70b is not enabled for your project", 403, "lab/foo-70b", "model_not_entitled"),
        ("Your team has not been granted access to foo-4-5", 403, "foo-4-5-20251101", "model_not_entitled"),
        ("Your key may not use lab/foo-4.5:free", 403, "lab/foo-4.5:free", "forbidden"),
        ("foo-70b is deprecated", 400, "foo-70b:free", "model_retired"),
        ("Foo 70B was shut down on 2026-01-05", 400, "foo-70b", "model_retired"),
        ("'foo-70b' does not exist", 400, "us.lab.foo-70b-v1:0", "model_not_found"),
        ("credit-scorer-v2 does not exist", 404, "credit-scorer-v2", "model_not_found"),
        ("models/quota-9 is unknown", 400, "quota-9", "model_not_found"),
        ("lab/sonnet could not be found", 400, "lab/sonnet", "model_not_found"),
        ("`sonnet` could not be found", 400, "sonnet", "model_not_found"),
        ("rate-limit-7b: not found", 404, "rate-limit-7b", "model_not_found"),
    ],
)
def test_id_is_a_subject_in_any_spelling(text: str, status: int, model: str, expected: str) -> None:
    assert read(text, status, model) == expected


@pytest.mark.parametrize(
    ("text", "model"),
    [
        ("foo-70b-mini or foo-70b.1", "foo-70b"),
        ("https://lab.example/foo-70b", "foo-70b"),
        ("the rate is 7", "7"),
        ("'auto' is unknown, credit sonnet", "auto"),
        ("credit sonnet", "sonnet"),
        ("any", None),
    ],
)
def test_other_text_is_no_id(text: str, model: str | None) -> None:
    assert name_model(text, model) == text


def test_sentence_used_as_a_code_has_the_id_too() -> None:
    body = {"code": "The model rate-limit-7b does not exist", "error": "rate-limit-7b does not exist"}
    assert classify("lab", "openai-completions", 404, {}, body, model="rate-limit-7b")[0].word == "model_not_found"


def test_verdict_knows_the_requested_model_but_shows_the_message_as_sent() -> None:
    body = {"error": {"message": "Access to m1 denied"}}
    for status in (403, 200):
        verdict = judge(make_call("openai-completions", "m1"), respond(body, status))
        assert (verdict.reason, verdict.said) == (Reason.MODEL_NOT_ENTITLED, "Access to m1 denied")


TEMPLATES = (
    "Access to {} denied",
    "{} is not enabled for your project",
    "Your team has not been granted access to {}",
    "{} is deprecated",
    "{} was shut down on 2026-01-05",
    "'{}' does not exist",
    "{} does not exist",
    "Cannot find {}",
    "temperature is not supported with {}",
    "Your credits for {} are exhausted",
    "Rate limit reached for {}",
    "This key has been revoked; {} needs another",
    "{} is overloaded",
    "{} is being provisioned",
    "{}: the prompt is too long",
    "The input for {} was rejected",
    "{} requires a paid plan",
    "I do not know what {} is",
)
_WORDS = st.sampled_from(
    [
        *(
            "credit",
            "credits",
            "quota",
            "rate",
            "limit",
            "key",
            "api",
            "token",
            "account",
            "billing",
            "payment",
            "plan",
        ),
        *("invalid", "expired", "not", "found", "denied", "revoked", "overloaded", "model", "context", "free", "usage"),
        *("foo", "llama", "chat", "scorer", "region", "parameter", "busy", "deprecated", "daily", "exhausted"),
    ]
)
_NUMBERS = st.sampled_from(["2", "v3", "70b", "4.5", "7b"])
IDS = st.builds(
    lambda vendor, words, number, tag: f"{vendor}{'-'.join(words)}-{number}{tag}",
    st.sampled_from(["", "lab/", "accounts/lab/models/", "us.lab."]),
    st.lists(_WORDS, min_size=1, max_size=4),
    _NUMBERS,
    st.sampled_from(["", ":free", "-20251101", "@2025-11-01"]),
)


@given(model=IDS, template=st.sampled_from(TEMPLATES), status=st.sampled_from([400, 401, 403, 404, 409, 422, 429, 503]))
def test_any_id_means_what_the_word_model_means(model: str, template: str, status: int) -> None:
    assert read(template.format(model), status, model) == read(template.replace("'", "").format("the model"), status)


_NAMED = re.compile(r"(?<![\w./@:-])(?=[\w./@:-]*[a-z])(?=[\w./@:-]*\d)[a-z][\w]*(?:[-./:][\w]+)+(?![\w/@-])")


def test_known_errors_keep_their_meaning_if_an_id_in_them_was_requested() -> None:
    errors = [each for name in FILES for each in load_answers(name) if each.label != "ok"]
    named = [(each, found[0]) for each in errors if (found := _NAMED.search(str(each.body)))]
    lost = [
        (each.id, model)
        for each, model in named
        if classify(each.provider, each.api, each.status, each.headers, each.body, model=model)[0].status
        is not each.read().status
    ]
    assert len(named) > 100
    assert len(lost) <= 0.02 * len(named), lost


HOSTILE = ("foo-70b", "foo-70b/", "a/", "a.", "foo-70b:", "foo-", "'sonnet")


@pytest.mark.parametrize("piece", HOSTILE)
def test_hostile_text_takes_linear_time(piece: str) -> None:
    started = time.process_time()
    for model in ("foo-70b", "lab/sonnet", "-" * 4000 + "1a"):
        name_model(piece * 10_000, model)
    assert time.process_time() - started < 1


def _urls(value: Any) -> Iterator[str]:
    """The addresses in a descriptor, but for those of its sources and notes."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if not re.search(r"(?i)source|note", key):
                yield from _urls(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _urls(inner)
    elif isinstance(value, str) and value.startswith("https://"):
        yield re.sub(r"\{[^}]*\}", "x", value)


@pytest.mark.parametrize("path", sorted(DESCRIPTORS.glob("*.yaml")), ids=lambda path: path.stem)
def test_host_of_a_shipped_provider_chooses_its_dialect(path: Path) -> None:
    descriptor = yaml.safe_load(path.read_text(encoding="utf-8"))
    hosts = {urlsplit(url).hostname or "" for url in _urls(descriptor)}
    expected = DIALECTS.get(path.stem)
    found = {host: find_dialects("none", "none", [host]) for host in hosts}
    wrong = {host for host, dialects in found.items() if expected and [x.codes for x in dialects] != [expected.codes]}
    assert wrong == set()


def test_host_in_a_text_chooses_the_dialect_behind_a_gateway() -> None:
    text = "Key limit exceeded (total limit). Manage it using https://openrouter.ai/settings/keys"
    assert read(text, 403) == "quota_exhausted"
    assert read("Key limit exceeded (total limit)", 403) == "forbidden"


@pytest.mark.parametrize(
    ("text", "status", "expected"),
    [
        ("Add a card on file to use paid models", 403, "payment_required"),
        ("Attach a debit card to go on", 400, "payment_required"),
        ("We need a valid credit card", 500, "payment_required"),
        ("Your card was declined", 403, "payment_required"),
        ("Your credit card statement was not understood by the model", 400, "bad_request"),
        ("The model cannot read a credit card", 400, "bad_request"),
        ("Insufficient credits", 503, "credit_exhausted"),
        ("This wallet has run out of funds", 500, "credit_exhausted"),
        ("The quota of this pool is exhausted", 503, "quota_exhausted"),
        ("No account has quota left", 503, "quota_exhausted"),
        ("Quota exceeded, retry in a minute", 503, "server_error"),
        ("Load balance failed", 503, "server_error"),
        ("Your plan doesn't include programmatic use", 403, "payment_required"),
        ("Streaming is not available on your free tier", 403, "payment_required"),
        ("Model configuration is not valid", 400, "bad_request"),
        ('"no such model \\"x-1\\""', 400, "model_not_found"),
        ("You are out of messages for today", 400, "usage_window"),
        ("All your daily requests are used up", 403, "usage_window"),
        ("You have consumed all of your 50 free generations this month", 400, "usage_window"),
        ("No requests left", 403, "usage_window"),
        ("No messages were given", 400, "bad_request"),
        ("Model is being provisioned", 409, "overloaded"),
        ("This deployment is still being created", 404, "overloaded"),
        ("The token you supplied belongs to a different environment", 400, "invalid_key"),
        ("Your API key was issued for another region", 400, "invalid_key"),
    ],
)
def test_made_up_sentence_means(text: str, status: int, expected: str) -> None:
    assert read(text, status) == expected
