"""Provider plugins as values: a plugin, those installed, and the outcome of loading them. Pure."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

#: The entry point group of plugins.
GROUP = "text2llm.providers"

#: An async function of the login's terms, the dialogue and the client that returns the credential obtained; these
#: types are in higher layers, :mod:`text2llm.login` and :mod:`text2llm.net`.
LoginMethod: TypeAlias = Callable[..., Awaitable[Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderPlugin:
    """One provider that does not ship with text2llm, named by an entry point of the group ``text2llm.providers``.

    ``descriptor`` has the shape of ``schemas/provider.schema.json``. ``login_methods`` is the code for each name under
    ``loginMethods`` in the descriptor.
    """

    descriptor: Mapping[str, Any]
    login_methods: Mapping[str, LoginMethod] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, order=True)
class InstalledPlugin:
    """An entry point of the group: its distribution, its name there, and the distribution's version."""

    distribution: str
    name: str
    version: str


@dataclass(frozen=True, slots=True)
class LoadedPlugin:
    """An enabled plugin that was loaded and is valid. ``descriptor`` is a copy that no other code can change."""

    installed: InstalledPlugin
    descriptor: Mapping[str, Any]
    login_methods: Mapping[str, LoginMethod]

    @property
    def provider(self) -> str:
        return str(self.descriptor["id"])


@dataclass(frozen=True, slots=True)
class PluginProblem:
    """Why an enabled plugin was not loaded. ``enabled`` is its name in the settings.

    ``installed`` is ``None`` if nothing of that name is installed.
    """

    enabled: str
    message: str
    hint: str
    installed: InstalledPlugin | None = None


@dataclass(frozen=True, slots=True)
class PluginSet:
    """All installed plugins, enabled or not, and those loaded, and the problems."""

    installed: tuple[InstalledPlugin, ...] = ()
    loaded: tuple[LoadedPlugin, ...] = ()
    problems: tuple[PluginProblem, ...] = ()


def normalise(name: str) -> str:
    """A distribution name normalized for comparison: case, ``-``, ``_`` and ``.`` are ignored (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()
