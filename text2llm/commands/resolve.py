"""Which models each agent uses: one document with all that is known of each."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from text2llm.auth.agents import known_agents, list_agent_dirs
from text2llm.auth.reading import Reading, read_meaning
from text2llm.config.discovery import find_repository
from text2llm.providers.registry import load_registry
from text2llm.resolved.build import resolve_agents
from text2llm.resolved.document import ResolvedDocument
from text2llm.workspace import Workspace

if TYPE_CHECKING:
    from text2llm.config.model import Config


@dataclass(frozen=True, slots=True)
class ResolveRequest:
    """Whose models are wanted: an agent's in any spelling, ``None`` for all; and whether its credentials are.

    Without credentials, nothing but the configuration decides, so plugins are not loaded either.
    """

    agent: str | None = None
    credentials: bool = True


def run(workspace: Workspace, request: ResolveRequest) -> ResolvedDocument:
    """Resolve the models of one agent or of all, offline.

    Raises:
        ReferenceFormatError: a model in the config cannot be parsed.
        UsageError: there are too many agents for one document.
    """
    config, chosen = workspace.config, workspace.find_agent(request.agent)
    agents, paths = known_agents(config) if chosen is None else (chosen,), _name_paths(config)
    if not request.credentials:
        return resolve_agents(read_meaning(config, load_registry()), agents, paths)
    return resolve_agents(workspace.meaning, agents, paths, _read_agents(workspace, agents))


def _name_paths(config: Config) -> Mapping[str, str]:
    """The path of each file from the repository's root, or outside a repository from the configuration's folder."""
    folder = os.path.realpath(os.path.dirname(os.path.abspath(config.document.path)))
    top = find_repository(folder) or folder
    folders = {os.path.dirname(each.path): "" for each in config.documents}
    for name in folders:
        folders[name] = os.path.relpath(os.path.realpath(name), top)
    return {each.path: _join(folders, each.path) for each in config.documents}


def _join(folders: Mapping[str, str], path: str) -> str:
    folder, name = os.path.split(path)
    return os.path.normpath(os.path.join(folders[folder], name)).replace(os.sep, "/")


def _read_agents(workspace: Workspace, agents: Iterable[str]) -> Mapping[str, Reading]:
    """The inputs of credential choice per agent: one for all that have neither a store nor an order of their own."""
    config, stores = workspace.config, list_agent_dirs(workspace.environ)
    shared, views = dict[str | None, Reading](), {}
    for agent in agents:
        own = agent in config.auth.agent_orders or stores is None or agent in stores
        key = agent if own or agent == config.default_id else None
        if key not in shared:
            shared[key] = workspace.read(None if agent == config.default_id else agent)
        views[agent] = shared[key]
    return views
