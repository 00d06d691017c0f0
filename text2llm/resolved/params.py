"""The parameters of entries. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, final

from text2llm.auth.reading import Reading
from text2llm.config.roles import Role
from text2llm.refs import ModelRef

if TYPE_CHECKING:
    from text2llm.params.translate import EffectiveParams


class Asked(NamedTuple):
    """The model that is asked for, and by whom: an agent (a canonical id) in a role."""

    agent: str
    role: Role
    ref: ModelRef


@final
class ParamBook:
    """The parameters that a configuration sets, without its credentials: a file can have a literal one there.

    Most configurations set none, and the tables that translate them take longer to load than all else.
    """

    def __init__(self, meaning: Reading) -> None:
        self._meaning = meaning

    def find_scope(self, agent: str) -> str | None:
        """The agent, if it sets parameters of its own; ``None`` for all that have those of the defaults."""
        settings = self._meaning.config.params
        return None if settings is None or agent not in settings.owners else agent

    def find(self, asked: Asked) -> EffectiveParams | None:
        """The parameters of a model, ``None`` without any."""
        if self._meaning.config.params is None:
            return None
        from text2llm.upstream.effective import find_shown

        return find_shown(self._meaning, *asked)
