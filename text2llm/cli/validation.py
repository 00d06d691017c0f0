"""Checking any number of files: what to read, which root an agent file belongs to, and whose findings to report."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import NamedTuple

from text2llm.cli.options import show_path
from text2llm.cli.world import open_registry
from text2llm.config.discovery import CONFIG_NAME, find_config
from text2llm.config.document import Document
from text2llm.config.kind import FileKind, recognise
from text2llm.config.load import Loaded, find_included, load_document, read_bytes, read_file
from text2llm.config.reader import MAX_BYTES, read_document
from text2llm.config.schema import check_schema
from text2llm.diagnostics import Diagnostic, Location, Severity
from text2llm.errors import NoConfigError, ReadError, RefusedError
from text2llm.providers.registry import load_registry
from text2llm.rules.check import check_files, check_rules, limit_findings

STDIN = "<stdin>"
STORE_NAME = "auth-profiles.json"
#: The most of a file of any kind that is looked through for credentials, in bytes.
_MAX_SCANNED = 16 * 1024 * 1024
_UNKNOWN = {
    FileKind.STORE: (
        "this is a credential store, not a configuration",
        "keep it out of the repository; validate checks configurations and agent files",
    ),
    FileKind.UNKNOWN: (
        "this is no file that text2llm knows",
        "expected a configuration (with `version: 1`) or an agent file (with `id:` and a model)",
    ),
}


class _Judged(NamedTuple):
    """What there is to say about a root: all findings by the real path of each of its files, and who is ``broken``."""

    findings: dict[str, list[Diagnostic]]
    broken: frozenset[str]


class Validation:
    """One run over many files. ``documents`` are those that could be read, by the path that is shown."""

    def __init__(self, config: str | None, as_of: str | None = None) -> None:
        """``config`` is the root that ``--config`` names; ``as_of`` the day for which retirement is judged."""
        self.config = config
        self.as_of = as_of
        self.findings: list[Diagnostic] = []
        self.documents: dict[str, Document] = {}
        self._shown: dict[str, str] = {}
        self._roots: dict[str, Loaded] = {}
        self._members: dict[str, frozenset[str]] = {}
        self._judged: dict[str, _Judged] = {}

    def run(self, paths: Iterable[str]) -> None:
        """Check every file, a root with the agent files that it includes."""
        for path in paths:
            self._shown.setdefault(os.path.realpath(path), path)
        for real, path in list(self._shown.items()):
            try:
                self._check_file(path, real)
            except ReadError as error:
                self.findings.append(_as_finding(error, path))
        self.findings = list(limit_findings(map(self._show, self.findings)))

    def run_known(self, paths: Iterable[str]) -> None:
        """Check the configurations among some files, and those that include one of them; pass over all others.

        That is what a hook needs, which is handed every changed file: which of them matter, the configurations say.
        """
        self.run(dict.fromkeys(root for path in paths for root in self._find_roots(path)))

    def _find_roots(self, path: str) -> Iterator[str]:
        real = os.path.realpath(path)
        if self._is_root(path, real):
            yield path
            return
        for root in map(show_path, self._candidate_roots(path)):
            if real in self._included_by(root):
                yield root
                return

    def _included_by(self, root: str) -> frozenset[str]:
        """The real paths of a root's agent files; none of one that cannot be read: it is told when it changes."""
        if root not in self._members:
            try:
                self._members[root] = frozenset(map(os.path.realpath, find_included(_read(root), [])))
            except ReadError:
                self._members[root] = frozenset()
        return self._members[root]

    def run_secrets(self, paths: Iterable[str]) -> None:
        """Look for credentials by their form alone, in text files of any kind."""
        for path in paths:
            if self._shown.setdefault(os.path.realpath(path), path) == path:
                self.findings += _find_secrets(path)
        self.findings = list(limit_findings(self.findings))

    @property
    def paths(self) -> tuple[str, ...]:
        """The files that were looked at, as they are shown."""
        return tuple(self._shown.values())

    def _check_file(self, path: str, real: str) -> None:
        document = _read(path)
        kind = FileKind.CONFIG if self._is_root(path, real) else recognise(document)
        if kind is FileKind.CONFIG:
            self._check_root(document, real)
        elif kind is FileKind.AGENT:
            self._check_agent(document, real)
        elif kind is FileKind.SETTINGS:
            self._check_settings(document)
        elif kind in (FileKind.PROVIDER, FileKind.SCENARIO):
            # Their keys speak of credentials and hold none, so that only the form of a value says what it is.
            self.documents[document.path] = document
            self.findings += check_files([document._replace(root=None, data=None)])
            self.findings += check_schema(document, kind.value)
        else:
            message, hint = _UNKNOWN[kind]
            self.findings.append(Diagnostic("unknown-kind", Severity.ERROR, message, Location(path), hint))

    def _is_root(self, path: str, real: str) -> bool:
        named = self.config is not None and os.path.realpath(self.config) == real
        return named or os.path.basename(path) == CONFIG_NAME

    def _check_root(self, document: Document, real: str) -> None:
        self.documents[document.path] = document
        try:
            loaded = self._load_root(document, real)
        except ReadError:  # of an agent file; what can be said of this one without it is said
            self.findings += check_files([document])
            raise
        for included in loaded.included:
            shown = self._shown.setdefault(os.path.realpath(included.path), included.path)
            self.documents[shown] = included
        self.findings += chain.from_iterable(self._judge_root(real, loaded).findings.values())

    def _load_root(self, document: Document, real: str) -> Loaded:
        if real not in self._roots:
            self._roots[real] = load_document(document)
        return self._roots[real]

    def _judge_root(self, real: str, loaded: Loaded) -> _Judged:
        if real not in self._judged:
            found: dict[str, list[Diagnostic]] = {
                os.path.realpath(each.path): [] for each in (loaded.document, *loaded.included)
            }
            for finding in _all_findings(loaded, self.as_of):
                found[os.path.realpath(finding.location.path)].append(finding)
            broken = frozenset(os.path.realpath(each.location.path) for each in loaded.findings)
            self._judged[real] = _Judged(found, broken)
        return self._judged[real]

    def _check_agent(self, document: Document, real: str) -> None:
        self.documents[document.path] = document
        self.findings += [*check_files([document]), *check_schema(document, FileKind.AGENT.value)]
        looked_at = []
        for root in map(show_path, self._candidate_roots(document.path)):
            try:
                loaded = self._load_root(_read(root), os.path.realpath(root))
            except ReadError:
                self._tell_half_checked(document, root)
                return
            judged = self._judge_root(os.path.realpath(root), loaded)
            self.findings += judged.findings.get(real, ())
            if loaded.config is None and judged.broken - {real}:
                self._tell_half_checked(document, root)
            if real in judged.findings or loaded.config is None:
                return
            looked_at.append(root)
        self.findings.append(_orphan(document, looked_at))

    def _tell_half_checked(self, document: Document, root: str) -> None:
        """Say that nobody could tell what an agent file means; needless when the root is checked in this run."""
        if os.path.realpath(root) not in self._shown:
            message = f"checked by itself only: {root}, or a file that it includes, has errors"
            hint = f"run `text2llm validate {root}`"
            self.findings.append(Diagnostic("include", Severity.WARNING, message, Location(document.path), hint))

    def _check_settings(self, document: Document) -> None:
        from text2llm.settings.parse import parse_settings

        self.documents[document.path] = document
        self.findings += check_files([document])
        self.findings += parse_settings(document, load_registry().spellings()).findings

    def _candidate_roots(self, path: str) -> Iterator[str]:
        """The configurations that may include an agent file: from its own folder up, then the one that is used here."""
        seen = set()
        for folder in (os.path.dirname(os.path.abspath(path)), os.getcwd()):
            try:
                root = find_config(self.config, os.environ, folder)
            except (NoConfigError, RefusedError):
                continue
            if root not in seen:
                seen.add(root)
                yield root

    def _show(self, finding: Diagnostic) -> Diagnostic:
        path = self._shown.get(os.path.realpath(finding.location.path), finding.location.path)
        return finding._replace(location=finding.location._replace(path=path))


