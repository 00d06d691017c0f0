"""The gate's report in Markdown, for a job summary or a comment on a change."""

from __future__ import annotations

import os

from text2llm.probe.gate import GateReport, RouteOutcome
from text2llm.probe.result import ProbeResult
from text2llm.report.gate_json import VERDICTS
from text2llm.report.markdown import escape_text
from text2llm.report.probe_text import describe_result
from text2llm.upstream.verdict import Gate

_ICONS = {Gate.PASS: "✅", Gate.INCONCLUSIVE: "⚠️", Gate.FAIL: "❌", Gate.REFUSE: "⛔"}


def gate_markdown(report: GateReport) -> str:
    """The document; nothing in it that a provider or a repository wrote can act."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    folder = os.path.join(os.path.dirname(__file__), "templates")
    environment = Environment(  # noqa: S701 - Markdown, not HTML: `text` escapes for it
        loader=FileSystemLoader(folder), undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["text"] = escape_text
    template = environment.get_template("gate.md.j2")
    return template.render(
        verdict=VERDICTS[report.verdict],
        rows=[_row(outcome, result) for outcome in report.outcomes for result in outcome.results or (None,)],
        required=sum(outcome.required for outcome in report.outcomes),
        proven=sum(outcome.required and outcome.gate is Gate.PASS for outcome in report.outcomes),
        duration=report.summary.duration_ms,
        free=report.summary.options.free,
    )


def _row(outcome: RouteOutcome, result: ProbeResult | None) -> dict[str, object]:
    verdict = None if result is None else result.verdict
    icon = "❔" if verdict is None else _ICONS[verdict.gate]
    return {
        "icon": icon,
        "route": outcome.route.label + ("" if outcome.required else " (optional)"),
        "model": str(outcome.route.ref),
        "credential": "-" if result is None else result.subject.label,
        "result": "not known" if result is None else describe_result(result),
        "place": str(outcome.route.location),
        "hint": "" if verdict is None or verdict.hint is None else verdict.hint,
    }
