"""``text2llm models``: the table of its commands; without one it is ``models status``."""

from __future__ import annotations

import click

from text2llm.cli.lazy import Lazy, LazyGroup

_EDIT = "text2llm.cli.models.edit"
_COMMANDS = {
    "status": Lazy("text2llm.cli.models.status", "command", "Show resolved models and their credentials."),
    "list": Lazy("text2llm.cli.models.list", "command", "List models with prices and limits: configured, or all."),
    "refresh": Lazy("text2llm.cli.models.refresh", "command", "Fetch and cache the providers' model lists."),
    "scan": Lazy("text2llm.cli.models.scan", "command", "Find free models that work, and make them the fallbacks."),
    "set": Lazy(_EDIT, "set_command", "Set the default model, or an agent's."),
    "set-image": Lazy(_EDIT, "set_image_command", "Set the image model, or an agent's."),
    "aliases": Lazy(_EDIT, "aliases", "List, add and remove aliases."),
    "fallbacks": Lazy(_EDIT, "fallbacks", "List, add, remove, move and clear fallbacks."),
    "image-fallbacks": Lazy(_EDIT, "image_fallbacks", "List, add, remove, move and clear image fallbacks."),
    "agents": Lazy(_EDIT, "agents", "Add and remove agents."),
    "auth": Lazy("text2llm.cli.models.auth.group", "group", "List, store and order credentials; log in."),
}


_OTHERS = {
    **dict.fromkeys(("use", "switch", "default"), "set"),
    **dict.fromkeys(("show", "get", "info"), "status"),
    **dict.fromkeys(("unset", "clear"), "fallbacks clear"),
    "ls": "list",
    "alias": "aliases",
    "fallback": "fallbacks",
    "agent": "agents",
    "probe": "status --probe",
}


@click.group(cls=LazyGroup, table=_COMMANDS, others=_OTHERS, invoke_without_command=True)
@click.option("--status-json", is_flag=True, help="The same as `models status --json`.")
@click.option("--status-plain", is_flag=True, help="The same as `models status --plain`.")
@click.pass_context
def group(ctx: click.Context, *, status_json: bool, status_plain: bool) -> object:
    """Show and change models, fallbacks, aliases and credentials. Without a command: `status`."""
    if ctx.invoked_subcommand is not None:
        return None
    from text2llm.cli.models.status import command

    return ctx.invoke(command, as_json=status_json, plain=status_plain)
