"""One more request after a server refused what the probe itself added: its output limit, or the kind of response.

Nothing that the configuration says is changed. The second request must itself succeed. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from text2llm.upstream.classify.facts import extract_facts
from text2llm.upstream.params import MAX_OUTPUT
from text2llm.upstream.verdict import Verdict
from text2llm.upstream.wire.shape import CompletionCall

#: Statuses of a request that the server found fault with: some gateways report it as their own, or as a success.
_FAULTS = frozenset({200, 400, 404, 405, 415, 422, 500, 501})
#: The fields of an output limit, by their last part.
_FIELDS = ("max_completion_tokens", "max_output_tokens", "max_tokens", "max_new_tokens")
_FIELD = "maxTokensField"
#: The field of OpenAI's reasoning models. Their least value is 16 where one is told (recorded for max_output_tokens);
#: its refusal would come only after the one for the field, and a larger limit changes no verdict.
_REASONING = "max_completion_tokens"
_REASONING_LEAST = 16
_REFUSED = re.compile(
    r"unsupported|not supported|not support|unknown|unrecognized|unexpected|not permitted|not allowed|deprecated"
    r"|extra (inputs|fields)|invalid (parameter|argument|field)"
)
_INSTEAD = re.compile(rf"(?:use|instead|replaced by|in favou?r of)\W+(?:\w+\W+){{0,3}}?({'|'.join(_FIELDS)})\b")
_TOO_LOW = re.compile(
    r"(?:>=|≥|at least|no less than|greater than or equal to|minimum(?: value| of| is)*|above|more than|greater than|>)"
    r"\s*:?\s*(\d{1,5})\b"
)
_LOW = re.compile(r"below minimum|too (small|low|few)|minimum|at least|>=|greater than|must be (more|larger)")
_REACHED = re.compile(
    r"could not finish|output limit (was )?reached|higher max_tokens|(increase|raise) (the )?max"
    r"|max_tokens .{0,40}(reached|exceeded)"
)
_LIMIT = re.compile(
    r"max_?(completion_|output_|new_)?_?tokens|maxtokens|maxoutputtokens|num_predict|output limit|budget_tokens"
)
_STREAM = re.compile(
    r"\b(only|must|requires?|required|please|enable|set|needs?)\b.{0,60}\bstream"
    r"|\bstream\w*\b.{0,60}\b(only|required|must|true|mandatory)\b"
    r"|non-?stream\w*"
)
_NO_STREAM = re.compile(r"stream\w*\b.{0,30}\b(not supported|unsupported|not available|must be (set to )?false)")


@dataclass(frozen=True, slots=True)
class Adapted:
    """The call to send instead, what was changed, in our own words, and the keys of ``compat`` that say the same."""

    call: CompletionCall
    note: str
    compat: Mapping[str, str | int | bool]


def adapt(call: CompletionCall, limit: int, status: int, body: Any) -> Adapted | None:
    """What to send after an error response; ``None`` if it does not speak of what the probe added.

    ``limit`` is the output limit that was sent, in tokens. ``call.stated`` is not changed: the configuration says it.
    """
    if status not in _FAULTS:
        return None
    facts = extract_facts(body)
    text = " ".join((facts.text, (facts.param or "").lower()))
    changes = (change for key, change in _CHANGES.items() if key not in call.stated)
    return next((found for change in changes if (found := change(call, limit, text)) is not None), None)


def explain_second(verdict: Verdict, first: Adapted, again: Adapted | None, provider: str) -> Verdict:
    """The verdict of the second request, with what it changed.

    ``again`` is what a third one would have to change: then the hint has all of it, to be said beforehand.
    """
    if again is None:
        return replace(verdict, adapted=first.note)
    compat = ", ".join(f"{key}: {_write(value)}" for key, value in {**first.compat, **again.compat}.items())
    error = f"{verdict.error}; a third request, which is not sent, would have {again.note}"
    hint = f"set models.providers.{provider}.compat: {{{compat}}}"
    return replace(verdict, adapted=first.note, error=error, hint=hint)


def _write(value: str | int | bool) -> str:  # noqa: FBT001
    return str(value).lower() if isinstance(value, bool) else str(value)


def _stream(call: CompletionCall, _limit: int, text: str) -> Adapted | None:
    if call.stream or not _STREAM.search(text) or _NO_STREAM.search(text):
        return None
    return Adapted(replace(call, stream=True), "asked for an event stream", {"stream": True})


def _rename_limit(call: CompletionCall, limit: int, text: str) -> Adapted | None:
    """The limit in the field that the server names; without a limit if it names none."""
    field = call.max_tokens_field
    if field is None or field.rpartition(".")[2].lower() not in text or not _REFUSED.search(text):
        return None
    found = _INSTEAD.search(text)
    named = None if found is None or found[1] == field else found[1]
    other = named or _OTHER_FIELDS.get(field)
    if other is None:
        return Adapted(replace(call, max_tokens_field=None), f"left {field} out", {})
    moved, note, stated = replace(call, max_tokens_field=other), f"limited the output by {other}", {_FIELD: other}
    if other != _REASONING or limit >= _REASONING_LEAST or "minTokens" in call.stated:
        return Adapted(moved, note, stated)
    stated = {**stated, "minTokens": _REASONING_LEAST}
    return Adapted(replace(moved, min_tokens=_REASONING_LEAST), f"{note}, to {_REASONING_LEAST} tokens", stated)


def _raise_limit(call: CompletionCall, limit: int, text: str) -> Adapted | None:
    if _REACHED.search(text):
        least = MAX_OUTPUT
    elif _LIMIT.search(text) and _LOW.search(text):
        numbers = [int(number) for number in _TOO_LOW.findall(text)]
        least = max((number + 1 for number in numbers if number < MAX_OUTPUT), default=MAX_OUTPUT)
    else:
        return None
    if least <= limit:
        return None
    return Adapted(replace(call, min_tokens=least), f"raised the output limit to {least}", {"minTokens": least})


_OTHER_FIELDS: Mapping[str, str] = {
    "max_tokens": "max_completion_tokens",
    "max_completion_tokens": "max_tokens",
    "max_output_tokens": "max_tokens",
}
#: By the key of ``compat`` that says the same beforehand.
_CHANGES: Mapping[str, Callable[[CompletionCall, int, str], Adapted | None]] = {
    "stream": _stream,
    _FIELD: _rename_limit,
    "minTokens": _raise_limit,
}
