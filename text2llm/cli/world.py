"""What a command knows beside the configuration: the user's settings, and the providers with those of their plugins."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, NamedTuple

import click

from text2llm.providers.registry import Registry, load_registry
from text2llm.settings.load import load_settings

if TYPE_CHECKING:
    from text2llm.auth.sources import CredentialView
    from text2llm.catalog.layers import Layer
    from text2llm.providers.plugin import PluginProblem, PluginSet
    from text2llm.settings.model import Settings

_KEY = "text2llm.world"


class World(NamedTuple):
    """The user's settings, and a registry with the providers of the plugins that they enable."""

    settings: Settings
    registry: Registry


def open_world(environ: Mapping[str, str]) -> World:
    """Read the settings and load the plugins that they enable, once in a run; what is wrong with a plugin is a warning.

    Raises:
        SettingsError: the settings cannot be used.
    """
    context = click.get_current_context(silent=True)
    kept = {} if context is None else context.meta
    if _KEY not in kept:
        kept[_KEY] = _read_world(environ)
    world: World = kept[_KEY]
    return world


def open_registry(environ: Mapping[str, str]) -> Registry:
    """The providers, with those of the plugins that the user's settings enable.

    Raises:
        SettingsError: the settings cannot be used.
    """
    return open_world(environ).registry


def find_listings(providers: Iterable[str], view: CredentialView) -> Layer:
    """What `models refresh` kept of providers (canonical ids), as a layer of the catalog."""
    from text2llm.catalog.cache import CACHE_NAME
    from text2llm.storage.places import find_places

    if not os.path.exists(os.path.join(find_places(view.environ).cache, CACHE_NAME)):
        return {}  # what reads listings is a load that nobody without one should carry
    from text2llm.listing.kept import find_facts

    return find_facts(providers, view)


def find_plugins(settings: Settings, environ: Mapping[str, str]) -> PluginSet:
    """What is installed of plugins, and what came of loading those that the settings enable."""
    from text2llm.providers.plugins import discover_plugins
    from text2llm.trust.plugin_facts import find_fault

    return discover_plugins(settings.plugins, find_fault, load_registry(), environ)


def _read_world(environ: Mapping[str, str]) -> World:
    settings, registry = load_settings(environ), load_registry()
    if not settings.plugins:  # who has none pays for none
        return World(settings, registry)
    from text2llm.cli.output_guard import find_outlet

    found = find_plugins(settings, environ)
    registry = registry.with_plugins(found.loaded)
    find_outlet().know(registry)
    _tell(found.problems)
    return World(settings, registry)


def _tell(problems: tuple[PluginProblem, ...]) -> None:
    from text2llm.report.plugins import problem_text

    click.echo("".join(map(problem_text, problems)), nl=False, err=True)
