"""Workspace: all that a command works on. It is read when it is first wanted, and once."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, final

from text2llm.providers.registry import Registry, load_registry
from text2llm.settings.load import load_settings

if TYPE_CHECKING:
    from text2llm.config.load import Loaded
    from text2llm.config.model import Config
    from text2llm.config.resolve import Resolver
    from text2llm.providers.plugin import PluginSet
    from text2llm.settings.model import Settings


def _tell_nobody(_plugins: PluginSet, _registry: Registry) -> None:
    return


@final
class Workspace:
    """The user's settings, the providers, the configuration and what gives it meaning, at one moment.

    ``named`` is the configuration that a person names, ``None`` for the one that is found. ``now`` is in milliseconds
    since the epoch. ``relative``: paths are told from the working directory, where they lie below it. ``on_plugins`` is
    called when the plugins that the settings enable are loaded: a fault of one is no error.
    """

    def __init__(
        self,
        environ: Mapping[str, str],
        named: str | None = None,
        *,
        now: int | None = None,
        relative: bool = True,
        on_plugins: Callable[[PluginSet, Registry], None] = _tell_nobody,
    ) -> None:
        self.environ, self.named, self._relative, self._on_plugins = environ, named, relative, on_plugins
        self.now = time.time_ns() // 1_000_000 if now is None else now

    @cached_property
    def settings(self) -> Settings:
        """The user's settings.

        Raises:
            SettingsError: they cannot be used.
        """
        return load_settings(self.environ)

    @cached_property
    def registry(self) -> Registry:
        """The providers, with those of the plugins that the user's settings enable.

        Raises:
            SettingsError: the settings cannot be used.
        """
        registry = load_registry()
        if not self.settings.plugins:  # who has none pays for none
            return registry
        registry = registry.with_plugins(self.plugins.loaded)
        self._on_plugins(self.plugins, registry)
        return registry

    @cached_property
    def plugins(self) -> PluginSet:
        """What is installed of plugins, and what came of loading those that the settings enable."""
        from text2llm.providers.plugins import discover_plugins
        from text2llm.trust.plugin_facts import find_fault

        return discover_plugins(self.settings.plugins, find_fault, load_registry(), self.environ)

    @cached_property
    def path(self) -> str:
        """Where the configuration is, as it is shown to people.

        Raises:
            NoConfigError: there is none.
            RefusedError: the one found belongs to another user.
        """
        from text2llm.config.discovery import find_config, show_path

        path = find_config(self.named, self.environ, os.getcwd())
        return show_path(path) if self._relative else path

    @cached_property
    def loaded(self) -> Loaded:
        """The configuration with its findings.

        Raises:
            NoConfigError: there is none.
            ReadError: it cannot be read.
        """
        from text2llm.config.load import load_file

        return load_file(self.path)

    @cached_property
    def config(self) -> Config:
        """The configuration, valid against its schema.

        Raises:
            NoConfigError: there is none.
            ReadError: it cannot be read.
            InvalidConfigError: it has findings.
        """
        return self.loaded.require()

    @cached_property
    def resolver(self) -> Resolver:
        """How the names of the configuration resolve."""
        return self.resolve_names(self.config)

    def resolve_names(self, config: Config) -> Resolver:
        """How the names of a configuration resolve; a bare name may be one that the catalog knows."""
        from text2llm.config.resolve import build_resolver

        spellings = self.registry.spellings()

        def find_catalogued() -> frozenset[str]:
            from text2llm.rules.catalog import find_bundled

            return find_bundled(config, spellings)

        return build_resolver(config, spellings, find_catalogued)
