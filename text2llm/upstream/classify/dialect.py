"""Dialect: how one provider or API speaks of errors; those of a descriptor, which a plugin may bring. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from text2llm.upstream.classify.facts import snake_case
from text2llm.upstream.classify.phrases import Phrase, row
from text2llm.upstream.verdict import Reason


@dataclass(frozen=True, slots=True)
class Dialect:
    """The tables of one provider or API.

    ``weak`` are codes that apply if no wording matches. ``number_in_text`` finds a business number that one of the
    provider's adapters puts only into the message. ``path`` leads to the error object if it is at an unusual place.
    ``silent``: ``statuses`` are also those of a response without content, which elsewhere may be a proxy's.
    """

    codes: Mapping[str | int, Reason] = field(default_factory=dict)
    weak: Mapping[str, Reason] = field(default_factory=dict)
    statuses: Mapping[int, Reason] = field(default_factory=dict)
    overruling: tuple[Phrase, ...] = ()
    phrases: tuple[Phrase, ...] = ()
    number_in_text: re.Pattern[str] | None = None
    path: tuple[str, ...] = ()
    silent: bool = False


def parse_dialect(entry: Mapping[str, Any]) -> Dialect:
    """The dialect of ``errors`` in a descriptor that its schema accepts: plain wordings, not patterns."""
    reasons = {each.word: each for each in Reason}
    return Dialect(
        path=tuple(entry.get("path", ())),
        codes={_code(code): reasons[word] for code, word in entry.get("codes", {}).items()},
        statuses={int(status): reasons[word] for status, word in entry.get("statuses", {}).items()},
        phrases=tuple(
            row(reasons[each["reason"]], re.escape(each["text"].lower()), each.get("statuses", ()))
            for each in entry.get("phrases", ())
        ),
    )


def _code(code: str) -> str | int:
    """A code as facts have it: a business number, or a machine word in ``snake_case``."""
    return int(code) if code.isdecimal() else snake_case(code)
