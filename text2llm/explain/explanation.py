"""The explanation of a value, step by step. Values only."""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple

from text2llm.diagnostics import Location


class StepSource(Enum):
    """What decided a step."""

    FILE = "file"
    OPTION = "option"
    ENVIRONMENT = "environment"
    STORE = "store"
    BUILT_IN = "built-in"
    CATALOG = "catalog"
    DEFAULT = "default"


class Step(NamedTuple):
    """One step. ``place`` is its place in a file, ``name`` the option, variable, store or catalog."""

    text: str
    source: StepSource
    place: Location | None = None
    name: str | None = None


class Part(NamedTuple):
    """One value and the steps that led to it; ``hint`` says how to get a missing one."""

    name: str
    value: str | None
    steps: tuple[Step, ...]
    hint: str | None = None


class Kind(Enum):
    """The kind of a subject; its value is a prefix for ambiguous words: ``agent:main``."""

    KEY = "key"
    AGENT = "agent"
    ALIAS = "alias"
    MODEL = "model"
    PROVIDER = "provider"


class Explanation(NamedTuple):
    """``subject`` is in its canonical spelling; ``environment`` is the name of that of the configuration."""

    kind: Kind
    subject: str
    parts: tuple[Part, ...]
    environment: str | None = None
