"""``text2llm models refresh``."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import click

from text2llm.cli.options import (
    colour_option,
    config_option,
    json_option,
    offer,
    open_workspace,
    output_style,
    print_json,
)
from text2llm.errors import ExitCode, worst_exit

if TYPE_CHECKING:
    from text2llm.commands.refresh import Renewal


@click.command("refresh")
@click.option(
    "--provider",
    "providers",
    metavar="PROVIDER",
    multiple=True,
    shell_complete=offer("providers"),
    help="Only this provider (repeat for more).",
)
@json_option
@config_option
@colour_option
def command(providers: tuple[str, ...], config: str | None, *, as_json: bool) -> ExitCode:
    """Ask the providers which models they have, and keep what they tell for `models list`.

    Asked are those that are used, configured, stored, or have a key in the environment. A provider that does not
    answer keeps its last listing. Exit code 1: one that --provider names was not renewed, or none was; 4: since its
    credential is not bound to where it would go.
    """
    from text2llm.commands import refresh

    renewals = refresh.run(open_workspace(config, relative=False), refresh.RefreshRequest(providers))
    _print(renewals, as_json=as_json)
    return _judge(renewals, named=bool(providers))


def _print(renewals: tuple[Renewal, ...], *, as_json: bool) -> None:
    from text2llm.report.models_refresh import refresh_json, refresh_text

    if as_json:
        print_json(refresh_json(renewals))
    else:
        click.echo(refresh_text(renewals, output_style()), nl=False)


def _judge(renewals: Iterable[Renewal], *, named: bool) -> ExitCode:
    """A failure counts that somebody would notice: of what they named, or of everything that was asked."""
    from text2llm.commands.refresh import Outcome
    from text2llm.upstream.verdict import Gate

    told = tuple(renewals)
    if not named and any(each.outcome is Outcome.RENEWED for each in told):
        return ExitCode.OK
    failed = [each.verdict for each in told if each.outcome is Outcome.FAILED and each.verdict is not None]
    return worst_exit([ExitCode.REFUSED if each.gate is Gate.REFUSE else ExitCode.FAILURE for each in failed])
