"""Shell completion of names that are built in or configured."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from text2llm.errors import Text2llmError

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from text2llm.workspace import Workspace


def find_offers(what: str, begun: str, open_workspace: Callable[[], Workspace]) -> list[CompletionItem]:
    """The names of a kind (a key of ``_FINDERS``, or ``files``) that begin as a word does."""
    from click.shell_completion import CompletionItem

    if what == "files":
        return [CompletionItem(begun, type="file")]
    try:
        names = dict.fromkeys(_FINDERS[what](open_workspace()))
    except Text2llmError:  # a broken configuration: cannot warn mid-completion
        return []
    return [CompletionItem(name) for name in names if name.lower().startswith(begun.lower())]


def _find_rules(_workspace: Workspace) -> Iterable[str]:
    from text2llm.rules.explain import list_explanations

    return (each.id for each in list_explanations())


def _find_fixes(_workspace: Workspace) -> Iterable[str]:
    from text2llm.rules.explain import list_explanations

    return (each.id for each in list_explanations() if each.has_fix)


def _find_schemas(_workspace: Workspace) -> Iterable[str]:
    from text2llm.config.schema_files import schema_names

    return schema_names()


def _find_providers(workspace: Workspace) -> Iterable[str]:
    try:
        configured = tuple(workspace.config.providers)
    except Text2llmError:
        configured = ()
    return (*configured, *sorted(workspace.registry.ids()))


def _find_agents(workspace: Workspace) -> Iterable[str]:
    from text2llm.auth.agents import known_agents

    return known_agents(workspace.config)


def _find_environments(workspace: Workspace) -> Iterable[str]:
    from text2llm.config.environment_files import list_environments

    return list_environments(workspace.path)


def _find_roles(workspace: Workspace) -> Iterable[str]:
    from text2llm.config.roles import KNOWN_ROLES

    return (*(role.name for role in workspace.config.roles), *KNOWN_ROLES)


def _find_aliases(workspace: Workspace) -> Iterable[str]:
    return (entry.alias for entry in workspace.config.aliases)


def _find_models(workspace: Workspace) -> Iterable[str]:
    config, resolver = workspace.config, workspace.meaning.resolver
    named = (str(resolver.resolve_name(name).ref) for name in (*config.chain_names(), *config.models))
    own = (f"{custom.id}/{model.id}" for custom in config.providers.values() for model in custom.models)
    return (*_find_aliases(workspace), *named, *own)


def _find_subjects(workspace: Workspace) -> Iterable[str]:
    return (*_find_agents(workspace), *_find_models(workspace), *_find_providers(workspace))


_FINDERS: dict[str, Callable[[Workspace], Iterable[str]]] = {
    "rules": _find_rules,
    "fixes": _find_fixes,
    "schemas": _find_schemas,
    "providers": _find_providers,
    "agents": _find_agents,
    "environments": _find_environments,
    "roles": _find_roles,
    "aliases": _find_aliases,
    "models": _find_models,
    "subjects": _find_subjects,
}