def _read(path: str) -> Document:
    if path != STDIN:
        return read_file(path)
    return read_document(STDIN, sys.stdin.buffer.read(MAX_BYTES + 1))


def read_raw(path: str) -> str:
    """The text of a file that the strict reader refused, as far as it can be shown; empty for a credential store."""
    if os.path.basename(path) == STORE_NAME:
        return ""
    return read_bytes(path)[:MAX_BYTES].decode("utf-8", "replace")


def _find_secrets(path: str) -> list[Diagnostic]:
    try:
        content = sys.stdin.buffer.read(_MAX_SCANNED + 1) if path == STDIN else read_bytes(path, _MAX_SCANNED)
    except ReadError as error:
        return [_as_finding(error, path)]
    if len(content) > _MAX_SCANNED:
        message = f"larger than {_MAX_SCANNED // 1024 // 1024} MiB: nobody looked for credentials in it"
        return [Diagnostic("unreadable", Severity.ERROR, message, Location(path), "leave such files out of the check")]
    # Credentials are ASCII, and in UTF-16 and UTF-32 that is ASCII with zeros between.
    text = content.replace(b"\0", b"").decode("utf-8", "replace").replace("\r\n", "\n")
    found = check_files([Document(path, text, bom=False, root=None, data=None)])
    return [finding for finding in found if finding.rule == "secret-in-config"]


def _all_findings(loaded: Loaded, as_of: str | None) -> list[Diagnostic]:
    if loaded.config is not None:
        return [*loaded.findings, *check_rules(loaded.config, open_registry(os.environ), as_of)]
    return [*loaded.findings, *check_files((loaded.document, *loaded.included))]


def _as_finding(error: ReadError, path: str) -> Diagnostic:
    rule = "syntax" if error.location else "unreadable"
    return Diagnostic(rule, Severity.ERROR, error.message, error.location or Location(path), error.hint)


def _orphan(document: Document, roots: list[str]) -> Diagnostic:
    reason = f"{' and '.join(roots)} does not" if roots else f"there is no {CONFIG_NAME} that could"
    hint = "add the file to `include` of the configuration that it belongs to"
    message = f"nothing includes this agent file: {reason}"
    return Diagnostic("include", Severity.WARNING, message, Location(document.path), hint)
