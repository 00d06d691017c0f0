"""Commands to which a secret may be passed by mistake: no usage error repeats their arguments."""

from __future__ import annotations

import re
from typing import NoReturn

import click

from text2llm.errors import UsageError

_HINT = "secrets are read from the terminal or from standard input, never from the command line"
#: What can only be a command's name, well or badly written.
_WORD = r"[a-z-]{1,20}"


class QuietCommand(click.Command):
    """A command whose usage errors quote nothing."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse; errors do not quote the arguments."""
        try:
            return super().parse_args(ctx, args)
        except click.UsageError as error:
            _reject(error, ctx)


class QuietGroup(click.Group):
    """A group that quotes an unknown command only where it looks like one."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError:
            if re.fullmatch(_WORD, args[0]):
                raise
            raise UsageError("there is no such command", hint=f"{_HINT}; see `{ctx.command_path} --help`") from None


def _reject(error: click.UsageError, ctx: click.Context) -> NoReturn:
    match error:
        case click.MissingParameter() | click.BadOptionUsage() | click.BadParameter():
            raise error  # these name options and arguments as the command calls them
        case click.NoSuchOption():
            text = "there is no such option"
        case _:
            text = "too many arguments"
    raise UsageError(text, hint=f"{_HINT}; see `{ctx.command_path} --help`") from None
