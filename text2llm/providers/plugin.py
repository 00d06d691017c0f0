"""Provider plugins as values: what a plugin gives, which are installed, and what came of loading them. Pure."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

#: The group of entry points in which plugins are found.
GROUP = "text2llm.providers"

#: An async function of the login's terms, the dialogue and the client, which gives what was obtained; these types are
#: further up, in :mod:`text2llm.login` and :mod:`text2llm.net`.
LoginMethod: TypeAlias = Callable[..., Awaitable[Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderPlugin:
    """One provider that does not ship with text2llm; an entry point of the group ``text2llm.providers`` names it.

    ``descriptor`` has the shape of ``schemas/provider.schema.json``. ``login_methods`` are the oddities: code for the
    names that are under ``loginMethods`` in the descriptor.
    """

    descriptor: Mapping[str, Any]
    login_methods: Mapping[str, LoginMethod] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, order=True)
class InstalledPlugin:
    """An entry point of the group: the distribution that brings it, its name there, and the distribution's version."""

    distribution: str
    name: str
    version: str


@dataclass(frozen=True, slots=True)
class LoadedPlugin:
    """A plugin that was enabled, loaded and found in order. ``descriptor`` is a copy that nobody else can change."""

    installed: InstalledPlugin
    descriptor: Mapping[str, Any]
    login_methods: Mapping[str, LoginMethod]

    @property
    def provider(self) -> str:
        """The id of its provider."""
        found: str = self.descriptor["id"]
        return found


@dataclass(frozen=True, slots=True)
class PluginProblem:
    """Why something that the settings enable was left out. ``enabled`` is its name there.

    ``installed`` is ``None`` where nothing of that name is installed.
    """

    enabled: str
    message: str
    hint: str
    installed: InstalledPlugin | None = None


@dataclass(frozen=True, slots=True)
class PluginSet:
    """All that is installed, also what is not enabled, and what came of what is."""

    installed: tuple[InstalledPlugin, ...] = ()
    loaded: tuple[LoadedPlugin, ...] = ()
    problems: tuple[PluginProblem, ...] = ()


def normalise(name: str) -> str:
    """The name of a distribution as names are compared: case, ``-``, ``_`` and ``.`` make no difference (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()
