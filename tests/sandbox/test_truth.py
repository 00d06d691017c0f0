"""The real probe reports the statuses that the sandbox expects."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from dataclasses import replace

import pytest

from tests.probe.making import make_call, make_target
from text2llm.probe.result import ProbeOptions, ProbeResult
from text2llm.probe.runner import run_probes
from text2llm.probe.targets import ProbeTarget
from text2llm.sandbox.behaviors import BEHAVIORS, expected_statuses
from text2llm.sandbox.payloads import PlayedApi
from text2llm.sandbox.providers import base_paths
from text2llm.sandbox.server import Sandbox, serve
from text2llm.trust.bindings import Bindings, Trust
from text2llm.upstream.wire import WIRES
from text2llm.upstream.wire.shape import CompletionCall

#: The first base URL of each provider and API that can be probed.
PLACES = {played: path for played, path in reversed(list(base_paths())) if played.api in WIRES and "codex" not in path}
#: Behaviors that never end.
LATE = {name for name, each in BEHAVIORS.items() if each.says == ("timeout/deadline",)}


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with serve(slow=0.2) as running:
        yield running


def aim(sandbox: Sandbox, played: PlayedApi, name: str) -> ProbeTarget:
    call = make_call(played.api, url=sandbox.url + PLACES[played], key=f"sandbox-{name}")
    return make_target(replace(call, provider=played.provider, min_tokens=WIRES[played.api].min_tokens), name)


def told(result: ProbeResult) -> str:
    verdict = result.verdict
    return verdict.status.value + (f"/{verdict.reason.word}" if verdict.reason else "")


def agrees(result: ProbeResult, played: PlayedApi) -> bool:
    said, wanted = told(result), expected_statuses(result.subject.label, played)
    return said in wanted or said.partition("/")[0] in wanted


def probe(sandbox: Sandbox, played: PlayedApi, names: Iterable[str], timeout_ms: int) -> dict[str, str]:
    """The wrong statuses of a probe."""
    targets = tuple(aim(sandbox, played, name) for name in names)
    summary = run_probes(targets, ProbeOptions(timeout_ms=timeout_ms, concurrency=len(targets)), Trust(Bindings()))
    return {result.subject.label: told(result) for result in summary.results if not agrees(result, played)}


@pytest.mark.parametrize("played", PLACES, ids=lambda played: f"{played.provider}-{played.api}")
def test_probe_reports_the_expected_status(sandbox: Sandbox, played: PlayedApi) -> None:
    assert probe(sandbox, played, BEHAVIORS.keys() - LATE, 10_000) == {}


@pytest.mark.parametrize("api", ["openai-completions", "anthropic-messages"])
def test_probe_waits_no_longer_than_it_should(sandbox: Sandbox, api: str) -> None:
    played = next(played for played in PLACES if played.api == api and played.provider in {"openai", "anthropic"})
    started = time.monotonic()
    assert probe(sandbox, played, LATE, 700) == {}
    assert time.monotonic() - started < 0.7 + 1


@pytest.mark.parametrize("played", PLACES, ids=lambda played: f"{played.provider}-{played.api}")
def test_probe_shows_pictures_and_forces_tools(sandbox: Sandbox, played: PlayedApi) -> None:
    target = aim(sandbox, played, "ok")
    assert isinstance(target.call, CompletionCall)
    demands = (
        replace(target, call=replace(target.call, image=True)),
        replace(target, call=replace(target.call, tool=True)),
    )
    summary = run_probes(demands, ProbeOptions(timeout_ms=5000), Trust(Bindings()))
    assert [told(result) for result in summary.results] == ["ok", "ok"]
