"""Changes to aliases, to listed models, and to the policy. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from text2llm.auth.reading import Reading
from text2llm.config.model import DEFAULTS, AliasEntry, Name
from text2llm.config.nodes import Pointer
from text2llm.diagnostics import Location
from text2llm.diff.both import Both, pair_entries
from text2llm.diff.change import Change, Level
from text2llm.diff.facts import compare_models, warn_unknown
from text2llm.refs import ModelRef, Spellings

_POLICY: Pointer = (*DEFAULTS, "modelPolicy", "allow")


def compare_names(sides: Both[Reading]) -> Iterator[Change]:
    providers = sides.map(lambda side: side.resolver.spellings.provider(side.config.default_provider))
    if providers.differ():
        message = f"default provider for names without one: {providers.old} → {providers.new}"
        places = sides.map(lambda side: side.place((*DEFAULTS, "provider")))
        yield Change("default-provider", Level.WARNING, "defaults", message, providers, places)
    yield from _compare_aliases(sides)
    yield from _compare_listed(sides)


def _compare_aliases(sides: Both[Reading]) -> Iterator[Change]:
    for _key, entries in pair_entries(sides.map(_aliases)):
        refs = entries.join(
            sides, lambda entry, side: None if entry is None else side.resolver.resolve(entry.alias).ref
        )
        if refs.differ():
            yield _describe_alias(entries, refs, sides)


def _aliases(reading: Reading) -> dict[str, AliasEntry]:
    found: dict[str, AliasEntry] = {}
    for entry in reading.config.aliases:
        found.setdefault(entry.alias.casefold(), entry)
    return found


def _describe_alias(entries: Both[AliasEntry | None], refs: Both[ModelRef | None], sides: Both[Reading]) -> Change:
    name = next(entry.alias for entry in reversed(entries) if entry is not None)
    texts = refs.map(lambda ref: None if ref is None else str(ref))
    places = entries.join(sides, lambda entry, side: None if entry is None else side.place(entry.pointer))
    subject = f"alias {name}"
    if texts.old is None:
        change = Change("alias-added", Level.CHANGE, subject, f"alias added: {name} → {texts.new}", texts, places)
        return warn_unknown(change, sides.new, refs.new)
    if texts.new is None:
        return Change("alias-removed", Level.CHANGE, subject, f"alias removed: {name} (was {texts.old})", texts, places)
    message = f"alias repointed: {name}: {texts.old} → {texts.new}"
    facts = compare_models(refs, sides)
    change = Change("alias-repointed", Level.WARNING, subject, message, texts, places, facts)
    return warn_unknown(change, sides.new, refs.new)


def _compare_listed(sides: Both[Reading]) -> Iterator[Change]:
    """Compare the keys of ``agents.defaults.models``; aliases and parameters are compared by themselves."""
    with_alias = sides.map(lambda side: {entry.model for entry in side.config.aliases})
    for ref, names in pair_entries(sides.map(lambda side: side.listed)):
        if names.old is None and names.new not in with_alias.new:
            message, texts = f"{ref} added to the listed models", Both(None, str(ref))
            yield Change("listed-added", Level.CHANGE, f"model {ref}", message, texts, _place_names(names, sides))
        elif names.new is None and names.old not in with_alias.old:
            message, texts = f"{ref} removed from the listed models", Both(str(ref), None)
            yield Change("listed-removed", Level.CHANGE, f"model {ref}", message, texts, _place_names(names, sides))


def _place_names(names: Both[Name | None], sides: Both[Reading]) -> Both[Location | None]:
    return names.join(sides, lambda name, side: None if name is None else side.place(name.pointer, key=True))


class _Cover(NamedTuple):
    """What a policy entry allows: a model, or with ``many`` all whose id begins with it."""

    ref: ModelRef
    many: bool

    def covers(self, other: _Cover) -> bool:
        """Whether this allows everything that ``other`` allows."""
        if not self.many:
            return self == other
        return self.ref.provider == other.ref.provider and other.ref.model.startswith(self.ref.model)

    def __str__(self) -> str:
        return f"{self.ref}*" if self.many else str(self.ref)


def compare_policy(sides: Both[Reading]) -> Iterator[Change]:
    covers = sides.map(lambda side: _covers(side.config.policy, side.resolver.spellings))
    places = sides.map(lambda side: None if side.config.policy is None else side.place(_POLICY, key=True))
    if covers.old is None or covers.new is None:
        yield from _compare_presence(covers, places)
        return
    for entry in _beyond(covers.new, covers.old):
        message, texts = f"policy widened: {entry} is now allowed", Both(None, str(entry))
        yield Change("policy-widened", Level.WARNING, "policy", message, texts, places)
    for entry in _beyond(covers.old, covers.new):
        message, texts = f"policy narrowed: {entry} is no longer allowed", Both(str(entry), None)
        yield Change("policy-narrowed", Level.CHANGE, "policy", message, texts, places)


def _beyond(covers: list[_Cover], others: list[_Cover]) -> list[_Cover]:
    """The entries that allow more than the others do together."""
    return [entry for entry in covers if not any(other.covers(entry) for other in others)]


def _compare_presence(covers: Both[list[_Cover] | None], places: Both[Location | None]) -> Iterator[Change]:
    texts = covers.map(lambda allowed: None if allowed is None else ", ".join(map(str, allowed)) or "none")
    if texts.old is not None:
        message = f"policy widened: every model is now allowed (before: {texts.old})"
        yield Change("policy-widened", Level.WARNING, "policy", message, texts, places)
    if texts.new is not None:
        message = f"policy narrowed to {texts.new} (before: every model)"
        yield Change("policy-narrowed", Level.CHANGE, "policy", message, texts, places)


def _covers(policy: tuple[Name, ...] | None, spellings: Spellings) -> list[_Cover] | None:
    return None if policy is None else [_parse_cover(name.text, spellings) for name in policy]


def _parse_cover(entry: str, spellings: Spellings) -> _Cover:
    provider, _, model = entry.partition("/")
    if model.endswith("*"):
        return _Cover(ModelRef(spellings.provider(provider), model[:-1]), many=True)
    return _Cover(spellings.ref(provider, model), many=False)
