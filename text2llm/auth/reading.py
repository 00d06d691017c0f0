"""Reading: all that pure code is given, a configuration with everything that gives it meaning."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, final

from text2llm.config.model import Config, CustomProvider
from text2llm.config.resolve import Resolved, Resolver, build_resolver, resolve_written
from text2llm.providers.registry import Registry
from text2llm.secret import Secret, SecretRef
from text2llm.settings.model import Settings
from text2llm.trust.public import GRANTS_VARIABLE

if TYPE_CHECKING:
    from text2llm.auth.credentials import AuthStore
    from text2llm.auth.order import OrderBook
    from text2llm.catalog.facts import Catalog
    from text2llm.config.nodes import Pointer
    from text2llm.config.suggest import Suggestions
    from text2llm.diagnostics import Location
    from text2llm.trust.bindings import Trust

_NOTHING: Mapping[SecretRef, Secret | str] = MappingProxyType({})
_NO_SETTINGS = Settings()


@final
class Reading:
    """A configuration, an agent's credentials and the user's settings at ``now`` (milliseconds since the epoch).

    ``store`` is ``None`` where nobody's credentials are asked for. ``agent`` is the agent that was asked for (a
    canonical id), ``None`` for the defaults; ``agent_dir`` is its directory, and ``store_path`` the file that its
    profiles come from: the main agent's while it has none of its own. ``owner`` is the agent whose own store it is,
    ``None`` for the main one's. ``kept`` is what was read of the references to files and the keyring: the secret, or a
    text that says why it could not be read. Where nothing is to be sent, nothing is read.

    ``present`` is false where there is no configuration. ``bundle`` are the facts about models below the
    configuration's own words, those that come with text2llm if not given. ``as_of`` is the day, ``YYYY-MM-DD``, for
    which they are judged, ``None`` for their own.
    """

    def __init__(  # noqa: PLR0913, PLR0917 - all that decides
        self,
        config: Config,
        store: AuthStore | None,
        environ: Mapping[str, str],
        registry: Registry,
        now: int,
        kept: Mapping[SecretRef, Secret | str] = _NOTHING,
        owner: str | None = None,
        settings: Settings = _NO_SETTINGS,
        agent: str | None = None,
        agent_dir: str = "",
        store_path: str = "",
        bundle: Catalog | None = None,
        *,
        present: bool = True,
        as_of: str | None = None,
    ) -> None:
        """Take in all that decides.

        Raises:
            TrustedOriginsError: the environment's grants cannot be read.
        """
        self.config, self._store, self.environ, self.registry, self.now = config, store, environ, registry, now
        self.kept, self.owner, self.settings = kept, owner, settings
        self.agent, self.agent_dir, self.store_path = agent, agent_dir, store_path
        self.present, self.as_of, self._bundle = present, as_of, bundle
        self.spellings = registry.spellings()
        if environ.get(GRANTS_VARIABLE):
            # Whoever decides about credentials says what is wrong with a grant, whether it would have mattered or not.
            _ = self.trust

    def knowing(self, kept: Mapping[SecretRef, Secret | str]) -> Reading:
        """The same with what was read of the references to files and the keyring."""
        return Reading(
            self.config,
            self._store,
            self.environ,
            self.registry,
            self.now,
            kept,
            self.owner,
            self.settings,
            self.agent,
            self.agent_dir,
            self.store_path,
            self._bundle,
            present=self.present,
            as_of=self.as_of,
        )

    @cached_property
    def store(self) -> AuthStore:
        """The profiles that the agent reads."""
        from text2llm.auth.credentials import AuthStore

        return AuthStore() if self._store is None else self._store

    @cached_property
    def resolver(self) -> Resolver:
        """How the names of the configuration resolve."""
        return resolve_names(self.config, self.registry)

    @cached_property
    def written(self) -> list[Resolved]:
        """What is written for a model in each place, not by an alias: there it can be mended."""
        return resolve_written(self.resolver)

    @cached_property
    def suggestions(self) -> Suggestions:
        """Near matches for what is mistyped, so many for one configuration."""
        from text2llm.config.suggest import Suggestions

        return Suggestions()

    @cached_property
    def book(self) -> OrderBook:
        """The profiles and their orders, by the canonical ids of providers."""
        from text2llm.auth.order import OrderBook

        return OrderBook(self.config.auth, self.store, self.spellings)

    @cached_property
    def customs(self) -> Mapping[str, CustomProvider]:
        """The providers of the configuration by canonical id; of two spellings the first counts."""
        customs: dict[str, CustomProvider] = {}
        for name, custom in self.config.providers.items():
            customs.setdefault(self.spellings.provider(name), custom)
        return customs

    @cached_property
    def catalog(self) -> Catalog:
        """What is known of models: the bundle, under the configuration's own words, and nothing that changes by day."""
        from text2llm.catalog.bundle import load_bundle
        from text2llm.catalog.layers import combine, configured_models

        return combine(configured_models(self.config, self.spellings), {}, self._bundle or load_bundle())

    def place(self, pointer: Pointer, *, key: bool = False) -> Location | None:
        """Where a value stands; ``None`` where there is none, or no configuration."""
        if not self.present or (pointer and self.config.value_at(pointer) is None and not key):
            return None
        return self.config.locate(pointer, key=key)

    @cached_property
    def trust(self) -> Trust:
        """Where credentials may go: a load that nobody should carry for whom it decides nothing."""
        from text2llm.settings.binding import gather_trust

        return gather_trust(self.registry, self.settings, self.environ)


def read_meaning(
    config: Config | None, registry: Registry, bundle: Catalog | None = None, *, as_of: str | None = None
) -> Reading:
    """The reading of a configuration that nobody's credentials are asked for; ``None`` is one that says nothing."""
    from text2llm.config.parse import empty_config

    present, environ = config is not None, MappingProxyType[str, str]({})
    return Reading(config or empty_config(), None, environ, registry, 0, bundle=bundle, present=present, as_of=as_of)


def resolve_names(config: Config, registry: Registry) -> Resolver:
    """How the names of a configuration resolve; a bare name may be one that the bundled catalog knows."""
    spellings = registry.spellings()

    def find_catalogued() -> frozenset[str]:
        from text2llm.catalog.bundle import bundled_ids

        return bundled_ids(spellings.provider(config.default_provider))

    return build_resolver(config, spellings, find_catalogued)
