"""A configuration of many agents takes time in proportion to them: no question about one agent goes through all."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from text2llm.config.load import assemble
from text2llm.config.model import AgentSettings, Config
from text2llm.config.reader import read_document
from text2llm.config.resolve import build_resolver
from text2llm.config.roles import MAIN
from text2llm.providers.registry import load_registry
from text2llm.rules.check_config import check_config


class Counted(tuple[AgentSettings, ...]):
    """Agents that count how often somebody goes through them."""

    __slots__ = ()
    passes = 0

    def __iter__(self) -> Iterator[AgentSettings]:
        type(self).passes += 1
        return super().__iter__()


def many_agents(count: int) -> Config:
    entries = {f"a{number}": {"model": {"primary": "openai/gpt-5.2", "fallbacks": []}} for number in range(count)}
    data = {"version": 1, "agents": {"defaults": {"model": "openai/gpt-5.2"}, "entries": entries}}
    config = assemble(read_document("c.yaml", json.dumps(data).encode()), ()).require()
    return config._replace(agents=Counted(config.agents))


def passes_of_check(count: int) -> int:
    config = many_agents(count)
    Counted.passes = 0
    check_config(config, load_registry())
    return Counted.passes


def test_a_check_goes_through_the_agents_equally_often_however_many_there_are() -> None:
    assert passes_of_check(40) == passes_of_check(2)


@pytest.mark.parametrize("agent", ["a0", "a39", "unlisted"])
def test_the_chain_of_an_agent_is_found_without_a_search(agent: str) -> None:
    config = many_agents(40)
    resolver = build_resolver(config, load_registry().spellings())
    Counted.passes = 0
    assert [str(member.ref) for member in resolver.chain(agent, MAIN).members()] == ["openai/gpt-5.2"]
    assert (config.default_id, Counted.passes) == ("main", 0)


def test_of_two_agents_of_one_id_the_first_counts() -> None:
    text = b"version: 1\nagents: {entries: {Ops: {model: a/first}, ops: {model: a/second}}}\n"
    config = assemble(read_document("c.yaml", text), ()).require()
    assert config.agent("ops") is config.agents[0]
