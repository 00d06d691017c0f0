"""Configurations and environments from texts, for tests."""

from __future__ import annotations

from text2llm.config.environment import apply_environment
from text2llm.config.load import Loaded, assemble
from text2llm.config.merge import KeyNames
from text2llm.config.model import Config
from text2llm.config.nodes import Pointer
from text2llm.config.reader import read_document
from text2llm.params.spelling import read_params
from text2llm.refs import Spellings

SPELLINGS = Spellings({"z.ai": "zai"}, {"anthropic": {"opus-4.5": "claude-opus-4-5"}})
BASE, PROD = "text2llm.yaml", "text2llm.prod.yaml"


def lay_over(base: str, prod: str, *agents: str) -> Loaded:
    """The configuration with this text, and agent files, under the environment ``prod``."""
    included = tuple(read_document(f"agents/{at}.yaml", text.encode()) for at, text in enumerate(agents))
    loaded = assemble(read_document(BASE, f"version: 1\n{base}".encode()), included)
    document = read_document(PROD, f"version: 1\nenvironment: prod\n{prod}".encode())
    return apply_environment(loaded, "prod", document, KeyNames(SPELLINGS, read_params))


def under_prod(base: str, prod: str, *agents: str) -> Config:
    return lay_over(base, prod, *agents).require()


def place(config: Config, *pointer: str | int) -> str:
    """Where the value at a pointer stands, as ``file:line``."""
    location = config.locate(pointer)
    return f"{location.path}:{location.line}"


def defaults(config: Config, *steps: str | int) -> object:
    pointer: Pointer = ("agents", "defaults", *steps)
    return config.value_at(pointer)
