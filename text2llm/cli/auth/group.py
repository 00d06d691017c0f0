"""``text2llm models auth``: the table of its commands."""

from __future__ import annotations

import click

from text2llm.cli.lazy import Lazy, LazyGroup

_COMMANDS = {
    "order": Lazy("text2llm.cli.auth.order", "order", "The order in which stored credentials are tried."),
}


@click.group(cls=LazyGroup, table=_COMMANDS)
def group() -> None:
    """Credentials of an agent: see and change them."""
