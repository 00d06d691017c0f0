"""Names to references: aliases, spellings, bare ids; the effective chain of an agent; and ``modelPolicy``."""

from collections.abc import Callable, Collection, Iterable, Mapping
from enum import Enum
from typing import NamedTuple

from text2llm.config.model import Config, ModelChoice, Name
from text2llm.config.nodes import Pointer
from text2llm.config.roles import Role
from text2llm.errors import ReferenceFormatError
from text2llm.refs import ModelRef, Spellings, parse_ref


class Via(Enum):
    REFERENCE = "reference"
    ALIAS = "alias"
    KNOWN_ID = "known-id"
    BARE = "bare"


class Resolved(NamedTuple):
    """A name and its model. ``pointer`` is the name's place; empty for a name from a command line."""

    text: str
    ref: ModelRef
    via: Via
    pointer: Pointer = ()


class Chain(NamedTuple):
    """The models of an agent's role, in order. The sources are ``agent``, ``defaults`` or ``None``."""

    primary: Resolved | None
    fallbacks: tuple[Resolved, ...]
    primary_source: str | None
    fallbacks_source: str | None

    def members(self) -> tuple[Resolved, ...]:
        return (() if self.primary is None else (self.primary,)) + self.fallbacks


class Resolver(NamedTuple):
    """Turns names into references under one config's aliases and default provider.

    ``known_ids`` are the default provider's models that the config names; ``catalogued`` gives those of a catalog, for
    a name that is neither an alias nor one of these.
    """

    config: Config
    spellings: Spellings
    aliases: Mapping[str, ModelRef]
    known_ids: frozenset[str]
    catalogued: Callable[[], Collection[str]] = tuple

    def resolve(self, name: str, pointer: Pointer = ()) -> Resolved:
        """Resolve a name.

        Raises:
            ReferenceFormatError: it is neither an alias, nor a bare id, nor ``provider/model``.
        """
        text = name.strip()
        if "/" in text or not text:
            return Resolved(name, parse_ref(name, self.spellings), Via.REFERENCE, pointer)
        aliased = self.aliases.get(text.casefold())
        if aliased is not None:
            return Resolved(name, aliased, Via.ALIAS, pointer)
        try:
            ref = parse_ref(f"{self.config.default_provider}/{text}", self.spellings)
        except ReferenceFormatError as error:
            raise self._reject(text, pointer) from error
        known = ref.model in self.known_ids or ref.model in self.catalogued()
        return Resolved(name, ref, Via.KNOWN_ID if known else Via.BARE, pointer)

    def _reject(self, text: str, pointer: Pointer) -> ReferenceFormatError:
        """The error for a name that only an alias could have: no model's id has spaces or letters beyond ASCII."""
        place = self.config.locate(pointer) if pointer else None
        hint = "write provider/model in plain ASCII, or an alias under agents.defaults.models"
        return ReferenceFormatError(f"{text!r} is not an alias", hint=hint, location=place)

    def resolve_name(self, name: Name) -> Resolved:
        return self.resolve(name.text, name.pointer)

    def chain(self, agent_id: str | None, role: Role, defaults: Chain | None = None) -> Chain:
        """The chain of an agent (``None``: of the defaults); what the agent does not set comes from the defaults.

        ``defaults`` is their chain, if it is known already: then inherited fallbacks are those of that chain.
        """
        base = self.config.defaults.get(role, ModelChoice())
        agent = self.config.agent(agent_id) if agent_id is not None else None
        own = agent.choices.get(role, ModelChoice()) if agent else ModelChoice()
        primary = base.primary if own.primary is None else own.primary
        if own.fallbacks is None and defaults is not None:
            fallbacks = defaults.fallbacks
        else:
            names = base.fallbacks if own.fallbacks is None else own.fallbacks
            fallbacks = tuple(map(self.resolve_name, names or ()))
        return Chain(
            primary=None if primary is None else self.resolve_name(primary),
            fallbacks=fallbacks,
            primary_source=_source(own.primary, base.primary),
            fallbacks_source=_source(own.fallbacks, base.fallbacks),
        )


def _source(own: object, base: object) -> str | None:
    if own is not None:
        return "agent"
    return None if base is None else "defaults"


def build_resolver(config: Config, spellings: Spellings, catalogued: Callable[[], Collection[str]] = tuple) -> Resolver:
    """A resolver for a config. Of two equal aliases (which is a finding) the first takes precedence."""
    default = config.default_provider
    aliases: dict[str, ModelRef] = {}
    for entry in config.aliases:
        model = entry.model.text
        ref = parse_ref(model, spellings) if "/" in model else spellings.ref(default, model)
        aliases.setdefault(entry.alias.casefold(), ref)
    known = {model.id for custom in config.providers.values() if custom.id == default for model in custom.models}
    # Names in chains are not included: a typo stored there would become a known name.
    written = [name.text for name in config.models if "/" in name.text]
    known |= {ref.model for ref in (parse_ref(text, spellings) for text in written) if ref.provider == default}
    return Resolver(config, spellings, aliases, frozenset(known), catalogued)


def resolve_written(resolver: Resolver, used: Iterable[Resolved]) -> list[Resolved]:
    """Every model name in the config that is not an alias: the places where a wrong one can be fixed.

    ``used`` are the names of the chains.
    """
    return [
        *(each for each in used if each.via is not Via.ALIAS),
        *(_resolve_key(name, resolver) for name in (*resolver.config.models, *resolver.config.agent_models)),
    ]


def _resolve_key(name: Name, resolver: Resolver) -> Resolved:
    if "/" in name.text:
        return resolver.resolve_name(name)
    ref = resolver.resolve(f"{resolver.config.default_provider}/{name.text.strip()}").ref
    return Resolved(name.text, ref, Via.BARE, name.pointer)


def is_allowed(ref: ModelRef, config: Config, spellings: Spellings) -> bool:
    """Whether ``modelPolicy`` allows a model; without a policy every model is allowed."""
    return read_policy(config, spellings)(ref)


def read_policy(config: Config, spellings: Spellings) -> Callable[[ModelRef], bool]:
    """The function that says whether ``modelPolicy`` allows a model: a look-up, however long the policy is."""
    if config.policy is None:
        return lambda _ref: True
    exact, beginnings = set[ModelRef](), dict[str, set[str]]()
    for entry in config.policy:
        provider, _, model = entry.text.partition("/")
        if model.endswith("*"):
            beginnings.setdefault(spellings.provider(provider), set()).add(model[:-1])
        else:
            exact.add(spellings.ref(provider, model))
    tuples = {provider: tuple(found) for provider, found in beginnings.items()}
    return lambda ref: ref in exact or ref.model.startswith(tuples.get(ref.provider, ()))
