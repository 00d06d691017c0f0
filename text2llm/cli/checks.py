"""The checks of a configuration, put together: schema with its cached verdict, rules, and how names resolve."""

from __future__ import annotations

import os

from text2llm.config.load import Loaded, SchemaCheck, load_file
from text2llm.config.model import Config
from text2llm.config.resolve import Resolver, build_resolver
from text2llm.config.verdict import cached_check
from text2llm.diagnostics import Diagnostic
from text2llm.plan.apply import Target
from text2llm.plan.plan import Checks
from text2llm.providers.registry import load_registry
from text2llm.storage.places import find_places


def make_resolver(config: Config) -> Resolver:
    """How a config's names resolve, with the spellings that the provider descriptors know."""
    return build_resolver(config, load_registry().spellings())


def schema_check() -> SchemaCheck:
    """The schema check that every command uses: it remembers which files are valid."""
    return cached_check(find_places(os.environ).cache)


def open_config(path: str) -> Loaded:
    """Load a configuration."""
    return load_file(path, schema_check())


def edit_target(path: str) -> Target:
    """The configuration at ``path`` as the edit pipeline wants it."""
    checks = Checks(schema=schema_check(), rules=_rule_findings, resolver=make_resolver)
    return Target(path, checks, find_places(os.environ).state, _announce_wait)


def _announce_wait() -> None:
    import click

    click.echo("waiting for another text2llm that is changing this file", err=True)


def _rule_findings(config: Config) -> list[Diagnostic]:
    from text2llm.rules.check import check_rules

    return check_rules(config, load_registry())
