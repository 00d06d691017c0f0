"""The exceptions of a policy: models that may break one rule of it until a day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from text2llm.policy.patterns import PatternSet, spell_model
from text2llm.refs import ModelRef, Spellings


class ExceptionList:
    """The exceptions of a policy as written, and which of them were in use: ``used`` has their indices."""

    __slots__ = ("_entries", "used")

    def __init__(self, written: Iterable[Mapping[str, Any]], spellings: Spellings) -> None:
        self._entries = [
            (each["rule"], PatternSet(spell_model(model, spellings) for model in each["models"]), each["until"])
            for each in written
        ]
        self.used: set[int] = set()

    def cover(self, rule: str, names: Sequence[ModelRef], today: str) -> bool:
        """Whether a model may break a rule ``today`` (``YYYY-MM-DD``); then the exception is in use.

        All of its ``names`` must be excepted: the repository decides which model the API is asked for.
        """
        for index, (excepted, models, until) in enumerate(self._entries):
            if excepted == rule and today <= until and all(map(models.matches, map(str, names))):
                self.used.add(index)
                return True
        return False
