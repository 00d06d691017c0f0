"""A configuration as committed: the root file and the agent files it included. Pure over a tree."""

from __future__ import annotations

import posixpath

from text2llm.config.document import Document
from text2llm.config.environment_files import split_path
from text2llm.config.include import resolve_includes
from text2llm.config.kind import FileKind, recognize
from text2llm.config.load import Loaded, assemble
from text2llm.config.reader import MAX_BYTES, read_document
from text2llm.config.schema import check_schema
from text2llm.config.tree import OutsideError, Place, Tree
from text2llm.diagnostics import Severity
from text2llm.errors import ReadError


def load_revision(tree: Tree, path: str, name: str) -> Loaded | None:
    """The configuration at ``path`` of a commit; ``None`` if there is no such file.

    ``name`` is the revision in locations: ``HEAD:text2llm.yaml:4:7``.

    Raises:
        ReadError: the file, or one that it includes, cannot be read.
    """
    found = _find(tree, path, name)
    if found is None:
        return None
    document = _read(tree, path, found, name)
    findings = check_schema(document, "config")
    if any(finding.severity is Severity.ERROR for finding in findings):
        return Loaded(document, (), tuple(findings), None)
    folder = posixpath.dirname(path)
    included = resolve_includes(document, tree, folder, found.path, findings)
    files = ((posixpath.normpath(posixpath.join(folder, spelled)), place) for spelled, place in included.items())
    return assemble(document, tuple(_read(tree, each, place, name) for each, place in files), findings)


def load_environments(tree: Tree, path: str, name: str) -> dict[str, Document]:
    """The environments of the configuration at ``path`` of a commit, which is there, by name.

    See :func:`load_revision`.
    """
    folder = _find(tree, posixpath.dirname(path), name)
    assert folder is not None
    documents = dict[str, Document]()
    for file, _ in sorted(tree.children(folder.entry.oid).items()):
        parts, inner = split_path(file), posixpath.join(posixpath.dirname(path), file)
        if parts is not None and parts[0] == posixpath.basename(path):
            place = _find(tree, inner, name)
            document = None if place is None else _read(tree, inner, place, name)
            if document is not None and recognize(document) is FileKind.ENVIRONMENT:
                documents[parts[1]] = document
    return documents


def _find(tree: Tree, path: str, name: str) -> Place | None:
    try:
        return tree.find(path)
    except OutsideError as error:
        raise ReadError(f"{name}:{path} is a link that {error}", hint="replace it with a file") from error


def _read(tree: Tree, path: str, place: Place, name: str) -> Document:
    if not place.entry.is_file:
        raise ReadError(f"{name}:{path} is not a regular file", hint="use a file")
    content = tree.read(place.entry.oid, MAX_BYTES)
    if content is None:
        hint = "split it, or check that this is the right file"
        raise ReadError(f"{name}:{path} is larger than {MAX_BYTES >> 20} MiB", hint=hint)
    return read_document(f"{name}:{path}", content)
