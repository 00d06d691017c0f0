"""Two environments of one configuration, compared."""

from __future__ import annotations

import os
from functools import partial

from text2llm.auth.agents import known_agents
from text2llm.auth.reading import Reading, read_meaning
from text2llm.config.environment import BASE
from text2llm.config.environment_files import read_environment
from text2llm.config.load import Loaded, load_file
from text2llm.config.model import Config
from text2llm.config.suggest import list_names
from text2llm.diff.agreement import compare_resolved
from text2llm.diff.both import Both
from text2llm.diff.change import Comparison, Side
from text2llm.diff.compare import compare_meaning
from text2llm.errors import UnknownAgentError
from text2llm.refs import parse_agent_id
from text2llm.workspace import Workspace

_OPTION = "--between"


def compare_environments(workspace: Workspace, names: Both[str], agent: str | None = None) -> Comparison:
    """What differs between two environments (``base``: the configuration alone), for one agent or for all.

    Nothing differs exactly when the resolved documents agree, but for where each value is set.

    Raises:
        UnknownEnvironmentError: there is none of that name.
        InvalidConfigError: the configuration is not valid under one of them.
        UnknownAgentError: neither has the agent.
    """
    base = load_file(workspace.path)
    read = partial(read_meaning, registry=workspace.registry, bundle=workspace.bundle)
    sides = names.map(lambda name: read(_lay(workspace, base, name)))
    chosen = None if agent is None else _find_agent(agent, sides)
    agents = None if chosen is None else (chosen,)
    changes = compare_resolved(sides, compare_meaning(sides, chosen), agents)
    before, after = names.map(lambda name: Side(name, None))
    return Comparison(before, after, os.path.basename(workspace.path), changes, workspace.bundle.source)


def _lay(workspace: Workspace, base: Loaded, name: str) -> Config:
    if name == BASE:
        return base.require()
    document = read_environment(workspace.path, name, _OPTION)
    return workspace.apply_environment(base, name, document).require()


def _find_agent(agent: str, sides: Both[Reading]) -> str:
    """The canonical id of an agent that both have: what it resolves to is compared."""
    found, known = parse_agent_id(agent), sides.map(lambda side: known_agents(side.config))
    if found not in known.old or found not in known.new:
        both = [name for name in known.new if name in known.old]
        raise UnknownAgentError(f"there is no agent {agent!r} on both sides", hint=f"known agents: {list_names(both)}")
    return found
