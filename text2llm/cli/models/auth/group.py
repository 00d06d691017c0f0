"""``text2llm models auth``: the table of its commands."""

from __future__ import annotations

import click

from text2llm.cli.lazy import Lazy, LazyGroup
from text2llm.cli.models.auth.quiet import QuietGroup

_PASTE, _STORED = "text2llm.cli.models.auth.paste", "text2llm.cli.models.auth.stored"
_COMMANDS = {
    "list": Lazy(_STORED, "list_command", "List credentials, and which is used."),
    "add": Lazy("text2llm.cli.models.auth.add", "command", "Choose a provider and a method, step by step."),
    "login": Lazy("text2llm.cli.models.auth.login", "command", "Log in to a provider."),
    "setup-token": Lazy(_PASTE, "setup_token", "Store the long-lived token that a provider's own tool makes."),
    "paste-token": Lazy(_PASTE, "paste_token", "Store a token."),
    "paste-api-key": Lazy(_PASTE, "paste_api_key", "Store an API key."),
    "logout": Lazy(_STORED, "logout_command", "Remove a stored credential."),
    "refresh": Lazy("text2llm.cli.models.auth.refresh", "command", "Renew the access tokens of logins."),
    "order": Lazy(_STORED, "order", "Show and change the order in which stored credentials are tried."),
    "clear-cooldown": Lazy(_STORED, "cooldown_command", "End a credential's cooldown."),
}


class _Group(QuietGroup, LazyGroup):
    """The table, without quoting what may be a secret."""


@click.group(cls=_Group, table=_COMMANDS)
def group() -> None:
    """Show and change an agent's credentials."""
