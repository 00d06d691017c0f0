"""Finding and loading provider plugins: the one place that imports code that does not ship with text2llm.

Only distributions that the user's settings name are loaded, and only from import path entries that do not depend on
the working directory: a repository cannot add a plugin, whatever ``PYTHONPATH`` is.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from text2llm.errors import Text2llmError
from text2llm.import_path import drop_movable_entries
from text2llm.providers.plugin import (
    GROUP,
    InstalledPlugin,
    LoadedPlugin,
    PluginProblem,
    PluginSet,
    ProviderPlugin,
    normalise,
)
from text2llm.providers.registry import Registry

if TYPE_CHECKING:
    from importlib.metadata import Distribution, EntryPoint

#: The problem of a descriptor, also with the providers that exist already, in words; ``None`` if there is none.
DescriptorCheck: TypeAlias = Callable[[Mapping[str, Any], Registry], str | None]

_AUTHOR = "its author must fix it; until then, remove it from `plugins` in your settings"


class PluginError(Text2llmError):
    code = "plugin"


class _Installation(NamedTuple):
    """An installed plugin; ``entry_point`` is ``None`` if its distribution is broken."""

    installed: InstalledPlugin
    entry_point: EntryPoint | None


def discover_plugins(
    enabled: Sequence[str], check: DescriptorCheck, registry: Registry, environ: Mapping[str, str]
) -> PluginSet:
    """All installed plugins, and those of the distributions named in ``enabled``, loaded in this order.

    A broken plugin becomes a problem and does not stop the others. Import path entries that depend on the working
    directory are removed for good.
    """
    drop_movable_entries(environ)
    found = sorted(_find_installed(sys.path), key=lambda each: each.installed)
    problems: list[PluginProblem] = []
    for distribution, name in _by_distribution(enabled).items():
        chosen = [each for each in found if normalise(each.installed.distribution) == distribution]
        if not chosen:
            problems.append(_explain_absence(name, found))
        for each in chosen:
            try:
                registry = registry.with_plugins([_load(each, check, registry)])
            except PluginError as error:
                problems.append(PluginProblem(name, error.message, error.hint or _AUTHOR, each.installed))
    return PluginSet(tuple(each.installed for each in found), registry.plugins, tuple(problems))


def _by_distribution(enabled: Iterable[str]) -> dict[str, str]:
    """The names in the settings by their normalized form, in order; of two spellings the first is shown."""
    names: dict[str, str] = {}
    for name in enabled:
        names.setdefault(normalise(name), name)
    return names


def _find_installed(path: list[str]) -> Iterator[_Installation]:
    """The entry points of the group; no plugin is imported. Of two installations of a distribution the first is used.

    Without metadata a distribution has no name by which the settings could enable it.
    """
    from importlib.metadata import distributions

    seen = set()
    for distribution in distributions(path=path):
        name = _name_of(distribution)
        if name and normalise(name) not in seen:
            seen.add(normalise(name))
            yield from _entries_of(distribution, name)


def _name_of(distribution: Distribution) -> str | None:
    """The name of a distribution with an entry point in the group; ``None`` for any other."""
    try:
        if GROUP in (distribution.read_text("entry_points.txt") or "") and distribution.read_text("METADATA"):
            return _read_fact(distribution, "Name")
    except (OSError, UnicodeDecodeError):  # a broken distribution may have nothing to do with plugins
        return None
    return None


def _read_fact(distribution: Distribution, key: str) -> str | None:
    """A field of a distribution's metadata; Python versions treat an absent one differently."""
    facts = distribution.metadata
    return facts[key] if key in facts else None  # noqa: SIM401 - its type has no `get` before 3.12


def _entries_of(distribution: Distribution, name: str) -> Iterator[_Installation]:
    version = _read_fact(distribution, "Version") or "unknown"
    try:
        entry_points = tuple(distribution.entry_points.select(group=GROUP))
    except (TypeError, ValueError):  # malformed
        yield _Installation(InstalledPlugin(name, "", version), None)
        return
    for entry_point in entry_points:
        yield _Installation(InstalledPlugin(name, entry_point.name, version), entry_point)


def _explain_absence(name: str, found: Iterable[_Installation]) -> PluginProblem:
    owner = next((each.installed.distribution for each in found if each.installed.name == name), None)
    if owner is not None:
        return PluginProblem(name, "no distribution has this name", f"it is a plugin of {owner}: use {owner}")
    hint = "install it where text2llm is installed; the working directory is not searched"
    return PluginProblem(name, "no installed distribution of this name has a plugin", hint)


def _load(installation: _Installation, check: DescriptorCheck, registry: Registry) -> LoadedPlugin:
    """Import a plugin and validate it.

    Raises:
        PluginError: its code fails, or it is invalid.
    """
    if installation.entry_point is None:
        raise PluginError("its entry_points.txt cannot be read", hint="reinstall it")
    plugin = _import_plugin(installation.entry_point)
    descriptor = _copy_plain(plugin.descriptor)
    if not isinstance(plugin.login_methods, Mapping):
        raise PluginError("its `login_methods` is not a mapping")
    problem = check(descriptor, registry) or _compare_methods(descriptor, plugin.login_methods)
    if problem is not None:
        raise PluginError(problem)
    return LoadedPlugin(installation.installed, descriptor, dict(plugin.login_methods))


def _import_plugin(entry_point: EntryPoint) -> ProviderPlugin:
    from contextlib import redirect_stdout

    try:
        with redirect_stdout(sys.stderr):  # standard output is the command's own
            plugin = entry_point.load()
    except Text2llmError as error:
        place = f"{error.location}: " if error.location else ""
        raise PluginError(f"{place}{error.message}", hint=error.hint) from error
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # whatever its code raises; the message may contain a secret
        raise PluginError(f"importing {entry_point.value} failed: {type(error).__name__}") from error
    if not isinstance(plugin, ProviderPlugin):
        raise PluginError(f"{entry_point.value} is not a ProviderPlugin")
    return plugin


def _copy_plain(descriptor: Mapping[str, Any]) -> dict[str, Any]:
    """A copy that no code of the plugin can change once it has been checked."""
    import json

    try:
        return dict(json.loads(json.dumps(dict(descriptor), allow_nan=False, default=dict)))
    except Exception as error:  # it may be a custom class of the plugin
        raise PluginError("its descriptor is not plain data") from error


def _compare_methods(descriptor: Mapping[str, Any], methods: Mapping[str, object]) -> str | None:
    described = {each["name"] for each in descriptor.get("loginMethods", ())}
    for name in sorted(described - set(methods)):
        return f"its descriptor has the login method {name!r}, and its code does not"
    for name, method in methods.items():
        if name not in described:
            return f"its code has the login method {name!r}, and its descriptor does not"
        if not callable(method):
            return f"its login method {name!r} is not a function"
    return None
