"""The files that ``include`` names, among those of a folder or of a commit: one resolver for both. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from text2llm.config.document import Document
from text2llm.config.tree import Place, Tree
from text2llm.config.walk import MAX_COMPARED, Skipped, TooMuchError, Walk, has_magic
from text2llm.diagnostics import Diagnostic, Severity

MAX_INCLUDED = 1000
_FIX = "name agent files inside the repository"
_FIX_PATTERN = "fix the pattern, or remove it until there is such a file"
_FIX_SEARCH = "name the directories of the agent files, such as agents/*.yaml"
_TOO_MUCH = f"the patterns of include search more than {MAX_COMPARED:,} files and directories"


def resolve_includes(
    document: Document, tree: Tree, folder: str, root: str, findings: list[Diagnostic]
) -> dict[str, Place]:
    """The files that ``include`` names, each once, in order, by the path from the document's folder.

    What is wrong with it goes to ``findings``. ``folder`` is the path of that folder in ``tree``, ``root`` that of the
    document's own file after links.
    """
    walk, found = Walk(tree, folder), dict[str, tuple[str, Place]]()
    for index, pattern in enumerate(list_patterns(document)):
        for severity, problem, hint in _collect(pattern, root, walk, found):
            findings.append(Diagnostic("include", severity, problem, document.locate(("include", index)), hint))
    return dict(found.values())


def list_patterns(document: Document) -> list[str]:
    """The patterns of ``include``, as written."""
    patterns = document.data.get("include") if isinstance(document.data, dict) else None
    return list(map(str, patterns)) if isinstance(patterns, list) else []


def _collect(
    pattern: str, root: str, walk: Walk, found: dict[str, tuple[str, Place]]
) -> Iterator[tuple[Severity, str, str]]:
    """Add the files of one pattern to ``found``, by their own path, since patterns overlap; yield its problem."""
    try:
        matches = walk.match(pattern)
    except TooMuchError:
        yield Severity.ERROR, _TOO_MUCH, _FIX_SEARCH
        return
    problems = [_judge(spelled, place, pattern, root) for spelled, place in matches.places.items()]
    for (spelled, place), wrong in zip(matches.places.items(), problems, strict=True):
        if wrong is None and place is not None and place.entry.is_file:
            found.setdefault(place.path, (spelled, place))
    problem = next(filter(None, problems), None) or (matches.outside and f"an include {matches.outside}")
    if problem is None and len(found) > MAX_INCLUDED:
        problem = f"more than {MAX_INCLUDED} included files"
    if problem is not None:
        yield Severity.ERROR, problem, _FIX
    elif matches.skipped is not None:
        yield _tell_skipped(matches.skipped, alone=not matches.places)
    elif not matches.places:
        yield _tell_nothing(pattern)


def _tell_skipped(skipped: Skipped, *, alone: bool) -> tuple[Severity, str, str]:
    """``alone``: the pattern matches nothing else, so that it can only have meant what it does not enter."""
    if skipped.is_link:
        problem = f"{skipped.spelled} {skipped.problem}, which a pattern does not enter"
    else:
        problem = f"{'an include' if alone else skipped.spelled} {skipped.problem}"
    hint = f"name it: {skipped.spelled}/*.yaml" if skipped.is_inside else _FIX
    return Severity.ERROR if alone else Severity.WARNING, problem, hint


def _tell_nothing(pattern: str) -> tuple[Severity, str, str]:
    if has_magic(pattern):
        return Severity.WARNING, f"no file is called {pattern}", _FIX_PATTERN
    return Severity.ERROR, "there is no such file", _FIX


def _judge(spelled: str, place: Place | None, pattern: str, root: str) -> str | None:
    if place is None:
        return f"{spelled} is a link that leads nowhere"
    if place.path == root:
        return "an include leads to this file itself"
    if not place.entry.is_file and not has_magic(pattern):
        return f"this is a directory; {pattern.rstrip('/')}/*.yaml are the files in it"
    return None
