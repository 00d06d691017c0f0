"""Merge an environment into a configuration: in expanded form, on canonical keys, leaf by leaf. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeAlias, final

from text2llm.config.document import Document, drop_empty
from text2llm.config.nodes import Pointer
from text2llm.refs import DEFAULT_PROVIDER, Spellings

_DEFAULTS: Pointer = ("agents", "defaults")
_MODELS: Pointer = (*_DEFAULTS, "models")
_ENTRIES: Pointer = ("agents", "entries")
Spell: TypeAlias = Callable[[str], str]


class ValuePlace(NamedTuple):
    """Where a value is: ``inner`` leads to it in the environment's file (``own``), else in the base's data."""

    own: bool
    inner: Pointer


class DoubleKey(NamedTuple):
    """Two keys of one map in an environment that are spellings of one name."""

    first: Pointer
    second: Pointer


@dataclass(frozen=True, slots=True)
class EnvironmentLayer:
    """An environment over a configuration.

    Pointers are into the merged data, what they map to is in the environment's file. ``places`` are those of values
    that are not where the base has them; the base has all others. ``removed`` are the keys that the environment
    removes, ``taken`` the places in the base of aliases and of the mark ``default`` that it gives to others.
    """

    name: str
    document: Document
    places: Mapping[Pointer, ValuePlace]
    removed: Mapping[Pointer, Pointer]
    taken: Mapping[Pointer, Pointer]
    doubles: tuple[DoubleKey, ...] = ()

    def find_place(self, pointer: Pointer) -> ValuePlace:
        """Where the value at ``pointer`` is."""
        return find_place(self.places, pointer) or ValuePlace(own=False, inner=pointer)


def find_place(places: Mapping[Pointer, ValuePlace], pointer: Pointer) -> ValuePlace | None:
    """Where a value is, by the nearest of what it is part of; ``None`` if it is where the base has it."""
    for length in range(len(pointer), 0, -1):
        found = places.get(pointer[:length])
        if found is not None:
            return ValuePlace(found.own, (*found.inner, *pointer[length:]))
    return None


@dataclass(frozen=True, slots=True)
class MergePlace:
    """What merging must know of a map: the takers of its values, and the function that spells its keys.

    ``choice``: a plain string stands for the map with that primary. ``sends_null``: a null in it is a value.
    """

    below: Mapping[str, MergePlace] = field(default_factory=dict)
    every: MergePlace | None = None
    keys: str | None = None
    choice: bool = False
    sends_null: bool = False

    def step(self, name: str) -> MergePlace:
        return self.below.get(name) or self.every or _PLAIN

    def find_key(self, entries: Mapping[str, Any], key: str, spell: Mapping[str, Spell]) -> str | None:
        """How ``entries``, the map at this place, writes a key; ``None`` if it does not have it."""
        if key in entries or self.keys is None:
            return key if key in entries else None
        same = spell[self.keys]
        return next((name for name in entries if same(name) == same(key)), None)


_PLAIN = MergePlace()
_PARAMS = MergePlace(sends_null=True)
_CHOICE = MergePlace({"params": _PARAMS}, choice=True)
_AUTH = MergePlace({"order": MergePlace(keys="provider")})
_AGENT = MergePlace(
    {
        "model": _CHOICE,
        "imageModel": _CHOICE,
        "roles": MergePlace(every=_CHOICE),
        "models": MergePlace(keys="model", every=MergePlace({"params": _PARAMS})),
        "params": _PARAMS,
        "auth": _AUTH,
    }
)
_PROVIDER = MergePlace({"headers": MergePlace(keys="header"), "params": _PARAMS})
ROOT = MergePlace(
    {
        "agents": MergePlace({"defaults": _AGENT, "entries": MergePlace(keys="agent", every=_AGENT)}),
        "models": MergePlace({"providers": MergePlace(keys="provider", every=_PROVIDER)}),
        "auth": _AUTH,
    }
)
#: The keys of an environment that say something about the file itself.
_OWN_KEYS = frozenset({"version", "environment", "$schema"})


class KeyNames(NamedTuple):
    """What one name is in its spellings: of providers and models, and of parameters.

    ``read_params`` returns the words that parameters say, by their canonical names.
    """

    spellings: Spellings
    read_params: Callable[[Mapping[str, Any]], Iterable[str]] = list


def merge_environment(
    base: Mapping[str, Any], name: str, document: Document, names: KeyNames
) -> tuple[dict[str, Any], EnvironmentLayer]:
    """The data of a configuration under an environment, which passed its schema, and where each value comes from.

    ``base`` is the whole data of the configuration, included agents merged; it is not changed. Its cost is that of the
    environment, not that of the base.
    """
    layer = {key: value for key, value in drop_empty(document).items() if key not in _OWN_KEYS}
    merger = _Merger(spell_keys(base, layer, names.spellings), names.read_params)
    data = merger.merge_maps(dict(base), layer, ROOT, (), ())
    merger.take_over(data)
    return data, EnvironmentLayer(name, document, merger.places, merger.removed, merger.taken, tuple(merger.doubles))


def spell_keys(base: Mapping[str, Any], layer: Mapping[str, Any], spellings: Spellings) -> dict[str, Spell]:
    """How keys are spelled, by the kind of key; a model without a provider is one of the merged default provider's."""
    own, inherited = (_look_up(data, (*_DEFAULTS, "provider")) for data in (layer, base))
    removed = own is None and "provider" in (_look_up(layer, _DEFAULTS) or ())
    default = str(own or (None if removed else inherited) or DEFAULT_PROVIDER).strip().lower()

    def spell_model(name: str) -> str:
        provider, slash, model = name.partition("/")
        return str(spellings.ref(provider, model) if slash else spellings.ref(default, name))

    return {"agent": str.lower, "provider": spellings.provider, "header": str.lower, "model": spell_model}


