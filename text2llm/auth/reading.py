"""Reading: the input of pure code, a configuration with everything that determines its meaning."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from copy import copy
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, final

from text2llm.config.model import Config, CustomProvider, Name
from text2llm.config.resolve import Resolved, Resolver, build_resolver, resolve_written
from text2llm.providers.registry import Registry
from text2llm.refs import ModelRef
from text2llm.secret import Secret, SecretRef
from text2llm.settings.model import Settings
from text2llm.trust.public import GRANTS_VARIABLE

if TYPE_CHECKING:
    from text2llm.auth.credentials import AuthStore
    from text2llm.auth.order import OrderBook
    from text2llm.catalog.facts import Catalog
    from text2llm.config.nodes import Pointer
    from text2llm.config.roles import Role
    from text2llm.config.suggest import Suggestions
    from text2llm.diagnostics import Location
    from text2llm.trust.bindings import Trust

_NOTHING: Mapping[SecretRef, Secret | str] = MappingProxyType({})
_NO_SETTINGS = Settings()


@final
class Reading:
    """A configuration, an agent's credentials and the user's settings at ``now`` (milliseconds since the epoch).

    ``store`` is ``None`` if no credentials are needed. ``agent`` is a canonical id, ``None`` for the defaults;
    ``agent_dir`` is its directory, and ``store_path`` the file with its profiles: the main agent's while it has none of
    its own. ``owner`` is the agent whose own store it is, ``None`` for the main one's. ``kept`` are the secrets behind
    references to files and the keyring, or the reason why one cannot be read; nothing is read if nothing is sent.
    ``cloud_files`` are the paths of the identities that clouds' own tools keep, by provider.

    ``present`` is false if there is no configuration. ``bundle`` are facts about models that the configuration
    overrides (default: the shipped ones). ``as_of`` is the reference date, ``YYYY-MM-DD``, ``None`` for their own.
    ``fetched`` are the ids in the providers' own lists, as far as ``models refresh`` kept them.
    """

    fetched: Mapping[str, Collection[str]] = MappingProxyType({})

    def __init__(  # noqa: PLR0913, PLR0917 - all that decides
        self,
        config: Config,
        store: AuthStore | None,
        environ: Mapping[str, str],
        registry: Registry,
        now: int,
        kept: Mapping[SecretRef, Secret | str] = _NOTHING,
        owner: str | None = None,
        cloud_files: Mapping[str, str] = MappingProxyType({}),
        settings: Settings = _NO_SETTINGS,
        agent: str | None = None,
        agent_dir: str = "",
        store_path: str = "",
        bundle: Catalog | None = None,
        *,
        present: bool = True,
        as_of: str | None = None,
    ) -> None:
        """Raise :class:`TrustedOriginsError` if the environment's grants are invalid."""
        self.config, self._store, self.environ, self.registry, self.now = config, store, environ, registry, now
        self.kept, self.owner, self.settings, self.cloud_files = kept, owner, settings, cloud_files
        self.agent, self.agent_dir, self.store_path = agent, agent_dir, store_path
        self.present, self.as_of, self._bundle = present, as_of, bundle
        self.spellings = registry.spellings()
        if environ.get(GRANTS_VARIABLE):
            # An invalid grant is reported even if it does not matter.
            _ = self.trust

    def knowing(self, kept: Mapping[SecretRef, Secret | str]) -> Reading:
        """The same reading with the secrets behind references."""
        other = copy(self)
        other.kept = kept
        return other

    def with_lists(self, fetched: Mapping[str, Collection[str]]) -> Reading:
        """The same reading with the lists that providers gave."""
        other = copy(self)
        other.fetched = fetched
        return other

    @cached_property
    def store(self) -> AuthStore:
        from text2llm.auth.credentials import AuthStore

        return AuthStore() if self._store is None else self._store

    @cached_property
    def resolver(self) -> Resolver:
        return resolve_names(self.config, self.registry)

    @cached_property
    def used_by_role(self) -> list[tuple[Role, Resolved]]:
        """The models of every chain, as written, in order, each with its role: resolved once for all rules."""
        return [(role, self.resolver.resolve_name(name)) for role, name in self.config.role_names()]

    @cached_property
    def used(self) -> list[Resolved]:
        """The models of every chain, as written, in order."""
        return [each for _, each in self.used_by_role]

    @cached_property
    def written(self) -> list[Resolved]:
        """The models set in the configuration, not through an alias: there they can be fixed."""
        return resolve_written(self.resolver, self.used)

    @cached_property
    def listed(self) -> Mapping[ModelRef, Name]:
        """The entries of ``agents.defaults.models`` by model; of two spellings the first applies."""
        listed: dict[ModelRef, Name] = {}
        for name in self.config.models:
            listed.setdefault(self.read_key(name), name)
        return listed

    def read_key(self, name: Name) -> ModelRef:
        """The model that a key of ``models`` names: no alias."""
        provider, slash, model = name.text.partition("/")
        return self.spellings.ref(*((provider, model) if slash else (self.config.default_provider, name.text)))

    @cached_property
    def suggestions(self) -> Suggestions:
        from text2llm.config.suggest import Suggestions

        return Suggestions()

    @cached_property
    def book(self) -> OrderBook:
        """The orders of credentials that apply to the agent; the default one can have an order of its own, too."""
        from text2llm.auth.order import OrderBook

        return OrderBook(self.config.auth, self.store, self.spellings, self.agent or self.config.default_id)

    @cached_property
    def customs(self) -> Mapping[str, CustomProvider]:
        """The providers of the configuration by canonical id; of two spellings the first applies."""
        customs: dict[str, CustomProvider] = {}
        for name, custom in self.config.providers.items():
            customs.setdefault(self.spellings.provider(name), custom)
        return customs

    @cached_property
    def bundle(self) -> Catalog:
        """The facts about models that ship with text2llm."""
        from text2llm.catalog.bundle import load_bundle

        return self._bundle or load_bundle()

    @property
    def today(self) -> str:
        """The reference date, ``YYYY-MM-DD``: by default that of the facts."""
        return self.as_of or self.bundle.source.date

    @cached_property
    def catalog(self) -> Catalog:
        """The facts about models: the bundle, overridden by the configuration; no cached listings."""
        from text2llm.catalog.layers import build_catalog

        return build_catalog(self.config, self.registry, {}, self.bundle)

    @cached_property
    def folded(self) -> Mapping[str, Mapping[str, str]]:
        """The catalog's models by provider, and by their letters and digits in lower case; retired ones come last."""
        from text2llm.catalog.facts import LazyMapping, fold_model

        def fold(provider: str) -> Mapping[str, str]:
            models = [*self.catalog.served(provider, self.as_of), *self.catalog.providers[provider]]
            return {fold_model(model): model for model in reversed(models)}

        return LazyMapping(self.catalog.providers, fold)

    def lacks(self, ref: ModelRef, catalog: Catalog | None = None) -> bool:
        """Whether a model is missing from the catalog (default: the reading's own).

        No catalog lists models that do not answer a chat request.
        """
        from text2llm.catalog.layers import lacks

        own = self.catalog if catalog is None else catalog
        return ref not in self._beyond_chat and lacks(own, ref, self.customs.get(ref.provider))

    @cached_property
    def _beyond_chat(self) -> frozenset[ModelRef]:
        """The models of the roles that are no chat, unless another role has them too."""
        used = dict[bool, set[ModelRef]]()
        if all(role.is_chat for role in self.config.roles):
            return frozenset()
        for role, each in self.used_by_role:
            used.setdefault(role.is_chat, set()).add(each.ref)
        return frozenset(used[False] - used.get(True, set()))

    def place(self, pointer: Pointer, *, key: bool = False) -> Location | None:
        """The location of a value; ``None`` if there is none, or no configuration."""
        if not self.present or (pointer and self.config.value_at(pointer) is None and not key):
            return None
        return self.config.locate(pointer, key=key)

    @cached_property
    def trust(self) -> Trust:
        """Where credentials may be sent; loaded only if needed."""
        from text2llm.settings.binding import gather_trust

        return gather_trust(self.registry, self.settings, self.environ)


def read_meaning(
    config: Config | None,
    registry: Registry,
    bundle: Catalog | None = None,
    *,
    as_of: str | None = None,
    environ: Mapping[str, str] = MappingProxyType({}),
) -> Reading:
    """The reading of a configuration without credentials; ``None`` is an empty one."""
    from text2llm.config.parse import empty_config

    present = config is not None
    return Reading(config or empty_config(), None, environ, registry, 0, bundle=bundle, present=present, as_of=as_of)


def resolve_names(config: Config, registry: Registry) -> Resolver:
    """The resolver of a configuration's names; a bare name may be in the bundled catalog."""
    spellings = registry.spellings()

    def find_catalogued() -> frozenset[str]:
        from text2llm.catalog.bundle import bundled_ids

        provider = spellings.provider(config.default_provider)
        custom = next((each for each in config.providers.values() if spellings.provider(each.id) == provider), None)
        lent = custom.catalog if custom is not None else None
        return bundled_ids(provider) | (bundled_ids(spellings.provider(lent)) if lent else frozenset())

    return build_resolver(config, spellings, find_catalogued)
