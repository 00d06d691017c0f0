"""What sentences mean, in words that no row was made from."""

from __future__ import annotations

import json
import re
import time
from pathlib import Path
from typing import Any

import pytest

from tests.probe.collected import ACCEPTED, FILES, Answer, load_answers
from text2llm.upstream.classify import classify
from text2llm.upstream.classify.choice import find_dialects
from text2llm.upstream.classify.claims import Claim, first_claim
from text2llm.upstream.classify.dialect import parse_dialect
from text2llm.upstream.classify.facts import extract_facts
from text2llm.upstream.classify.meanings import HINTS, MEANINGS
from text2llm.upstream.classify.phrases import ANY_STATUS, PHRASES
from text2llm.upstream.classify.sentences import read_sentences
from text2llm.upstream.verdict import Reason, Status

ERRORS = [each for name in FILES for each in load_answers(name) if each.label != "ok"]

#: Wordings that mean the same; each is replaced by the next of its row.
SYNONYMS: tuple[tuple[str, ...], ...] = (
    ("does not exist", "could not be found", "is unknown", "doesn't exist", "was not recognized"),
    ("is not supported", "is unsupported", "isn't supported", "is not currently supported"),
    ("not found", "not available", "not recognized"),
    ("invalid model", "unknown model", "unsupported model", "no such model"),
    ("does not have access to", "has no access to", "is not allowed to use", "lacks permission for"),
    ("don't have access to", "have no access to", "are not allowed to use"),
    ("balance is too low", "balance is insufficient", "balance is exhausted"),
    ("insufficient balance", "not enough balance", "balance depleted"),
    ("insufficient credits", "not enough credits", "credits exhausted", "out of credits"),
    ("has been disabled", "was suspended", "is deactivated", "has been restricted"),
    ("has been revoked", "was deactivated", "has been disabled"),
    ("has expired", "is expired", "expired"),
    ("overloaded", "at capacity", "experiencing high demand"),
    ("invalid api key", "incorrect api key", "wrong api key"),
    ("too long", "too large"),
    ("has been deprecated", "was retired", "has been decommissioned", "is no longer available"),
)
_ARTICLES = re.compile(r"\b(?:the|a|an) ", re.IGNORECASE)
_QUOTED_NAME = re.compile(r"[`'\"]([\w./:@-]*\d[\w./:@-]*)[`'\"]")
_LONG_ID = re.compile(r"\b(?=[\w-]*\d)[0-9a-f-]{12,}\b")


def _texts(value: Any) -> Any:
    """The strings of a body that people read, marked for change."""
    keys = {"message", "error", "detail", "msg", "status_msg"}
    if isinstance(value, dict):
        return {
            key: inner if not (isinstance(inner, str) and key in keys) else _Prose(inner) if " " in inner else inner
            for key, inner in (
                (key, _texts(each) if not isinstance(each, str) else each) for key, each in value.items()
            )
        }
    return [_texts(each) for each in value] if isinstance(value, list) else value


class _Prose(str):
    __slots__ = ()


def _change(body: Any, change: Any) -> Any:
    def walk(value: Any) -> Any:
        if isinstance(value, _Prose):
            return change(str(value))
        if isinstance(value, dict):
            return {key: walk(each) for key, each in value.items()}
        return [walk(each) for each in value] if isinstance(value, list) else value

    return walk(_texts(body)) if not isinstance(body, str) else change(body)


def _synonym(turn: int) -> Any:
    def change(text: str) -> str:
        for row in SYNONYMS:
            for position, wording in enumerate(row):
                if wording in text.lower():
                    other = row[(position + turn) % len(row)]
                    return re.sub(re.escape(wording), other, text, count=1, flags=re.IGNORECASE)
        return text

    return change


def _swap(text: str) -> str:
    """The sentences in the reverse order."""
    if '{"' in text or "http" in text:
        return text
    return " ".join(reversed([each if each.endswith(".") else f"{each}." for each in re.split(r"(?<=\.) ", text)]))


