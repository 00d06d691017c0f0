"""The gate's report as JSON; schema: ``outputs/gate.schema.json``."""

from __future__ import annotations

from typing import Any

from text2llm.diagnostics import Location
from text2llm.errors import ExitCode
from text2llm.probe.gate import GateReport, RouteOutcome
from text2llm.report.probe_json import probes_json, result_json
from text2llm.upstream.verdict import Gate

#: The gate's verdict, by exit code.
VERDICTS = {
    ExitCode.OK: "passed",
    ExitCode.FAILURE: "failed",
    ExitCode.WARNING: "unproven",
    ExitCode.REFUSED: "refused",
    ExitCode.INTERRUPTED: "interrupted",
}


def gate_json(report: GateReport) -> dict[str, Any]:
    """The report as plain data: the run, and for each route what is known of it."""
    run = probes_json(report.summary)
    return {
        "verdict": VERDICTS[report.verdict],
        "exitCode": int(report.verdict),
        "policy": {
            "require": [position.value for position in report.policy.required],
            "failOn": "inconclusive" if report.policy.strict else "failure",
        },
        **{key: value for key, value in run.items() if key != "results"},
        "routes": [_route(outcome) for outcome in report.outcomes],
    }


def _route(outcome: RouteOutcome) -> dict[str, Any]:
    route = outcome.route
    return {
        "agent": route.agent,
        "position": route.position.value,
        "rank": route.rank,
        "model": str(route.ref),
        "required": outcome.required,
        "outcome": gate_word(outcome.gate),
        "location": _place(route.location),
        "probes": [result_json(result) for result in outcome.results],
    }


def gate_word(gate: Gate | None) -> str:
    """What a route's result is called; ``unknown`` after an interrupted run."""
    return "unknown" if gate is None else gate.name.lower()


def _place(location: Location) -> dict[str, Any]:
    return {"path": location.path, "line": location.line, "column": location.column}
