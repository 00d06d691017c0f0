"""Options that several commands share, and what they mean."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

import click

from text2llm.cli.terminal.notes import say_note, silence_notes
from text2llm.config.scalars import is_duration, parse_duration
from text2llm.errors import UsageError
from text2llm.report.sanitize import json_text
from text2llm.report.style import Style

if TYPE_CHECKING:
    from text2llm.config.roles import Role
    from text2llm.providers.plugin import PluginSet
    from text2llm.providers.registry import Registry
    from text2llm.trust.origin import Origin
    from text2llm.workspace import Workspace

_Command = TypeVar("_Command", bound=Callable[..., Any])
#: The assumed columns of a terminal of unknown width.
DEFAULT_WIDTH = 80
#: The narrowest width that layouts must support; a narrower window wraps.
_NARROWEST = 20
_NO_COLOUR = "text2llm.no-color"


def _refuse_empty(_ctx: click.Context, _parameter: click.Parameter, value: str | None) -> str | None:
    """An option that names a file: an empty value is an unset variable of the caller's, not the absent option."""
    if value == "":
        raise click.BadParameter("it is empty; is a variable not set?")
    return value


def _refuse_stream(context: click.Context, parameter: click.Parameter, value: str | None) -> str | None:
    if value == "-":
        raise click.BadParameter("'-' is not a file, and standard output has the diff; name a file")
    return _refuse_empty(context, parameter, value)


class Number(click.ParamType[float]):
    """A number, whose range is checked with the other options; one of milliseconds may be a duration such as ``8s``."""

    name = "number"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        is_time = param is not None and param.metavar == "MS"
        try:
            return parse_duration(value) if is_time and is_duration(value) else float(value)
        except ValueError:
            wanted = "number of milliseconds or a duration such as 8s" if is_time else "number"
            self.fail(f"{value!r} is not a {wanted}", param, ctx)


NUMBER = Number()


def offer(what: str, **fixed: object) -> Callable[[click.Context, click.Parameter, str], list[Any]]:
    """Shell completion for a parameter: ``files``, or a kind of name that :mod:`text2llm.cli.offers` knows.

    ``fixed`` are values that the command has without an option for them.
    """

    def complete(context: click.Context, _parameter: click.Parameter, begun: str) -> list[Any]:
        from text2llm.cli.offers import find_offers

        named, environment = context.params.get("config"), context.params.get("environment")
        open_it = partial(open_workspace, named, required=False, environment=environment)
        return find_offers(what, begun, open_it, {**fixed, **context.params})

    return complete


def parse_origin_option(_ctx: click.Context, _parameter: click.Parameter, value: str | None) -> Origin | None:
    """The origin that ``--origin`` names; an error does not repeat it: it may be a secret passed by mistake."""
    from text2llm.trust.origin import OriginError, parse_origin

    try:
        return None if value is None else parse_origin(value, plain=True)
    except OriginError as error:
        raise UsageError(f"--origin: {error.message}", hint=error.hint) from error


def reject_unknown(kind: str, name: str, known: Iterable[str]) -> UsageError:
    """The error for a rule or schema that does not exist; ``kind`` is also the command that lists them."""
    from text2llm.config.suggest import find_near

    near = find_near(name, known)
    return UsageError(
        f"there is no {kind} {name!r}", hint=f"did you mean {near!r}?" if near else f"`text2llm {kind}` lists them"
    )


def _parse_role_option(_ctx: click.Context, _parameter: click.Parameter, value: str) -> Role:
    from text2llm.config.roles import parse_role

    return parse_role(value)


def _refuse_colour(context: click.Context, _parameter: click.Parameter, value: bool) -> None:  # noqa: FBT001
    if value:
        context.meta[_NO_COLOUR] = True