MUTATIONS: dict[str, Any] = {
    "synonym": _synonym(1),
    "other synonym": _synonym(2),
    "sentences swapped": _swap,
    "no articles": lambda text: _ARTICLES.sub("", text),
    "other quotes": lambda text: _QUOTED_NAME.sub(r"“other-model-7b”", text),
    "no quotes": lambda text: _QUOTED_NAME.sub(r"other-model-7b", text),
    "other ids": lambda text: _LONG_ID.sub("0a1b2c3d4e5f", text),
    "upper case": str.upper,
    "wrapped": lambda text: f"Upstream request failed: {text}",
}


def _status(answer: Answer, body: Any) -> str:
    return classify(answer.provider, answer.api, answer.status, answer.headers, body)[0].status.value


@pytest.mark.parametrize("name", MUTATIONS)
def test_paraphrase_keeps_the_meaning_of_nine_in_ten(name: str) -> None:
    changed = [(each, body) for each in ERRORS if (body := _change(each.body, MUTATIONS[name])) != each.body]
    lost = [
        each.id
        for each, body in changed
        if _status(each, body) not in frozenset().union(*(ACCEPTED.get(x, {x}) for x in {each.label, *each.also}))
    ]
    assert len(changed) >= 10
    assert len(lost) <= 0.1 * len(changed), lost


def test_paraphrase_without_codes_keeps_the_status_of_a_model() -> None:
    said = [
        "deployment foo-7 doesn't exist",
        "'foo-7' is not a valid model ID",
        "no such model",
        "unknown model: foo",
        "The requested model 'foo' is not available in your region",
        "your team does not have access to foo-7 model",
        "Cannot find any model called foo",
        "We could not locate the deployment named foo",
        "The publisher model foo was not found",
        "inference profile foo is unknown",
        "Model foo isn't enabled for this project",
        "Access to the model has been denied",
        "foo: this engine is currently not deployed",
        "模型 foo 不存在",
    ]
    wrong = {
        (text, status): classify("lab", "openai-completions", status, {}, {"error": {"message": text}})[0].word
        for text in said
        for status in (400, 401, 403, 404, 422, None)
        if classify("lab", "openai-completions", status, {}, {"error": {"message": text}})[0].status
        is not Status.NO_MODEL
    }
    assert wrong == {}


@pytest.mark.parametrize(
    ("text", "status", "expected"),
    [
        # a parameter is at fault, not the model
        ("temperature is not supported with this model", 400, "format"),
        ("The model x does not support the parameter tools", 400, "format"),
        ("Tool use is not supported for model x", 400, "format"),
        ("Invalid value for 'model': expected a string", 400, "format"),
        ("max_tokens is too large for model x: it supports at most 5 completion tokens", 400, "format"),
        ("extraneous key [foo] is not permitted", 400, "format"),
        # a model in a sentence on another matter
        ("Rate limit reached for model x in organization y", 429, "rate_limit"),
        ("Your credits for model x are exhausted", 403, "billing"),
        ("This key has been revoked; model x needs another", 400, "auth"),
        # money, accounts and waiting under any status
        ("Please top up your wallet", 400, "billing"),
        ("An unpaid invoice blocks this workspace", 403, "billing"),
        ("Your subscription has ended, upgrade your plan", 403, "billing"),
        ("This workspace was suspended", 400, "auth"),
        ("Client IP is not in the allowlist", 400, "auth"),
        ("Too many parallel requests", 403, "rate_limit"),
        ("Function is degraded", 400, "rate_limit"),
        ("The model is warming up", 409, "rate_limit"),
        ("账户已欠费", 403, "billing"),
        ("无效的令牌", 400, "auth"),
        ("当前服务繁忙 请稍后重试", 400, "rate_limit"),
        ("No available channel for model x under group default", 503, "no_model"),
        # a service that refuses a model before naming it
        ("This gateway refused the requested model", 400, "no_model"),
        ("Your package does not include the model x-9", 500, "no_model"),
        ("The operation cannot accept this model", 400, "no_model"),
        ("The model refused the request", 400, "format"),
        ("Logprobs is not enabled for this model", 400, "format"),
        ("This model is not enabled for your workspace", 400, "no_model"),
        # a pool without a model in it is a fault of the server
        ("No healthy account left in the pool", 424, "unknown"),
        ("There are no active accounts for this model", 400, "no_model"),
        # the address of an API is no model
        ("Access to the api endpoint is denied", 403, "auth"),
        # an empty credential under 401, and haste
        ("The quota of this token has run out", 401, "billing"),
        ("该令牌额度已用尽", 401, "billing"),
        ("You are sending requests too fast", 400, "rate_limit"),
        # what one may ask for, and what may not be said
        ("Known models: a-1, b-2. You sent c-3", 422, "no_model"),
        ("The available model ids are a-1 and b-2", 400, "no_model"),
        ("请求内容违反使用规范", 403, "format"),
        # conditions of a model that the account has not met
        ("Your team hasn't accepted the license of this model", 400, "no_model"),
        ("The model x-9 cannot be used: you have not yet signed its terms", 400, "no_model"),
    ],
)  # fmt: skip
def test_sentence_means(text: str, status: int, expected: str) -> None:
    found, _ = classify("lab", "openai-completions", status, {}, {"error": {"message": text}})
    assert found.status.value == expected, found.word


