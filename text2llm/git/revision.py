"""A configuration as committed: the root file and the agent files it included. Pure over a tree."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from functools import partial

from text2llm.config.document import Document
from text2llm.config.include import Included, OutsideError, resolve_includes
from text2llm.config.load import Loaded, assemble
from text2llm.config.reader import MAX_BYTES, read_document
from text2llm.config.schema import check_schema
from text2llm.diagnostics import Severity
from text2llm.errors import ReadError
from text2llm.git.tree import ResolvedEntry, Tree


def load_revision(tree: Tree, path: str, name: str) -> Loaded | None:
    """The configuration at ``path`` of a commit; ``None`` if there is no such file.

    ``name`` is the revision in locations: ``HEAD:text2llm.yaml:4:7``.

    Raises:
        ReadError: the file, or one that it includes, cannot be read.
    """
    found = _find(tree, path, name)
    if found is None:
        return None
    (document,) = _read(tree, {path: found}, name)
    findings = check_schema(document, "config")
    if any(finding.severity is Severity.ERROR for finding in findings):
        return Loaded(document, (), tuple(findings), None)
    files: dict[str, ResolvedEntry] = {}
    match = partial(_match, tree, posixpath.dirname(path), files)
    included = [each.path for each in resolve_includes(document, found.path, match, findings)]
    return assemble(document, tuple(_read(tree, {each: files[each] for each in included}, name)), findings)


def _find(tree: Tree, path: str, name: str) -> ResolvedEntry | None:
    try:
        return tree.find(path)
    except OutsideError as error:
        raise ReadError(f"{name}:{path} is a link that {error.where}", hint="replace it with a file") from error


def _read(tree: Tree, files: dict[str, ResolvedEntry], name: str) -> list[Document]:
    for path, found in files.items():
        if not found.entry.is_file:
            raise ReadError(f"{name}:{path} is not a regular file", hint="use a file")
    ids = [found.entry.oid for found in files.values()]
    for path, size in zip(files, tree.measure(ids), strict=True):
        if size > MAX_BYTES:
            hint = "split it, or check that this is the right file"
            raise ReadError(f"{name}:{path} is larger than {MAX_BYTES >> 20} MiB", hint=hint)
    contents = tree.read(ids)
    return [read_document(f"{name}:{path}", data) for path, data in zip(files, contents, strict=True)]


def _match(tree: Tree, folder: str, files: dict[str, ResolvedEntry], pattern: str) -> Iterator[Included]:
    """The files of a pattern in a folder of a commit, sorted, and added to ``files`` by path."""
    for match in tree.glob(folder, pattern):
        path, found = posixpath.normpath(match), tree.find(match)
        name = posixpath.relpath(path, folder or ".")
        if found is None:
            yield Included(name, path, None, is_folder=False)
        else:
            files[path] = found
            yield Included(name, path, found.path, found.entry.is_folder)
