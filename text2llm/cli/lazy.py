"""Groups that suggest, and that import a subcommand only when it runs: ``status`` loads nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from itertools import chain
from typing import Any, NamedTuple

import click

_NO_WORDS: Mapping[str, str] = {}


class Lazy(NamedTuple):
    """Where a command lives, and what ``--help`` says of it without importing it."""

    module: str
    attribute: str
    summary: str


#: Words that mean the same to users of other tools; a group has at most a few of each line.
_SYNONYMS = (
    frozenset({"remove", "rm", "delete", "del", "drop", "unset", "forget", "logout", "revoke", "deny"}),
    frozenset({"clear", "reset", "empty", "purge"}),
    frozenset({"list", "ls", "show", "get", "print", "status", "view"}),
    frozenset({"add", "new", "create", "append", "insert", "allow", "grant", "put", "set"}),
    frozenset({"login", "signin", "connect", "add"}),
    frozenset({"refresh", "renew", "update"}),
)
_MOST_SUGGESTIONS = 3


class SuggestingGroup(click.Group):
    """A group that answers an unknown command with the one that was meant, or with those that it has.

    ``others`` maps other tools' commands to ours.
    """

    def __init__(self, *args: Any, others: Mapping[str, str] = _NO_WORDS, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.others = others

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that the first argument names; an unknown one gets a suggestion."""
        name = args[0]
        if name not in self.list_commands(ctx) and not name.startswith("-"):
            ctx.fail(f"No such command {name!r}. {self._suggest(name, ctx)}")
        return super().resolve_command(ctx, args)

    def _suggest(self, name: str, ctx: click.Context) -> str:
        known = self.list_commands(ctx)
        found = self._find_meant(name, ctx, known)
        if found:
            return f"Did you mean {' or '.join(map(repr, found))}?"
        return f"Known: {', '.join(known)}."

    def _find_meant(self, name: str, ctx: click.Context, known: list[str]) -> list[str]:
        """The commands that may be meant: of another tool, by its name in a group below, a synonym, or a near one."""
        from text2llm.config.suggest import find_near

        if name in self.others:
            return [self.others[name]]
        below = self.find_below(name, ctx)
        if below:
            return below[:_MOST_SUGGESTIONS]
        word = name if any(name in words for words in _SYNONYMS) else find_near(name, [*known, *chain(*_SYNONYMS)])
        if word in known:
            return [word]
        return [each for words in _SYNONYMS if word in words for each in known if each in words][:1]

    def find_below(self, name: str, ctx: click.Context) -> list[str]:
        """The paths of commands of this name in the groups below, those of the least depth."""
        groups = [(known, self.get_command(ctx, known)) for known in self.list_commands(ctx)]
        nested = [(known, group) for known, group in groups if isinstance(group, SuggestingGroup)]
        found = [f"{known} {name}" for known, group in nested if name in group.list_commands(ctx)]
        return found or [f"{known} {path}" for known, group in nested for path in group.find_below(name, ctx)]


class LazyGroup(SuggestingGroup):
    """A group whose commands are rows of a table."""

    def __init__(self, *args: Any, table: Mapping[str, Lazy], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.table = table

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's interface
        return list(self.table)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        row = self.table.get(cmd_name)
        if row is None:
            return None
        command = getattr(import_module(row.module), row.attribute)
        return command if isinstance(command, click.Command) else None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl([(name, row.summary) for name, row in self.table.items()])
