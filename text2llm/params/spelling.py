"""The provider's names for what a word says: brought to that word before parameters are merged. Pure."""

from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from itertools import pairwise
from typing import Any, NamedTuple, TypeAlias

from text2llm.params.wires import EFFORTS, NAMES, WIRES

_Path: TypeAlias = tuple[str, ...]
#: The SDKs' name, folded, for a map of other fields of the body.
BODY = "extra_body"


class SpelledParam(NamedTuple):
    """A parameter's value, and the path that said it, with dots: the word, or a provider's name for it."""

    value: Any
    path: str


Params: TypeAlias = Mapping[str, SpelledParam]


@lru_cache(maxsize=4096)
def fold_name(name: str) -> str:
    """A name in lower case with underscores: SDKs have ``max_tokens`` for ``maxTokens``, and the reverse."""
    if name.islower():
        return name
    parts = (
        f"_{letter}" if letter.isupper() and before.islower() else letter for before, letter in pairwise(f" {name}")
    )
    return "".join(parts).lower()


def camel_case(folded: str) -> str:
    head, *rest = folded.split("_")
    return head + "".join(map(str.capitalize, rest))


@lru_cache(maxsize=4096)
def is_spelling(name: str) -> bool:
    """Whether it is a name in one of the two forms, and not a mixture such as ``TopP`` or ``MAX_TOKENS``."""
    folded = fold_name(name)
    return name in (folded, camel_case(folded))


def _list_paths() -> Iterator[tuple[_Path, str]]:
    for word in NAMES:
        yield (fold_name(word),), word
    for wire in WIRES.values():
        for word, field in wire.fields.items():
            if field is not None and not field.header:
                for path in (field.path, *field.others):
                    steps = tuple(map(fold_name, path.split(".")))
                    yield steps, word
                    if wire.inside is not None and steps[0] == fold_name(wire.inside):
                        yield steps[1:], word  # the SDKs leave the outer map out


@cache
def find_paths() -> Mapping[_Path, str]:
    """The words by path, in folded names. Made on demand: a status of plain words needs none."""
    return dict(_list_paths())


@cache
def find_containers() -> frozenset[_Path]:
    """The maps that hold some words."""
    return frozenset(path[:length] for path in find_paths() for length in range(1, len(path)))


def read_params(written: Mapping[str, Any]) -> dict[str, SpelledParam]:
    """Parameters by word, and under the provider's own name those for which there is no word.

    A word takes precedence over a provider's name for it in the same map.
    """
    body = next((value for name, value in written.items() if fold_name(name) == BODY), None)
    flat = {name: value for name, value in written.items() if fold_name(name) != BODY or not isinstance(value, dict)}
    spoken: dict[str, SpelledParam] = {}
    rest = _take_words({**(body if isinstance(body, dict) else {}), **flat}, (), spoken)
    return spoken | {name: SpelledParam(value, name) for name, value in rest.items()}


def _take_words(params: Mapping[str, Any], at: _Path, spoken: dict[str, SpelledParam]) -> dict[str, Any]:
    """Add the words in a map to ``spoken``; what is left of the map."""
    rest: dict[str, Any] = {}
    for name, value in params.items():
        if not at and name in NAMES and not isinstance(value, dict):
            spoken[name] = SpelledParam(_fold_value(name, value), fold_name(name))
            continue
        path = (*at, fold_name(name)) if is_spelling(name) else ()
        word = find_paths().get(path)
        if path in find_containers() and isinstance(value, dict) and value:
            inner = _take_words(value, path, spoken)
            rest |= {name: inner} if inner else {}
        elif word is not None and not says_more(path, value):
            if word not in spoken or name == word:
                spoken[word] = SpelledParam(_fold_value(word, value), ".".join(path))
        else:
            rest[name] = value
            if value is None and path in find_containers():
                _silence(path, spoken)
    return rest


def _silence(path: _Path, spoken: dict[str, SpelledParam]) -> None:
    """A map that is not sent holds no word that is."""
    for inner, word in find_paths().items():
        if inner[: len(path)] == path and len(inner) > len(path):
            spoken.setdefault(word, SpelledParam(None, ".".join(inner)))


def says_more(path: tuple[str, ...], value: Any) -> bool:
    """Whether a value of Ollama's says what the word cannot: to think at all, or no limit at all."""
    return (path[-1:] == ("think",) and isinstance(value, bool)) or (
        path[-1:] == ("num_predict",) and value in (-1, -2)
    )


def _fold_value(word: str, value: Any) -> Any:
    is_level = word == "effort" and isinstance(value, str) and value.lower() in EFFORTS
    return value.lower() if is_level else value