@pytest.mark.parametrize(
    "echoed",
    ["my api key is invalid and my credits are exhausted", "the model does not exist", "rate limit, try again later"],
)
def test_echoed_text_decides_nothing(echoed: str) -> None:
    for quoted in (f'"{echoed}"', f"`{echoed}`", f"'{echoed}'", f"“{echoed}”"):
        body = {"error": {"message": f"messages.0.content: unexpected value {quoted}"}}
        assert classify("lab", "openai-completions", 400, {}, body)[0].status is Status.FORMAT


def test_error_of_a_provider_behind_a_gateway_is_read_in_its_dialect() -> None:
    quota = "You exceeded your current quota, please check your plan and billing details."
    for said in (
        {"error": {"message": f"litellm.RateLimitError: OpenAIException - {quota}"}},
        {"error": {"message": quota, "metadata": {"provider_name": "OpenAI"}}},
        {"error": {"message": f"openai error: {quota}"}},
        {"error": {"message": f"{quota} See https://platform.openai.com/docs"}},
        {"error": {"message": f"Error from provider (OpenAI): {quota}"}},
    ):
        assert classify("lab", "openai-completions", 429, {}, said)[0].word == "credit_exhausted"
    assert classify("lab", "openai-completions", 429, {}, {"error": {"message": quota}})[0].word == "rate_limited"


def test_gateway_passes_on_codes_but_its_status_is_its_own() -> None:
    own, together = find_dialects("together", "x"), find_dialects("lab", "x", ["together ai", "nobody"])
    assert own[0].statuses
    assert together == find_dialects("lab", "x", ["api.together.ai"])
    assert together[0].phrases == own[0].phrases
    assert not together[0].statuses
    assert find_dialects("lab", "x", ["vertex_ai", "www.example.com"]) == find_dialects("lab", "x", ["google-vertex"])


ACME = {
    "path": ["outcome", "problem"],
    "codes": {"7001": "credit_exhausted", "E_SeatMissing": "model_not_entitled"},
    "statuses": {"503": "overloaded"},
    "phrases": [
        {"text": "The till is empty (again)", "reason": "payment_required", "statuses": [400]},
        {"text": "who are you", "reason": "invalid_key"},
    ],
}


@pytest.mark.parametrize(
    ("problem", "status", "expected"),
    [
        ({"code": 7001}, 400, "credit_exhausted"),
        ({"code": "E_SEAT_MISSING"}, 400, "model_not_entitled"),
        ({"message": "the till is empty (again), sorry"}, 400, "payment_required"),
        ({"message": "Who are you?"}, 422, "invalid_key"),
        ({"message": "later"}, 503, "overloaded"),
        ("Who are you?", 400, "invalid_key"),
    ],
)
def test_descriptor_of_a_plugin_brings_its_dialect_and_envelope(problem: Any, status: int, expected: str) -> None:
    own = parse_dialect(ACME)
    body = {"outcome": {"problem": problem, "message": "invalid api key"}}
    assert classify("acme", "openai-completions", status, {}, body, own=own)[0].word == expected


