"""Whether two configurations resolve to the same models, and what to tell of those that do not. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

from text2llm.auth.agents import known_agents
from text2llm.auth.reading import Reading
from text2llm.diff.both import Both, pair_entries
from text2llm.diff.change import Change, Level
from text2llm.resolved.build import resolve_agents
from text2llm.resolved.document import ChainEntry, ResolvedModel

#: What each role of each agent resolves to, without the places where it is set.
_Resolved: TypeAlias = Mapping[tuple[str, str], tuple[str, ...]]
#: The changes of which credentials are used, of which the document without credentials says nothing.
_CREDENTIALS = frozenset({"provider-api-key", "provider-header", "auth-order"})


def compare_resolved(
    sides: Both[Reading], changes: Iterable[Change], agents: tuple[str, ...] | None = None
) -> tuple[Change, ...]:
    """``changes``, as far as they concern what the two resolve to for ``agents`` (``None``: all).

    There are none exactly if the resolved documents agree, in all but the places where values are set.

    Raises:
        UsageError: there are too many agents for one document.
    """
    resolved = sides.map(lambda side: _resolve(side, agents))
    differing = [key for key, found in pair_entries(resolved) if found.differ()]
    if not differing:
        used = _list_providers(resolved.new)
        return tuple(each for each in changes if each.kind in _CREDENTIALS and each.subject.split()[-1] in used)
    return tuple(changes) or tuple(_tell(*key) for key in differing)


def _tell(agent: str, role: str) -> Change:
    subject = f"agent {agent}"
    return Change("resolved", Level.CHANGE, subject, f"{subject}: the models of the role {role} resolve differently")


def _resolve(side: Reading, agents: tuple[str, ...] | None) -> _Resolved:
    document, texts = resolve_agents(side, known_agents(side.config) if agents is None else agents, {}), _Texts()
    return {
        (agent, role.name): texts.describe(entries)
        for agent, roles in document.agents.items()
        for role, entries in roles.items()
    }


class _Texts:
    """Each model as one text, made once."""

    def __init__(self) -> None:
        self._texts: dict[int, str] = {}
        self._chains: dict[int, tuple[str, ...]] = {}

    def describe(self, entries: tuple[ChainEntry, ...]) -> tuple[str, ...]:
        if id(entries) not in self._chains:
            self._chains[id(entries)] = tuple(self._describe(entry.model) for entry in entries)
        return self._chains[id(entries)]

    def _describe(self, model: ResolvedModel) -> str:
        if id(model) not in self._texts:
            fields: dict[str, Any] = {name: getattr(model, name) for name in ResolvedModel.__slots__}
            self._texts[id(model)] = json.dumps({**fields, "ref": str(model.ref)}, sort_keys=True, default=str)
        return self._texts[id(model)]


def _list_providers(resolved: _Resolved) -> set[str]:
    texts = {text for chain in resolved.values() for text in chain}
    return {json.loads(text)["ref"].partition("/")[0] for text in texts}
