"""Checking any number of files: what to read, which root an agent file belongs to, and whose findings to report."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from enum import Enum
from functools import cache
from itertools import chain
from typing import NamedTuple

from text2llm.auth.credentials import STORE_NAME
from text2llm.commands.in_force import ConfigSelection, find_in_force
from text2llm.config.discovery import CONFIG_NAME, find_config, is_named_config, leads_out, list_named, shorten_path
from text2llm.config.document import Document
from text2llm.config.kind import FileKind, recognize
from text2llm.config.load import IncludeError, Loaded, find_included, load_document, read_bytes, read_file
from text2llm.config.reader import MAX_BYTES, read_document
from text2llm.config.schema import check_schema
from text2llm.diagnostics import Diagnostic, Location, Severity
from text2llm.errors import NoConfigError, ReadError, RefusedError
from text2llm.rules.check_files import IS_STORE, check_files, find_leaks
from text2llm.rules.run import limit_findings
from text2llm.workspace import Workspace

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


class Scope(Enum):
    """What is looked at.

    ``KNOWN``: configurations and those that include a file, as a hook needs, which is handed every changed file;
    ``SECRETS``: text files of any kind, for credentials alone.
    """

    EVERY = "every"
    KNOWN = "known"
    SECRETS = "secrets"


class CheckRequest(NamedTuple):
    """The files to check; none: every configuration that is in force where the command was started, and below.

    ``as_of`` is the reference date for model retirement, ``None`` for that of the facts.
    """

    files: tuple[str, ...]
    as_of: str | None = None
    scope: Scope = Scope.EVERY


class Validation(NamedTuple):
    """The findings of a run.

    ``paths`` are the files that were looked at and ``cut`` those that may have more findings than are shown;
    ``documents`` are those that could be read; all by the path that is shown. ``inputs`` are all files that were read.
    ``own`` is the user's own configuration if that was checked, for lack of one that is shared. With ``named``, others
    were not searched for, since an option or a variable names one.
    """

    findings: list[Diagnostic]
    paths: tuple[str, ...]
    cut: list[str]
    documents: Mapping[str, Document]
    inputs: frozenset[str]
    own: str | None = None
    named: bool = False


class _Judged(NamedTuple):
    """The findings of a root and its agent files, by real path."""

    root: Document
    included: tuple[Document, ...]
    findings: dict[str, list[Diagnostic]]


def run(workspace: Workspace, request: CheckRequest) -> Validation:
    """Check every file, a root with the agent files that it includes; what is wrong with a file is a finding.

    Raises:
        NoConfigError: no file is named, and no configuration is in force.
        RefusedError: the one that is found belongs to another user.
    """
    found = ConfigSelection(request.files) if request.files else find_in_force(workspace)
    checker = _Checker(workspace, request.as_of)
    ways = {Scope.EVERY: checker.run, Scope.KNOWN: checker.run_known, Scope.SECRETS: checker.run_secrets}
    ways[request.scope](found.paths)
    findings, cut = limit_findings([*checker.findings, *found.findings])
    inputs = frozenset(checker.list_inputs())
    return Validation(findings, checker.paths, cut, checker.documents, inputs, found.own, found.named)


class _Checker:
    def __init__(self, workspace: Workspace, as_of: str | None) -> None:
        self.workspace, self.as_of = workspace, as_of
        self.findings: list[Diagnostic] = []
        self.documents: dict[str, Document] = {}
        self._real = cache(os.path.realpath)  # the system is asked once for each file, not for each finding
        self._roots_of = cache(self._find_roots_of)  # many agent files are in one folder
        self._shown: dict[str, str] = {}
        self._members: dict[str, frozenset[str]] = {}
        self._unread: set[str] = set()
        self._judged: dict[tuple[str, str], _Judged] = {}
        self._own_names: dict[str, None] = {}  # of roots: a file with two is two configurations
        self._told: set[str] = set()

    def run(self, paths: Iterable[str]) -> None:
        files: dict[tuple[str, str], str] = {}
        for path in paths:
            self._shown.setdefault(os.path.realpath(path), path)
            files.setdefault(self._place(path), path)
        for (_, real), path in files.items():
            try:
                self._check_file(path, real)
            except ReadError as error:
                self.findings.append(_as_finding(error, path))
        self.findings = [self._show(finding) for finding in self.findings]

    def run_known(self, paths: Iterable[str]) -> None:
        self.run(dict.fromkeys(root for path in paths for root in self._find_roots(path)))

    def run_secrets(self, paths: Iterable[str]) -> None:
        for path in paths:
            if self._shown.setdefault(os.path.realpath(path), path) == path:
                self.findings += _find_secrets(path)

    def _find_roots(self, path: str) -> Iterator[str]:
        real = os.path.realpath(path)
        if self._is_root(path, real) or is_named_config(path):
            yield path
            return
        for root in map(shorten_path, self._candidate_roots(path)):
            if real in self._included_by(root):
                yield root

    def _included_by(self, root: str) -> frozenset[str]:
        """The real paths of a root's agent files; none if it cannot be read: that is reported when it changes."""
        if root not in self._members:
            try:
                self._members[root] = frozenset(map(os.path.realpath, find_included(_read(root), [])))
            except ReadError:
                self._unread.add(root)
                self._members[root] = frozenset()
        return self._members[root]

    @property
    def paths(self) -> tuple[str, ...]:
        """The files that were looked at, as they are shown."""
        return tuple(dict.fromkeys((*self._shown.values(), *self._own_names)))

    def list_inputs(self) -> Iterator[str]:
        """Every file that may have been read: those that were looked at, and what they belong to with all its parts."""
        yield from chain(self._shown, (real for _, real in self._judged), self._members, *self._members.values())
        for judged in self._judged.values():
            yield from find_included(judged.root, [])

    def _check_file(self, path: str, real: str) -> None:
        is_root = self._is_root(path, real)
        if is_root and leads_out(path):
            raise ReadError(f"{path} is a link that leads out of the repository", hint="replace it with a file")
        document = _read(path)
        kind = FileKind.CONFIG if is_root else recognize(document)
        if kind is FileKind.CONFIG:
            self._check_root(document)
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
        named = self.workspace.named is not None and os.path.realpath(self.workspace.named) == real
        return named or os.path.basename(path) == CONFIG_NAME

    def _place(self, path: str) -> tuple[str, str]:
        """What a root is told from others by: `include` of a file that is a link starts in the folder of the link."""
        return self._real(os.path.dirname(os.path.abspath(path))), self._real(path)

    def _check_root(self, document: Document) -> None:
        self.documents[document.path] = document
        self._own_names[document.path] = None
        judged = self._judge_root(document)
        for included in judged.included:
            shown = self._shown.setdefault(os.path.realpath(included.path), included.path)
            self.documents[shown] = included
        self.findings += chain.from_iterable(judged.findings.values())

    def _judge_root(self, document: Document) -> _Judged:
        place = self._place(document.path)
        if place not in self._judged:
            try:
                loaded = load_document(document)
                documents, findings = (document, *loaded.included), self._find_all(loaded)
            except ReadError as error:  # of an agent file; the root is checked without it
                documents, findings = (document,), [*check_files([document]), _as_finding(error, document.path)]
            found: dict[str, list[Diagnostic]] = {os.path.realpath(each.path): [] for each in documents}
            for finding in findings:
                found.setdefault(self._real(finding.location.path), []).append(finding)
            self._judged[place] = _Judged(document, documents[1:], found)
        return self._judged[place]

    def _find_all(self, loaded: Loaded) -> list[Diagnostic]:
        if loaded.config is not None:
            from text2llm.rules.check_config import check_config

            return [*loaded.findings, *check_config(loaded.config, self.workspace.registry, self.as_of)]
        return [*loaded.findings, *check_files((loaded.document, *loaded.included))]

    def _check_agent(self, document: Document, real: str) -> None:
        """Check an agent file with the configuration that includes it: valid parts can be invalid together."""
        self.documents[document.path] = document
        self.findings += [*check_files([document]), *check_schema(document, FileKind.AGENT.value)]
        looked_at = []
        for root in map(shorten_path, self._candidate_roots(document.path)):
            if real in self._included_by(root):
                self._check_in_whole(real, root)
                return
            looked_at.append(root)
        unread = [root for root in looked_at if root in self._unread]
        self.findings.append(_half_checked(document, unread[0]) if unread else _orphan(document, looked_at))

    def _check_in_whole(self, real: str, root: str) -> None:
        judged = self._judged.get(self._place(root)) or self._judge_root(_read(root))
        self.findings += judged.findings.get(real, ())
        if root not in self._told:
            self._told.add(root)
            everything = chain.from_iterable(judged.findings.values())
            self.findings += (each for each in everything if each.severity is Severity.ERROR)

    def _check_settings(self, document: Document) -> None:
        from text2llm.providers.registry import load_registry
        from text2llm.settings.parse import parse_settings

        self.documents[document.path] = document
        self.findings += check_files([document])
        self.findings += parse_settings(document, load_registry().spellings()).findings

    def _candidate_roots(self, path: str) -> Iterable[str]:
        """The configurations that may include an agent file: from its own folder up, then those that are used here."""
        folders = (os.path.dirname(os.path.abspath(path)), os.getcwd())
        return dict.fromkeys(root for folder in folders for root in self._roots_of(folder))

    def _find_roots_of(self, folder: str) -> tuple[str, ...]:
        found: tuple[str, ...] = ()
        root = os.path.join(folder, CONFIG_NAME)
        with suppress(NoConfigError, RefusedError):
            found = (root := find_config(self.workspace.named, self.workspace.environ, folder),)
        return found if self.workspace.named is not None else (*found, *list_named(os.path.dirname(root)))

    def _show(self, finding: Diagnostic) -> Diagnostic:
        path = self._shown.get(self._real(finding.location.path), finding.location.path)
        if path == finding.location.path or finding.location.path in self._own_names:
            return finding
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
        message = f"larger than {_MAX_SCANNED // 1024 // 1024} MiB: not scanned for credentials"
        return [Diagnostic("unreadable", Severity.ERROR, message, Location(path), "leave such files out of the check")]
    return find_leaks(path, content)


def _as_finding(error: ReadError, path: str) -> Diagnostic:
    rule = "include" if isinstance(error, IncludeError) else "syntax" if error.location else "unreadable"
    return Diagnostic(rule, Severity.ERROR, error.message, error.location or Location(path), error.hint)


def _half_checked(document: Document, root: str) -> Diagnostic:
    message = f"checked by itself only: {root} cannot be read"
    return Diagnostic("include", Severity.WARNING, message, Location(document.path), f"run `text2llm validate {root}`")


def _orphan(document: Document, roots: list[str]) -> Diagnostic:
    said = "does" if len(roots) == 1 else "do"
    reason = f"{' and '.join(roots)} {said} not" if roots else f"there is no {CONFIG_NAME} that could"
    hint = "add the file to `include` of the configuration that it belongs to"
    message = f"nothing includes this agent file: {reason}"
    return Diagnostic("include", Severity.WARNING, message, Location(document.path), hint)
