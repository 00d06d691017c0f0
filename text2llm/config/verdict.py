"""Remembered verdicts: a file that obeyed its schema is not checked again while nothing that counts has changed.

A verdict is an empty-handed promise about bytes: the name of its file is a digest of the document, the schema and the
version of text2llm. Only "no findings" is remembered, and never what rules say. Losing the cache costs time only, so
whatever the operating system says about it, whoever owns it and whatever it holds, the worst case is a fresh check.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from hashlib import sha256

from text2llm import __version__
from text2llm.config.document import Document
from text2llm.config.schema import check_schema
from text2llm.config.schema_files import schema_text
from text2llm.diagnostics import Diagnostic
from text2llm.storage.places import find_places

MAX_ENTRIES = 512
_KEPT = 384
_ENTRY = re.compile(r"[0-9a-f]{64}")
_WRITABLE_BY_OTHERS = 0o022


def check_with_verdict(document: Document, kind: str) -> list[Diagnostic]:
    """The schema check with its verdicts in the user's cache directory."""
    return cached_check(find_places(os.environ).cache)(document, kind)


def cached_check(cache: str) -> Callable[[Document, str], list[Diagnostic]]:
    """A schema check that remembers in ``cache`` (the user's cache directory) which documents are valid."""
    folder = os.path.join(cache, "verdicts")

    def check(document: Document, kind: str) -> list[Diagnostic]:
        key = verdict_key(document, kind)
        if is_remembered(folder, key):
            return []
        findings = check_schema(document, kind)
        if not findings:
            remember(folder, key)
        return findings

    return check


def verdict_key(document: Document, kind: str) -> str:
    """The digest of all that a schema check depends on."""
    schema = sha256(schema_text(kind).encode()).hexdigest()
    return sha256(f"{document.digest} {kind} {schema} {__version__}".encode()).hexdigest()


def is_remembered(folder: str, key: str) -> bool:
    """Whether ``folder`` holds the verdict: our own file, that no one else may write, with the content we gave it."""
    try:
        if not _is_ours(os.lstat(folder)):
            return False
        handle = os.open(os.path.join(folder, key), os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        try:
            return _is_ours(os.fstat(handle)) and os.read(handle, len(key) + 1) == key.encode()
        finally:
            os.close(handle)
    except OSError:
        return False


def _is_ours(status: os.stat_result) -> bool:
    return status.st_uid == os.geteuid() and not status.st_mode & _WRITABLE_BY_OTHERS


def remember(folder: str, key: str) -> None:
    """Store a verdict, and drop the oldest when there are too many. A cache that cannot be written stays as it is."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    try:
        os.makedirs(folder, mode=0o700, exist_ok=True)
        handle = os.open(os.path.join(folder, key), flags, 0o600)
        try:
            os.write(handle, key.encode())
        finally:
            os.close(handle)
        _prune(folder)
    except OSError:
        return


def _prune(folder: str) -> None:
    with os.scandir(folder) as entries:
        verdicts = [entry for entry in entries if _ENTRY.fullmatch(entry.name)]
    if len(verdicts) <= MAX_ENTRIES:
        return
    verdicts.sort(key=lambda entry: entry.stat(follow_symlinks=False).st_mtime_ns)
    for entry in verdicts[: len(verdicts) - _KEPT]:
        os.unlink(entry.path)
