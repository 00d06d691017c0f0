"""The files that ``include`` names, among those of a folder or of a commit: one resolver for both. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple, Protocol

from text2llm.config.document import Document
from text2llm.diagnostics import Diagnostic, Severity

MAX_INCLUDED = 1000
_MAGIC = re.compile(r"[*?\[]")
_MEND = "name agent files inside the repository"
_MEND_PATTERN = "mend the pattern, or take it out until there is such a file"


class OutsideError(Exception):
    """A path or a link leads out of the repository; ``where`` says how."""

    where = "leads out of the repository"


class Included(NamedTuple):
    """What a pattern names: ``name`` as seen from the root file's folder, ``path`` as it can be opened.

    ``real`` is where it leads after links, ``None`` where that is nowhere.
    """

    name: str
    path: str
    real: str | None
    is_folder: bool


class Files(Protocol):
    """The files around a root file. ``root`` is where that one leads after links."""

    @property
    def root(self) -> str: ...  # noqa: D102 - the class says it

    def match(self, pattern: str) -> Iterable[Included]:
        """What a pattern names, in order.

        Raises:
            OutsideError: it leads out of the repository.
        """


def resolve_includes(document: Document, files: Files, findings: list[Diagnostic]) -> list[Included]:
    """The files that ``include`` names, each once, in order; what is wrong with it goes to ``findings``."""
    patterns = document.data.get("include") if isinstance(document.data, dict) else None
    found: dict[str, Included] = {}
    for index, pattern in enumerate(patterns if isinstance(patterns, list) else ()):
        known = len(findings)
        findings += _collect(document, index, str(pattern), files, found)
        if len(found) > MAX_INCLUDED and len(findings) == known:
            findings.append(_finding(document, index, f"more than {MAX_INCLUDED} included files"))
    return list(found.values())


def has_magic(pattern: str) -> bool:
    """Whether a pattern can name several files."""
    return _MAGIC.search(pattern) is not None


def _collect(
    document: Document, index: int, pattern: str, files: Files, found: dict[str, Included]
) -> Iterable[Diagnostic]:
    """Add the files of one pattern to ``found``, by real path, since patterns overlap; yield what is wrong with it."""
    empty = True
    try:
        for match in files.match(pattern):
            empty = False
            problem = _judge(match, pattern, files.root)
            if problem is not None:
                yield _finding(document, index, problem)
                return
            if not match.is_folder:
                found.setdefault(str(match.real), match)
    except OutsideError as error:
        yield _finding(document, index, f"an include {error.where}")
        return
    if empty and has_magic(pattern):
        told = _finding(document, index, f"no file is called {pattern}", _MEND_PATTERN)
        yield told._replace(severity=Severity.WARNING)
    elif empty:
        yield _finding(document, index, "there is no such file")


def _judge(match: Included, pattern: str, root: str) -> str | None:
    """What is wrong with a file that a pattern names; ``None``: nothing."""
    if match.real is None:
        return f"{match.name} is a link that leads nowhere"
    if match.real == root:
        return "an include leads to this file itself"
    if match.is_folder and not has_magic(pattern):
        return f"this is a directory; {pattern.rstrip('/')}/*.yaml are the files in it"
    return None


def _finding(document: Document, index: int, message: str, hint: str = _MEND) -> Diagnostic:
    return Diagnostic("include", Severity.ERROR, message, document.locate(("include", index)), hint)
