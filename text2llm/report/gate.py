"""The gate's report, in every format. As text: one line per route and credential, with its problem below."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from text2llm.diagnostics import Diagnostic, Severity
from text2llm.errors import ExitCode
from text2llm.probe.gate import GateReport, RouteOutcome
from text2llm.probe.result import ProbeResult
from text2llm.report.ci import Case, CaseOutcome, junit_xml
from text2llm.report.markdown import render_markdown
from text2llm.report.probe import (
    describe_latency,
    describe_result,
    detail_lines,
    layout_table,
    probes_json,
    result_json,
)
from text2llm.report.rows import plural, wrap_line
from text2llm.report.sanitize import clean_line, location_json, pick, without_none
from text2llm.report.style import Style
from text2llm.upstream.verdict import Gate

#: The outcome of a required route that is not proven.
_OUTCOMES: Mapping[Gate | None, str] = {Gate.FAIL: "failed", Gate.INCONCLUSIVE: "inconclusive", Gate.REFUSE: "refused"}
_HEADINGS = ("route", "model", "credential", "result", "latency")


def gate_text(report: GateReport, style: Style, *, terminal: bool, width: int | None = None) -> str:
    """The report, in lines of ``width`` columns; with the provider's own words only on a ``terminal``."""
    if not report.outcomes:
        hint = "set a model with `text2llm models set PROVIDER/MODEL`, or `set-image`"
        return f"Gate: unproven: no route to probe\nhint: {hint}\n"
    pairs = [(outcome, result) for outcome in report.outcomes for result in _results(outcome)]
    heading, rows = layout_table(_HEADINGS, [_cells(*pair) for pair in pairs], width)
    lines = [*_headline(report, style, width), *map(style.quiet, heading)]
    explained: set[ProbeResult] = set()
    for (outcome, result), row in zip(pairs, rows, strict=True):
        lines += [_paint(outcome, line, style) for line in row]
        # A probe that applies to several routes is explained once.
        if result is not None and result not in explained:
            explained.add(result)
            details = detail_lines(result, terminal=terminal)
            lines += [part for line in details for part in wrap_line(f"    {line}", width)]
    if not any(outcome.required for outcome in report.outcomes):
        lines += wrap_line("hint: none of these routes is required; name the required ones with --require", width)
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _results(outcome: RouteOutcome) -> Iterator[ProbeResult | None]:
    yield from outcome.results or (None,)


def _headline(report: GateReport, style: Style, width: int | None) -> list[str]:
    required = [outcome for outcome in report.outcomes if outcome.required]
    proven = sum(outcome.gate is Gate.PASS for outcome in required)
    verdict = VERDICTS[report.verdict]
    paint = style.good if report.verdict == 0 else style.bad
    others = Counter(
        "unproven" if outcome.unproven else _OUTCOMES[outcome.gate] for outcome in required if outcome.gate in _OUTCOMES
    )
    parts = [f"{proven} of {len(required)} required routes proven", *(f"{others[word]} {word}" for word in others)]
    counts = ", ".join([*parts, plural(report.summary.total_targets, "probe")])
    free = ", free: credentials only" if report.summary.options.free else ""
    begun = f"Gate: {verdict}:"
    first, *rest = wrap_line(f"{begun} {counts} ({report.summary.duration_ms} ms{free})", width)
    return [f"{style.title('Gate:')} {paint(verdict)}:{first.removeprefix(begun)}", *rest]


def _cells(outcome: RouteOutcome, result: ProbeResult | None) -> tuple[str, ...]:
    latency = "-" if result is None else describe_latency(result)
    return *map(clean_line, _describe_row(outcome, result)), latency


def _describe_row(outcome: RouteOutcome, result: ProbeResult | None) -> tuple[str, str, str, str]:
    label = outcome.route.label + ("" if outcome.required else " (optional)")
    if result is None:
        return label, str(outcome.route.ref), "-", "not known"
    return label, str(outcome.route.ref), result.subject.label, describe_result(result)


def _paint(outcome: RouteOutcome, line: str, style: Style) -> str:
    if outcome.gate is Gate.PASS:
        return style.good(line)
    fails = outcome.required and outcome.gate not in (Gate.INCONCLUSIVE, None)
    return style.bad(line) if fails else style.warn(line)


#: The gate's verdict, by exit code.
VERDICTS = {
    ExitCode.OK: "passed",
    ExitCode.FAILURE: "failed",
    ExitCode.WARNING: "unproven",
    ExitCode.BUG: "bug",
    ExitCode.REFUSED: "refused",
    ExitCode.INTERRUPTED: "interrupted",
}


