"""Probe results, in every format. As text: one line per target, with its problem below.

As JSON they are the reference system's ``auth.probes``; schema: ``outputs/probe-summary.schema.json``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from text2llm.probe.result import ProbeOptions, ProbeResult, ProbeSummary
from text2llm.report.rows import Piece, align_rows, layout_row, wrap_line
from text2llm.report.sanitize import clean_line, pick, without_none
from text2llm.report.style import Style
from text2llm.report.usage import NEARLY_USED, window_json
from text2llm.upstream.verdict import Gate

_MAX_QUOTED = 300
_MAX_NAME = 60
_INDENT = 4
_HEADINGS = ("credential", "model", "result", "latency")
_MARKS: Mapping[Gate, str] = {Gate.PASS: "ok", Gate.FAIL: "fail", Gate.INCONCLUSIVE: "?", Gate.REFUSE: "refused"}


def probe_text(summary: ProbeSummary, style: Style, *, terminal: bool, width: int | None = None) -> str:
    """The results of a run, in lines of ``width`` columns; with the provider's own words only on a ``terminal``."""
    if not summary.total_targets:
        return "Probes: nothing to probe\nhint: set a model with `text2llm models set PROVIDER/MODEL`\n"
    heading, rows = layout_table(_HEADINGS, [_cells(result) for result in summary.results], width)
    lines = [*map(style.title, wrap_line(_headline(summary), width)), *map(style.quiet, heading)]
    for result, row in zip(summary.results, rows, strict=True):
        lines += [paint_result(result, line, style) for line in row]
        details = (*detail_lines(result, terminal=terminal), *_limit_lines(result))
        lines += [part for line in details for part in wrap_line(f"    {line}", width)]
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _limit_lines(result: ProbeResult) -> Iterator[str]:
    near = [f"{window.label} {window.used:.0f} %" for window in result.rate_limit if window.used > NEARLY_USED]
    if near:
        yield clean_line(f"rate limit nearly used: {', '.join(near)}")


def probe_progress_line(done: int, total: int, result: ProbeResult) -> str:
    return clean_line(f"probing {done}/{total}: {result.subject.label} {describe_result(result)}")


def _headline(summary: ProbeSummary) -> str:
    counts = Counter(result.verdict.status.value for result in summary.results)
    text = ", ".join(f"{count} {status}" for status, count in counts.items())
    if summary.interrupted:
        text += f"; interrupted, {summary.total_targets - len(summary.results)} not known"
    free = ", free: credentials only" if summary.options.free else ""
    return f"Probes: {text.removeprefix('; ')} ({summary.duration_ms} ms{free})"


def _cells(result: ProbeResult) -> tuple[str, str, str, str]:
    subject = result.subject
    credential = (
        subject.label if subject.profile_id else f"{subject.provider} ({subject.source.value}: {subject.label})"
    )
    return clean_line(credential), clean_line(subject.model or "-"), describe_result(result), describe_latency(result)


def describe_latency(result: ProbeResult) -> str:
    return "not sent" if result.latency_ms is None else f"{result.latency_ms} ms"


def describe_result(result: ProbeResult) -> str:
    verdict = result.verdict
    if verdict.reason is None:
        named = "" if verdict.answered_by is None else f": answered by {verdict.answered_by[:_MAX_NAME]}"
        return "ok: credential only" if result.free else clean_line(f"ok{named}")
    return f"{_MARKS[verdict.gate]}: {verdict.status.value}/{verdict.reason.word}"


def layout_table(
    headings: tuple[str, ...], rows: list[tuple[str, ...]], width: int | None
) -> tuple[list[str], list[list[str]]]:
    """The lines of the headings and of each row: in columns, or broken between cells if too wide."""
    heading, *lines = (f"  {line}" for line in align_rows([headings, *rows]))
    if width is None or max(map(len, (heading, *lines))) <= width:
        return [heading], [[line] for line in lines]
    return [], [list(layout_row(f"  {row[0]}", list(map(Piece, row[1:])), width, _INDENT)) for row in rows]


def paint_result(result: ProbeResult, line: str, style: Style) -> str:
    paints = {Gate.PASS: style.good, Gate.INCONCLUSIVE: style.warn}
    return paints.get(result.verdict.gate, style.bad)(line)


def detail_lines(result: ProbeResult, *, terminal: bool) -> Iterator[str]:
    """Error, request id and hint of a result; with the provider's own words only on a ``terminal``."""
    verdict = result.verdict
    if verdict.adapted is not None:
        yield clean_line(f"after a second request, which {verdict.adapted}")
    if verdict.error is not None:
        quoted = f": {verdict.said[:_MAX_QUOTED]}" if terminal and verdict.said else ""
        yield clean_line(verdict.error + quoted)
    if result.request_id is not None and verdict.reason is not None:
        yield clean_line(f"request {result.request_id}")
    if verdict.hint is not None:
        yield clean_line(f"hint: {verdict.hint}")


def probes_json(summary: ProbeSummary) -> dict[str, Any]:
    return {
        **pick(summary, "started_at", "finished_at", "duration_ms", "total_targets"),
        "options": _options(summary.options),
        "results": [result_json(result) for result in summary.results],
        **({"interrupted": True} if summary.interrupted else {}),
    }


def _options(options: ProbeOptions) -> dict[str, Any]:
    return {
        **without_none(pick(options, "provider")),
        **(pick(options, "profile_ids") if options.profile_ids else {}),
        **pick(options, "timeout_ms", "concurrency", "max_tokens"),
        **({} if options.attempts == 1 else {"attempts": options.attempts}),
        **({"free": True} if options.free else {}),
    }


def result_json(result: ProbeResult) -> dict[str, Any]:
    subject, verdict = result.subject, result.verdict
    optional = (
        pick(subject, "profile_id")
        | pick(verdict, "error", "hint", "answered_by", "adapted")
        | pick(result, "http_status", "request_id")
    )
    return {
        **pick(subject, "provider", "model", "label", "source", "mode"),
        "status": verdict.status.value,
        "reason": None if verdict.reason is None else verdict.reason.word,
        "latencyMs": result.latency_ms,
        **without_none(optional),
        **({} if verdict.said is None else {"providerMessage": clean_line(verdict.said[:_MAX_QUOTED])}),
        **({"proves": "credential"} if result.free and verdict.reason is None else {}),
        **({"rateLimit": [window_json(window) for window in result.rate_limit]} if result.rate_limit else {}),
    }
