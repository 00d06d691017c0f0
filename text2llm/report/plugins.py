"""Provider plugins and the logins that providers offer, as text and JSON."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from text2llm.commands.plugins import PluginView
from text2llm.diagnostics import Diagnostic, Location, Severity
from text2llm.login.methods import BROWSER, DEVICE, PASTE, offered_methods
from text2llm.providers.oauth import OAuthFacts
from text2llm.providers.plugin import PluginProblem, normalise
from text2llm.providers.registry import Registry
from text2llm.report.failure import note_text
from text2llm.report.rows import align_rows
from text2llm.report.sanitize import clean, clean_lines, location_json, pick

_STATES = {"loaded": "loaded", "refused": "left out", "disabled": "not enabled", "missing": "not installed"}
_FLOWS = frozenset({BROWSER, DEVICE, PASTE})


def problem_text(problem: PluginProblem) -> str:
    text = f"the plugin {problem.enabled} is left out: {problem.message}"
    return note_text(Diagnostic("plugin", Severity.WARNING, text, Location(""), problem.hint))


def plugins_json(view: PluginView) -> dict[str, Any]:
    """Valid against ``schemas/outputs/plugins.schema.json``."""
    logins = view.registry.logins()
    return {
        "path": view.path,
        "plugins": [*_installed(view, logins), *_missing(view)],
        "builtIn": [_provider(each, view.registry, logins) for each in view.shipped],
    }


def plugins_text(view: PluginView) -> str:
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
    return clean_lines(lines)


def _installed(view: PluginView, logins: Mapping[str, OAuthFacts]) -> Iterator[dict[str, Any]]:
    providers = {each.installed: each.provider for each in view.found.loaded}
    problems = {each.installed: each for each in view.found.problems}
    for installed in view.found.installed:
        provider, problem = providers.get(installed), problems.get(installed)
        yield {
            **_plugin(installed.distribution, "loaded" if provider else "refused" if problem else "disabled", view),
            **pick(installed, "name", "version"),
            "problem": problem and pick(problem, "message", "hint"),
            "provider": provider and _provider(provider, view.registry, logins),
        }


def _missing(view: PluginView) -> Iterator[dict[str, Any]]:
    for problem in view.found.problems:
        if problem.installed is None:
            words = pick(problem, "message", "hint")
            yield {**_plugin(problem.enabled, "missing", view), "problem": words, "provider": None}


def _plugin(distribution: str, state: str, view: PluginView) -> dict[str, Any]:
    place = view.places.get(normalise(distribution))
    return {
        "distribution": distribution,
        "name": None,
        "version": None,
        "state": state,
        "enabledAt": place and location_json(place),
    }


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


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> list[str]:
    return align_rows([head, *(tuple(map(clean, row)) for row in rows)])
