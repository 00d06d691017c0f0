"""Names to references: aliases, spellings, bare ids, and the chain that an agent really uses."""

from collections.abc import Callable, Collection, Mapping
from enum import Enum
from typing import NamedTuple

from text2llm.config.model import Config, ModelChoice, Name, Slot
from text2llm.config.nodes import Pointer
from text2llm.refs import ModelRef, Spellings, parse_ref


class Via(Enum):
    """How a name led to a model."""

    REFERENCE = "reference"
    ALIAS = "alias"
    KNOWN_ID = "known-id"
    BARE = "bare"


class Resolved(NamedTuple):
    """A name and the model it means. ``pointer`` is where the name stands; empty for a name from a command line."""

    text: str
    ref: ModelRef
    via: Via
    pointer: Pointer = ()


class Chain(NamedTuple):
    """The models that a slot of an agent uses, in order. The sources are ``agent``, ``defaults`` or ``None``."""

    primary: Resolved | None
    fallbacks: tuple[Resolved, ...]
    primary_source: str | None
    fallbacks_source: str | None

    def members(self) -> tuple[Resolved, ...]:
        """Primary and fallbacks."""
        return (() if self.primary is None else (self.primary,)) + self.fallbacks


class Resolver(NamedTuple):
    """Turns names into references under one config's aliases and default provider.

    ``known_ids`` are the models of the default provider that the config names; ``catalogued`` gives those of a catalog,
    when a name is neither an alias nor one of these.
    """

    config: Config
    spellings: Spellings
    aliases: Mapping[str, ModelRef]
    known_ids: frozenset[str]
    catalogued: Callable[[], Collection[str]] = tuple

    def resolve(self, name: str, pointer: Pointer = ()) -> Resolved:
        """The model that ``name`` means.

        Raises:
            ReferenceFormatError: it is no alias, no bare id and no ``provider/model``.
        """
        text = name.strip()
        if "/" in text or not text:
            return Resolved(name, parse_ref(name, self.spellings), Via.REFERENCE, pointer)
        aliased = self.aliases.get(text.casefold())
        if aliased is not None:
            return Resolved(name, aliased, Via.ALIAS, pointer)
        ref = parse_ref(f"{self.config.default_provider}/{text}", self.spellings)
        known = ref.model in self.known_ids or ref.model in self.catalogued()
        return Resolved(name, ref, Via.KNOWN_ID if known else Via.BARE, pointer)

    def resolve_name(self, name: Name) -> Resolved:
        """The model that a written name means."""
        return self.resolve(name.text, name.pointer)

    def chain(self, agent_id: str | None, slot: Slot) -> Chain:
        """What an agent (``None``: the defaults) uses for a slot; what it does not say comes from the defaults."""
        base = self.config.defaults.get(slot, ModelChoice())
        agent = self.config.agent(agent_id) if agent_id is not None else None
        own = agent.choices.get(slot, ModelChoice()) if agent else ModelChoice()
        primary = base.primary if own.primary is None else own.primary
        fallbacks = base.fallbacks if own.fallbacks is None else own.fallbacks
        return Chain(
            primary=None if primary is None else self.resolve_name(primary),
            fallbacks=tuple(self.resolve_name(name) for name in fallbacks or ()),
            primary_source=_source(own.primary, base.primary),
            fallbacks_source=_source(own.fallbacks, base.fallbacks),
        )


def _source(own: object, base: object) -> str | None:
    if own is not None:
        return "agent"
    return None if base is None else "defaults"


def build_resolver(config: Config, spellings: Spellings, catalogued: Callable[[], Collection[str]] = tuple) -> Resolver:
    """A resolver for a config. Of two equal aliases (a finding of its own) the first wins.

    ``catalogued`` gives the ids of a catalog's models of the default provider.
    """
    default = config.default_provider
    aliases: dict[str, ModelRef] = {}
    for entry in config.aliases:
        if "/" in entry.model.text:
            aliases.setdefault(entry.alias.casefold(), parse_ref(entry.model.text, spellings))
        else:
            aliases.setdefault(entry.alias.casefold(), spellings.ref(default, entry.model.text))
    known = {model.id for custom in config.providers.values() if custom.id == default for model in custom.models}
    # Chains do not count: a typo that was stored there must not make itself known.
    written = [name.text for name in config.models if "/" in name.text]
    known |= {ref.model for ref in (parse_ref(text, spellings) for text in written) if ref.provider == default}
    return Resolver(config, spellings, aliases, frozenset(known), catalogued)


def resolve_written(resolver: Resolver) -> list[Resolved]:
    """What is written for a model in each place, not by an alias: there it can be mended."""
    config = resolver.config
    used = [each for each in map(resolver.resolve_name, config.chain_names()) if each.via is not Via.ALIAS]
    return [*used, *(_resolve_key(name, resolver) for name in config.models)]


def _resolve_key(name: Name, resolver: Resolver) -> Resolved:
    if "/" in name.text:
        return resolver.resolve_name(name)
    ref = resolver.resolve(f"{resolver.config.default_provider}/{name.text.strip()}").ref
    return Resolved(name.text, ref, Via.BARE, name.pointer)
