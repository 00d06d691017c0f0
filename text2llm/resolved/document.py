"""The resolved document, before it is JSON or a table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from text2llm.auth.health import HealthStatus
from text2llm.auth.sources import SourceKind
from text2llm.catalog.facts import ModelFacts
from text2llm.config.roles import Role
from text2llm.diagnostics import Location
from text2llm.params.translate import EffectiveParams
from text2llm.refs import ModelRef


@dataclass(frozen=True, slots=True, eq=False)
class ResolvedModel:
    """A model, and how it is requested: the same for every agent with the same parameters.

    ``wire`` is the id that the API is asked for.
    ``api`` and ``base_url`` are ``None`` if the provider is unknown, or its address cannot be used; a part of the
    address that each user's environment fills in is a placeholder. ``headers`` are the configured ones: a value is a
    reference as written, ``None`` for a literal. ``params`` are without the credentials of the files. ``origin`` names
    the source of the facts, ``None`` without any.
    """

    ref: ModelRef
    wire: str
    api: str | None
    base_url: str | None
    headers: Mapping[str, str | None]
    params: EffectiveParams
    facts: ModelFacts
    origin: str | None


@dataclass(frozen=True, slots=True, eq=False)
class CredentialState:
    """The credential that requests use on this machine.

    ``trouble`` says in a word or two why none may be sent, ``why`` in a sentence; both are ``None`` if one may.
    """

    kind: SourceKind
    label: str
    health: HealthStatus
    trouble: str | None = None
    why: str | None = None

    @property
    def may_go(self) -> bool:
        return self.trouble is None


@dataclass(frozen=True, slots=True, eq=False)
class ChainEntry:
    """One model of a chain. ``source`` is where it is set, with a path from the repository's root.

    ``layer`` is ``base`` for the root file, ``included`` for an agent file, or ``environment``. ``credential`` is
    ``None`` if it is not wanted.
    """

    model: ResolvedModel
    credential: CredentialState | None
    source: Location
    layer: str


#: By role, in order, the models of its chain.
Roles: TypeAlias = Mapping[Role, tuple[ChainEntry, ...]]


@dataclass(frozen=True, slots=True, eq=False)
class ResolvedDocument:
    """The agents by canonical id, the default one first; equal chains of several agents are the same tuple.

    Every agent has the roles main and image; their chains can be empty.
    """

    environment: str | None
    agents: Mapping[str, Roles]
