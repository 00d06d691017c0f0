"""``text2llm explain``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from text2llm.cli.options import (
    agent_option,
    colour_option,
    config_option,
    json_option,
    offer,
    open_workspace,
    output_style,
)
from text2llm.cli.reports import format_option
from text2llm.report.formats import make_report

if TYPE_CHECKING:
    from text2llm.explain.explanation import Explanation


@click.command()
@click.argument("word", metavar="KEY|REF|AGENT", shell_complete=offer("subjects"))
@format_option("explain")
@json_option
@agent_option
@config_option
@colour_option
def command(word: str, layout: str, agent: str | None, config: str | None, *, as_json: bool) -> None:
    """Explain where a key, a model, an alias, a provider or an agent comes from.

    Each step has its file:line, "default", or the variable that decided it. Prefix an ambiguous word with its kind:
    key:, agent:, alias:, model: or provider:WORD. No connection is opened, and no secret is shown.
    """
    from text2llm.commands import explain

    _print(explain.run(open_workspace(config), word, agent), "json" if as_json else layout)


def _print(found: Explanation, layout: str) -> None:
    if layout != "text":
        click.echo(make_report("explain", layout, found), nl=False)
        return
    from text2llm.report.explain import explain_text

    click.echo(explain_text(found, output_style()), nl=False, color=True)
