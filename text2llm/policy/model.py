"""WrittenPolicy: what models must meet, as it is written in one place; and how one breaks it. Values only."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from text2llm.config.document import Document
from text2llm.config.model import Config
from text2llm.config.nodes import Pointer
from text2llm.diagnostics import Location
from text2llm.policy.exceptions import ExceptionList

KEY = "policy"
#: The id of the rule of each key is this and the key.
PREFIX = "policy-"


class UnknownAction(Enum):
    """What a missing fact means."""

    OK = "ok"
    WARN = "warn"
    DENY = "deny"


@dataclass(frozen=True, slots=True, eq=False)
class WrittenPolicy:
    """A policy as written at ``pointer``: of the configuration, of an ``agent`` (a canonical id), or ``outside``.

    ``outside`` is the file of a policy that does not belong to the repository; only such a one has ``exceptions``.
    """

    data: Mapping[str, Any]
    pointer: Pointer = (KEY,)
    agent: str | None = None
    outside: Document | None = None
    exceptions: ExceptionList | None = None

    @property
    def name(self) -> str:
        return "the policy" if self.agent is None else f"the policy of agent {self.agent}"

    @property
    def unknown(self) -> UnknownAction:
        return UnknownAction(self.data.get("unknown", UnknownAction.WARN.value))

    def locate(self, config: Config, keys: Pointer = ()) -> Location:
        """Where a key of the policy is written."""
        document = config if self.outside is None else self.outside
        return document.locate((*self.pointer, *keys), key=True)


@dataclass(frozen=True, slots=True)
class Breach:
    """How a model breaks a policy. ``problem`` follows its name; ``keys`` lead to the reason, below the policy.

    It is not ``certain`` if a fact is unknown.
    """

    keys: Pointer
    problem: str
    certain: bool = True


def find_policies(config: Config) -> Iterator[WrittenPolicy]:
    """The policies of a configuration: its own, and those of agents, which apply beside it."""
    own = config.data.get(KEY)
    if isinstance(own, dict):
        yield WrittenPolicy(own)
    agents = config.data.get("agents")
    entries = agents.get("entries") if isinstance(agents, dict) else None
    for written, entry in entries.items() if isinstance(entries, dict) else ():
        narrower = entry.get(KEY) if isinstance(entry, dict) else None
        if isinstance(narrower, dict):
            yield WrittenPolicy(narrower, ("agents", "entries", written, KEY), written.lower())
