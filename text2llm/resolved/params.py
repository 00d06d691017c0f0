"""The parameters of a route. Pure."""

from __future__ import annotations

from typing import NamedTuple

from text2llm.auth.reading import Reading
from text2llm.config.roles import Role
from text2llm.refs import ModelRef
from text2llm.resolved.document import RequestWords


class Asked(NamedTuple):
    """The model that is asked for, and by whom: an agent (a canonical id) in a role."""

    agent: str
    role: Role
    ref: ModelRef


def find_scope(_meaning: Reading, _agent: str) -> str | None:
    """The agent, if it sets parameters of its own; ``None`` for all that share those of the defaults."""
    return None


def find_params(asked: Asked, meaning: Reading) -> RequestWords:
    params = meaning.params(asked.ref)
    return RequestWords(params, {name: value for name, value in params.items() if value is not None}, {})
