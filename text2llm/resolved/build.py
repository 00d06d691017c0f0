"""Build the resolved document. Pure.

What agents share is made once: thousands inherit one chain.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TypeAlias, final

from text2llm.auth.reading import Reading
from text2llm.config.document import Document, step_into
from text2llm.config.nodes import Node, Pointer
from text2llm.config.resolve import Chain, Resolved
from text2llm.config.roles import BUILT_IN, Role
from text2llm.diagnostics import Location
from text2llm.errors import UsageError
from text2llm.resolved.credential import judge_credential
from text2llm.resolved.document import ChainEntry, CredentialState, ResolvedDocument, ResolvedModel, Roles
from text2llm.resolved.facts import FactBook
from text2llm.resolved.model import describe_model
from text2llm.resolved.params import Asked, ParamBook
from text2llm.upstream.access import find_access

#: More are refused: in a small file, 8,000 agents that inherit 1,000 fallbacks have 8 million.
MAX_ENTRIES = 100_000
#: By agent, what decides about its credentials; ``None`` if they are not wanted.
Views: TypeAlias = Mapping[str, Reading] | None


def resolve_agents(
    meaning: Reading, agents: Iterable[str], paths: Mapping[str, str], views: Views = None
) -> ResolvedDocument:
    """The document for ``agents`` (canonical ids) of a configuration without credentials.

    ``paths`` has the path to show for each file; ``views`` each agent's reading with credentials, the same one for
    agents that share them.

    Raises:
        ReferenceFormatError: a model in the config cannot be parsed.
        UsageError: there are more than :data:`MAX_ENTRIES` entries.
    """
    builder, resolved, count = _Builder(meaning, paths), dict[str, Roles](), 0
    for agent in agents:
        roles = builder.build_roles(agent, None if views is None else views[agent])
        count += sum(map(len, roles.values()))
        if count > MAX_ENTRIES:
            raise UsageError(
                f"more than {MAX_ENTRIES:,} entries: each agent has one for each model of its chains",
                hint="choose one agent with --agent",
            )
        resolved[agent] = roles
    return ResolvedDocument(meaning.config.environment_name, resolved)


@final
class _Builder:
    """One configuration's chains; whatever is equal for several agents is kept."""

    def __init__(self, meaning: Reading, paths: Mapping[str, str]) -> None:
        self._meaning, self._paths = meaning, paths
        self._params, self._facts = ParamBook(meaning), FactBook(meaning)
        self._bases: dict[Role, Chain] = {}
        self._chains: dict[tuple[Reading | None, Role, str | None], tuple[ChainEntry, ...]] = {}
        self._nodes: dict[tuple[int, Pointer], Node | None] = {}
        self._entries: dict[object, ChainEntry] = {}
        self._models: dict[object, ResolvedModel] = {}
        self._credentials: dict[object, CredentialState] = {}

    def build_roles(self, agent: str, view: Reading | None) -> Roles:
        config, settings = self._meaning.config, self._meaning.config.agent(agent)
        own = {} if settings is None else settings.choices
        roles = dict.fromkeys((*BUILT_IN, *config.defaults, *own))
        scope = self._params.find_scope(agent)
        return {role: self._build_chain(agent, role, view, scope, own=role in own) for role in roles}

    def _build_chain(
        self, agent: str, role: Role, view: Reading | None, scope: str | None, *, own: bool
    ) -> tuple[ChainEntry, ...]:
        """The chain of a role; ``own``: the agent sets something of it."""
        key = view, role, scope
        if not own and key in self._chains:
            return self._chains[key]
        if role not in self._bases:
            self._bases[role] = self._meaning.resolver.chain(None, role)
        chain = self._meaning.resolver.chain(agent, role, self._bases[role])
        found = tuple(self._list_entries(chain, agent, role, view, scope))
        if not own:
            self._chains[key] = found
        return found

    def _list_entries(
        self, chain: Chain, agent: str, role: Role, view: Reading | None, scope: str | None
    ) -> Iterator[ChainEntry]:
        for member in chain.members():
            key = member.pointer, view, role, scope
            if key not in self._entries:
                self._entries[key] = self._make_entry(member, Asked(agent, role, member.ref), view, scope)
            yield self._entries[key]

    def _make_entry(self, member: Resolved, asked: Asked, view: Reading | None, scope: str | None) -> ChainEntry:
        source, layer = self._locate(member.pointer)
        return ChainEntry(self._find_model(asked, scope), self._find_credential(asked, view), source, layer)

    def _locate(self, pointer: Pointer) -> tuple[Location, str]:
        """The place of a name and its layer: what :meth:`Config.locate` finds, with the steps that names share once."""
        config = self._meaning.config
        document, inner = config.owner(pointer)
        node = self._find_node(document, inner)
        place = document.locate(inner) if node is None else document.place(node.start)
        layer = "base" if document is config.document else "included"
        if config.environment is not None and document is config.environment.document:
            layer = "environment"
        return Location(self._paths.get(place.path, place.path), place.line, place.column), layer

    def _find_node(self, document: Document, pointer: Pointer) -> Node | None:
        if not pointer:
            return document.root
        *above, step = pointer
        key = id(document), tuple(above)
        if key not in self._nodes:
            self._nodes[key] = self._find_node(document, key[1])
        found = step_into(self._nodes[key], step)
        return None if found is None else found[1]

    def _find_model(self, asked: Asked, scope: str | None) -> ResolvedModel:
        key = asked.ref, asked.role, scope
        if key not in self._models:
            known, params = self._facts.find(asked.ref), self._params.find(asked)
            self._models[key] = describe_model(asked.ref, known, params, self._meaning)
        return self._models[key]

    def _find_credential(self, asked: Asked, view: Reading | None) -> CredentialState | None:
        if view is None:
            return None
        key = asked.ref, view
        if key not in self._credentials:
            self._credentials[key] = judge_credential(find_access(asked.ref.provider, view, asked.ref.model))
        return self._credentials[key]
