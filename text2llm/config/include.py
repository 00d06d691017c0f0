"""The files that ``include`` names, among those of a folder or of a commit: one resolver for both. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple, TypeAlias

from text2llm.config.document import Document
from text2llm.diagnostics import Diagnostic, Severity

MAX_INCLUDED = 1000
_MAGIC = re.compile(r"[*?\[]")
_FIX = "name agent files inside the repository"
_FIX_PATTERN = "fix the pattern, or remove it until there is such a file"


class OutsideError(Exception):
    """A path or a link leads out of the repository; ``where`` says how."""

    where = "leads out of the repository"


class Included(NamedTuple):
    """A file that a pattern matches: ``name`` relative to the root file's folder, ``path`` as it can be opened.

    ``real`` is the path after links; ``None`` for a broken link.
    """

    name: str
    path: str
    real: str | None
    is_folder: bool


#: The files of a folder or a commit that a pattern matches, in order; raises :class:`OutsideError`.
Match: TypeAlias = Callable[[str], Iterable[Included]]


def resolve_includes(document: Document, root: str, match: Match, findings: list[Diagnostic]) -> list[Included]:
    """The files that ``include`` names, each once, in order; what is wrong with it goes to ``findings``.

    ``root`` is where the document's own path leads after links.
    """
    patterns = document.data.get("include") if isinstance(document.data, dict) else None
    found: dict[str, Included] = {}
    for index, pattern in enumerate(patterns if isinstance(patterns, list) else ()):
        for severity, problem, hint in _collect(str(pattern), root, match, found):
            findings.append(Diagnostic("include", severity, problem, document.locate(("include", index)), hint))
    return list(found.values())


def has_magic(pattern: str) -> bool:
    return _MAGIC.search(pattern) is not None


def _collect(pattern: str, root: str, match: Match, found: dict[str, Included]) -> Iterator[tuple[Severity, str, str]]:
    """Add the files of one pattern to ``found``, by real path, since patterns overlap; yield its problems."""
    matches, outside = _look(match, pattern)
    problems = [_judge(each, pattern, root) for each in matches]
    for each, wrong in zip(matches, problems, strict=True):
        if wrong is None and not each.is_folder:
            found.setdefault(str(each.real), each)
    problem = next(filter(None, (*problems, outside)), None)
    if problem is None and len(found) > MAX_INCLUDED:
        problem = f"more than {MAX_INCLUDED} included files"
    if problem is not None or not (matches or has_magic(pattern)):
        yield Severity.ERROR, problem or "there is no such file", _FIX
    elif not matches:
        yield Severity.WARNING, f"no file is called {pattern}", _FIX_PATTERN


def _look(match: Match, pattern: str) -> tuple[list[Included], str | None]:
    """The files of a pattern, up to the first that leads outside, and the error of that one."""
    matches: list[Included] = []
    try:
        for each in match(pattern):
            matches.append(each)  # noqa: PERF402 - what came before an error counts
    except OutsideError as error:
        return matches, f"an include {error.where}"
    return matches, None


def _judge(match: Included, pattern: str, root: str) -> str | None:
    if match.real is None:
        return f"{match.name} is a link that leads nowhere"
    if match.real == root:
        return "an include leads to this file itself"
    if match.is_folder and not has_magic(pattern):
        return f"this is a directory; {pattern.rstrip('/')}/*.yaml are the files in it"
    return None
