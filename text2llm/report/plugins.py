"""Provider plugins and the logins that providers offer, for people and programs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from text2llm.commands.plugins import PluginView
from text2llm.diagnostics import Diagnostic, Location, Severity
from text2llm.login.methods import BROWSER, DEVICE, PASTE, offered_methods
from text2llm.providers.oauth import OAuthFacts
from text2llm.providers.plugin import InstalledPlugin, PluginProblem, normalise
from text2llm.providers.registry import Registry
from text2llm.report.failure import note_text
from text2llm.report.sanitise import clean, clean_line, location_json

_STATES = {"loaded": "loaded", "refused": "left out", "disabled": "not enabled", "missing": "not installed"}
_FLOWS = frozenset({BROWSER, DEVICE, PASTE})


def problem_text(problem: PluginProblem) -> str:
    """A warning for standard error: which plugin was left out, why, and how to fix it."""
    text = f"the plugin {problem.enabled} is left out: {problem.message}"
    return note_text(Diagnostic("plugin", Severity.WARNING, text, Location(""), problem.hint))


def plugins_json(view: PluginView) -> dict[str, Any]:
    """What is installed and what every provider offers, valid against ``schemas/outputs/plugins.schema.json``."""
    logins = view.registry.logins()
    return {
        "path": view.path,
        "plugins": [*_installed(view, logins), *_missing(view)],
        "builtIn": [_provider(each, view.registry, logins) for each in view.shipped],
    }


def plugins_text(view: PluginView) -> str:
    """The same as two tables, with a final newline."""
    document = plugins_json(view)
    plugins: list[dict[str, Any]] = document["plugins"]
    lines = [*_table(("PLUGIN", "STATE", "PROVIDER"), map(_plugin_row, plugins))] if plugins else ["no plugins"]
    for each in plugins:
        if each["problem"] is not None:
            lines += [f"{each['distribution']}: {each['problem']['message']}", f"  hint: {each['problem']['hint']}"]
    if any(each["state"] == "disabled" for each in plugins):
        lines.append(f"hint: to enable a plugin, add its name to `plugins:` in {view.path}")
    lines += ["", *_table(("BUILT IN", "LOGINS"), ((each["id"], _logins(each)) for each in document["builtIn"]))]
    lines += ["", f"* with a client that you or your company registered: `oauth:` in {view.path}"]
    return "".join(f"{clean_line(line)}\n" for line in lines)


def _installed(view: PluginView, logins: Mapping[str, OAuthFacts]) -> Iterator[dict[str, Any]]:
    providers = {each.installed: each.provider for each in view.found.loaded}
    problems = {each.installed: each for each in view.found.problems}
    for installed in view.found.installed:
        provider, problem = providers.get(installed), problems.get(installed)
        yield {
            **_plugin(installed.distribution, "loaded" if provider else "refused" if problem else "disabled", view),
            **_identity(installed),
            "problem": problem and _words(problem),
            "provider": provider and _provider(provider, view.registry, logins),
        }


def _missing(view: PluginView) -> Iterator[dict[str, Any]]:
    for problem in view.found.problems:
        if problem.installed is None:
            yield {**_plugin(problem.enabled, "missing", view), "problem": _words(problem), "provider": None}


def _plugin(distribution: str, state: str, view: PluginView) -> dict[str, Any]:
    place = view.places.get(normalise(distribution))
    return {
        "distribution": distribution,
        "name": None,
        "version": None,
        "state": state,
        "enabledAt": place and location_json(place),
    }


def _words(problem: PluginProblem) -> dict[str, str]:
    return {"message": problem.message, "hint": problem.hint}


def _identity(installed: InstalledPlugin) -> dict[str, Any]:
    return {"name": installed.name, "version": installed.version}


def _provider(provider_id: str, registry: Registry, logins: Mapping[str, OAuthFacts]) -> dict[str, Any]:
    provider, login = registry.get(provider_id), logins.get(provider_id)
    assert provider is not None
    methods = offered_methods(provider, login, registry.login_methods(provider_id))
    registered = login is not None and not login.open_client
    return {
        "id": provider_id,
        "label": provider.label,
        "methods": [{"name": name, "needsClientId": registered and name in _FLOWS} for name in methods],
    }


def _plugin_row(plugin: Mapping[str, Any]) -> tuple[str, str, str]:
    title = f"{plugin['distribution']} {plugin['version'] or ''}".rstrip()
    provider = plugin["provider"]
    return title, _STATES[plugin["state"]], "" if provider is None else f"{provider['id']}: {_logins(provider)}"


def _logins(provider: Mapping[str, Any]) -> str:
    return ", ".join(each["name"] + "*" * each["needsClientId"] for each in provider["methods"]) or "none"


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    table = [head, *(tuple(map(clean, row)) for row in rows)]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    for row in table:
        yield "  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip()
