"""``text2llm plugins``: the providers that plugins bring, and the logins that all providers offer."""

from __future__ import annotations

import os

import click

from text2llm.cli.options import colour_option, json_option, print_json


@click.group("plugins")
def group() -> None:
    """Providers that do not ship with text2llm.

    A plugin is an installed distribution; it loads only when your own settings name it. docs/plugins.md says how one
    is made.
    """


@group.command("list")
@json_option
@colour_option
def list_command(*, as_json: bool) -> None:
    """Show installed and enabled plugins, and every login.

    The logins are those that the providers offer, with what is missing to use them.
    """
    from text2llm.cli.world import find_plugins
    from text2llm.providers.plugin import normalise
    from text2llm.providers.registry import load_registry
    from text2llm.report.plugins import PluginView, plugins_json, plugins_text
    from text2llm.settings.load import open_settings, settings_path

    path, shipped = settings_path(os.environ), load_registry()
    settings, document = open_settings(path)
    places = {
        normalise(name): document.locate(("plugins", index))
        for index, name in enumerate(settings.plugins)
        if document is not None  # there is one where something is enabled
    }
    found = find_plugins(settings, os.environ)
    view = PluginView(path, places, found, shipped.ids(), shipped.with_plugins(found.loaded))
    if as_json:
        print_json(plugins_json(view))
    else:
        click.echo(plugins_text(view), nl=False)
