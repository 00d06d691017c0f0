"""The gate's report as JUnit: a suite an agent, a case a route and credential."""

from __future__ import annotations

from collections.abc import Iterator

from text2llm.probe.gate import GateReport, RouteOutcome
from text2llm.probe.result import ProbeResult
from text2llm.report.gate_findings import describe
from text2llm.report.junit import Case, CaseOutcome, junit_xml
from text2llm.upstream.verdict import Gate


def gate_junit(report: GateReport) -> str:
    """The document. What only warns is skipped with its reason, so that no dashboard counts it as proven."""
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
    seconds, gate = (result.latency_ms or 0) / 1000, result.verdict.gate
    if gate is Gate.PASS:
        return Case(outcome.route.agent, name, seconds=seconds)
    fails = outcome.required and (strict or gate is not Gate.INCONCLUSIVE)
    hint = () if result.verdict.hint is None else (f"hint: {result.verdict.hint}",)
    kind = CaseOutcome.FAILED if fails else CaseOutcome.SKIPPED
    return Case(outcome.route.agent, name, kind, describe(result), (f"at {outcome.route.location}", *hint), seconds)
