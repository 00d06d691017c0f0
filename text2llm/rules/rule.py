"""What a rule is, what it sees, and what it finds."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Generic, NamedTuple, TypeVar

from text2llm.config.document import Document
from text2llm.config.nodes import Pointer
from text2llm.diagnostics import Severity
from text2llm.redaction.literals import Literal

_Subject = TypeVar("_Subject")


class Finding(NamedTuple):
    """What a rule found: at a pointer into the config (``key``: at its key) or an offset into the file."""

    at: Pointer | int
    message: str
    hint: str | None = None
    key: bool = False


class FileContext(NamedTuple):
    """What a rule over one file sees."""

    document: Document
    literals: tuple[Literal, ...]


class Rule(NamedTuple, Generic[_Subject]):
    """A rule. ``summary`` is the fact in one line; ``hint`` mends it unless a finding has a better one.

    The docstring of ``check`` is the rule's documentation. A ``fixed`` rule can be neither lowered nor silenced.
    """

    id: str
    severity: Severity
    summary: str
    hint: str
    check: Callable[[_Subject], Iterable[Finding]]
    fixed: bool = False
