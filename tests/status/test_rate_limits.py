"""Limits that the headers of a probe's answer tell, in every report of probes."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.net.hostile import answer, listen
from tests.running import Run
from tests.status.world import assert_valid, profiles, write_config, write_store

SUCCESS = {
    "id": "x",
    "object": "chat.completion",
    "model": "m1",
    "choices": [{"index": 0, "message": {"role": "assistant", "content": "ok"}, "finish_reason": "stop"}],
}
TIGHT = (b"x-ratelimit-limit-requests: 100", b"x-ratelimit-remaining-requests: 9")
ROOMY = (b"x-ratelimit-limit-tokens: 1000", b"x-ratelimit-remaining-tokens: 200")
ODD = (b"x-ratelimit-limit-tokens: -5", b"x-ratelimit-remaining-tokens: \x1b[2J")


def probe(run: Run, headers: tuple[bytes, ...], *arguments: str, status: bytes = b"200 OK") -> str:
    with listen(answer(json.dumps(SUCCESS).encode(), *headers, status=status)) as server:
        lab = {"api": "openai-completions", "baseUrl": f"{server.origin}/v1", "models": [{"id": "m1"}]}
        write_config({"agents": {"defaults": {"model": "lab/m1"}}, "models": {"providers": {"lab": lab}}})
        write_store(profiles(lab_a={"type": "api_key", "key": "sandbox-ok"}))
        return run(*arguments).out


def result_of(report: dict[str, Any]) -> dict[str, Any]:
    result: dict[str, Any]
    (result,) = report["auth"]["probes"]["results"]
    return result


def test_json_of_status_has_them(run: Run) -> None:
    report = json.loads(probe(run, TIGHT + ROOMY, "models", "status", "--probe", "--json"))
    assert_valid(report["auth"]["probes"], "outputs/probe-summary")
    assert result_of(report)["rateLimit"] == [
        {"label": "requests", "usedPercent": 91},
        {"label": "tokens", "usedPercent": 80},
    ]


def test_json_of_the_gate_has_them(run: Run) -> None:
    report = json.loads(probe(run, TIGHT, "probe", "--json"))
    assert_valid(report, "outputs/gate")
    assert report["routes"][0]["probes"][0]["rateLimit"] == [{"label": "requests", "usedPercent": 91}]


@pytest.mark.parametrize("headers", [(), ODD])
def test_answer_that_tells_none_has_none(headers: tuple[bytes, ...], run: Run) -> None:
    report = json.loads(probe(run, headers, "models", "status", "--probe", "--json"))
    assert "rateLimit" not in result_of(report)


def test_failed_probe_has_them_too(run: Run) -> None:
    out = probe(run, TIGHT, "models", "status", "--probe", "--json", status=b"429 Too Many Requests")
    result = result_of(json.loads(out))
    assert (result["status"], result["rateLimit"]) == ("rate_limit", [{"label": "requests", "usedPercent": 91}])


def test_text_tells_only_what_is_nearly_used(run: Run) -> None:
    assert "    rate limit nearly used: requests 91 %\n" in probe(run, TIGHT + ROOMY, "models", "status", "--probe")
    assert "rate limit" not in probe(run, ROOMY, "models", "status", "--probe")
