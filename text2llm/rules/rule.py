"""A rule, the file it checks, and its findings."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Generic, NamedTuple, TypeVar

from text2llm.config.document import Document
from text2llm.config.nodes import Pointer
from text2llm.diagnostics import Severity
from text2llm.redaction.literals import Literal

if TYPE_CHECKING:
    from text2llm.fix import Fix

_Subject = TypeVar("_Subject")
#: What suppresses the findings of the second rule, or sets their severity, does so for the first, too.
FOLLOWS = {"retired-model": "deprecated-model"}


class Finding(NamedTuple):
    """A rule's finding, at a pointer into the config (``key``: at its key) or an offset into the file.

    The pointers of its ``fix`` lead into the config too. ``most`` is the highest severity that it has, whatever that of
    its rule is.
    """

    at: Pointer | int
    message: str
    hint: str | None = None
    key: bool = False
    fix: Fix | None = None
    most: Severity = Severity.ERROR


class FileContext(NamedTuple):
    document: Document
    literals: tuple[Literal, ...]


class Rule(NamedTuple, Generic[_Subject]):
    """A rule. ``summary`` is the fact in one line; ``hint`` says how to fix it unless a finding has its own.

    The docstring of ``check`` is the rule's documentation. A ``fixed`` rule can be neither lowered nor ignored; some
    findings of one that ``has_fix`` can be fixed by ``validate --fix``.
    """

    id: str
    severity: Severity
    summary: str
    hint: str
    check: Callable[[_Subject], Iterable[Finding]]
    fixed: bool = False
    has_fix: bool = False


def define_rule(  # noqa: PLR0913 - one parameter for each part of a rule
    rule_id: str, severity: Severity, summary: str, hint: str, *, fixed: bool = False, has_fix: bool = False
) -> Callable[[Callable[[_Subject], Iterable[Finding]]], Rule[_Subject]]:
    return lambda check: Rule(rule_id, severity, summary, hint, check, fixed, has_fix)
