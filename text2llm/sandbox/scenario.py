"""A scenario: which requests play what, and the numbers and names that the answers hold.

It is made of data that a schema has accepted (``schemas/sandbox-scenario.schema.json``); this module reads no file.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from types import MappingProxyType
from typing import Any, NamedTuple

from text2llm.sandbox.keys import Role, parse_role

_NOTHING: Mapping[str, Any] = MappingProxyType({})


class Subject(NamedTuple):
    """What of a request a rule looks at."""

    key: str
    model: str
    provider: str
    path: str


class Rule(NamedTuple):
    """An entry of ``answers``: it is for requests that match all it names, each of them a pattern with ``*``.

    ``plays`` is what it makes them play, one after the other, the last one for ever; nothing: what their key says.
    ``latency`` is in seconds.
    """

    subject: Mapping[str, str]
    plays: tuple[Role, ...] = ()
    latency: float | None = None

    def matches(self, subject: Subject) -> bool:
        """Whether it is for this request."""
        known = subject._asdict()
        return all(_fits(known[name], pattern) for name, pattern in self.subject.items())


def _fits(text: str, pattern: str) -> bool:
    """Whether a text is the pattern, in which a star stands for any text, and nothing else for anything but itself."""
    return fnmatchcase(text, pattern.replace("[", "[[]").replace("?", "[?]"))


@dataclass(frozen=True, slots=True)
class Scenario:
    """What a scenario file says. ``latency`` is in seconds; ``models`` are the names in the providers' lists.

    ``catalog_size`` is how many entries OpenRouter's catalog is filled up to, ``catalog`` the first of them.
    """

    rules: tuple[Rule, ...] = ()
    latency: float = 0
    models: tuple[str, ...] = ()
    catalog_size: int = 48
    catalog: tuple[Mapping[str, Any], ...] = ()
    usage: Mapping[str, Mapping[str, Any]] = field(default_factory=lambda: _NOTHING)
    oauth: Mapping[str, Any] = field(default_factory=lambda: _NOTHING)


def parse_scenario(data: Mapping[str, Any], names: Container[str]) -> Scenario:
    """The scenario that ``data`` describes.

    Raises:
        ValueError: it names a behaviour that is not among ``names``; :func:`list_unknown` tells where.
    """
    catalog = data.get("catalog", {})
    models = tuple(catalog.get("models", ()))
    return Scenario(
        rules=tuple(_parse_rule(entry, names) for entry in data.get("answers", ())),
        latency=data.get("latencyMs", 0) / 1000,
        models=tuple(data.get("models", ())),
        catalog_size=catalog.get("size", len(models) or Scenario().catalog_size),
        catalog=models,
        usage=data.get("usage", {}),
        oauth=data.get("oauth", {}),
    )


def list_unknown(data: Mapping[str, Any], names: Container[str]) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Where the data name a behaviour that there is none of, and the word that is there."""
    for index, entry in enumerate(data.get("answers", ())):
        plays, pointer = entry.get("plays", ()), ("answers", index, "plays")
        listed = (
            [(pointer, plays)] if isinstance(plays, str) else [((*pointer, at), each) for at, each in enumerate(plays)]
        )
        yield from ((place, word) for place, word in listed if parse_role(word, names) is None)


def _parse_rule(entry: Mapping[str, Any], names: Container[str]) -> Rule:
    plays = entry.get("plays", ())
    roles = [parse_role(word, names) for word in ((plays,) if isinstance(plays, str) else plays)]
    known = tuple(role for role in roles if role is not None)
    if len(known) < len(roles):
        raise ValueError("a scenario names a behaviour that there is none of")
    latency = entry["latencyMs"] / 1000 if "latencyMs" in entry else None
    return Rule({name: entry[name] for name in Subject._fields if name in entry}, known, latency)
