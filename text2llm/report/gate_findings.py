"""The routes that a gate could not prove, as findings: each at the line that names its model."""

from __future__ import annotations

from collections.abc import Iterator

from text2llm.diagnostics import Diagnostic, Severity
from text2llm.probe.gate import GateReport, RouteOutcome
from text2llm.probe.result import ProbeResult
from text2llm.upstream.verdict import Gate


def gate_findings(report: GateReport) -> list[Diagnostic]:
    """One finding for each result that did not pass; the rule is ``probe-`` and the reason."""
    return [
        _finding(outcome, result, strict=report.policy.strict)
        for outcome in report.outcomes
        for result in _unproven(outcome)
    ]


def _unproven(outcome: RouteOutcome) -> Iterator[ProbeResult]:
    return (result for result in outcome.results if result.verdict.gate is not Gate.PASS)


def _finding(outcome: RouteOutcome, result: ProbeResult, *, strict: bool) -> Diagnostic:
    verdict = result.verdict
    assert verdict.reason is not None
    fails = outcome.required and (strict or verdict.gate is not Gate.INCONCLUSIVE)
    return Diagnostic(
        rule=f"probe-{verdict.reason.word.replace('_', '-')}",
        severity=Severity.ERROR if fails else Severity.WARNING,
        message=f"{outcome.route.label} {outcome.route.ref} with {result.subject.label}: {describe(result)}",
        location=outcome.route.location,
        hint=verdict.hint,
    )


def describe(result: ProbeResult) -> str:
    """What came out, in a few words of our own."""
    verdict = result.verdict
    word = verdict.status.value if verdict.reason is None else f"{verdict.status.value}/{verdict.reason.word}"
    return word if verdict.error is None else f"{word}: {verdict.error}"
