"""Resolve the argument of ``text2llm explain``: a key, agent, alias, model or provider. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple, assert_never

from text2llm.auth.agents import known_agents
from text2llm.auth.reading import Reading
from text2llm.config.model import DEFAULTS
from text2llm.config.nodes import Pointer
from text2llm.config.resolve import Resolved, Via
from text2llm.config.suggest import find_near
from text2llm.errors import ReferenceFormatError, Text2llmError
from text2llm.explain.explanation import Kind
from text2llm.explain.key import Key, parse_key_path
from text2llm.explain.layers import restore_removed
from text2llm.refs import ModelRef

_MOST_NEAR = 3


class SubjectError(Text2llmError):
    """The word is unknown or ambiguous."""

    code = "unknown-subject"


class Topic(NamedTuple):
    """``name`` is an agent's or a provider's id, an alias, or the path of ``key``."""

    kind: Kind
    name: str
    ref: ModelRef | None = None
    key: Key | None = None


def find_subject(word: str, reading: Reading, schema: Mapping[str, Any]) -> Topic:
    """The one thing that ``word`` names.

    Raises:
        SubjectError: it is unknown (the hint has near matches) or ambiguous (the hint has each reading).
    """
    kind, text = _split(word)
    finders = [find for found_kind, find in _FINDERS.items() if kind in (None, found_kind)]
    found = [subject for find in finders for subject in find(text.strip(), reading, schema)]
    if len(found) == 1:
        return found[0]
    if not found:
        raise SubjectError(f"not found: {word!r}", hint=_guess(text.strip(), reading))
    readings = [f"{subject.kind.value}:{text.strip()}" for subject in found]
    message = f"{word!r} is ambiguous: {', '.join(subject.kind.value for subject in found)}"
    raise SubjectError(message, hint=f"use {' or '.join(readings)}")


def _split(word: str) -> tuple[Kind | None, str]:
    head, colon, rest = word.partition(":")
    kinds = {kind.value: kind for kind in Kind}
    return (kinds[head], rest) if colon and rest and head in kinds else (None, word)


def _find_keys(text: str, reading: Reading, schema: Mapping[str, Any]) -> Iterator[Topic]:
    key = parse_key_path(text, _with_agents(reading), schema)
    if key is not None:
        yield _turn(key, text, reading)


def _with_agents(reading: Reading) -> dict[str, Any]:
    """The data with every agent, since the default one need not be listed, and with what the environment removes."""
    data = restore_removed(reading.config)
    agents: dict[str, Any] = data.get("agents") or {}
    entries: dict[str, Any] = agents.get("entries") or {}
    listed = {agent.id for agent in reading.config.agents}
    unlisted: dict[str, Any] = {name: {} for name in known_agents(reading.config) if name not in listed}
    return {**data, "agents": {**agents, "entries": {**entries, **unlisted}}}


def _turn(key: Key, text: str, reading: Reading) -> Topic:
    """The subject of a key; an agent or a provider has its own kind, unless the environment removes it."""
    layer = reading.config.environment
    if layer is not None and key.pointer in layer.removed:
        return Topic(Kind.KEY, text, key=Key(key.pointer, {}))
    match key.pointer:
        case ("agents", "entries", str(agent)):
            return Topic(Kind.AGENT, agent.lower())
        case ("models", "providers", str(provider)):
            return Topic(Kind.PROVIDER, provider.strip().lower())
        case _:
            return Topic(Kind.KEY, text, key=key)


def _find_agents(text: str, reading: Reading, _schema: Mapping[str, Any]) -> Iterator[Topic]:
    if text.lower() in known_agents(reading.config):
        yield Topic(Kind.AGENT, text.lower())
    else:
        yield from _find_removed(text.lower(), ("agents", "entries"), str.lower, reading)


def _find_removed(name: str, parent: Pointer, spell: Callable[[str], str], reading: Reading) -> Iterator[Topic]:
    """The key of an agent or a provider (by its canonical id) that the environment removes."""
    layer = reading.config.environment
    for pointer in () if layer is None else layer.removed:
        if pointer[:-1] == parent and spell(str(pointer[-1])) == name:
            yield Topic(Kind.KEY, name, key=Key(pointer, {}))


def _find_aliases(text: str, reading: Reading, _schema: Mapping[str, Any]) -> Iterator[Topic]:
    ref = reading.resolver.aliases.get(text.casefold())
    if ref is not None:
        yield Topic(Kind.ALIAS, text, ref)
        return
    models = restore_removed(reading.config).get("agents", {}).get("defaults", {}).get("models", {})
    for name, entry in models.items() if reading.config.environment is not None else ():
        aliases = entry.get("alias", ())
        if text.casefold() in map(str.casefold, [aliases] if isinstance(aliases, str) else aliases):
            yield Topic(Kind.KEY, text, key=Key((*DEFAULTS, "models", name, "alias"), {}))


def _find_models(text: str, reading: Reading, _schema: Mapping[str, Any]) -> Iterator[Topic]:
    try:
        resolved = reading.resolver.resolve(text)
    except ReferenceFormatError:
        return
    if _is_known(resolved, reading):
        yield Topic(Kind.MODEL, text, resolved.ref)


def _is_known(resolved: Resolved, reading: Reading) -> bool:
    match resolved.via:
        case Via.REFERENCE:
            return _has_provider(resolved.ref.provider, reading)
        case Via.KNOWN_ID:
            return True
        case Via.BARE:  # any word could name a model of the default provider
            return reading.catalog.find(resolved.ref) is not None
        case Via.ALIAS:  # reported as an alias
            return False
        case _:
            assert_never(resolved.via)


def _has_provider(provider: str, reading: Reading) -> bool:
    return provider in reading.customs or reading.registry.get(provider) is not None


def _find_providers(text: str, reading: Reading, _schema: Mapping[str, Any]) -> Iterator[Topic]:
    spell = reading.resolver.spellings.provider
    if _has_provider(spell(text), reading):
        yield Topic(Kind.PROVIDER, spell(text))
    else:
        yield from _find_removed(spell(text), ("models", "providers"), spell, reading)


_Finder = Callable[[str, Reading, Mapping[str, Any]], Iterator[Topic]]
_FINDERS: dict[Kind, _Finder] = {
    Kind.KEY: _find_keys,
    Kind.AGENT: _find_agents,
    Kind.ALIAS: _find_aliases,
    Kind.MODEL: _find_models,
    Kind.PROVIDER: _find_providers,
}


def _guess(text: str, reading: Reading) -> str:
    near = dict.fromkeys(match for names in _candidates(text, reading) if (match := find_near(text, names)))
    if near:
        return f"did you mean {' or '.join(list(near)[:_MOST_NEAR])}?"
    return "use a key such as agents.defaults.model, an agent, an alias, a provider, or provider/model"


def _candidates(text: str, reading: Reading) -> Iterator[Iterable[str]]:
    """The names for suggestions, group by group."""
    config = reading.config
    yield [entry.alias for entry in config.aliases]
    yield known_agents(config)
    provider, slash, _model = text.partition("/")
    if slash:
        spelled = reading.resolver.spellings.provider(provider)
        yield [f"{spelled}/{model}" for model in reading.catalog.providers.get(spelled, {})]
    yield [str(reading.resolver.resolve_name(name).ref) for name in (*config.chain_names(), *config.models)]
    yield [*reading.customs, *reading.registry.ids()]
    yield _key_paths(dict(config.data))


def _key_paths(data: Any, at: Pointer = ()) -> Iterator[str]:
    from text2llm.edit.change import format_pointer

    if at:
        yield format_pointer(at)
    for name, value in data.items() if isinstance(data, dict) else ():
        yield from _key_paths(value, (*at, name))
