"""The outcomes of listing the providers' models; schema: ``outputs/models-refresh.schema.json``."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from text2llm.commands.refresh import Outcome, Renewal
from text2llm.report.rows import plural
from text2llm.report.sanitize import clean_line, pick, without_none
from text2llm.report.style import Style
from text2llm.upstream.verdict import Verdict

_PAINTS: Mapping[Outcome, Callable[[Style, str], str]] = {
    Outcome.RENEWED: Style.good,
    Outcome.FAILED: Style.bad,
    Outcome.SKIPPED: Style.quiet,
}


def listing_refresh_text(renewals: Sequence[Renewal], style: Style) -> str:
    """One line per provider, with its hint below."""
    if not renewals:
        return "no provider to list\nhint: configure one, store a credential, or name one with --provider\n"
    return "".join(f"{line}\n" for renewal in renewals for line in _lines(renewal, style))


def _lines(renewal: Renewal, style: Style) -> Iterator[str]:
    yield _PAINTS[renewal.outcome](style, clean_line(f"{renewal.provider}: {_describe(renewal)}"))
    if renewal.outcome is Outcome.FAILED and renewal.verdict is not None and renewal.verdict.hint is not None:
        yield clean_line(f"  hint: {renewal.verdict.hint}")


def _describe(renewal: Renewal) -> str:
    listing = renewal.listing
    if renewal.verdict is None:
        assert listing is not None
        return plural(len(listing.models), "model")
    failure = f"{renewal.outcome.value}: {explain_failure(renewal.verdict)}"
    return failure if listing is None else f"{failure}; kept: {plural(len(listing.models), 'model')} of {listing.date}"


def explain_failure(verdict: Verdict) -> str:
    return verdict.error or ("" if verdict.reason is None else verdict.reason.word)


def listing_refresh_json(renewals: Sequence[Renewal]) -> dict[str, Any]:
    return {"listings": [_renewal_json(each) for each in renewals]}


def _renewal_json(renewal: Renewal) -> dict[str, Any]:
    listing, verdict = renewal.listing, renewal.verdict
    document: dict[str, Any] = {
        **pick(renewal, "provider", "outcome"),
        "models": None if listing is None else len(listing.models),
        "takenAt": None if listing is None else listing.taken_at,
    }
    if verdict is not None and verdict.reason is not None:
        document |= {"reason": verdict.reason.word, "error": explain_failure(verdict)}
        document |= without_none({"hint": verdict.hint})
    return document
