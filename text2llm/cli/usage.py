"""What is wrong with a command line, and what was meant."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import click

from text2llm.config.suggest import find_near

#: Options that no command has, and that users try for a secret or a stored credential.
_TRIED = frozenset({"--key", "--api-key", "--token", "--secret", "--value", "--id", "--name", "--profile", "--yes"})


def explain_option(error: click.NoSuchOption, command: click.Command) -> tuple[str, str | None]:
    """The error for an option that a command does not have, and what was meant; ``None`` for the latter if unknown."""
    near = _find_near_option(error.option_name, command)
    meant = f"did you mean {near}?" if near else _describe_arguments(command)
    return f"No such option {error.option_name!r}", meant


def explain_quietly(error: click.UsageError, context: click.Context, given: Sequence[str]) -> tuple[str, str]:
    """The same for a command that may have been given a secret: only known options are quoted."""
    takes = _describe_arguments(context.command) or "it takes options only"
    if not isinstance(error, click.NoSuchOption):
        return "too many arguments", takes
    name, near = error.option_name, _find_near_option(error.option_name, context.command)
    if near or name in _TRIED or name in _list_sibling_options(context):
        return f"there is no such option: {name}", f"did you mean {near}?" if near else takes
    place = next(position for position, each in enumerate(given, 1) if each.startswith(name))
    return f"there is no such option: word {place} after `{context.command_path}`", takes


def join_hints(first: str | None, then: str) -> str:
    """One hint of two, of which the first may be a question."""
    return then if first is None else f"{first} {then}" if first.endswith("?") else f"{first}; {then}"


def describe_extra(command: click.Command) -> str:
    """What a command takes, for one that was given too much."""
    return _describe_arguments(command) or "it takes options only"


def _find_near_option(name: str, command: click.Command) -> str | None:
    bare = {option.lstrip("-"): option for option in _list_options(command) if option.startswith("--")}
    near = find_near(name.lstrip("-"), bare) if name.startswith("--") else None
    return None if near is None else bare[near]


def _list_options(command: click.Command) -> Iterator[str]:
    for each in command.params:
        if isinstance(each, click.Option) and not each.hidden:
            yield from (*each.opts, *each.secondary_opts)


def _list_sibling_options(context: click.Context) -> set[str]:
    """The options of the commands beside this one."""
    group = context.parent.command if context.parent else None
    if not isinstance(group, click.Group):
        return set()
    commands = (group.get_command(context, name) for name in group.list_commands(context))
    return {option for command in commands if command is not None for option in _list_options(command)}


def _describe_arguments(command: click.Command) -> str | None:
    """The arguments that a command takes, in the order in which they are given."""
    names = [each.make_metavar(click.Context(command)) for each in command.params if isinstance(each, click.Argument)]
    return f"it takes {' '.join(names)} without an option" if names else None
