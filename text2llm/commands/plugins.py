"""Which plugins are installed and enabled, and what they bring."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from text2llm.diagnostics import Location
from text2llm.providers.plugin import PluginSet, normalise
from text2llm.providers.registry import Registry, load_registry
from text2llm.settings.load import open_settings, settings_path
from text2llm.workspace import Workspace


@dataclass(frozen=True, slots=True)
class PluginView:
    """All that is shown. ``places`` are where the settings at ``path`` enable a plugin, by its normalised name.

    ``shipped`` are the ids of the providers that come with text2llm, ``registry`` has those of plugins, too.
    """

    path: str
    places: Mapping[str, Location]
    found: PluginSet
    shipped: tuple[str, ...]
    registry: Registry


def run(workspace: Workspace) -> PluginView:
    """List the plugins, each with its problems."""
    path, shipped = settings_path(workspace.environ), load_registry()
    settings, document = open_settings(path)
    places = {
        normalise(name): document.locate(("plugins", index))
        for index, name in enumerate(settings.plugins)
        if document is not None  # there is one where something is enabled
    }
    return PluginView(path, places, workspace.plugins, shipped.ids(), shipped.with_plugins(workspace.plugins.loaded))
