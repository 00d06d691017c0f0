"""The checks of a configuration, put together: schema, rules, and how names resolve."""

from __future__ import annotations

import os
from functools import partial

from text2llm.cli.world import open_registry
from text2llm.config.load import Loaded, load_file
from text2llm.config.model import Config
from text2llm.config.resolve import Resolver, build_resolver
from text2llm.diagnostics import Diagnostic
from text2llm.edit.pipeline import EditedFile
from text2llm.plan.apply import Target
from text2llm.plan.plan import Checks
from text2llm.redaction.forms import Forms
from text2llm.refs import Spellings
from text2llm.storage.places import find_places


def make_resolver(config: Config) -> Resolver:
    """How a config's names resolve, with the spellings that the provider descriptors know, those of plugins too."""
    spellings = open_registry(os.environ).spellings()
    return build_resolver(config, spellings, partial(_find_bundled, config, spellings))


def _find_bundled(config: Config, spellings: Spellings) -> frozenset[str]:
    from text2llm.rules.catalog import find_bundled

    return find_bundled(config, spellings)


def open_config(path: str) -> Loaded:
    """Load a configuration."""
    return load_file(path)


def edit_target(path: str) -> Target:
    """The configuration at ``path`` as the edit pipeline wants it."""
    checks = Checks(_rule_findings, make_resolver, Forms(open_registry(os.environ)))
    return Target(EditedFile(path, find_places(os.environ).state, announce_wait), checks)


def announce_wait() -> None:
    """Explain a wait."""
    import click

    click.echo("waiting for another text2llm that is changing this file", err=True)


def _rule_findings(config: Config) -> list[Diagnostic]:
    from text2llm.rules.check_config import check_config

    return check_config(config, open_registry(os.environ))
