"""Probe results as JSON: the reference system's ``auth.probes``; schema: ``outputs/probe-summary.schema.json``."""

from __future__ import annotations

from typing import Any

from text2llm.probe.result import ProbeOptions, ProbeResult, ProbeSummary
from text2llm.report.usage import window_json


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
