"""The gate's report for people: one line a route and credential, what is wrong with it below."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from text2llm.probe.gate import GateReport, RouteOutcome
from text2llm.probe.result import ProbeResult
from text2llm.report.gate_json import VERDICTS
from text2llm.report.probe_text import describe_result, detail_lines, layout_table
from text2llm.report.rows import wrap_line
from text2llm.report.sanitise import clean_line
from text2llm.report.style import Style
from text2llm.upstream.verdict import Gate

#: What became of a required route that is not proven.
_OUTCOMES: Mapping[Gate | None, str] = {Gate.FAIL: "failed", Gate.INCONCLUSIVE: "inconclusive", Gate.REFUSE: "refused"}
_HEADINGS = ("route", "model", "credential", "result", "latency")


def gate_text(report: GateReport, style: Style, *, terminal: bool, width: int | None = None) -> str:
    """The report. Only on a ``terminal`` what a provider said is told in its own words.

    ``width`` is that of the terminal in columns; ``None``: as wide as need be.
    """
    if not report.outcomes:
        hint = "set a model with `text2llm models set PROVIDER/MODEL`, or `set-image`"
        return f"Gate: unproven: no route to probe\nhint: {hint}\n"
    pairs = [(outcome, result) for outcome in report.outcomes for result in _results(outcome)]
    heading, rows = layout_table(_HEADINGS, [_cells(*pair) for pair in pairs], width)
    lines = [*_headline(report, style, width), *map(style.quiet, heading)]
    told: set[ProbeResult] = set()
    for (outcome, result), row in zip(pairs, rows, strict=True):
        lines += [_paint(outcome, line, style) for line in row]
        # A probe that counts for several routes is explained once.
        if result is not None and result not in told:
            told.add(result)
            details = detail_lines(result, terminal=terminal)
            lines += [part for line in details for part in wrap_line(f"    {line}", width)]
    if not any(outcome.required for outcome in report.outcomes):
        lines += wrap_line("hint: none of these routes is required; name what must answer with --require", width)
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _results(outcome: RouteOutcome) -> Iterator[ProbeResult | None]:
    yield from outcome.results or (None,)


def _headline(report: GateReport, style: Style, width: int | None) -> list[str]:
    required = [outcome for outcome in report.outcomes if outcome.required]
    proven = sum(outcome.gate is Gate.PASS for outcome in required)
    verdict = VERDICTS[report.verdict]
    paint = style.good if report.verdict == 0 else style.bad
    others = Counter(_OUTCOMES[outcome.gate] for outcome in required if outcome.gate in _OUTCOMES)
    parts = [f"{proven} of {len(required)} required routes proven", *(f"{others[word]} {word}" for word in others)]
    counts = ", ".join([*parts, _count(report.summary.total_targets)])
    free = ", free: credentials only" if report.summary.options.free else ""
    begun = f"Gate: {verdict}:"
    first, *rest = wrap_line(f"{begun} {counts} ({report.summary.duration_ms} ms{free})", width)
    return [f"{style.title('Gate:')} {paint(verdict)}:{first.removeprefix(begun)}", *rest]


def _count(probes: int) -> str:
    return "1 probe" if probes == 1 else f"{probes} probes"


def _cells(outcome: RouteOutcome, result: ProbeResult | None) -> tuple[str, ...]:
    route = outcome.route
    label = route.label if outcome.required else f"{route.label} (optional)"
    if result is None:
        return clean_line(label), clean_line(str(route.ref)), "-", "not known", "-"
    latency = "not sent" if result.latency_ms is None else f"{result.latency_ms} ms"
    return (
        clean_line(label),
        clean_line(str(route.ref)),
        clean_line(result.subject.label),
        describe_result(result),
        latency,
    )


def _paint(outcome: RouteOutcome, line: str, style: Style) -> str:
    if outcome.gate is Gate.PASS:
        return style.good(line)
    fails = outcome.required and outcome.gate not in (Gate.INCONCLUSIVE, None)
    return style.bad(line) if fails else style.warn(line)
