"""``text2llm diff``."""

from __future__ import annotations

from functools import partial

import click

from text2llm.cli.options import offer, open_workspace, output_style, page_width, shared_options
from text2llm.cli.reports import format_option, print_layout
from text2llm.diff.both import Both
from text2llm.diff.change import Level
from text2llm.errors import ExitCode, UsageError


@click.command()
@click.argument("revisions", metavar="[REV [REV2] | REV..REV2]", nargs=-1, shell_complete=offer("revisions"))
@format_option("diff")
@click.option(
    "--between",
    nargs=2,
    metavar="NAME NAME",
    shell_complete=offer("compared"),
    help="Compare two environments of the working tree; base is the configuration alone.",
)
@click.option("--staged", "--cached", is_flag=True, help="Compare with the index: with what would be committed.")
@click.option("--exit-code", "exits", is_flag=True, help="Exit 1 if the meaning has changed.")
@click.option(
    "--fail-on",
    type=click.Choice([level.value for level in Level]),
    help="Exit 1 if a change is at least this dangerous.",
)
@shared_options("json", "agent", "env", "config", "color")
def command(  # noqa: PLR0913 - one parameter an option
    revisions: tuple[str, ...],
    layout: str,
    agent: str | None,
    *,
    environment: str | None,
    config: str | None,
    between: tuple[str, str] | None,
    fail_on: str | None,
    staged: bool,
    exits: bool,
    as_json: bool,
) -> int:
    """Show what a configuration change means, most dangerous first.

    Compares HEAD with the working tree; REV with the working tree; or two revisions. REV...REV2 compares with their
    merge base, as git does; --staged compares REV or HEAD with the index. Configurations in the folders below are
    compared too, if none is named. A change that only some environments have says which. No connection is opened, and
    no repository code is run.
    """
    from text2llm.commands import diff
    from text2llm.report.diff import diff_text

    workspace = open_workspace(config, environment=environment)
    if between is None:
        found = diff.run(workspace, diff.parse_range(revisions, staged=staged), agent)
    else:
        from text2llm.commands.between import compare_environments

        if revisions or staged or environment:
            raise UsageError("--between takes no revision, --staged or --env", hint="it compares the working tree")
        found = compare_environments(workspace, Both(*between), agent)
    text = partial(diff_text, found, output_style(), page_width())
    print_layout("diff", "json" if as_json else layout, found, text)
    fails = (exits and found.changed) or (fail_on is not None and found.reaches(Level(fail_on)))
    return ExitCode.FAILURE if fails else ExitCode.OK
