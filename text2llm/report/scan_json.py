"""What a scan found, as plain data; schema: ``outputs/models-scan.schema.json``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from text2llm.probe.result import ProbeOptions
from text2llm.report.models_refresh import explain
from text2llm.scan.rank import Finding, Proposal, Scanned
from text2llm.scan.session import Scan


def scan_json(scan: Scan, proposal: Proposal, plan: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The results in the order of their rank, the proposal, and the ``plan`` by which it was written."""
    told: dict[str, Any] = {
        "provider": scan.provider,
        "listed": scan.selection.listed,
        "free": scan.selection.free,
        "forbidden": scan.selection.forbidden,
        "probes": None if scan.options is None else _options(scan.options),
        "results": [_result(each) for each in scan.ranked],
        "proposal": {
            "fallbacks": [str(ref) for ref in proposal.fallbacks],
            "imageFallbacks": [str(ref) for ref in proposal.images],
        },
    }
    told |= {"interrupted": True} if scan.interrupted else {}
    told |= {} if scan.obstacle is None else {"notProbed": explain(scan.obstacle)}
    return told if plan is None else {**told, "plan": dict(plan)}


def _options(options: ProbeOptions) -> dict[str, Any]:
    return {"timeoutMs": options.timeout_ms, "concurrency": options.concurrency}


def _result(each: Scanned) -> dict[str, Any]:
    candidate, facts = each.candidate, each.candidate.listed.facts
    return {
        "key": str(candidate.ref),
        "name": facts.name or candidate.ref.model,
        "input": None if facts.inputs is None else "+".join(facts.inputs),
        "contextWindow": facts.context_window,
        "maxTokens": facts.max_tokens,
        "params": candidate.params,
        "created": candidate.listed.created,
        "tool": _finding(each.tool),
        "image": _finding(each.image),
    }


def _finding(finding: Finding) -> dict[str, Any]:
    result = finding.result
    if result is None:
        assert finding.skip is not None
        return {"status": "skipped", "why": finding.skip.value}
    told: dict[str, Any] = {"status": result.verdict.status.value, "latencyMs": result.latency_ms}
    if result.verdict.reason is not None:
        told["reason"] = result.verdict.reason.word
    if result.verdict.error is not None:
        told["error"] = result.verdict.error
    return told
