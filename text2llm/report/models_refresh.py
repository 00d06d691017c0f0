"""What came of asking providers for their models; schema: ``outputs/models-refresh.schema.json``."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from text2llm.commands.refresh import Outcome, Renewal
from text2llm.report.sanitise import clean_line
from text2llm.report.style import Style
from text2llm.upstream.verdict import Verdict

_PAINTS: Mapping[Outcome, Callable[[Style, str], str]] = {
    Outcome.RENEWED: Style.good,
    Outcome.FAILED: Style.bad,
    Outcome.SKIPPED: Style.quiet,
}


def refresh_text(renewals: Sequence[Renewal], style: Style) -> str:
    """A line a provider, and what helps below it."""
    if not renewals:
        return "no provider in view\nhint: configure one, store a credential, or name one with --provider\n"
    return "".join(f"{line}\n" for renewal in renewals for line in _lines(renewal, style))


def _lines(renewal: Renewal, style: Style) -> Iterator[str]:
    yield _PAINTS[renewal.outcome](style, clean_line(f"{renewal.provider}: {_describe(renewal)}"))
    if renewal.outcome is Outcome.FAILED and renewal.verdict is not None and renewal.verdict.hint is not None:
        yield clean_line(f"  hint: {renewal.verdict.hint}")


def _describe(renewal: Renewal) -> str:
    listing = renewal.listing
    if renewal.verdict is None:
        assert listing is not None
        return _count(len(listing.models))
    said = f"{renewal.outcome.value}: {explain(renewal.verdict)}"
    return said if listing is None else f"{said}; kept: {_count(len(listing.models))} of {listing.date}"


def _count(models: int) -> str:
    return "1 model" if models == 1 else f"{models} models"


def explain(verdict: Verdict) -> str:
    """Why there is no listing, in our words."""
    word = "" if verdict.reason is None else verdict.reason.word
    return verdict.error or word


def refresh_json(renewals: Sequence[Renewal]) -> dict[str, Any]:
    """The same as plain data."""
    return {"listings": [_renewal_json(each) for each in renewals]}


def _renewal_json(renewal: Renewal) -> dict[str, Any]:
    listing, verdict = renewal.listing, renewal.verdict
    told: dict[str, Any] = {
        "provider": renewal.provider,
        "outcome": renewal.outcome.value,
        "models": None if listing is None else len(listing.models),
        "takenAt": None if listing is None else listing.taken_at,
    }
    if verdict is not None and verdict.reason is not None:
        told |= {"reason": verdict.reason.word, "error": explain(verdict)}
        told |= {} if verdict.hint is None else {"hint": verdict.hint}
    return told
