"""What the commands of ``models auth`` have in common: whose store is meant, and whose provider."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar

from text2llm.auth.agents import AgentDirs, find_agent_dirs
from text2llm.auth.store_file import store_path
from text2llm.cli.options import agent_option, colour_option, config_option, json_option
from text2llm.cli.workspace import open_workspace
from text2llm.cli.world import open_registry
from text2llm.config.model import Config
from text2llm.errors import UsageError
from text2llm.providers.registry import Registry, load_registry

_Command = TypeVar("_Command", bound=Callable[..., Any])


class Subject(NamedTuple):
    """Whose credentials are meant; ``agent_id`` is ``None`` for the default agent's."""

    config: Config
    agent_id: str | None
    dirs: AgentDirs
    registry: Registry

    @property
    def agent(self) -> str:
        """The agent's id."""
        return self.agent_id or self.config.default_agent()

    @property
    def path(self) -> str:
        """The agent's own store."""
        return store_path(self.dirs.own)


def find_subject(agent: str | None, config: str | None, *, plugins: bool = True) -> Subject:
    """The subject that ``--agent`` and ``--config`` name. Without any configuration there is the main agent only.

    ``plugins`` says whether the providers of plugins count, for which the user's settings are read.

    Raises:
        UnknownAgentError: there is no such agent.
        InvalidConfigError: the configuration says who the default agent is, and it has findings.
        SettingsError: the user's settings are wanted and cannot be used.
    """
    workspace = open_workspace(config, relative=False, required=False)
    loaded, agent_id = workspace.config, workspace.find_agent(agent)
    registry = open_registry(os.environ) if plugins else load_registry()
    return Subject(loaded, agent_id, find_agent_dirs(agent_id, loaded, os.environ), registry)


def find_provider(written: str, subject: Subject) -> str:
    """The canonical id of a provider that an option names.

    Raises:
        UsageError: it is empty.
    """
    canonical = subject.registry.spellings().provider(written)
    if not canonical:
        raise UsageError("--provider is empty", hint="name a provider, such as anthropic")
    return canonical


def current_time() -> int:
    """Now, in milliseconds since the epoch."""
    return time.time_ns() // 1_000_000


def subject_options(command: _Command) -> _Command:
    """``--agent``, ``--config`` and ``--json``."""
    return agent_option(config_option(json_option(colour_option(command))))
