"""One file that is checked: how it is read, and the findings about it as a whole."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping

from text2llm.auth.credentials import STORE_NAME
from text2llm.config.document import Document
from text2llm.config.kind import FileKind
from text2llm.config.load import IncludeError, read_bytes, read_file
from text2llm.config.reader import MAX_BYTES, read_document
from text2llm.diagnostics import Diagnostic, Location, Severity
from text2llm.errors import ReadError
from text2llm.rules.check_files import IS_STORE, find_leaks

STDIN = "<stdin>"
#: The largest file that is scanned for credentials, in bytes.
_MAX_SCANNED = 16 * 1024 * 1024
_UNKNOWN = {
    FileKind.STORE: IS_STORE,
    FileKind.UNKNOWN: (
        "this is not a type of file that text2llm knows",
        "expected a configuration (with `version: 1`) or an agent file (with `id:` and a model)",
    ),
}


def read_checked(path: str, edited: Mapping[str, Document]) -> Document:
    """Read a file, or standard input; of those that were ``edited``, by real path, as it would be.

    Raises:
        ReadError: it cannot be read.
    """
    if path == STDIN:
        return read_document(STDIN, sys.stdin.buffer.read(MAX_BYTES + 1))
    document = edited.get(os.path.realpath(path)) if edited else None
    return read_file(path) if document is None else document._replace(path=path)


def read_raw(path: str) -> str:
    """The text of a file that the strict reader refused, as far as it can be shown; empty for a credential store."""
    if os.path.basename(path) == STORE_NAME:
        return ""
    return read_bytes(path)[:MAX_BYTES].decode("utf-8", "replace")


def find_secrets(path: str) -> list[Diagnostic]:
    try:
        content = sys.stdin.buffer.read(_MAX_SCANNED + 1) if path == STDIN else read_bytes(path, _MAX_SCANNED)
    except ReadError as error:
        return [as_finding(error, path)]
    if len(content) > _MAX_SCANNED:
        message = f"larger than {_MAX_SCANNED // 1024 // 1024} MiB: not scanned for credentials"
        return [Diagnostic("unreadable", Severity.ERROR, message, Location(path), "leave such files out of the check")]
    return find_leaks(path, content)


def as_finding(error: ReadError, path: str) -> Diagnostic:
    rule = "include" if isinstance(error, IncludeError) else "syntax" if error.location else "unreadable"
    return Diagnostic(rule, Severity.ERROR, error.message, error.location or Location(path), error.hint)


def explain_kind(kind: FileKind, path: str) -> Diagnostic:
    """The finding that a file is not one to check."""
    message, hint = _UNKNOWN[kind]
    return Diagnostic("unknown-kind", Severity.ERROR, message, Location(path), hint)
