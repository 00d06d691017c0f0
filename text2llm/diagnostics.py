"""Findings: the results of a check, with their place in a file."""

from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from text2llm.fix import Fix


class Severity(Enum):
    """The severity of a finding; ``OFF`` disables a rule."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"
    OFF = "off"


class Location(NamedTuple):
    """A place in a file; ``line`` and ``column`` count from 1, columns in code points."""

    path: str
    line: int = 1
    column: int = 1

    def __str__(self) -> str:
        return f"{self.path}:{self.line}:{self.column}"


class Diagnostic(NamedTuple):
    """One finding of one rule. ``rule`` is the rule's id, ``hint`` how to fix it, ``fix`` does it without a person.

    ``environments`` are those that have it, when not all do; the message names them too.
    """

    rule: str
    severity: Severity
    message: str
    location: Location
    hint: str | None = None
    fix: "Fix | None" = None
    environments: tuple[str, ...] = ()
