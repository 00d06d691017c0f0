"""Rules over the file of an environment."""

from __future__ import annotations

from collections.abc import Iterator

from text2llm.config.document import find_empty
from text2llm.diagnostics import Severity
from text2llm.rules.rule import FileContext, Finding, Rule, define_rule

EMPTY = "this key has no value: it neither sets nor removes anything"


@define_rule(
    "empty-value",
    Severity.WARNING,
    "A key of an environment has no value.",
    "write null to remove what the configuration has there, or {} for an empty map, or delete the key",
)
def empty_value(file: FileContext) -> Iterator[Finding]:
    """In an environment a key without any value says nothing: the configuration's value stays.

    Only a written ``null`` or ``~`` removes a key, so that a line left half written removes nothing.
    """
    for pointer in find_empty(file.document):
        yield Finding(pointer, EMPTY, key=True)


ENVIRONMENT_RULES: tuple[Rule[FileContext], ...] = (empty_value,)