def _look_up(data: Any, pointer: Pointer) -> Any:
    for step in pointer:
        data = data.get(step) if isinstance(data, dict) else None
    return data


@final
class _Merger:
    """One merge; see :class:`EnvironmentLayer` for what it collects."""

    def __init__(self, spell: Mapping[str, Spell], read_params: Callable[[Mapping[str, Any]], Iterable[str]]) -> None:
        self._spell, self._read_params = spell, read_params
        self.places: dict[Pointer, ValuePlace] = {}
        self.removed: dict[Pointer, Pointer] = {}
        self.taken: dict[Pointer, Pointer] = {}
        self.doubles: list[DoubleKey] = []

    def merge_maps(
        self, base: dict[str, Any], layer: Mapping[str, Any], place: MergePlace, at: Pointer, inner: Pointer
    ) -> dict[str, Any]:
        """``base``, changed by the layer; ``at`` is its pointer in the merged data, ``inner`` that of the layer's."""
        if place.sends_null:
            self._drop_words(base, layer, at, inner)
        for key, name in self._match_keys(base, layer, place, inner):
            value = layer[name]
            if value is not None or place.sends_null:
                self._merge_value(base, key, value, place.step(key), (*at, key), (*inner, name))
            else:
                base.pop(key, None)
                self.removed[*at, key] = (*inner, name)
        return base

    def _drop_words(self, base: dict[str, Any], layer: Mapping[str, Any], at: Pointer, inner: Pointer) -> None:
        """Drop parameters of the base that the layer says in other words, since both in one map would contend."""
        said = {word: name for name in layer for word in self._read_params({name: layer[name]})}
        for key in [key for key in base if key not in layer]:
            words = list(self._read_params({key: base[key]}))
            if words and all(word in said for word in words):
                del base[key]
                self.removed[*at, key] = (*inner, said[words[0]])

    def _match_keys(
        self, base: dict[str, Any], layer: Mapping[str, Any], place: MergePlace, inner: Pointer
    ) -> Iterator[tuple[str, str]]:
        """Each key of a layer, as the base writes it and as the layer does."""
        if place.keys is None:
            yield from ((name, name) for name in layer)
            return
        spell = self._spell[place.keys]
        written, seen = {spell(name): name for name in reversed(base)}, dict[str, str]()
        for name in layer:
            spelled = spell(name)
            other = seen.setdefault(spelled, name)
            if other != name:
                self.doubles.append(DoubleKey((*inner, other), (*inner, name)))
            yield written.get(spelled, name), name

    def _merge_value(  # noqa: PLR0913, PLR0917 - a value on both sides, and where each is
        self, base: dict[str, Any], key: str, value: Any, place: MergePlace, at: Pointer, inner: Pointer
    ) -> None:
        old = base.get(key)
        if place.choice and isinstance(old, str):
            old, self.places[(*at, "primary")] = {"primary": old}, ValuePlace(own=False, inner=at)
        if place.choice and isinstance(old, dict) and isinstance(value, str):
            base[key] = {**old, "primary": value}
            self.places[(*at, "primary")] = ValuePlace(own=True, inner=inner)
        elif isinstance(old, dict) and isinstance(value, dict):
            base[key] = self.merge_maps(dict(old), value, place, at, inner)
        else:
            base[key] = _without_nulls(value, place)
            self.places[at] = ValuePlace(own=True, inner=inner)

    def take_over(self, data: dict[str, Any]) -> None:
        """Take what the layer gives to one from who had it: an alias, and the mark of the default agent."""
        models, entries = _look_up(data, _MODELS), _look_up(data, _ENTRIES)
        self._take_aliases(models if isinstance(models, dict) else {})
        self._take_default(entries if isinstance(entries, dict) else {})

    def _take_aliases(self, models: dict[str, Any]) -> None:
        takers: dict[str, Pointer] = {}
        for name, index, alias in _list_aliases(models):
            inner = self._find_own((*_MODELS, name, "alias", *index))
            if inner is not None:
                takers.setdefault(alias.casefold(), inner)
        for name, entry in models.items() if takers else ():
            pointer = (*_MODELS, name, "alias")
            if isinstance(entry, dict) and "alias" in entry and self._find_own(pointer) is None:
                models[name] = self._without_taken(entry, pointer, takers)

    def _without_taken(self, entry: dict[str, Any], pointer: Pointer, takers: Mapping[str, Pointer]) -> dict[str, Any]:
        alias = entry["alias"]
        written = alias if isinstance(alias, list) else [alias]
        kept = [(index, name) for index, name in enumerate(written) if name.casefold() not in takers]
        if len(kept) == len(written):
            return entry
        for index, name in enumerate(written):
            if name.casefold() in takers:
                self.taken[(*pointer, index) if isinstance(alias, list) else pointer] = takers[name.casefold()]
        for now, (before, _) in enumerate(kept):
            self.places[(*pointer, now)] = ValuePlace(own=False, inner=(*pointer, before))
        rest = {key: value for key, value in entry.items() if key != "alias"}
        return {**rest, "alias": [name for _, name in kept]} if kept else rest

    def _take_default(self, entries: dict[str, Any]) -> None:
        marked = [name for name, entry in entries.items() if isinstance(entry, dict) and entry.get("default") is True]
        given = {name: self._find_own((*_ENTRIES, name, "default")) for name in marked}
        taker = next((inner for inner in given.values() if inner is not None), None)
        for name, inner in given.items():
            if inner is None and taker is not None:
                entries[name] = {key: value for key, value in entries[name].items() if key != "default"}
                self.taken[(*_ENTRIES, name, "default")] = taker

    def _find_own(self, pointer: Pointer) -> Pointer | None:
        """The place in the layer of a value that it gives."""
        found = find_place(self.places, pointer)
        return found.inner if found is not None and found.own else None


def _list_aliases(models: Mapping[str, Any]) -> Iterator[tuple[str, Pointer, str]]:
    """Each alias, with the model and the index in a list."""
    for name, entry in models.items():
        alias = entry.get("alias") if isinstance(entry, dict) else None
        if isinstance(alias, str):
            yield name, (), alias
        for index, item in enumerate(alias if isinstance(alias, list) else ()):
            yield name, (index,), item


def _without_nulls(value: Any, place: MergePlace) -> Any:
    """A value that only the layer has: what it removes there was not there."""
    if not isinstance(value, dict):
        return value
    kept = {key: item for key, item in value.items() if item is not None or place.sends_null}
    return {key: _without_nulls(item, place.step(key)) for key, item in kept.items()}
