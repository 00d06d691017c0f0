"""The outcomes of refreshing logins, as text and JSON; schema: ``outputs/auth-refresh.schema.json``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Any, assert_never

from text2llm.auth.credentials import OAuth
from text2llm.login.refresh import Dead, Failed, Outcome, Refreshed, StillFresh
from text2llm.report.sanitize import clean_lines

_WORDS = {Refreshed: "refreshed", StillFresh: "still good", Dead: "dead", Failed: "failed"}
_CODES = {Refreshed: "refreshed", StillFresh: "fresh", Dead: "dead", Failed: "failed"}


def login_refresh_text(outcomes: Mapping[str, Outcome], *, terminal: bool = False) -> str:
    """One line per login, with its hint below; on a ``terminal`` with the provider's own words."""
    if not outcomes:
        return "no stored logins to refresh\n"
    lines = (_lines(name, outcome, terminal=terminal) for name, outcome in outcomes.items())
    return clean_lines(chain.from_iterable(lines))


def _lines(name: str, outcome: Outcome, *, terminal: bool) -> Iterator[str]:
    match outcome:
        case Refreshed() | StillFresh():
            yield f"{name}: {_WORDS[type(outcome)]}"
        case Dead(reason, hint, words) | Failed(reason, hint, words):
            yield f"{name}: {_WORDS[type(outcome)]}: {reason}{words if terminal else ''}"
            if hint is not None:
                yield f"  hint: {hint}"
        case _:
            assert_never(outcome)


def login_refresh_json(outcomes: Mapping[str, Outcome], path: str) -> dict[str, Any]:
    return {"authStorePath": path, "results": [_result(name, outcome) for name, outcome in outcomes.items()]}


def _result(name: str, outcome: Outcome) -> dict[str, Any]:
    head: dict[str, Any] = {"profileId": name, "outcome": _CODES[type(outcome)]}
    match outcome:
        case Refreshed(profile) | StillFresh(profile):
            credential = profile.credential
            return {**head, "expiresAt": credential.expires if isinstance(credential, OAuth) else None}
        case Dead(reason, hint) | Failed(reason, hint):
            return {**head, "reason": reason, "hint": hint}
        case _:
            assert_never(outcome)
