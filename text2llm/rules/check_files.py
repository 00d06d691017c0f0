"""The rules over single files, and ignore comments."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping

from text2llm.auth.credentials import STORE_NAME
from text2llm.config.document import Document
from text2llm.diagnostics import Diagnostic, Location, Severity
from text2llm.redaction.forms import Forms
from text2llm.redaction.literals import find_literals
from text2llm.rules.files import FILE_RULES
from text2llm.rules.ignores import IGNORE_RULES, IgnoreContext, drop_ignored, find_ignores
from text2llm.rules.rule import FileContext
from text2llm.rules.run import run_rules, sort_findings

#: The finding about a credential store, and how to fix it.
IS_STORE = (
    "this is a credential store, not a configuration",
    "keep it out of the repository; validate checks configurations and agent files",
)
_STORED_TYPES = frozenset({"api_key", "token", "oauth"})


def check_files(documents: Iterable[Document]) -> list[Diagnostic]:
    """The findings of the rules over single files, sorted by place.

    No settings are read: the credential formats are those of the built-in providers.
    """
    read, forms = list(documents), Forms()
    return apply_comments(sort_findings(check_each(find_context(each, forms) for each in read)), read)


def find_context(document: Document, forms: Forms) -> FileContext:
    return FileContext(document, tuple(find_literals(document, forms)))


def check_each(files: Iterable[FileContext]) -> Iterator[Diagnostic]:
    for file in files:
        yield from run_rules(FILE_RULES, file, {}, file.document.locate)


def apply_comments(
    findings: list[Diagnostic],
    documents: list[Document],
    severities: Mapping[str, str] | None = None,
    find_today: Callable[[], str] | None = None,
) -> list[Diagnostic]:
    """The findings that no comment ignores on a day (``find_today``: as ``YYYY-MM-DD``), and those about the comments.

    Without ``severities`` the findings are not complete, so no comment is unused.
    """
    ignores = {document.path: found for document in documents if (found := find_ignores(document))}
    if not ignores:
        return findings
    from text2llm.rules.table import RULES  # loads all rules, so only for a file with such comments

    ignorable = {rule.id: not rule.fixed for rule in RULES}
    today = None if find_today is None else find_today()
    kept = list(drop_ignored(findings, ignores, ignorable, today))
    by_path: dict[str, list[Diagnostic]] = {}
    for finding in findings:
        by_path.setdefault(finding.location.path, []).append(finding)
    for document in documents:
        known = None if severities is None else tuple(by_path.get(document.path, ()))
        context = IgnoreContext(document, ignores.get(document.path, ()), ignorable, known)
        kept += run_rules(IGNORE_RULES, context, severities or {}, document.locate)
    return sort_findings(kept)


def find_leaks(path: str, content: bytes) -> list[Diagnostic]:
    """The credentials in a file of any kind, by their form alone."""
    # Credentials are ASCII, and in UTF-16 and UTF-32 that is ASCII with zeros between.
    text = content.replace(b"\0", b"").decode("utf-8", "replace").replace("\r\n", "\n")
    if os.path.basename(path) == STORE_NAME or _is_store(text):
        message, hint = IS_STORE
        return [Diagnostic("secret-in-config", Severity.ERROR, message, Location(path), hint)]
    found = check_files([Document(path, text, bom=False, root=None, data=None)])
    return [finding for finding in found if finding.rule == "secret-in-config"]


def _is_store(text: str) -> bool:
    """Whether a text is a credential store under another name: many keys in one have no known format."""
    if not text.lstrip().startswith("{") or '"profiles"' not in text:
        return False
    import json

    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        return False
    profiles = data.get("profiles")
    entries = profiles.values() if isinstance(profiles, dict) else ()
    return any(isinstance(each, dict) and each.get("type") in _STORED_TYPES for each in entries)
