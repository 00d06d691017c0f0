"""Find an agent and the directory with its store."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import NamedTuple

from text2llm.config.model import Config
from text2llm.config.suggest import find_near, list_names
from text2llm.errors import UnknownAgentError
from text2llm.refs import parse_agent_id
from text2llm.storage.places import find_places

#: The default agent's directory; the first that is set applies. The second is the reference system's.
DIRECTORY_VARIABLES = ("TEXT2LLM_AGENT_DIR", "PI_CODING_AGENT_DIR")


class AgentDirs(NamedTuple):
    """An agent's directory, and the main agent's, whose store is used while the agent's own is empty."""

    own: str
    main: str


def known_agents(config: Config) -> tuple[str, ...]:
    """The ids of all agents; the default agent need not be listed in the config."""
    return tuple(dict.fromkeys((config.default_id, *(agent.id for agent in config.agents))))


def require_agent(text: str, config: Config) -> str:
    """The canonical id of the agent called ``text``; case is ignored.

    Raises:
        ReferenceFormatError: it cannot be an agent's id.
        UnknownAgentError: the agent is unknown; the hint lists the known ones.
    """
    agent_id = parse_agent_id(text)
    known = known_agents(config)
    if agent_id not in known:
        _refuse_removed(agent_id, config)
        near = find_near(agent_id, known)
        others = f"known agents: {list_names(known)}; `text2llm models agents add ID` adds one"
        raise UnknownAgentError(f"there is no agent {text!r}", hint=f"did you mean {near!r}?" if near else others)
    return agent_id


def _refuse_removed(agent_id: str, config: Config) -> None:
    layer = config.environment
    if layer is None:
        return
    for pointer, inner in layer.removed.items():
        if pointer[:-1] == ("agents", "entries") and str(pointer[-1]).lower() == agent_id:
            location, hint = layer.document.locate(inner, key=True), "remove that line, or use another environment"
            raise UnknownAgentError(f"{layer.name} removes the agent {agent_id!r}", hint=hint, location=location)


def find_directory_variable(environ: Mapping[str, str]) -> str | None:
    """The variable that sets the default agent's directory, if one is set."""
    return next((name for name in DIRECTORY_VARIABLES if environ.get(name)), None)


def list_agent_dirs(environ: Mapping[str, str]) -> frozenset[str] | None:
    """The names of the directories that agents can have a store in, without case; ``None`` if they are unknown."""
    try:
        return frozenset(map(str.casefold, os.listdir(find_places(environ).agents)))
    except FileNotFoundError:
        return frozenset()
    except OSError:
        return None


def find_agent_dirs(agent_id: str | None, config: Config, environ: Mapping[str, str]) -> AgentDirs:
    """The directories of an agent; ``None`` is the default agent, whose directory a variable can set."""
    places = find_places(environ)
    named = environ.get(find_directory_variable(environ) or "")
    main = places.agent_dir(config.default_id) if named is None else os.path.abspath(os.path.expanduser(named))
    return AgentDirs(main if agent_id is None else places.agent_dir(agent_id), main)
