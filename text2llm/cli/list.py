"""``text2llm models list``."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

import click

from text2llm.cli.options import (
    agent_option,
    colour_option,
    config_option,
    json_option,
    offer,
    output_style,
    page_width,
    plain_option,
)
from text2llm.cli.status import read_config, read_config_if_any
from text2llm.cli.world import find_listings, open_world
from text2llm.errors import UsageError

if TYPE_CHECKING:
    from text2llm.config.model import Config
    from text2llm.providers.registry import Registry
    from text2llm.status.model_list import ModelList


@click.command("list")
@click.option("--all", "every", is_flag=True, help="Every model of the catalog, not only those of the configuration.")
@click.option("--local", is_flag=True, help="Only models served on this machine, or on one whose name ends in .local.")
@click.option(
    "--provider",
    metavar="PROVIDER",
    shell_complete=offer("providers"),
    help="Only models of this provider, in any spelling.",
)
@plain_option
@json_option
@agent_option
@config_option
@colour_option
def command(  # noqa: PLR0913 - one parameter an option
    provider: str | None,
    agent: str | None,
    config: str | None,
    *,
    every: bool,
    local: bool,
    plain: bool,
    as_json: bool,
) -> None:
    """Show models: their context window, price, retirement, and whether there is a credential for them."""
    if as_json and plain:
        raise UsageError("--json and --plain cannot be combined", hint="give one of them")
    from text2llm.catalog.bundle import load_bundle
    from text2llm.catalog.layers import combine, configured_models
    from text2llm.status.gather import gather_snapshot
    from text2llm.status.model_list import Selection, list_models, named_providers

    loaded, world = (read_config_if_any if every else read_config)(config), open_world(os.environ)
    registry = world.registry
    chosen = None if provider is None else find_provider(provider, loaded, registry)
    now = time.time_ns() // 1_000_000
    snapshot = gather_snapshot(loaded, agent, registry, world.settings, os.environ, now)
    view = snapshot.credentials()
    listings = find_listings([*view.registry.ids(), *view.customs] if every else named_providers(snapshot), view)
    catalog = combine(configured_models(loaded, registry.spellings()), listings, load_bundle())
    _print_list(list_models(snapshot, catalog, Selection(every, local, chosen)), plain, as_json)


def find_provider(written: str, config: Config, registry: Registry, flag: str = "--provider") -> str:
    """The canonical id of a provider in any spelling, built in or configured; ``flag`` is where somebody wrote it.

    Raises:
        UsageError: there is none.
    """
    spell = registry.spellings().provider
    provider = spell(written)
    if provider not in {*registry.ids(), *map(spell, config.providers)}:
        near = registry.near(provider, config.providers)
        hint = f"did you mean {' or '.join(near)}?" if near else "name a built-in one, or define it in models.providers"
        raise UsageError(f"{flag}: {written!r} is neither built in nor configured", hint=hint)
    return provider


def _print_list(found: ModelList, plain: bool, as_json: bool) -> None:  # noqa: FBT001 - three layouts
    from text2llm.report import model_list

    if as_json:
        click.echo(model_list.list_json(found))
    elif plain:
        click.echo(model_list.list_plain(found), nl=False)
    else:
        click.echo(model_list.list_text(found, output_style(), page_width()), nl=False)
