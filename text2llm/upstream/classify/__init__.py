"""The classifier: the reason of an error response. Pure; it never returns ``ok``.

The provider's own codes decide first, then machine words that mean the same everywhere, then what the sentences say
(see ``claims``), then the status itself, then weaker words. Without any of them the reason is ``unclassified``: a guess
would be worse.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from text2llm.upstream.classify.choice import find_dialects
from text2llm.upstream.classify.claims import Claim, first_claim
from text2llm.upstream.classify.dialect import Dialect
from text2llm.upstream.classify.facts import ErrorFacts, extract_facts
from text2llm.upstream.classify.meanings import HINTS, MEANINGS
from text2llm.upstream.classify.phrases import ANY_STATUS, OVERRULING, PHRASES, Phrase
from text2llm.upstream.classify.sentences import read_sentences
from text2llm.upstream.classify.words import PARTS, WEAK_PARTS, WORDS, read_parts
from text2llm.upstream.verdict import Reason

#: The meaning of a status without a telling body. Proxies use 499 for a client that disconnected.
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
    424: Reason.SERVER_ERROR,
    429: Reason.RATE_LIMITED,
    431: Reason.BAD_REQUEST,
    451: Reason.FORBIDDEN,
    499: Reason.DEADLINE,
    511: Reason.INVALID_RESPONSE,
    529: Reason.OVERLOADED,
}
_SERVER_ERRORS = range(500, 600)
_NO_ANSWERS = range(100, 400)
_HTTP = range(400, 600)
_OF_MODEL = frozenset({Reason.MODEL_NOT_FOUND, Reason.MODEL_RETIRED, Reason.MODEL_NOT_ENTITLED})
#: Statuses that say less than a weak word about permissions or billing in the body.
_VAGUE = frozenset({400, 422})
_TELLING = frozenset({Reason.FORBIDDEN, Reason.INVALID_KEY, Reason.QUOTA_EXHAUSTED, Reason.RATE_LIMITED})


def classify(  # noqa: PLR0913 - the parts of one response, and whose it is
    provider: str,
    api: str,
    status: int | None,
    headers: Mapping[str, str],
    body: Any,
    *,
    own: Dialect | None = None,
    model: str | None = None,
) -> tuple[Reason, ErrorFacts]:
    """Why a request failed, and the facts of the error.

    ``body`` is parsed JSON, or the text of a short plain body, or ``None``; ``headers`` have lower-case names. A status
    below 400 belongs to a response whose body is an error anyway: then only the body decides. ``own`` is the dialect in
    the provider's descriptor, ``model`` the id that was requested, if any.
    """
    facts = extract_facts(_unwrap(body, () if own is None else own.path), headers, model)
    dialects = find_dialects(provider, api, facts.origins, own)
    telling = _telling_status(status, facts)
    reason = (
        _by_phrase((*(each.overruling for each in dialects), OVERRULING), telling, facts)
        or _by_window_headers(telling, headers)
        or _by_code(dialects, facts)
        or _by_word(facts)
        or (Reason.INVALID_RESPONSE if _is_foreign(telling, facts) else None)
        or _by_phrase(tuple(each.phrases for each in dialects), telling, facts)
        or _by_meaning(MEANINGS, telling, facts)
        or _by_phrase((PHRASES,) if telling is not None else (PHRASES, ANY_STATUS), telling, facts)
        or _by_meaning(HINTS, telling, facts)
        or _by_status(dialects, telling, facts)
        or _by_weak_word(facts)
        or _undecided(status)
    )
    return reason, facts


def _unwrap(body: Any, path: tuple[str, ...]) -> Any:
    """The body with the error object at ``path``, if any, where all readers look for it."""
    inner = body
    for key in path:
        inner = inner.get(key) if isinstance(inner, Mapping) else None
    return {"error": inner, "response": body} if path and inner is not None else body


def _telling_status(status: int | None, facts: ErrorFacts) -> int | None:
    """The error status: that of HTTP or, if it is a success, the one in the body (OpenRouter, Google)."""
    if status is not None and status >= _HTTP.start:
        return status
    return next((number for number in facts.numbers if number in _HTTP), None)


def _by_window_headers(status: int | None, headers: Mapping[str, str]) -> Reason | None:
    # Subscriptions of Anthropic: router-for-me/CLIProxyAPI claude_executor_ratelimit_test.go
    rejected = any(
        headers.get(f"anthropic-ratelimit-unified{window}-status") == "rejected" for window in ("", "-5h", "-7d")
    )
    return Reason.USAGE_WINDOW if rejected and status == 429 else None  # noqa: PLR2004


def _by_code(dialects: Iterable[Dialect], facts: ErrorFacts) -> Reason | None:
    for dialect in dialects:
        matched = dialect.number_in_text.search(facts.text) if dialect.number_in_text else None
        in_text = () if matched is None else (int(next(filter(None, matched.groups()))),)
        for code in (*facts.words, *facts.numbers, *in_text):
            if code in dialect.codes:
                return dialect.codes[code]
    return None


def _by_word(facts: ErrorFacts) -> Reason | None:
    meanings = (WORDS.get(word) or read_parts(word, PARTS) for word in facts.words)
    return next((reason for reason in meanings if reason is not None), None)


def _is_foreign(status: int | None, facts: ErrorFacts) -> bool:
    """Whether a 404 comes from a server in front of the API: a problem document that only repeats the status."""
    return status == 404 and facts.problem and facts.text == "not found"  # noqa: PLR2004


def _by_meaning(claims: tuple[Claim, ...], status: int | None, facts: ErrorFacts) -> Reason | None:
    # A named request field is at fault itself; its message may still speak of models.
    if facts.param not in (None, "", "model", "None"):
        claims = tuple(each for each in claims if each.reason not in _OF_MODEL)
    return first_claim(claims, status, read_sentences(facts.text))


def _by_phrase(tables: Iterable[tuple[Phrase, ...]], status: int | None, facts: ErrorFacts) -> Reason | None:
    if not facts.text:
        return None
    return next((row.reason for rows in tables for row in rows if row.fits(status, facts.text)), None)


def _by_status(dialects: tuple[Dialect, ...], status: int | None, facts: ErrorFacts) -> Reason | None:
    weak = _by_weak_word(facts)
    if status in _VAGUE and weak in _TELLING:
        return weak
    for dialect in dialects:
        named = next((dialect.weak[word] for word in facts.words if word in dialect.weak), None)
        if named is not None:
            return named
        if status is not None and status in dialect.statuses and (facts.speaks or dialect.silent):
            return dialect.statuses[status]
    if status is None:
        return None
    return STATUSES.get(status) or (Reason.SERVER_ERROR if status in _SERVER_ERRORS else None)


def _by_weak_word(facts: ErrorFacts) -> Reason | None:
    meanings = (read_parts(word, WEAK_PARTS) for word in facts.words)
    return next((reason for reason in meanings if reason is not None), None)


def _undecided(status: int | None) -> Reason:
    return Reason.INVALID_RESPONSE if status in _NO_ANSWERS else Reason.UNCLASSIFIED
