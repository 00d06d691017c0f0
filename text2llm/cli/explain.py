"""``text2llm explain``."""

from __future__ import annotations

from functools import partial

import click

from text2llm.cli.options import offer, open_workspace, output_style, shared_options
from text2llm.cli.reports import format_option, print_layout


@click.command()
@click.argument("word", metavar="KEY|REF|AGENT", shell_complete=offer("subjects"))
@format_option("explain")
@shared_options("json", "agent", "config", "env", "color")
def command(  # noqa: PLR0913 - one parameter an option
    word: str, layout: str, agent: str | None, config: str | None, environment: str | None, *, as_json: bool
) -> None:
    """Explain where a key, a model, an alias, a provider or an agent comes from.

    Each step has its file:line, "default", or the variable that decided it. Prefix an ambiguous word with its kind:
    key:, agent:, alias:, model: or provider:WORD. No connection is opened, and no secret is shown.
    """
    from text2llm.commands import explain
    from text2llm.report.explain import explain_text

    found = explain.run(open_workspace(config, environment=environment, ambient=True), word, agent)
    print_layout("explain", "json" if as_json else layout, found, partial(explain_text, found, output_style()))
