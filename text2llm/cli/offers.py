"""What the shell offers where a word is asked for: names that are built in, or in the configuration that is found."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

import click

from text2llm.errors import Text2llmError

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from text2llm.config.model import Config


def find_offers(what: str, context: click.Context, begun: str) -> list[CompletionItem]:
    """The names of a kind (a key of ``_FINDERS``, or ``files``) that begin as a word does."""
    from click.shell_completion import CompletionItem

    if what == "files":
        return [CompletionItem(begun, type="file")]
    try:
        names = dict.fromkeys(_FINDERS[what](context))
    except Text2llmError:  # a broken configuration: cannot warn mid-completion
        return []
    return [CompletionItem(name) for name in names if name.lower().startswith(begun.lower())]


def _open(context: click.Context) -> Config:
    from text2llm.cli.options import locate_config
    from text2llm.config.load import load_file

    return load_file(locate_config(context.params.get("config"))).require()


def _find_rules(_context: click.Context) -> Iterable[str]:
    from text2llm.rules.explain import list_explanations

    return (each.id for each in list_explanations())


def _find_schemas(_context: click.Context) -> Iterable[str]:
    from text2llm.config.schema_files import schema_names

    return schema_names()


def _find_providers(context: click.Context) -> Iterable[str]:
    from text2llm.cli.world import open_registry

    try:
        configured = tuple(_open(context).providers)
    except Text2llmError:
        configured = ()
    return (*configured, *sorted(open_registry(os.environ).ids()))


def _find_agents(context: click.Context) -> Iterable[str]:
    from text2llm.auth.agents import known_agents

    return known_agents(_open(context))


def _find_aliases(context: click.Context) -> Iterable[str]:
    return (entry.alias for entry in _open(context).aliases)


def _find_models(context: click.Context) -> Iterable[str]:
    from text2llm.cli.checks import make_resolver

    config = _open(context)
    resolver = make_resolver(config)
    named = (str(resolver.resolve_name(name).ref) for name in (*config.chain_names(), *config.models))
    own = (f"{custom.id}/{model.id}" for custom in config.providers.values() for model in custom.models)
    return (*_find_aliases(context), *named, *own)


def _find_subjects(context: click.Context) -> Iterable[str]:
    return (*_find_agents(context), *_find_models(context), *_find_providers(context))


_FINDERS: dict[str, Callable[[click.Context], Iterable[str]]] = {
    "rules": _find_rules,
    "schemas": _find_schemas,
    "providers": _find_providers,
    "agents": _find_agents,
    "aliases": _find_aliases,
    "models": _find_models,
    "subjects": _find_subjects,
}
