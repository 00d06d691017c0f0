"""Probe results as a table for people: one line a target, what is wrong with it below."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from text2llm.probe.result import Gate, ProbeResult, ProbeSummary
from text2llm.providers.key_formats import mask_secrets
from text2llm.report.sanitise import clean_line
from text2llm.report.style import Style

_MAX_SAID = 300
_HEADINGS = ("credential", "model", "result", "latency")
_MARKS: Mapping[Gate, str] = {Gate.PASS: "ok", Gate.FAIL: "fail", Gate.INCONCLUSIVE: "?", Gate.REFUSE: "refused"}


def probe_text(summary: ProbeSummary, style: Style, *, terminal: bool) -> str:
    """The results of a run. Only on a ``terminal`` what a provider said is told in its own words."""
    if not summary.total_targets:
        return "Probes: nothing to probe\nhint: set a model with `text2llm models set PROVIDER/MODEL`\n"
    rows = [_cells(result) for result in summary.results]
    widths = [max(len(row[column]) for row in (_HEADINGS, *rows)) for column in range(len(_HEADINGS))]
    lines = [style.title(_headline(summary)), style.quiet(align_cells(_HEADINGS, widths))]
    for result, row in zip(summary.results, rows, strict=True):
        lines.append(_paint(result, align_cells(row, widths), style))
        lines += [f"    {line}" for line in detail_lines(result, terminal=terminal)]
    return "\n".join(line.rstrip() for line in lines) + "\n"


def progress_line(done: int, total: int, result: ProbeResult) -> str:
    """What a terminal shows while probes run."""
    return clean_line(f"probing {done}/{total}: {result.subject.label} {describe_result(result)}")


def _headline(summary: ProbeSummary) -> str:
    counts: dict[str, int] = {}
    for result in summary.results:
        counts[result.verdict.status.value] = counts.get(result.verdict.status.value, 0) + 1
    told = ", ".join(f"{count} {status}" for status, count in counts.items())
    if summary.interrupted:
        told += f"; interrupted, {summary.total_targets - len(summary.results)} not known"
    return f"Probes: {told.removeprefix('; ')} ({summary.duration_ms} ms)"


def _cells(result: ProbeResult) -> tuple[str, str, str, str]:
    subject = result.subject
    credential = (
        subject.label if subject.profile_id else f"{subject.provider} ({subject.source.value}: {subject.label})"
    )
    latency = "not sent" if result.latency_ms is None else f"{result.latency_ms} ms"
    return clean_line(credential), clean_line(subject.model or "-"), describe_result(result), latency


def describe_result(result: ProbeResult) -> str:
    """A result in a word or two."""
    verdict = result.verdict
    if verdict.reason is None:
        return verdict.status.value
    return f"{_MARKS[verdict.gate]}: {verdict.status.value}/{verdict.reason.word}"


def align_cells(cells: tuple[str, ...], widths: list[int]) -> str:
    """Cells as a line of a table."""
    return "  " + "  ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True))


def _paint(result: ProbeResult, line: str, style: Style) -> str:
    match result.verdict.gate:
        case Gate.PASS:
            return style.good(line)
        case Gate.INCONCLUSIVE:
            return style.warn(line)
        case _:
            return style.bad(line)


def detail_lines(result: ProbeResult, *, terminal: bool) -> Iterator[str]:
    """What else there is to say about a result; only on a ``terminal`` in the provider's words."""
    verdict = result.verdict
    if verdict.error is not None:
        said = f": {verdict.said[:_MAX_SAID]}" if terminal and verdict.said else ""
        yield clean_line(mask_secrets(verdict.error + said))
    if result.request_id is not None and verdict.reason is not None:
        yield clean_line(f"request {result.request_id}")
    if verdict.hint is not None:
        yield clean_line(f"hint: {verdict.hint}")
