"""A scenario: which requests play what, and the values in the responses.

It is parsed from data validated against ``schemas/sandbox-scenario.schema.json``; this module reads no file.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from types import MappingProxyType
from typing import Any, NamedTuple

from text2llm.sandbox.keys import KeyBehavior, parse_behavior

_NOTHING: Mapping[str, Any] = MappingProxyType({})


class RequestSubject(NamedTuple):
    key: str
    model: str
    provider: str
    path: str


class AnswerRule(NamedTuple):
    """An entry of ``answers``: for requests that match all its patterns, which may contain ``*``.

    ``plays`` are the roles to play in turn, then the last one forever; if empty, the key decides. ``latency`` is in
    seconds.
    """

    subject: Mapping[str, str]
    plays: tuple[KeyBehavior, ...] = ()
    latency: float | None = None

    def matches(self, subject: RequestSubject) -> bool:
        known = subject._asdict()
        return all(_matches(known[name], pattern) for name, pattern in self.subject.items())


def _matches(text: str, pattern: str) -> bool:
    return fnmatchcase(text, pattern.replace("[", "[[]").replace("?", "[?]"))  # the only wildcard is *


@dataclass(frozen=True, slots=True)
class Scenario:
    """The content of a scenario file. ``latency`` is in seconds; ``models`` are the names in the providers' lists.

    ``catalog_size`` is the number of entries in OpenRouter's catalog, ``catalog`` the first of them.
    """

    rules: tuple[AnswerRule, ...] = ()
    latency: float = 0
    models: tuple[str, ...] = ()
    catalog_size: int = 48
    catalog: tuple[Mapping[str, Any], ...] = ()
    usage: Mapping[str, Mapping[str, Any]] = field(default_factory=lambda: _NOTHING)
    oauth: Mapping[str, Any] = field(default_factory=lambda: _NOTHING)


def parse_scenario(data: Mapping[str, Any], names: Container[str]) -> Scenario:
    """The scenario in ``data``.

    Raises:
        ValueError: it names a behavior that is not among ``names``; :func:`list_unknown` finds it.
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
    """The path of each unknown behavior in the data, with its name."""
    for index, entry in enumerate(data.get("answers", ())):
        plays, pointer = entry.get("plays", ()), ("answers", index, "plays")
        single = isinstance(plays, str)
        listed = [(pointer, plays)] if single else [((*pointer, at), name) for at, name in enumerate(plays)]
        yield from ((path, name) for path, name in listed if parse_behavior(name, names) is None)


def _parse_rule(entry: Mapping[str, Any], names: Container[str]) -> AnswerRule:
    plays = entry.get("plays", ())
    roles = [parse_behavior(name, names) for name in ((plays,) if isinstance(plays, str) else plays)]
    known = tuple(role for role in roles if role is not None)
    if len(known) < len(roles):
        raise ValueError("a scenario names an unknown behavior")
    latency = entry["latencyMs"] / 1000 if "latencyMs" in entry else None
    return AnswerRule({name: entry[name] for name in RequestSubject._fields if name in entry}, known, latency)
