"""Shell completion of names that are built in or configured."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from text2llm.errors import Text2llmError

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from text2llm.workspace import Workspace


#: Values of the command line so far, by the names of its parameters.
_Given = Mapping[str, Any]


def find_offers(what: str, begun: str, open_workspace: Callable[[], Workspace], given: _Given) -> list[CompletionItem]:
    """The names of a kind (a key of ``_FINDERS``, or ``files``) that begin as a word does."""
    from click.shell_completion import CompletionItem

    if what == "files":
        return [CompletionItem(begun, type="file")]
    try:
        names = dict.fromkeys(_FINDERS[what](open_workspace(), given))
    except Text2llmError:  # a broken configuration: cannot warn mid-completion
        return []
    kept = begun[: begun.rfind("..") + 2] if what == "revisions" and ".." in begun else ""
    rest = begun[len(kept) :].lower()
    return [CompletionItem(kept + name) for name in names if name.lower().startswith(rest)]


def _find_rules(_workspace: Workspace, _given: _Given) -> Iterable[str]:
    from text2llm.rules.explain import list_explanations

    return (each.id for each in list_explanations())


def _find_fixes(_workspace: Workspace, _given: _Given) -> Iterable[str]:
    from text2llm.rules.explain import list_explanations

    return (each.id for each in list_explanations() if each.has_fix)


def _find_schemas(_workspace: Workspace, _given: _Given) -> Iterable[str]:
    from text2llm.config.schema_files import schema_names

    return schema_names()


def _find_providers(workspace: Workspace, _given: _Given) -> Iterable[str]:
    try:
        configured = tuple(workspace.config.providers)
    except Text2llmError:
        configured = ()
    return (*configured, *sorted(workspace.registry.ids()))


def _find_agents(workspace: Workspace, _given: _Given) -> Iterable[str]:
    from text2llm.auth.agents import known_agents

    return known_agents(workspace.config)


def _find_environments(workspace: Workspace, _given: _Given) -> Iterable[str]:
    from text2llm.config.environment_files import list_environments

    return list_environments(workspace.path)


def _find_compared(workspace: Workspace, given: _Given) -> Iterable[str]:
    from text2llm.config.environment import BASE

    return (BASE, *_find_environments(workspace, given))


def _find_roles(workspace: Workspace, _given: _Given) -> Iterable[str]:
    from text2llm.config.roles import KNOWN_ROLES

    return (*(role.name for role in workspace.config.roles), *KNOWN_ROLES)


def _find_aliases(workspace: Workspace, _given: _Given) -> Iterable[str]:
    return (entry.alias for entry in workspace.config.aliases)


def _find_models(workspace: Workspace, given: _Given) -> Iterable[str]:
    config, resolver = workspace.config, workspace.meaning.resolver
    named = (str(resolver.resolve_name(name).ref) for name in (*config.chain_names(), *config.models))
    own = (f"{custom.id}/{model.id}" for custom in config.providers.values() for model in custom.models)
    return (*_find_aliases(workspace, given), *named, *own)


def _find_subjects(workspace: Workspace, given: _Given) -> Iterable[str]:
    return (*_find_agents(workspace, given), *_find_models(workspace, given), *_find_providers(workspace, given))


def _find_fallbacks(workspace: Workspace, given: _Given) -> Iterable[str]:
    """The fallbacks of the agent and the role that are named, as they are written."""
    from text2llm.config.roles import MAIN

    chain = workspace.meaning.resolver.chain(workspace.find_agent(given.get("agent")), given.get("role") or MAIN)
    return (member.text.strip() for member in chain.fallbacks)


def _find_profiles(workspace: Workspace, given: _Given) -> Iterable[str]:
    """The stored credentials of the agent that is named, or of one provider."""
    view = workspace.read(workspace.find_agent(given.get("agent")))
    provider = given.get("provider")
    return view.store.profiles if provider is None else view.book.stored(workspace.find_provider(provider))


def _find_revisions(workspace: Workspace, _given: _Given) -> Iterable[str]:
    from text2llm.git.repository import Repository

    return ("HEAD", *Repository(os.getcwd(), workspace.environ).list_refs())


_FINDERS: dict[str, Callable[[Workspace, _Given], Iterable[str]]] = {
    "rules": _find_rules,
    "fixes": _find_fixes,
    "schemas": _find_schemas,
    "providers": _find_providers,
    "agents": _find_agents,
    "environments": _find_environments,
    "compared": _find_compared,
    "roles": _find_roles,
    "aliases": _find_aliases,
    "models": _find_models,
    "subjects": _find_subjects,
    "fallbacks": _find_fallbacks,
    "profiles": _find_profiles,
    "revisions": _find_revisions,
}
