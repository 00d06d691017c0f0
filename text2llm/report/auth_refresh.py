"""What came of refreshing logins, for people and programs; schema: ``outputs/auth-refresh.schema.json``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, assert_never

from text2llm.auth.credentials import AuthProfile, OAuth
from text2llm.login.refresh import Dead, Failed, Outcome, Refreshed, StillFresh
from text2llm.report.sanitise import clean_line

_WORDS = {Refreshed: "refreshed", StillFresh: "still good", Dead: "dead", Failed: "failed"}
_CODES = {Refreshed: "refreshed", StillFresh: "fresh", Dead: "dead", Failed: "failed"}


def refresh_text(outcomes: Mapping[str, Outcome], *, terminal: bool = False) -> str:
    """One line a login, and what helps below it; at a ``terminal`` with the provider's own words."""
    if not outcomes:
        return "no stored logins to refresh\n"
    return "".join(
        f"{clean_line(line)}\n"
        for name, outcome in outcomes.items()
        for line in _lines(name, outcome, terminal=terminal)
    )


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


def refresh_json(outcomes: Mapping[str, Outcome], path: str) -> dict[str, Any]:
    """The outcomes as plain data."""
    return {"authStorePath": path, "results": [_result(name, outcome) for name, outcome in outcomes.items()]}


def _result(name: str, outcome: Outcome) -> dict[str, Any]:
    told: dict[str, Any] = {"profileId": name, "outcome": _CODES[type(outcome)]}
    match outcome:
        case Refreshed(profile) | StillFresh(profile):
            return {**told, "expiresAt": _expiry(profile)}
        case Dead(reason, hint) | Failed(reason, hint):
            return {**told, "reason": reason, "hint": hint}
        case _:
            assert_never(outcome)


def _expiry(profile: AuthProfile) -> int | None:
    return profile.credential.expires if isinstance(profile.credential, OAuth) else None
