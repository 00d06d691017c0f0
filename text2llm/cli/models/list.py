"""``text2llm models list``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from text2llm.cli.options import offer, open_workspace, output_style, page_width, shared_options
from text2llm.errors import UsageError

if TYPE_CHECKING:
    from text2llm.status.model_list import ModelList


@click.command("list")
@click.option("--all", "every", is_flag=True, help="Every catalog model, not only configured ones.")
@click.option("--local", is_flag=True, help="Only models served on this machine, or on one whose name ends in .local.")
@click.option(
    "--provider",
    metavar="PROVIDER",
    shell_complete=offer("providers"),
    help="Only models of this provider, in any spelling.",
)
@shared_options("plain", "json", "agent", "config", "env", "color")
def command(  # noqa: PLR0913 - one parameter an option
    provider: str | None,
    agent: str | None,
    config: str | None,
    environment: str | None,
    *,
    every: bool,
    local: bool,
    plain: bool,
    as_json: bool,
) -> None:
    """Show models with context window, price, retirement date and whether there is a credential."""
    if as_json and plain:
        raise UsageError("--json and --plain cannot be combined", hint="give one of them")
    from text2llm.commands import list as use_case

    workspace = open_workspace(config, environment=environment, ambient=True, relative=False, required=not every)
    _print_list(use_case.run(workspace, use_case.ListRequest(every, local, provider, agent)), plain, as_json)


def _print_list(found: ModelList, plain: bool, as_json: bool) -> None:  # noqa: FBT001 - three layouts
    from text2llm.report import model_list

    if as_json:
        click.echo(model_list.model_list_json(found))
    elif plain:
        click.echo(model_list.model_list_plain(found), nl=False)
    else:
        click.echo(model_list.model_list_text(found, output_style(), page_width()), nl=False)
