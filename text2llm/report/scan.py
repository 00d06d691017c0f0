"""The results of a scan, as text and JSON: the candidates, the best first, and the proposal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from text2llm.commands.scan import Scan
from text2llm.probe.result import ProbeResult
from text2llm.refs import ModelRef
from text2llm.report.model_list import UNKNOWN, facts_cells, facts_json
from text2llm.report.models_refresh import explain_failure
from text2llm.report.probe import describe_result, layout_table
from text2llm.report.rows import wrap_line
from text2llm.report.sanitize import clean_line, clean_lines, pick, without_none
from text2llm.report.style import Style
from text2llm.scan.rank import AbilityResult, Proposal, Scanned, Skip

_HEADINGS = ("#", "model", "input", "ctx", "params", "age", "tool", "image")
_DAY = 86_400


def scan_text(scan: Scan, style: Style, *, now: int, width: int | None = None) -> str:
    """The candidates of a scan at ``now`` (seconds since the epoch), in ``width`` columns; ``None``: as need be."""
    lines = list(map(style.title, wrap_line(_headline(scan), width)))
    if scan.obstacle is not None:
        lines.append(style.warn(clean_line(f"nothing was probed: {explain_failure(scan.obstacle)}")))
        lines += [] if scan.obstacle.hint is None else [clean_line(f"hint: {scan.obstacle.hint}")]
    if not scan.ranked:
        return "\n".join((*lines, "no model is left: filter less, or scan another --provider", ""))
    cells = [_cells(number, each, now) for number, each in enumerate(scan.ranked, 1)]
    heading, rows = layout_table(_HEADINGS, cells, width)
    lines += map(style.quiet, heading)
    for each, row in zip(scan.ranked, rows, strict=True):
        lines += [_paint(each, line, style) for line in row]
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _headline(scan: Scan) -> str:
    selection = scan.selection
    passing = len(selection.candidates) + selection.forbidden
    left = "" if passing == selection.free else f", {passing} after the filters"
    left += f", {selection.forbidden} forbidden by modelPolicy" if selection.forbidden else ""
    probed = sum(each.tool.skip is not Skip.NOT_WANTED for each in scan.ranked)
    left += "" if scan.options is None or probed == len(scan.ranked) else f", the {probed} most promising probed"
    line = clean_line(f"{scan.provider} lists {selection.listed} models: {selection.free} free{left}")
    return f"{line}; interrupted" if scan.interrupted else line


def _cells(number: int, each: Scanned, now: int) -> tuple[str, ...]:
    candidate, created = each.candidate, each.candidate.listed.created
    return (
        str(number),
        clean_line(str(candidate.ref)),
        *facts_cells(candidate.listed.facts),
        UNKNOWN if candidate.params is None else f"{candidate.params:g}b",
        UNKNOWN if created is None else f"{max(0, now - created) // _DAY}d",
        _describe(each.tool),
        _describe(each.image),
    )


def _describe(finding: AbilityResult) -> str:
    result = finding.result
    if result is None:
        return "interrupted" if finding.skip is Skip.INTERRUPTED else UNKNOWN
    return f"ok {result.latency_ms} ms" if finding.verified else describe_result(result)


def _paint(each: Scanned, line: str, style: Style) -> str:
    if each.tool.verified:
        return style.good(line)
    return style.bad(line) if each.tool.result is not None else line


def proposal_text(proposal: Proposal, idle: Sequence[ModelRef] = ()) -> str:
    """The proposal in two lists; ``idle`` are models that accept images, if no image model is set."""
    lists = (("fallbacks", proposal.fallbacks), ("image fallbacks", proposal.images))
    lines = [f"proposed {what}: {', '.join(map(str, refs))}" for what, refs in lists if refs]
    if not lines:
        lines = ["nothing to propose: no model answered with the tool call or to the image that was sent"]
    if idle:
        lines.append(f"hint: no image model is set; --set-image makes it {idle[0]}")
    return clean_lines(lines)


def offer_text(what: str, offered: Sequence[ModelRef]) -> str:
    return clean_lines([f"{what}:", *(f"  {number}. {ref}" for number, ref in enumerate(offered, 1))])


def scan_progress_line(done: int, total: int, result: ProbeResult) -> str:
    return clean_line(f"scanning {done}/{total}: {result.subject.model} {describe_result(result)}")


def scan_json(scan: Scan, proposal: Proposal, plan: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The results in the order of their rank, the proposal, and the ``plan`` by which it was written."""
    document: dict[str, Any] = {
        "provider": scan.provider,
        **pick(scan.selection, "listed", "free", "forbidden"),
        "probes": scan.options and pick(scan.options, "timeout_ms", "concurrency"),
        "results": [_result(each) for each in scan.ranked],
        "proposal": {
            "fallbacks": [str(ref) for ref in proposal.fallbacks],
            "imageFallbacks": [str(ref) for ref in proposal.images],
        },
    }
    document |= {"interrupted": True} if scan.interrupted else {}
    document |= {} if scan.obstacle is None else {"notProbed": explain_failure(scan.obstacle)}
    return document if plan is None else {**document, "plan": dict(plan)}


def _result(each: Scanned) -> dict[str, Any]:
    candidate = each.candidate
    return {
        **facts_json(candidate.ref, candidate.listed.facts),
        "params": candidate.params,
        "created": candidate.listed.created,
        "tool": _finding(each.tool),
        "image": _finding(each.image),
    }


def _finding(finding: AbilityResult) -> dict[str, Any]:
    result = finding.result
    if result is None:
        assert finding.skip is not None
        return {"status": "skipped", "why": finding.skip.value}
    verdict = result.verdict
    reason = None if verdict.reason is None else verdict.reason.word
    return {
        "status": verdict.status.value,
        "latencyMs": result.latency_ms,
        **without_none({"reason": reason, "error": verdict.error}),
    }