def test_body_without_the_error_at_its_path_is_read_as_any_other() -> None:
    own = parse_dialect(ACME)
    for body in ({"error": {"message": "invalid api key"}}, {"outcome": "x", "error": "invalid api key"}):
        assert classify("acme", "openai-completions", 400, {}, body, own=own)[0].word == "invalid_key"


def test_schema_takes_every_reason_that_an_error_may_have() -> None:
    schema = json.loads((Path(__file__).parents[2] / "schemas/provider.schema.json").read_text(encoding="utf-8"))
    words = set(schema["$defs"]["errorReason"]["enum"])
    tables = (claim.reason.word for claim in (*MEANINGS, *HINTS))
    assert words <= {each.word for each in Reason if each.status is not Status.OK}
    assert words >= set(tables)


def test_facts_of_a_printed_mapping_are_read() -> None:
    facts = extract_facts("failed: {'error': 'credit_unresolved', 'message': 'A charge is open'}")
    assert facts.words == ("credit_unresolved",)
    assert "a charge is open" in facts.text


def test_masks_and_ends_of_sentences() -> None:
    said = "model `a b` at https://x.y/z. 'model' 无效。arn:aws:x;\n\"parameter\" no"
    assert read_sentences(said) == ("model § at ¤", "model 无效", "¤", "parameter no")
    assert read_sentences("'the model is gone'") == ("the model is gone",)


def _uses(claim: Claim) -> int:
    """The collected errors in which a claim holds for some sentence, under its statuses."""
    found = 0
    for each in ERRORS:
        if claim.counts(each.status):
            found += any(map(claim.holds, read_sentences(extract_facts(each.body, each.headers).text)))
    return found


@pytest.mark.parametrize("claim", [*MEANINGS, *HINTS], ids=lambda each: each.reason.word)
def test_claim_is_made_by_more_than_one_error(claim: Claim) -> None:
    assert _uses(claim) >= 2


@pytest.mark.parametrize("row", [*PHRASES, *ANY_STATUS], ids=lambda each: each.pattern.pattern[:30])
def test_phrase_is_said_by_more_than_one_error(row: Any) -> None:
    texts = (extract_facts(each.body, each.headers).text for each in ERRORS)
    assert sum(row.pattern.search(text) is not None for text in texts) >= 2


def test_first_sentence_wins_and_no_claim_is_none() -> None:
    assert first_claim(MEANINGS, 400, ("the model x is unknown", "credits exhausted")) is not None
    assert first_claim(MEANINGS, 400, ("hello",)) is None


HOSTILE = (
    "model ",
    "no model ",
    "' ",
    '" ',
    "key is not ",
    "credit ",
    '{"a": ',
    "{'message': '",
    "requires a ",
    "a_",
    "\n",
)


@pytest.mark.parametrize("piece", HOSTILE)
def test_hostile_text_takes_linear_time(piece: str) -> None:
    body = {"error": {"message": (piece * 4000)[:4000]}}
    started = time.process_time()
    for status in (400, 403, 500, None):
        classify("lab", "openai-completions", status, {}, body)
    assert time.process_time() - started < 1


def test_error_takes_less_than_a_millisecond() -> None:
    bodies = [(each.status, each.body) for each in ERRORS]
    started = time.process_time()
    for status, body in bodies:
        classify("lab", "openai-completions", status, {}, body)
    assert (time.process_time() - started) / len(bodies) < 0.001


def test_json_in_a_text_is_read_for_itself() -> None:
    inner = {"error": {"message": "x", "code": 5}}
    assert extract_facts(f"failed: {json.dumps(inner)} at last").text == "x\nfailed: \n at last"
