from __future__ import annotations

import json

import pytest

from text2llm.auth.agents import find_agent_dirs, known_agents, require_agent
from text2llm.config.model import Config
from text2llm.config.parse import build_config
from text2llm.config.reader import read_document
from text2llm.errors import ReferenceFormatError, UnknownAgentError

_HOME = {"TEXT2LLM_HOME": "/h"}


def _config(**entries: dict[str, object]) -> Config:
    data = {"version": 1, "agents": {"entries": entries}}
    return build_config(read_document("t.yaml", json.dumps(data).encode()), {})


def test_default_agent_need_not_be_listed() -> None:
    assert known_agents(_config(coder={})) == ("main", "coder")
    assert known_agents(_config(coder={}, boss={"default": True})) == ("boss", "coder")


def test_agent_ids_ignore_case() -> None:
    assert require_agent(" CODER ", _config(coder={})) == "coder"


def test_unknown_agent_is_reported_with_the_known_ones() -> None:
    with pytest.raises(UnknownAgentError, match="there is no agent 'writer'") as caught:
        require_agent("writer", _config(coder={}))
    assert caught.value.hint == "known agents: main, coder; `text2llm models agents add ID` adds one"


def test_id_that_leads_elsewhere_is_refused() -> None:
    with pytest.raises(ReferenceFormatError):
        require_agent("../x", _config())


@pytest.mark.parametrize(
    ("agent", "environ", "own", "main"),
    [
        (None, {}, "/h/data/agents/boss/agent", "/h/data/agents/boss/agent"),
        ("coder", {}, "/h/data/agents/coder/agent", "/h/data/agents/boss/agent"),
        (None, {"TEXT2LLM_AGENT_DIR": "/a", "PI_CODING_AGENT_DIR": "/p"}, "/a", "/a"),
        (None, {"TEXT2LLM_AGENT_DIR": "", "PI_CODING_AGENT_DIR": "/p"}, "/p", "/p"),
        ("coder", {"TEXT2LLM_AGENT_DIR": "/a"}, "/h/data/agents/coder/agent", "/a"),
    ],
)
def test_directories(agent: str | None, environ: dict[str, str], own: str, main: str) -> None:
    dirs = find_agent_dirs(agent, _config(boss={"default": True}), {**_HOME, **environ})
    assert (dirs.own, dirs.main) == (own, main)
