"""A configuration as it was committed: the root file and the agent files that it included then. Pure over a tree."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from text2llm.config.document import Document
from text2llm.config.load import MAX_INCLUDED, Loaded, assemble
from text2llm.config.reader import MAX_BYTES, read_document
from text2llm.config.schema import check_schema
from text2llm.diagnostics import Diagnostic, Severity
from text2llm.errors import ReadError
from text2llm.git.tree import Found, OutsideError, Tree, has_magic


def load_revision(tree: Tree, path: str, name: str) -> Loaded | None:
    """The configuration at ``path`` of a commit; ``None`` where there is no such file.

    ``name`` is what the revision is called in places: ``HEAD:text2llm.yaml:4:7``.

    Raises:
        ReadError: the file, or one that it includes, cannot be read.
    """
    found = _find(tree, path, name)
    if found is None:
        return None
    (document,) = _read(tree, {path: found}, name)
    findings = check_schema(document, "config")
    if _has_error(findings):
        return Loaded(document, (), tuple(findings), None)
    included = _find_included(tree, path, document, findings)
    return assemble(document, tuple(_read(tree, included, name)), findings)


def _find(tree: Tree, path: str, name: str) -> Found | None:
    try:
        return tree.find(path)
    except OutsideError as error:
        raise ReadError(f"{name}:{path} is a link that {error.where}", hint="make it a file") from error


def _read(tree: Tree, files: dict[str, Found], name: str) -> list[Document]:
    for path, found in files.items():
        if not found.entry.is_file:
            raise ReadError(f"{name}:{path} is not a regular file", hint="name a file")
    ids = [found.entry.oid for found in files.values()]
    for path, size in zip(files, tree.measure(ids), strict=True):
        if size > MAX_BYTES:
            hint = "a configuration is text that people review: split it, or check that this is the right file"
            raise ReadError(f"{name}:{path} is larger than {MAX_BYTES >> 20} MiB", hint=hint)
    contents = tree.read(ids)
    return [read_document(f"{name}:{path}", data) for path, data in zip(files, contents, strict=True)]


def _find_included(tree: Tree, root: str, document: Document, findings: list[Diagnostic]) -> dict[str, Found]:
    """The files that ``include`` names, each once, in order; what is wrong with it goes to ``findings``."""
    patterns = document.data.get("include") if isinstance(document.data, dict) else None
    files: dict[str, tuple[str, Found]] = {}
    for index, pattern in enumerate(patterns if isinstance(patterns, list) else ()):
        problem = _collect(tree, root, str(pattern), files)
        if problem is not None:
            place, hint = document.locate(("include", index)), "name agent files inside the repository"
            findings.append(Diagnostic("include", Severity.ERROR, problem, place, hint))
    return dict(files.values())


def _collect(tree: Tree, root: str, pattern: str, files: dict[str, tuple[str, Found]]) -> str | None:
    """Add the files of one pattern to ``files``, by real path, since patterns overlap; return what is wrong with it."""
    own = tree.find(root)
    try:
        matches = list(_matches(tree, posixpath.dirname(root), pattern))
    except OutsideError as error:
        return f"an include {error.where}"
    if not matches and not has_magic(pattern):
        return "there is no such file"
    for path, found in matches:
        if found is None:
            return f"{path} is a link that leads nowhere"
        if own is not None and found.path == own.path:
            return "an include leads to this file itself"
        if not found.entry.is_folder:
            files.setdefault(found.path, (path, found))
        elif not has_magic(pattern):
            return f"this is a directory; {pattern.rstrip('/')}/*.yaml are the files in it"
    return f"more than {MAX_INCLUDED} included files" if len(files) > MAX_INCLUDED else None


def _matches(tree: Tree, folder: str, pattern: str) -> Iterator[tuple[str, Found | None]]:
    for path in tree.glob(folder, pattern):
        yield posixpath.normpath(path), tree.find(path)


def _has_error(findings: list[Diagnostic]) -> bool:
    return any(finding.severity is Severity.ERROR for finding in findings)
