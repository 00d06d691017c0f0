"""The parameters of entries. Pure."""

from __future__ import annotations

from functools import cached_property
from typing import NamedTuple, final

from text2llm.auth.reading import Reading
from text2llm.config.roles import Role
from text2llm.params.translate import EffectiveParams
from text2llm.redaction import redact
from text2llm.redaction.forms import Forms
from text2llm.redaction.places import Places
from text2llm.refs import ModelRef
from text2llm.upstream.effective import find_params


class Asked(NamedTuple):
    """The model that is asked for, and by whom: an agent (a canonical id) in a role."""

    agent: str
    role: Role
    ref: ModelRef


@final
class ParamBook:
    """The parameters that a configuration sets, without its credentials: a file can have a literal one there."""

    def __init__(self, meaning: Reading) -> None:
        self._meaning = meaning

    def find_scope(self, agent: str) -> str | None:
        """The agent, if it sets parameters of its own; ``None`` for all that have those of the defaults."""
        settings = self._meaning.config.params
        return None if settings is None or agent not in settings.owners else agent

    def find(self, asked: Asked) -> EffectiveParams:
        found = find_params(self._meaning, *asked)
        return redact(found, *self._layers) if found else found

    @cached_property
    def _layers(self) -> tuple[Places, Forms]:
        config, forms = self._meaning.config, Forms(self._meaning.registry)
        return Places.of_files(config.documents, forms), forms