_no_color_option = click.option(
    "--no-color", is_flag=True, expose_value=False, callback=_refuse_colour, help="Disable color."
)
quiet_option = click.option(
    "-q",
    "--quiet",
    is_flag=True,
    expose_value=False,
    callback=silence_notes,
    help="No notes, summaries and progress on standard error.",
)
_SHARED: dict[str, Callable[[Any], Any]] = {
    "agent": click.option(
        "--agent", metavar="ID", shell_complete=offer("agents"), help="Use this agent instead of the defaults."
    ),
    # Every command takes both.
    "color": lambda command: _no_color_option(quiet_option(command)),
    "config": click.option(
        "--config",
        metavar="FILE",
        callback=_refuse_empty,
        shell_complete=offer("files"),
        help="Use this configuration file.",
    ),
    "dry-run": click.option("--dry-run", is_flag=True, help="Show the diff, write nothing."),
    "env": click.option(
        "--env",
        "environment",
        metavar="NAME",
        callback=_refuse_empty,
        shell_complete=offer("environments"),
        help="Use the configuration under this environment.",
    ),
    "edit-env": click.option(
        "--env",
        "environment",
        metavar="NAME",
        callback=_refuse_empty,
        shell_complete=offer("environments"),
        help="Change the file of this environment instead, made by its first edit.",
    ),
    "json": click.option("--json", "as_json", is_flag=True, help="Print one JSON document."),
    "out": click.option(
        "--out",
        metavar="PLAN",
        callback=_refuse_stream,
        shell_complete=offer("files"),
        help="Save the plan to a file, change nothing.",
    ),
    "role": click.option(
        "--role",
        metavar="ROLE",
        default="main",
        callback=_parse_role_option,
        shell_complete=offer("roles"),
        help="The models of this role: main (the default), image, or another.",
    ),
    "plain": click.option("--plain", is_flag=True, help="Print one value per line."),
}


def shared_options(*names: str) -> Callable[[_Command], _Command]:
    """Options of the table, in the order in which help lists them."""

    def add(command: _Command) -> _Command:
        for name in reversed(names):
            command = _SHARED[name](command)
        return command

    return add


def open_workspace(
    config: str | None = None,
    *,
    environment: str | None = None,
    ambient: bool = False,
    relative: bool = True,
    required: bool = True,
) -> Workspace:
    """Open the workspace of a command; ``config`` is the value of ``--config``, ``environment`` that of ``--env``.

    With ``ambient``, for what writes nothing, a variable can choose the environment too.
    """
    from text2llm.workspace import Workspace

    return Workspace(
        os.environ,
        config,
        environment=environment,
        ambient=ambient,
        relative=relative,
        required=required,
        on_plugins=_meet_plugins,
        on_wait=_announce_wait,
        on_environment=_announce_environment,
    )


def _announce_environment(name: str) -> None:
    """Say that a variable chose the environment."""
    from text2llm.config.environment import VARIABLE

    say_note(f"environment: {name} ({VARIABLE})")


def _announce_wait() -> None:
    """Say why nothing happens for a while."""
    say_note("waiting for another process that is changing a file in this directory")


def _meet_plugins(found: PluginSet, registry: Registry) -> None:
    from text2llm.cli.terminal.output_guard import find_outlet
    from text2llm.report.plugins import problem_text

    find_outlet().know(registry)
    click.echo("".join(map(problem_text, found.problems)), nl=False, err=True)


def output_style() -> Style:
    """Color on a terminal that is not dumb, or if a variable forces it; never with ``NO_COLOR`` or ``--no-color``."""
    context = click.get_current_context(silent=True)
    refused = os.environ.get("NO_COLOR") or (context is not None and context.meta.get(_NO_COLOUR))
    shown = sys.stdout.isatty() and os.environ.get("TERM") != "dumb"
    return Style(not refused and (shown or forces_color(os.environ)))


def forces_color(environ: Mapping[str, str]) -> bool:
    """Whether a variable asks for color off a terminal, as CI systems do; ``0`` and ``false`` do not."""
    return any(environ.get(name, "").lower() not in ("", "0", "false") for name in ("FORCE_COLOR", "CLICOLOR_FORCE"))


def terminal_width() -> int:
    """The columns of the terminal; 80 when there is none."""
    try:
        columns = os.get_terminal_size(sys.stdout.fileno()).columns
    except (OSError, ValueError):
        return DEFAULT_WIDTH
    return max(columns, _NARROWEST) if columns else DEFAULT_WIDTH


def page_width() -> int | None:
    """The width limit of a table: ``None`` (no limit) unless standard output is a terminal."""
    return terminal_width() if sys.stdout.isatty() else None


def print_json(value: Any) -> None:
    click.echo(json_text(value))


def print_result(document: Callable[[], Any], text: Callable[[], str], *, as_json: bool) -> None:
    """Print a result as a JSON document or as text; only the one that is wanted is made."""
    if as_json:
        print_json(document())
    else:
        print_text(text())


def print_text(text: str, *, color: bool | None = None) -> None:
    """Print a result as text, without words that the edge of a terminal cuts."""
    width = page_width()
    if width is not None:
        from text2llm.report.rows import fit_text

        text = fit_text(text, width)
    click.echo(text, nl=False, color=color)
