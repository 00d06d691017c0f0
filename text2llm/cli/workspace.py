"""The workspace of a command: that of its environment, which tells people what is wrong with their plugins."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import click

from text2llm.workspace import Workspace

if TYPE_CHECKING:
    from text2llm.providers.plugin import PluginSet
    from text2llm.providers.registry import Registry


def open_workspace(config: str | None = None, *, relative: bool = True, required: bool = True) -> Workspace:
    """What a command works on; ``config`` is what ``--config`` names."""
    return Workspace(
        os.environ,
        config,
        relative=relative,
        required=required,
        on_plugins=_meet_plugins,
        on_wait=_announce_wait,
    )


def _announce_wait() -> None:
    """Explain a wait."""
    click.echo("waiting for another text2llm that is changing this file", err=True)


def _meet_plugins(found: PluginSet, registry: Registry) -> None:
    from text2llm.cli.output_guard import find_outlet
    from text2llm.report.plugins import problem_text

    find_outlet().know(registry)
    click.echo("".join(map(problem_text, found.problems)), nl=False, err=True)
