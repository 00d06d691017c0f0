"""The classifier: what an answer that is no success means. Pure; it never says ``ok``.

Machine words decide first, then the status with the phrases that refine it, then weaker words. What stays open is
``unclassified``: a guess would be worse.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from text2llm.probe.classify.facts import ErrorFacts, extract_facts
from text2llm.probe.classify.phrases import ANY_STATUS, OVERRULING, PHRASES, Phrase
from text2llm.probe.classify.words import WEAK_WORDS, WORDS
from text2llm.probe.result import Reason

#: What a status means when the body says nothing. 499 is a proxy's word for a client that hung up.
STATUSES: Mapping[int, Reason] = {
    400: Reason.BAD_REQUEST,
    401: Reason.INVALID_KEY,
    402: Reason.PAYMENT_REQUIRED,
    403: Reason.FORBIDDEN,
    404: Reason.ENDPOINT_NOT_FOUND,
    405: Reason.ENDPOINT_NOT_FOUND,
    406: Reason.BAD_REQUEST,
    407: Reason.NETWORK,
    408: Reason.DEADLINE,
    409: Reason.BAD_REQUEST,
    410: Reason.ENDPOINT_NOT_FOUND,
    411: Reason.BAD_REQUEST,
    413: Reason.BAD_REQUEST,
    415: Reason.BAD_REQUEST,
    422: Reason.BAD_REQUEST,
    429: Reason.RATE_LIMITED,
    431: Reason.BAD_REQUEST,
    451: Reason.FORBIDDEN,
    499: Reason.DEADLINE,
    529: Reason.OVERLOADED,
}
_SERVER_ERRORS = range(500, 600)
_NO_ANSWERS = range(100, 400)
_HTTP = range(400, 600)


def classify(
    provider: str, api: str, status: int | None, headers: Mapping[str, str], body: Any
) -> tuple[Reason, ErrorFacts]:
    """Why a request failed, and the facts that say so.

    ``body`` is parsed JSON, or the text of a short plain body, or ``None``; ``headers`` have their names in lower case.
    A status below 400 is that of an answer whose body is an error all the same.
    """
    facts = extract_facts(body, headers)
    speakers = frozenset({provider, api})
    telling = _telling_status(status, facts)
    reason = (
        _find_phrase(OVERRULING, telling, speakers, facts)
        or _by_window_headers(telling, headers)
        or _by_word(facts)
        or (Reason.INVALID_RESPONSE if _is_foreign(telling, facts) else None)
        or _find_phrase(PHRASES, telling, speakers, facts)
        or (_find_phrase(ANY_STATUS, telling, speakers, facts) if telling is None else None)
        or _by_status(telling)
        or next((WEAK_WORDS[word] for word in facts.words if word in WEAK_WORDS), None)
        or _undecided(status)
    )
    return reason, facts


def _telling_status(status: int | None, facts: ErrorFacts) -> int | None:
    """The status that speaks: that of HTTP, or when it claims a success, the one in the body (OpenRouter, Google)."""
    if status is not None and status >= _HTTP.start:
        return status
    return next((number for number in facts.numbers if number in _HTTP), None)


def _by_word(facts: ErrorFacts) -> Reason | None:
    return next((WORDS[word] for word in facts.words if word in WORDS), None)


def _by_window_headers(status: int | None, headers: Mapping[str, str]) -> Reason | None:
    # Subscriptions of Anthropic: router-for-me/CLIProxyAPI claude_executor_ratelimit_test.go
    rejected = headers.get("anthropic-ratelimit-unified-status") == "rejected"
    return Reason.USAGE_WINDOW if rejected and status == 429 else None  # noqa: PLR2004


def _is_foreign(status: int | None, facts: ErrorFacts) -> bool:
    """Whether a 404 comes from something in front of the API: a problem document that only repeats the status."""
    return status == 404 and facts.problem and facts.text == "not found"  # noqa: PLR2004


def _find_phrase(
    rows: tuple[Phrase, ...], status: int | None, speakers: frozenset[str], facts: ErrorFacts
) -> Reason | None:
    # A named request field is at fault itself; its message may still speak of models or limits.
    if facts.param not in (None, "", "model") and rows is PHRASES:
        rows = tuple(row for row in rows if row.reason not in {Reason.MODEL_NOT_FOUND, Reason.MODEL_RETIRED})
    return next((row.reason for row in rows if row.fits(status, speakers, facts.text)), None) if facts.text else None


def _by_status(status: int | None) -> Reason | None:
    if status is None:
        return None
    return STATUSES.get(status) or (Reason.SERVER_ERROR if status in _SERVER_ERRORS else None)


def _undecided(status: int | None) -> Reason:
    return Reason.INVALID_RESPONSE if status in _NO_ANSWERS else Reason.UNCLASSIFIED


__all__ = ["ErrorFacts", "classify", "extract_facts"]
