"""Groups that import a subcommand only when it runs, so that ``--help`` and ``status`` load nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any, NamedTuple

import click

_NO_WORDS: Mapping[str, str] = {}


class Lazy(NamedTuple):
    """Where a command lives, and what ``--help`` says of it without importing it."""

    module: str
    attribute: str
    summary: str


class LazyGroup(click.Group):
    """A group whose commands are rows of a table; ``others`` maps other tools' commands to ours."""

    def __init__(
        self, *args: Any, table: Mapping[str, Lazy], others: Mapping[str, str] = _NO_WORDS, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.table, self.others = table, others

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's interface
        return list(self.table)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        row = self.table.get(cmd_name)
        if row is None:
            return None
        command = getattr(import_module(row.module), row.attribute)
        return command if isinstance(command, click.Command) else None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that the first argument names; a near miss gets a suggestion."""
        name = args[0]
        if name not in self.table and not name.startswith("-"):
            ctx.fail(f"No such command {name!r}.{self._suggest(name, ctx)}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl([(name, row.summary) for name, row in self.table.items()])

    def _suggest(self, name: str, ctx: click.Context) -> str:
        """The command that was meant: one of a group's by its bare name, or one that is spelled nearly so."""
        from text2llm.config.suggest import find_near

        groups = ((known, self.get_command(ctx, known)) for known in self.table)
        below = [f"{known} {name}" for known, group in groups if isinstance(group, LazyGroup) and name in group.table]
        near = self.others.get(name) or next(iter(below), None) or find_near(name, self.table)
        return f" Did you mean {near!r}?" if near else ""
