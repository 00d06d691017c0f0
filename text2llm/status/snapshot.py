"""Snapshot: everything that a status report is computed from, read once."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from text2llm.auth.credentials import STORE_NAME, AuthStore
from text2llm.auth.sources import CredentialView
from text2llm.config.model import Config
from text2llm.config.resolve import Resolver
from text2llm.providers.registry import Registry
from text2llm.secret import Secret, SecretRef
from text2llm.settings.model import Settings

_NOTHING: Mapping[SecretRef, Secret | str] = MappingProxyType({})


class Snapshot(NamedTuple):
    """The state of the world at ``now`` (milliseconds since the epoch).

    ``agent_id`` is the agent that was asked for, ``None`` for the defaults. ``store_path`` is the file that the
    profiles come from: the main agent's while the agent has none of its own.
    """

    config_path: str
    agent_id: str | None
    agent_dir: str
    store_path: str
    store: AuthStore
    config: Config
    resolver: Resolver
    registry: Registry
    settings: Settings
    environ: Mapping[str, str]
    now: int

    def __repr__(self) -> str:
        return f"Snapshot({self.config_path!r}, now={self.now!r})"  # the environment holds secrets

    def credentials(self, kept: Mapping[SecretRef, Secret | str] = _NOTHING) -> CredentialView:
        """What decides about credentials; ``kept`` is what was read of references, for what sends them.

        Raises:
            TrustedOriginsError: the environment's grants cannot be read.
        """
        is_own = self.store_path == f"{self.agent_dir}/{STORE_NAME}" and bool(self.store.profiles)
        owner = self.agent_id if is_own else None
        return CredentialView(
            self.config, self.store, self.environ, self.registry, self.now, kept, owner, self.settings
        )
