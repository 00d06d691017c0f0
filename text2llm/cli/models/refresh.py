"""``text2llm models refresh``."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import click

from text2llm.cli.options import offer, open_workspace, output_style, print_result, shared_options
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
@shared_options("json", "config", "env", "color")
def command(providers: tuple[str, ...], config: str | None, environment: str | None, *, as_json: bool) -> ExitCode:
    """Fetch the providers' model lists, and cache them for `models list`.

    Queried are the providers that are used, configured, stored, or have a key in the environment. One that does not
    respond keeps its last list. Exit code 1: a provider named by --provider was not refreshed, or none was; 4: because
    its credential may not be sent to the endpoint.
    """
    from text2llm.commands import refresh
    from text2llm.report.models_refresh import listing_refresh_json, listing_refresh_text

    workspace = open_workspace(config, environment=environment, ambient=True, relative=False)
    renewals = refresh.run(workspace, refresh.RefreshRequest(providers))
    print_result(
        lambda: listing_refresh_json(renewals), lambda: listing_refresh_text(renewals, output_style()), as_json=as_json
    )
    return _judge(renewals, named=bool(providers))


def _judge(renewals: Iterable[Renewal], *, named: bool) -> ExitCode:
    """The failures of named providers are returned; of others, only if none was refreshed."""
    from text2llm.commands.refresh import Outcome
    from text2llm.upstream.verdict import Gate

    renewals = tuple(renewals)
    if not named and any(each.outcome is Outcome.RENEWED for each in renewals):
        return ExitCode.OK
    failed = [each.verdict for each in renewals if each.outcome is Outcome.FAILED and each.verdict is not None]
    return worst_exit([ExitCode.REFUSED if each.gate is Gate.REFUSE else ExitCode.FAILURE for each in failed])
