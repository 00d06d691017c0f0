"""``text2llm models auth``: the table of its commands."""

from __future__ import annotations

import re

import click

from text2llm.cli.lazy import Lazy, LazyGroup, SuggestingGroup
from text2llm.errors import UsageError

_PASTE, _STORED = "text2llm.cli.models.auth.paste", "text2llm.cli.models.auth.stored"
_COMMANDS = {
    "list": Lazy(_STORED, "list_command", "List credentials, and which is used."),
    "add": Lazy("text2llm.cli.models.auth.add", "command", "Choose a provider and a method, step by step."),
    "login": Lazy("text2llm.cli.models.auth.login", "command", "Log in to a provider."),
    "setup-token": Lazy(_PASTE, "setup_token", "Store the long-lived token that a provider's own tool makes."),
    "paste-token": Lazy(_PASTE, "paste_token", "Store a token."),
    "paste-api-key": Lazy(_PASTE, "paste_api_key", "Store an API key."),
    "logout": Lazy(_STORED, "logout_command", "Remove a stored credential."),
    "refresh": Lazy(_STORED, "refresh_command", "Renew the access tokens of logins."),
    "order": Lazy(_STORED, "order", "Show and change the order in which stored credentials are tried."),
    "clear-cooldown": Lazy(_STORED, "cooldown_command", "End a credential's cooldown."),
}


_HINT = "secrets are read from the terminal or from standard input, never from the command line"
#: What can only be a command's name, well or badly written.
_WORD = r"[a-z-]{1,20}"


class QuietCommand(click.Command):
    """A command whose usage errors quote nothing but options that exist."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse; errors do not quote the arguments."""
        given = list(args)
        try:
            return super().parse_args(ctx, args)
        except (click.MissingParameter, click.BadOptionUsage, click.BadParameter):
            raise  # these name options and arguments as the command calls them
        except click.UsageError as error:
            from text2llm.cli.usage import explain_quietly, join_hints

            text, meant = explain_quietly(error, ctx, given)
            raise UsageError(text, hint=join_hints(meant, f"{_HINT}; see `{ctx.command_path} --help`")) from None


class QuietGroup(SuggestingGroup):
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


class _Group(QuietGroup, LazyGroup):
    """The table, without quoting what may be a secret."""


@click.group(cls=_Group, table=_COMMANDS)
def group() -> None:
    """Show and change an agent's credentials."""
