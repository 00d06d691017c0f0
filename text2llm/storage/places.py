"""Where user-level files live. ``TEXT2LLM_HOME`` puts all of them under one root."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import NamedTuple


class Places(NamedTuple):
    """The directories of the user; none needs to exist."""

    config: str
    data: str
    cache: str
    state: str

    def agent_dir(self, agent_id: str) -> str:
        """The directory that holds an agent's credential store."""
        return os.path.join(self.data, "agents", agent_id, "agent")


def find_places(environ: Mapping[str, str]) -> Places:
    """The user's directories: under ``TEXT2LLM_HOME``, else where the platform wants them."""
    home = environ.get("TEXT2LLM_HOME")
    if home:
        root = os.path.abspath(os.path.expanduser(home))
        return Places(*(os.path.join(root, part) for part in ("config", "data", "cache", "state")))
    from platformdirs import PlatformDirs

    dirs = PlatformDirs("text2llm", appauthor=False)
    return Places(dirs.user_config_dir, dirs.user_data_dir, dirs.user_cache_dir, dirs.user_state_dir)