def gate_json(report: GateReport) -> dict[str, Any]:
    run = probes_json(report.summary)
    return {
        "verdict": VERDICTS[report.verdict],
        "exitCode": int(report.verdict),
        **without_none(pick(report, "environment")),
        "policy": {
            "require": list(report.policy.required),
            "failOn": "inconclusive" if report.policy.strict else "failure",
        },
        **{key: value for key, value in run.items() if key != "results"},
        "routes": [_route(outcome) for outcome in report.outcomes],
    }


def _route(outcome: RouteOutcome) -> dict[str, Any]:
    route = outcome.route
    return {
        **pick(route, "agent", "position", "rank"),
        "role": route.role.name,
        "model": str(route.ref),
        "required": outcome.required,
        "outcome": _name_outcome(outcome),
        "location": location_json(route.location),
        "probes": [result_json(result) for result in outcome.results],
    }


def _name_outcome(outcome: RouteOutcome) -> str:
    if outcome.gate is None:
        return "unknown"  # interrupted
    return "unproven" if outcome.unproven else outcome.gate.name.lower()


def gate_findings(report: GateReport) -> list[Diagnostic]:
    """One finding for each result that did not pass; the rule is ``probe-`` and the reason."""
    return [
        _finding(outcome, result, strict=report.policy.strict)
        for outcome in report.outcomes
        for result in outcome.results
        if result.verdict.gate is not Gate.PASS
    ]


def _finding(outcome: RouteOutcome, result: ProbeResult, *, strict: bool) -> Diagnostic:
    verdict = result.verdict
    assert verdict.reason is not None
    return Diagnostic(
        rule=f"probe-{verdict.reason.word.replace('_', '-')}",
        severity=Severity.ERROR if _fails(outcome, result, strict=strict) else Severity.WARNING,
        message=f"{outcome.route.label} {outcome.route.ref} with {result.subject.label}: {_describe(result)}",
        location=outcome.route.location,
        hint=verdict.hint,
    )


def _fails(outcome: RouteOutcome, result: ProbeResult, *, strict: bool) -> bool:
    inconclusive = result.verdict.gate is Gate.INCONCLUSIVE
    return outcome.required and (not inconclusive or (strict and result.latency_ms is not None))


def _describe(result: ProbeResult) -> str:
    verdict = result.verdict
    word = verdict.status.value if verdict.reason is None else f"{verdict.status.value}/{verdict.reason.word}"
    return word if verdict.error is None else f"{word}: {verdict.error}"


def gate_junit(report: GateReport) -> str:
    """Warnings are skipped cases with a reason, so that no dashboard counts them as proven."""
    return junit_xml("text2llm probe", _cases(report))


def _cases(report: GateReport) -> Iterator[Case]:
    for outcome in report.outcomes:
        name = f"{outcome.route.label} {outcome.route.ref}"
        if not outcome.results:
            yield Case(outcome.route.agent, name, CaseOutcome.SKIPPED, "interrupted before its probe")
        for result in outcome.results:
            proof = " (credential only)" if result.free else ""
            yield _case(outcome, result, f"{name} with {result.subject.label}{proof}", strict=report.policy.strict)


def _case(outcome: RouteOutcome, result: ProbeResult, name: str, *, strict: bool) -> Case:
    seconds = (result.latency_ms or 0) / 1000
    if result.verdict.gate is Gate.PASS:
        return Case(outcome.route.agent, name, seconds=seconds)
    hint = () if result.verdict.hint is None else (f"hint: {result.verdict.hint}",)
    kind = CaseOutcome.FAILED if _fails(outcome, result, strict=strict) else CaseOutcome.SKIPPED
    return Case(outcome.route.agent, name, kind, _describe(result), (f"at {outcome.route.location}", *hint), seconds)


_ICONS = {Gate.PASS: "✅", Gate.INCONCLUSIVE: "⚠️", Gate.FAIL: "❌", Gate.REFUSE: "⛔"}


def gate_markdown(report: GateReport) -> str:
    return render_markdown(
        "gate",
        verdict=VERDICTS[report.verdict],
        rows=[_row(outcome, result) for outcome in report.outcomes for result in outcome.results or (None,)],
        required=sum(outcome.required for outcome in report.outcomes),
        proven=sum(outcome.required and outcome.gate is Gate.PASS for outcome in report.outcomes),
        duration=report.summary.duration_ms,
        free=report.summary.options.free,
    )


def _row(outcome: RouteOutcome, result: ProbeResult | None) -> dict[str, object]:
    cells = zip(("route", "model", "credential", "result"), _describe_row(outcome, result), strict=True)
    return {
        "icon": "❔" if result is None else _ICONS[result.verdict.gate],
        **dict(cells),
        "place": str(outcome.route.location),
        "hint": (result and result.verdict.hint) or "",
    }
