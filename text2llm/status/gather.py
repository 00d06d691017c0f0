"""Read what a status report needs: the rim around the pure summary."""

from __future__ import annotations

from collections.abc import Mapping

from text2llm.auth.agents import find_agent_dirs, require_agent
from text2llm.auth.store_file import load_store
from text2llm.config.model import Config
from text2llm.config.resolve import build_resolver
from text2llm.providers.registry import Registry
from text2llm.settings.model import Settings
from text2llm.status.snapshot import Snapshot


def gather_snapshot(  # noqa: PLR0913, PLR0917 - all that there is to read
    config: Config, agent: str | None, registry: Registry, settings: Settings, environ: Mapping[str, str], now: int
) -> Snapshot:
    """Read the store of an agent (``None``: of the default one, with the defaults) beside its config.

    Raises:
        UnknownAgentError: there is no such agent.
        StoreError: its store cannot be used.
    """
    agent_id = None if agent is None else require_agent(agent, config)
    dirs = find_agent_dirs(agent_id, config, environ)
    loaded = load_store(dirs.own, dirs.main)
    return Snapshot(
        config_path=config.document.path,
        agent_id=agent_id,
        agent_dir=dirs.own,
        store_path=loaded.path,
        store=loaded.store,
        config=config,
        resolver=build_resolver(config, registry.spellings()),
        registry=registry,
        settings=settings,
        environ=environ,
        now=now,
    )
