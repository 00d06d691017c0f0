"""What a rule is, what it sees, and what it finds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Generic, NamedTuple, TypeVar

from text2llm.config.document import Document
from text2llm.config.nodes import Pointer
from text2llm.diagnostics import Severity
from text2llm.redaction.literals import Literal

if TYPE_CHECKING:  # a file that does not obey the schema gets no further than the rules over files
    from text2llm.catalog.facts import Catalog
    from text2llm.config.model import Config
    from text2llm.config.resolve import Resolved, Resolver
    from text2llm.config.suggest import Suggestions
    from text2llm.providers.registry import Registry

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


class RuleContext(NamedTuple):
    """What a rule over the whole configuration sees. Nothing in it depends on the date, a cache or the user.

    ``catalog`` reads the facts about models, the first time; ``as_of`` is the day, ``YYYY-MM-DD``, for which they are
    judged, ``None`` for the catalog's own. ``written`` resolves each model that is written, the first time.
    """

    config: Config
    registry: Registry
    resolver: Resolver
    suggestions: Suggestions
    catalog: Callable[[], Catalog]
    written: Callable[[], Sequence[Resolved]]
    as_of: str | None = None


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
