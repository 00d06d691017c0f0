"""``text2llm resolve``."""

from __future__ import annotations

import sys
from itertools import islice
from typing import TYPE_CHECKING

import click

from text2llm.cli.options import offer, open_workspace, output_style, page_width, shared_options
from text2llm.errors import UsageError

if TYPE_CHECKING:
    from text2llm.resolved.document import ResolvedDocument

#: Parts per write: a document of thousands of agents is never whole in memory.
_AT_ONCE = 20_000


@click.command("resolve")
@click.option("--agent", metavar="ID", shell_complete=offer("agents"), help="Only this agent.")
@click.option("--all", "every", is_flag=True, help="All agents (the default).")
@click.option("--no-credential", is_flag=True, help="Leave out credentials: the same output on every machine.")
@shared_options("plain", "json", "config", "env", "color")
def command(  # noqa: PLR0913 - one parameter per option
    agent: str | None,
    config: str | None,
    environment: str | None,
    *,
    every: bool,
    no_credential: bool,
    plain: bool,
    as_json: bool,
) -> None:
    """Show which models each agent uses: in each role the model, its fallbacks and the credential.

    The JSON document has all that is known of each: how it is requested, with which parameters, its facts, and where
    it is set. No connection is opened, and no secret is shown.
    """
    for name, given, other, both in (("--json", as_json, "--plain", plain), ("--agent", agent, "--all", every)):
        if given and both:
            raise UsageError(f"{name} and {other} cannot be combined", hint="give one of them")
    from text2llm.commands import resolve

    request = resolve.ResolveRequest(agent, credentials=not (no_credential or plain))
    workspace = open_workspace(config, environment=environment, ambient=True, relative=False)
    _print(resolve.run(workspace, request), plain=plain, as_json=as_json)


def _print(document: ResolvedDocument, *, plain: bool, as_json: bool) -> None:
    if as_json:
        from text2llm.cli.terminal.output_guard import find_outlet
        from text2llm.report.resolved.json_document import resolved_json

        outlet, parts = find_outlet(), resolved_json(document)
        while text := outlet.join_parts(islice(parts, _AT_ONCE)):
            sys.stdout.write(text)
        return
    from text2llm.report.resolved.table import resolved_plain, resolved_text

    text = resolved_plain(document) if plain else resolved_text(document, output_style(), page_width())
    click.echo(text, nl=False)
