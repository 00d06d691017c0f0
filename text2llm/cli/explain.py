"""``text2llm explain``."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, Any

import click

from text2llm.cli.options import (
    agent_option,
    colour_option,
    config_option,
    json_option,
    locate_config,
    offer,
    output_style,
    show_path,
)
from text2llm.cli.reports import format_option
from text2llm.cli.world import open_world
from text2llm.config.discovery import CONFIG_NAME
from text2llm.report.formats import make_report
from text2llm.storage.places import find_places

if TYPE_CHECKING:
    from text2llm.diff.reading import Reading
    from text2llm.explain.explain import Asker
    from text2llm.explain.explanation import Explanation
    from text2llm.explain.permission import Granted


@click.command()
@click.argument("word", metavar="KEY|REF|AGENT", shell_complete=offer("subjects"))
@format_option("explain", "How to print the answer.")
@json_option
@agent_option
@config_option
@colour_option
def command(word: str, layout: str, agent: str | None, config: str | None, *, as_json: bool) -> None:
    """Tell why a key, a model, an alias, a provider or an agent is what it is.

    Each step has its file:line, "default", or the variable that decided it. A word that can mean several things is
    asked for as key:, agent:, alias:, model: or provider:WORD. No connection is opened, and no secret is shown.
    """
    from text2llm.catalog.bundle import load_bundle
    from text2llm.config.load import load_file
    from text2llm.diff.reading import read_meaning
    from text2llm.explain.explain import explain_subject
    from text2llm.explain.explanation import Kind
    from text2llm.explain.subject import find_subject

    loaded = load_file(locate_config(config)).require()
    reading = read_meaning(loaded, open_world(os.environ).registry, load_bundle())
    subject = find_subject(word, reading, _read_schema())
    asker = _find_asker(subject.name if subject.kind is Kind.AGENT else agent, reading, config)
    _print(explain_subject(subject, asker), "json" if as_json else layout)


def _read_schema() -> dict[str, Any]:
    import json

    from text2llm.config.schema_files import inline_refs, schema_text

    return inline_refs(json.loads(schema_text("config")))


def _find_asker(agent: str | None, reading: Reading, explicit: str | None) -> Asker:
    """The credentials of an agent, ``None`` being the default one; ``explicit`` is the configuration that was named."""
    from text2llm.explain.credential import Purse
    from text2llm.explain.explain import Asker
    from text2llm.explain.store import trace_config, trace_store
    from text2llm.status.gather import gather_snapshot

    settings, now = open_world(os.environ).settings, time.time_ns() // 1_000_000
    snapshot = gather_snapshot(reading.config, agent, reading.registry, settings, os.environ, now)
    purse = Purse(snapshot.credentials(), snapshot.store_path, _read_grants())
    own = show_path(os.path.join(find_places(os.environ).config, CONFIG_NAME))
    chosen = trace_config(explicit, reading.config.document.path, own, os.environ)
    decided = trace_store(snapshot.agent_id, snapshot.agent_dir, snapshot.store_path, os.environ)
    return Asker(reading, purse, chosen, decided)


def _read_grants() -> tuple[Granted, ...]:
    from text2llm.explain.permission import Granted
    from text2llm.plan.settings_edit import read_context

    context = read_context(os.environ, open_world(os.environ).registry)
    settings = (Granted(grant, context.place(index)) for index, grant in enumerate(context.settings.grants))
    return (*settings, *(Granted(grant, None) for grant in context.environment))


def _print(found: Explanation, layout: str) -> None:
    if layout != "text":
        click.echo(make_report("explain", layout, found), nl=False)
        return
    from text2llm.report.explain import explain_text

    click.echo(explain_text(found, output_style()), nl=False, color=True)
