"""Workspace: all inputs of a command, each read once, on first use."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, final

from text2llm.errors import NoConfigError, UsageError
from text2llm.providers.registry import Registry, load_registry
from text2llm.settings.load import load_settings

if TYPE_CHECKING:
    from text2llm.auth.agents import AgentDirs
    from text2llm.auth.reading import Reading
    from text2llm.auth.store_file import LoadedStore
    from text2llm.catalog.facts import Catalog
    from text2llm.catalog.layers import Layer
    from text2llm.config.document import Document
    from text2llm.config.load import Loaded
    from text2llm.config.merge import KeyNames
    from text2llm.config.model import Config
    from text2llm.providers.oauth import OAuthFacts
    from text2llm.providers.plugin import PluginSet
    from text2llm.settings.model import Settings
    from text2llm.trust.bindings import Trust


def ignore(*_: object) -> None:
    """A callback that does nothing."""


def read_clock() -> int:
    """Now, in milliseconds since the epoch: for lifetimes that begin after a prompt."""
    return time.time_ns() // 1_000_000


@final
class Workspace:
    """The user's settings, the providers, the configuration and what gives it meaning, at one moment.

    ``named`` is the configuration that the user names, ``None`` for the one that is found. ``now`` is in milliseconds
    since the epoch. ``environment`` is the one that the user chooses; with ``ambient``, for what writes nothing, a
    variable can choose it too, and ``on_environment`` is called when it does. ``relative``: paths below the working
    directory are shown relative to it. ``required``: it is an error if the configuration is missing, or abstract and
    without an environment; else a missing one is empty. ``on_plugins`` is called when the plugins that
    the settings enable are loaded: a fault of one is no error; ``on_wait`` while another process changes a file.
    """

    def __init__(  # noqa: PLR0913 - one parameter for each way in which commands differ
        self,
        environ: Mapping[str, str],
        named: str | None = None,
        *,
        environment: str | None = None,
        ambient: bool = False,
        now: int | None = None,
        relative: bool = True,
        required: bool = True,
        on_plugins: Callable[[PluginSet, Registry], None] = ignore,
        on_wait: Callable[[], None] = ignore,
        on_environment: Callable[[str], None] = ignore,
    ) -> None:
        self.environ, self.named, self.on_wait, self._on_plugins = environ, named, on_wait, on_plugins
        self._relative, self._required = relative, required
        self._chosen, self._ambient, self._on_environment = environment, ambient, on_environment
        self.now = read_clock() if now is None else now

    @cached_property
    def settings(self) -> Settings:
        return load_settings(self.environ)

    @cached_property
    def registry(self) -> Registry:
        """The providers, with those of the plugins that the user's settings enable."""
        registry = load_registry()
        if not self.settings.plugins:  # start-up loads nothing for them
            return registry
        registry = registry.with_plugins(self.plugins.loaded)
        self._on_plugins(self.plugins, registry)
        return registry

    @cached_property
    def plugins(self) -> PluginSet:
        """The installed plugins, and the result of loading the enabled ones."""
        from text2llm.providers.plugins import discover_plugins
        from text2llm.trust.plugin_facts import find_fault

        return discover_plugins(self.settings.plugins, find_fault, load_registry(), self.environ)

    @cached_property
    def path(self) -> str:
        """The path of the configuration, as it is shown."""
        from text2llm.config.discovery import find_config, shorten_path

        path = find_config(self.named, self.environ, os.getcwd())
        return shorten_path(path) if self._relative else path

    @cached_property
    def config(self) -> Config:
        """The configuration, valid against its schema, under the environment that is chosen."""
        from text2llm.config.load import load_file

        try:
            loaded = load_file(self.path)
        except NoConfigError:
            from text2llm.config.discovery import CONFIG_VARIABLE

            if self._required or self.named or self._chosen or self.environ.get(CONFIG_VARIABLE):
                raise
            from text2llm.config.parse import empty_config

            return empty_config()
        alone = loaded.config is None or not loaded.config.abstract or not self._required
        if self.environment is None and alone:
            return loaded.require()
        return self._choose_environment(loaded).require()

    @cached_property
    def environment(self) -> str | None:
        """The name of the environment that is chosen."""
        return self._chosen or (self.environ.get("TEXT2LLM_ENV") if self._ambient else None) or None

    def _choose_environment(self, loaded: Loaded) -> Loaded:
        from text2llm.config import environment, environment_files
        from text2llm.config.discovery import find_origin, refuse_foreign

        if self.environment is None:
            assert loaded.config is not None
            known = environment_files.list_environments(self.path)
            raise environment.refuse_abstract(loaded.config, known)
        origin = environment.OPTION if self._chosen else environment.VARIABLE
        document = environment_files.read_environment(self.path, self.environment, origin)
        if find_origin(self.named, self.environ) is None:
            refuse_foreign(document.path, self.environ, self.path)
        if not self._chosen:
            self._on_environment(self.environment)
        return self.apply_environment(loaded, self.environment, document)

    def apply_environment(self, base: Loaded, name: str, document: Document) -> Loaded:
        """A configuration with the environment ``name``, whose file is ``document``, laid over it."""
        from text2llm.config.environment import apply_environment

        return apply_environment(base, name, document, self.key_names())

    @staticmethod
    def key_names() -> KeyNames:
        """What keys are merged by: the same with any plugins."""
        from text2llm.config.merge import KeyNames
        from text2llm.params.spelling import read_params

        return KeyNames(load_registry().spellings(), read_params)

    @cached_property
    def bundle(self) -> Catalog:
        from text2llm.catalog.bundle import load_bundle

        return load_bundle()

    @cached_property
    def meaning(self) -> Reading:
        """The configuration without credentials."""
        from text2llm.auth.reading import read_meaning

        return read_meaning(self.config, self.registry)

    def find_provider(self, written: str, flag: str = "--provider") -> str:
        """The canonical id of a provider in any spelling, built in or configured; ``flag`` is the option that named it.

        Raises:
            UsageError: there is none.
        """
        spell, config = self.registry.spellings().provider, self.config
        provider = spell(written)
        if provider not in {*self.registry.ids(), *map(spell, config.providers)}:
            near = self.registry.near(provider, config.providers)
            known = "name a built-in one, or define it in models.providers"
            hint = f"did you mean {' or '.join(near)}?" if near else known
            raise UsageError(f"{flag}: {written!r} is neither built in nor configured", hint=hint)
        return provider

    def find_agent(self, written: str | None) -> str | None:
        """The canonical id of an agent; ``None`` is the default one."""
        from text2llm.auth.agents import require_agent

        return None if written is None else require_agent(written, self.config)

    def name_agent(self, agent: str | None) -> str:
        return agent or self.config.default_id

    def find_dirs(self, agent: str | None) -> AgentDirs:
        from text2llm.auth.agents import find_agent_dirs

        return find_agent_dirs(agent, self.config, self.environ)

    def read_store(self, agent: str | None) -> LoadedStore:
        """The store that an agent uses, as it is now: others change it, too."""
        from text2llm.auth.store_file import load_store

        dirs = self.find_dirs(agent)
        return load_store(dirs.own, dirs.main)

    def read(self, agent: str | None = None, *, secrets: bool = False) -> Reading:
        """All that decides for an agent (a canonical id), with its store as it is now: others change it, too.

        With ``secrets`` there is what files and the keyring hold of its credentials.
        """
        from text2llm.auth.cloud_files import find_cloud_files
        from text2llm.auth.reading import Reading

        loaded, folder = self.read_store(agent), self.find_dirs(agent).own
        reading = Reading(
            self.config,
            loaded.store,
            self.environ,
            self.registry,
            self.now,
            owner=agent if loaded.is_own() else None,
            cloud_files=find_cloud_files(self.environ),
            settings=self.settings,
            agent=agent,
            agent_dir=folder,
            store_path=loaded.path,
        )
        return self.read_secrets(reading) if secrets else reading

    def read_secrets(self, reading: Reading) -> Reading:
        """A reading with what files, the keyring and the user's secret sources hold of its credentials.

        A source is asked for an entry that the configuration names only if the user granted that entry to an origin.
        """
        from text2llm.auth.naming import granted_entries
        from text2llm.auth.secret_refs import read_refs

        granted = granted_entries(reading)
        return reading.knowing(read_refs(reading.store, self.environ, self.settings.sources, granted))

    def find_listings(self, providers: Iterable[str], view: Reading) -> Layer:
        """What `models refresh` kept of providers (canonical ids) and of those whose facts they have, as a layer."""
        from text2llm.catalog.cache import CACHE_NAME
        from text2llm.storage.places import find_places

        if not os.path.exists(os.path.join(find_places(self.environ).cache, CACHE_NAME)):
            return {}  # no cost without a cached listing
        from text2llm.catalog.layers import find_lenders
        from text2llm.listing.plan import find_facts

        return find_facts({*providers, *find_lenders(view.config, view.spellings)}, view)

    def gather_trust(self, logins: Iterable[OAuthFacts] = ()) -> Trust:
        """The origins that credentials may be sent to, with the secrets of ``logins``."""
        from text2llm.settings.binding import gather_trust

        return gather_trust(self.registry, self.settings, self.environ, logins)
