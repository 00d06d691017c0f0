"""Explanation: why a value is what it is, step by step. Values only."""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple

from text2llm.diagnostics import Location


class StepSource(Enum):
    """What decided a step: a line of a file, an option, a variable, what ships with text2llm, the store, or nothing."""

    FILE = "file"
    OPTION = "option"
    ENVIRONMENT = "environment"
    STORE = "store"
    BUILT_IN = "built-in"
    CATALOG = "catalog"
    DEFAULT = "default"


class Step(NamedTuple):
    """One step. ``place`` is where a file says it, ``name`` the option, variable, store or catalog that does."""

    text: str
    source: StepSource
    place: Location | None = None
    name: str | None = None


class Part(NamedTuple):
    """One value and the steps that led to it. ``value`` is ``None`` when there is none; ``hint`` would give one."""

    name: str
    value: str | None
    steps: tuple[Step, ...]
    hint: str | None = None


class Kind(Enum):
    """What can be asked about; the value begins a word that could mean several things: ``agent:main``."""

    KEY = "key"
    AGENT = "agent"
    ALIAS = "alias"
    MODEL = "model"
    PROVIDER = "provider"


class Explanation(NamedTuple):
    """The answer. ``subject`` is what was asked about, in its canonical spelling."""

    kind: Kind
    subject: str
    parts: tuple[Part, ...]
