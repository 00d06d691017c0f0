"""Probe results, in every format. For people: one line per target, what is wrong with it below.

As JSON they are the reference system's ``auth.probes``; schema: ``outputs/probe-summary.schema.json``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from text2llm.probe.result import ProbeOptions, ProbeResult, ProbeSummary
from text2llm.report.rows import Piece, layout_row, wrap_line
from text2llm.report.sanitise import clean_line
from text2llm.report.style import Style
from text2llm.report.usage import NEARLY_USED, window_json
from text2llm.upstream.verdict import Gate

_MAX_SAID = 300
_INDENT = 4
_HEADINGS = ("credential", "model", "result", "latency")
_MARKS: Mapping[Gate, str] = {Gate.PASS: "ok", Gate.FAIL: "fail", Gate.INCONCLUSIVE: "?", Gate.REFUSE: "refused"}


def probe_text(summary: ProbeSummary, style: Style, *, terminal: bool, width: int | None = None) -> str:
    """The results of a run. Only on a ``terminal`` what a provider said is told in its own words.

    ``width`` is that of the terminal in columns; ``None``: as wide as need be.
    """
    if not summary.total_targets:
        return "Probes: nothing to probe\nhint: set a model with `text2llm models set PROVIDER/MODEL`\n"
    heading, rows = layout_table(_HEADINGS, [_cells(result) for result in summary.results], width)
    lines = [*map(style.title, wrap_line(_headline(summary), width)), *map(style.quiet, heading)]
    for result, row in zip(summary.results, rows, strict=True):
        lines += [_paint(result, line, style) for line in row]
        details = (*detail_lines(result, terminal=terminal), *_limit_lines(result))
        lines += [part for line in details for part in wrap_line(f"    {line}", width)]
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _limit_lines(result: ProbeResult) -> Iterator[str]:
    """The limits of which little is left: a probe that succeeds may be followed by one that does not."""
    near = [f"{window.label} {window.used:.0f} %" for window in result.rate_limit if window.used > NEARLY_USED]
    if near:
        yield clean_line(f"rate limit nearly used: {', '.join(near)}")


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
    free = ", free: credentials only" if summary.options.free else ""
    return f"Probes: {told.removeprefix('; ')} ({summary.duration_ms} ms{free})"


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
        return "ok: credential only" if result.free else "ok"
    return f"{_MARKS[verdict.gate]}: {verdict.status.value}/{verdict.reason.word}"


def layout_table(
    headings: tuple[str, ...], rows: list[tuple[str, ...]], width: int | None
) -> tuple[list[str], list[list[str]]]:
    """The lines of the headings and of each row: in columns, or broken between cells where these are too wide."""
    widths = [max(map(len, column)) for column in zip(headings, *rows, strict=True)]
    if width is None or sum(widths) + 2 * len(widths) <= width:
        return [_align(headings, widths)], [[_align(row, widths)] for row in rows]
    return [], [list(layout_row(f"  {row[0]}", list(map(Piece, row[1:])), width, _INDENT)) for row in rows]


def _align(cells: tuple[str, ...], widths: list[int]) -> str:
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
        yield clean_line(verdict.error + said)
    if result.request_id is not None and verdict.reason is not None:
        yield clean_line(f"request {result.request_id}")
    if verdict.hint is not None:
        yield clean_line(f"hint: {verdict.hint}")


def probes_json(summary: ProbeSummary) -> dict[str, Any]:
    """A summary as plain data. The provider's own text is left out: JSON is read by logs."""
    return {
        "startedAt": summary.started_at,
        "finishedAt": summary.finished_at,
        "durationMs": summary.duration_ms,
        "totalTargets": summary.total_targets,
        "options": _options(summary.options),
        "results": [result_json(result) for result in summary.results],
        **({"interrupted": True} if summary.interrupted else {}),
    }


def _options(options: ProbeOptions) -> dict[str, Any]:
    return {
        **({} if options.provider is None else {"provider": options.provider}),
        **({"profileIds": list(options.profile_ids)} if options.profile_ids else {}),
        "timeoutMs": options.timeout_ms,
        "concurrency": options.concurrency,
        "maxTokens": options.max_tokens,
        **({} if options.attempts == 1 else {"attempts": options.attempts}),
        **({"free": True} if options.free else {}),
    }


def result_json(result: ProbeResult) -> dict[str, Any]:
    """One result as plain data."""
    subject, verdict = result.subject, result.verdict
    optional = {
        "profileId": subject.profile_id,
        "error": verdict.error,
        "hint": verdict.hint,
        "httpStatus": result.http_status,
        "requestId": result.request_id,
    }
    return {
        "provider": subject.provider,
        "model": subject.model,
        "label": subject.label,
        "source": subject.source.value,
        "mode": subject.mode,
        "status": verdict.status.value,
        "reason": None if verdict.reason is None else verdict.reason.word,
        "latencyMs": result.latency_ms,
        **{key: value for key, value in optional.items() if value is not None},
        **({"proves": "credential"} if result.free and verdict.reason is None else {}),
        **({"rateLimit": [window_json(window) for window in result.rate_limit]} if result.rate_limit else {}),
    }
