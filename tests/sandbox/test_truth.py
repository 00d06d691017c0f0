"""The real probe against the sandbox: what it says is what the sandbox says that it should."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from dataclasses import replace

import pytest

from tests.probe.making import make_call, make_target
from text2llm.probe.result import ProbeOptions, ProbeResult
from text2llm.probe.runner import run_probes
from text2llm.probe.targets import ProbeTarget
from text2llm.sandbox.behaviours import BEHAVIOURS, say
from text2llm.sandbox.payloads import Voice
from text2llm.sandbox.providers import base_paths
from text2llm.sandbox.server import Sandbox, serve
from text2llm.trust.bindings import Bindings, Trust
from text2llm.upstream.wire import WIRES
from text2llm.upstream.wire.shape import CompletionCall

#: The first base URL of each provider and API that can be probed.
PLACES = {voice: path for voice, path in reversed(list(base_paths())) if voice.api in WIRES and "codex" not in path}
#: What never ends.
LATE = {name for name, each in BEHAVIOURS.items() if each.says == ("timeout/deadline",)}


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with serve(slow=0.2) as running:
        yield running


def aim(sandbox: Sandbox, voice: Voice, name: str) -> ProbeTarget:
    call = make_call(voice.api, url=sandbox.url + PLACES[voice], key=f"sandbox-{name}")
    return make_target(replace(call, provider=voice.provider, min_tokens=WIRES[voice.api].min_tokens), name)


def told(result: ProbeResult) -> str:
    verdict = result.verdict
    return verdict.status.value + (f"/{verdict.reason.word}" if verdict.reason else "")


def agrees(result: ProbeResult, voice: Voice) -> bool:
    said, wanted = told(result), say(result.subject.label, voice)
    return said in wanted or said.partition("/")[0] in wanted


def probe(sandbox: Sandbox, voice: Voice, names: Iterable[str], timeout_ms: int) -> dict[str, str]:
    """What the probe says wrongly."""
    targets = tuple(aim(sandbox, voice, name) for name in names)
    summary = run_probes(targets, ProbeOptions(timeout_ms=timeout_ms, concurrency=len(targets)), Trust(Bindings()))
    return {result.subject.label: told(result) for result in summary.results if not agrees(result, voice)}


@pytest.mark.parametrize("voice", PLACES, ids=lambda voice: f"{voice.provider}-{voice.api}")
def test_probe_says_what_it_should(sandbox: Sandbox, voice: Voice) -> None:
    assert probe(sandbox, voice, BEHAVIOURS.keys() - LATE, 10_000) == {}


@pytest.mark.parametrize("api", ["openai-completions", "anthropic-messages"])
def test_probe_waits_no_longer_than_it_should(sandbox: Sandbox, api: str) -> None:
    voice = next(voice for voice in PLACES if voice.api == api and voice.provider in {"openai", "anthropic"})
    started = time.monotonic()
    assert probe(sandbox, voice, LATE, 700) == {}
    assert time.monotonic() - started < 0.7 + 1


@pytest.mark.parametrize("voice", PLACES, ids=lambda voice: f"{voice.provider}-{voice.api}")
def test_probe_shows_pictures_and_forces_tools(sandbox: Sandbox, voice: Voice) -> None:
    target = aim(sandbox, voice, "ok")
    assert isinstance(target.call, CompletionCall)
    demands = (
        replace(target, call=replace(target.call, image=True)),
        replace(target, call=replace(target.call, tool=True)),
    )
    summary = run_probes(demands, ProbeOptions(timeout_ms=5000), Trust(Bindings()))
    assert [told(result) for result in summary.results] == ["ok", "ok"]
