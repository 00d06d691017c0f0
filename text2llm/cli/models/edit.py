"""The commands that change the configuration: all through the one pipeline, each with its diff."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

import click

from text2llm.auth.agents import require_agent
from text2llm.auth.reading import Reading
from text2llm.cli import change
from text2llm.cli.lazy import SuggestingGroup
from text2llm.cli.options import offer, open_workspace, print_json, print_result, shared_options
from text2llm.config.resolve import Resolved
from text2llm.config.roles import IMAGE, MAIN, Role
from text2llm.errors import UsageError
from text2llm.plan import agents as members
from text2llm.plan import edits
from text2llm.plan import fallbacks as chains
from text2llm.plan.edits import Edit

_Command = TypeVar("_Command", bound=Callable[..., Any])
edit_options = shared_options("edit-env", "config", "color", "json", "out", "dry-run")
_strict_option = click.option(
    "--strict", is_flag=True, help="Refuse an edit that adds a warning, such as an unknown name."
)
_force_option = click.option("--force", is_flag=True, help="Accept a model known to be wrong.")


def _perform(  # noqa: PLR0913 - one parameter for each option of `edit_options`
    edit: Edit,
    *,
    config: str | None,
    environment: str | None,
    dry_run: bool,
    out: str | None,
    as_json: bool,
    strict: bool = False,
) -> None:
    """Make an edit of the configuration as the options ask for it."""
    if dry_run and out:
        raise UsageError("--dry-run and --out cannot be combined", hint="--out alone changes nothing either")
    workspace = open_workspace(config, environment=environment)
    change.apply_edit(edit, workspace, strict=strict, write=not (dry_run or out), out=out, as_json=as_json)


# -- models set, set-image --------------------------------------------------------------------------------------------


def _role_option(fixed: Role) -> Callable[[_Command], _Command]:
    """``--role``, for a command whose name does not say the role."""
    return shared_options("role") if fixed == MAIN else shared_options()


def _set_command(fixed: Role, what: str) -> click.Command:
    @click.command(fixed.words.command, help=f"Set the {what} (or an agent's) to REF: provider/model or an alias.")
    @click.argument("ref", shell_complete=offer("models"))
    @shared_options("agent")
    @_role_option(fixed)
    @_force_option
    @_strict_option
    @edit_options
    def command(ref: str, agent: str | None, *, force: bool, role: Role = fixed, **options: Any) -> None:
        _perform(_for_agent(edits.set_primary, agent, name=ref, role=role, force=force), **options)

    return command


def _for_agent(edit: Callable[..., edits.EditOutcome], agent: str | None, **arguments: Any) -> Edit:
    """An edit bound to its arguments, for an agent that exists (``None``: the defaults)."""

    def bound(reading: Reading) -> edits.EditOutcome:
        return edit(reading, agent=None if agent is None else require_agent(agent, reading.config), **arguments)

    return bound


set_command = _set_command(MAIN, "default model")
set_image_command = _set_command(IMAGE, "image model")


# -- models fallbacks, image-fallbacks --------------------------------------------------------------------------------


def _fallback_group(fixed: Role) -> click.Group:
    what = fixed.words.fallback
    group = SuggestingGroup(fixed.words.group, help=f"Show and change the {what}s, which are tried in order.")

    @group.command("list", help=f"Show the {what}s.")
    @shared_options("agent")
    @_role_option(fixed)
    @shared_options("env", "plain", "json", "config", "color")
    def list_command(  # noqa: PLR0913 - one parameter an option
        agent: str | None,
        environment: str | None,
        *,
        plain: bool,
        as_json: bool,
        config: str | None,
        role: Role = fixed,
    ) -> None:
        workspace = open_workspace(config, environment=environment, ambient=True)
        chain = workspace.meaning.resolver.chain(workspace.find_agent(agent), role)
        _print_list([str(fallback.ref) for fallback in chain.fallbacks], "fallbacks", plain=plain, as_json=as_json)

    @group.command("add", help="Append each REF in order, unless the chain has it already.")
    @click.argument("refs", metavar="REF...", nargs=-1, required=True, shell_complete=offer("models"))
    @shared_options("agent")
    @_role_option(fixed)
    @_force_option
    @_strict_option
    @edit_options
    def add_command(
        refs: tuple[str, ...], agent: str | None, *, force: bool, role: Role = fixed, **options: Any
    ) -> None:
        _perform(_for_agent(chains.add_fallbacks, agent, names=refs, role=role, force=force), **options)

    @group.command("remove", help="Remove each REF, however it is spelled.")
    @click.argument("refs", metavar="REF...", nargs=-1, required=True, shell_complete=offer("fallbacks", role=fixed))
    @shared_options("agent")
    @_role_option(fixed)
    @edit_options
    def remove_command(refs: tuple[str, ...], agent: str | None, role: Role = fixed, **options: Any) -> None:
        _perform(_for_agent(chains.remove_fallbacks, agent, names=refs, role=role), **options)

    @group.command("move", help="Move REF to a POSITION, counted from 1 as in `list`.")
    @click.argument("ref", shell_complete=offer("fallbacks", role=fixed))
    @click.argument("position", type=int)
    @shared_options("agent")
    @_role_option(fixed)
    @edit_options
    def move_command(ref: str, position: int, agent: str | None, role: Role = fixed, **options: Any) -> None:
        _perform(_for_agent(chains.move_fallback, agent, name=ref, position=position, role=role), **options)

    @group.command("clear", help=f"Remove every {what}.")
    @shared_options("agent")
    @_role_option(fixed)
    @edit_options
    def clear_command(agent: str | None, role: Role = fixed, **options: Any) -> None:
        _perform(_for_agent(chains.clear_fallbacks, agent, role=role), **options)

    return group


def _print_list(values: list[str], key: str, *, plain: bool, as_json: bool) -> None:
    if as_json:
        print_json({key: values})
    elif plain:
        click.echo("".join(f"{value}\n" for value in values), nl=False)
    else:
        click.echo("".join(f"{index}. {value}\n" for index, value in enumerate(values, 1)) or f"no {key}\n", nl=False)


fallbacks = _fallback_group(MAIN)
image_fallbacks = _fallback_group(IMAGE)


# -- models aliases ---------------------------------------------------------------------------------------------------


@click.group(cls=SuggestingGroup)
def aliases() -> None:
    """Show and change aliases: short names for models."""


@aliases.command("list")
@shared_options("env", "plain", "json", "config", "color")
def list_aliases(environment: str | None, *, plain: bool, as_json: bool, config: str | None) -> None:
    """Show the aliases and the models they point to."""
    workspace = open_workspace(config, environment=environment, ambient=True)
    found = {entry.alias: workspace.meaning.resolver.resolve_name(entry.model) for entry in workspace.config.aliases}
    print_result(
        lambda: {"aliases": {alias: str(resolved.ref) for alias, resolved in found.items()}},
        lambda: _alias_lines(found, plain=plain),
        as_json=as_json,
    )


def _alias_lines(found: dict[str, Resolved], *, plain: bool) -> str:
    width = 0 if plain else max(map(len, found), default=0)
    lines = [f"{alias:<{width}} {'' if plain else '→ '}{resolved.ref}\n" for alias, resolved in found.items()]
    return "".join(lines) or ("" if plain else "no aliases\n")


@aliases.command("add")
@click.argument("alias")
@click.argument("ref", shell_complete=offer("models"))
@click.option(
    "--force",
    is_flag=True,
    help="Repoint an alias that points to another model; accept a model that is known to be wrong.",
)
@_strict_option
@edit_options
def add_alias_command(alias: str, ref: str, *, force: bool, **options: Any) -> None:
    """Point ALIAS to REF."""
    _perform(partial(edits.add_alias, alias=alias, name=ref, force=force), **options)


@aliases.command("remove")
@click.argument("alias", shell_complete=offer("aliases"))
@edit_options
def remove_alias_command(alias: str, **options: Any) -> None:
    """Remove ALIAS; refused while something uses it."""
    _perform(partial(edits.remove_alias, alias=alias), **options)


# -- models agents ----------------------------------------------------------------------------------------------------


@click.group("agents", cls=SuggestingGroup)
def agents() -> None:
    """Add and remove agents; `models status` lists them."""


@agents.command("add")
@click.argument("agent", metavar="ID")
@click.option("--model", metavar="REF", shell_complete=offer("models"), help="Its own model, instead of the default.")
@_force_option
@_strict_option
@edit_options
def add_agent_command(agent: str, model: str | None, *, force: bool, **options: Any) -> None:
    """Add the agent ID."""
    _perform(partial(members.add_agent, agent=agent, name=model, force=force), **options)


@agents.command("remove")
@click.argument("agent", metavar="ID", shell_complete=offer("agents"))
@edit_options
def remove_agent_command(agent: str, **options: Any) -> None:
    """Remove the agent ID and its settings, unless it is the default one. Its credentials stay."""
    _perform(partial(members.remove_agent, agent=agent), **options)
