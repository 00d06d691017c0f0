"""Check any number of files: a configuration with the agent files that it includes, each once."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache, partial
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

from text2llm.commands.checked_file import as_finding, explain_kind, find_secrets, read_checked
from text2llm.commands.roots import RootSet
from text2llm.config.discovery import leads_out
from text2llm.config.document import Document
from text2llm.config.environment_files import (
    Candidates,
    list_candidates,
    list_environments,
    list_misnamed,
    refuse_link,
    split_path,
)
from text2llm.config.kind import FileKind, recognize
from text2llm.config.load import Loaded, find_included, load_document
from text2llm.config.model import Config
from text2llm.config.schema import check_schema
from text2llm.diagnostics import Diagnostic, Severity
from text2llm.errors import ReadError
from text2llm.rules.check_files import check_files
from text2llm.workspace import Workspace

if TYPE_CHECKING:
    from text2llm.policy.model import WrittenPolicy


class _Judged(NamedTuple):
    """The findings of a root and its agent files, by real path.

    ``configs`` are what can be used: the configuration alone and under the environments that it is checked under.
    """

    root: Document
    included: tuple[Document, ...]
    findings: dict[str, list[Diagnostic]]
    configs: tuple[Config, ...]


class Checker:
    """One run. ``edited`` are documents that are checked in place of the files, by real path.

    ``policy`` is one from outside the repository; ``every``: each environment is checked, whichever is chosen.

    ``requested`` are the paths to check, and ``sources`` the real paths of what was checked for each.
    """

    def __init__(
        self,
        workspace: Workspace,
        as_of: str | None,
        edited: Mapping[str, Document] | None = None,
        policy: WrittenPolicy | None = None,
        *,
        every: bool = False,
    ) -> None:
        self.workspace, self.as_of, self.policy = workspace, as_of, policy
        self._environment = None if every else workspace.environment
        self.findings: list[Diagnostic] = []
        self.documents: dict[str, Document] = {}
        self.requested: tuple[str, ...] = ()
        self.sources: dict[str, frozenset[str]] = {}
        self._read = partial(read_checked, edited=edited or {})
        self._roots = RootSet(workspace, self._read)
        self._candidates: Callable[[str], Candidates] = cache(list_candidates)
        self._real = cache(os.path.realpath)  # the system is asked once for each file, not for each finding
        self._shown: dict[str, str] = {}
        self._judged: dict[tuple[str, str], _Judged] = {}
        self._own_names: dict[str, None] = {}  # of roots: a file with two is two configurations
        self._told: set[str] = set()

    def run(self, paths: Iterable[str]) -> None:
        self.requested = tuple(paths)
        files: dict[tuple[str, str], str] = {}
        for path in self.requested:
            self._shown.setdefault(os.path.realpath(path), path)
            files.setdefault(self._place(path), path)
        for (_, real), path in files.items():
            try:
                self.sources[path] = frozenset((real, *self._check_file(path, real)))
            except ReadError as error:
                self.findings.append(as_finding(error, path))
        self.findings = [self._show(finding) for finding in self.findings]

    def check_again(
        self, paths: Iterable[str], edited: Mapping[str, Document] | None = None, *, every: bool = False
    ) -> Checker:
        """Another run, by the same rules."""
        checker = Checker(self.workspace, self.as_of, edited, self.policy, every=every)
        checker.run(paths)
        return checker

    def configs(self) -> list[tuple[Config, ...]]:
        return [judged.configs for judged in self._judged.values()]

    def run_known(self, paths: Iterable[str]) -> None:
        self.run(dict.fromkeys(root for path in paths for root in self._roots.find(path)))

    def run_secrets(self, paths: Iterable[str]) -> None:
        for path in paths:
            if self._shown.setdefault(os.path.realpath(path), path) == path:
                self.findings += find_secrets(path)

    @property
    def paths(self) -> tuple[str, ...]:
        """The files that were looked at, as they are shown."""
        return tuple(dict.fromkeys((*self._shown.values(), *self._own_names)))

    def list_inputs(self) -> Iterator[str]:
        """Every file that may have been read: those that were looked at, and what they belong to with all its parts."""
        members = self._roots.members
        yield from chain(self._shown, (real for _, real in self._judged), members, *members.values())
        for judged in self._judged.values():
            yield from (*find_included(judged.root, []), *(each.path for each in judged.included))

    def _check_file(self, path: str, real: str) -> Iterable[str]:
        """Check a file; the real paths of those that were checked with it."""
        is_root = self._roots.is_root(path, real)
        if is_root and leads_out(path):
            raise refuse_link(path)
        document = self._read(path)
        kind = FileKind.CONFIG if is_root else recognize(document)
        if kind is FileKind.CONFIG:
            return self._check_root(document)
        if kind is FileKind.AGENT:
            return self._check_agent(document, real)
        if kind is FileKind.ENVIRONMENT:
            return self._check_environment(document)
        if kind is FileKind.SETTINGS:
            self._check_settings(document)
        elif kind is FileKind.POLICY:
            from text2llm.commands.policy_file import check_policy_file

            self.documents[document.path] = document
            self.findings += check_policy_file(document)
        elif kind in (FileKind.PROVIDER, FileKind.SCENARIO):
            # Their keys speak of credentials and hold none, so that only the form of a value says what it is.
            self.documents[document.path] = document
            self.findings += check_files([document._replace(root=None, data=None)])
            self.findings += check_schema(document, kind.value)
        else:
            self.findings.append(explain_kind(kind, path))
        return ()

    def _place(self, path: str) -> tuple[str, str]:
        """What a root is told from others by: `include` of a file that is a link starts in the folder of the link."""
        return self._real(os.path.dirname(os.path.abspath(path))), self._real(path)

    def _check_root(self, document: Document) -> Iterable[str]:
        self.documents[document.path] = document
        self._own_names[document.path] = None
        judged = self._judge_root(document)
        for included in judged.included:
            shown = self._shown.setdefault(os.path.realpath(included.path), included.path)
            self.documents[shown] = included
        self.findings += chain.from_iterable(judged.findings.values())
        return judged.findings

    def _judge_root(self, document: Document) -> _Judged:
        place = self._place(document.path)
        if place not in self._judged:
            try:
                loaded = load_document(document, self._read)
                documents, findings, configs = self._find_all(loaded)
            except ReadError as error:  # of an agent file; the root is checked without it
                findings = [*check_files([document]), as_finding(error, document.path)]
                documents, configs = (document,), []
            found: dict[str, list[Diagnostic]] = {os.path.realpath(each.path): [] for each in documents}
            for finding in findings:
                found.setdefault(self._real(finding.location.path), []).append(finding)
            self._judged[place] = _Judged(document, documents[1:], found, tuple(configs))
        return self._judged[place]

    def _find_all(self, loaded: Loaded) -> tuple[tuple[Document, ...], list[Diagnostic], list[Config]]:
        """The files of a configuration, those of its environments too, the findings in them, and what is valid."""
        base, config = loaded.document.path, loaded.config
        environments = self._environment or list_environments(base, self._candidates)
        misnamed = [] if self._environment else list_misnamed(base, self._candidates)
        if environments or misnamed or (config is not None and config.abstract):
            from text2llm.commands.checked_environments import judge_environments, judge_misnamed
            from text2llm.rules.check_config import CheckContext

            context = CheckContext(self.workspace.registry, self.as_of, self.policy, self.workspace.environ)
            documents, findings, configs = judge_environments(loaded, environments, self.workspace, self._read, context)
            return documents, [*findings, *judge_misnamed(misnamed, self._read)], configs
        if config is None:
            return loaded.documents, [*loaded.findings, *check_files(loaded.documents)], []
        from text2llm.rules.check_config import check_config

        found = check_config(config, self.workspace.registry, self.as_of, self.policy, self.workspace.environ)
        return loaded.documents, [*loaded.findings, *found], [config]

    def _check_environment(self, document: Document) -> Iterable[str]:
        """Check an environment with its configuration, under which it is what it is."""
        from text2llm.commands.checked_environments import check_alone, concerns

        if leads_out(document.path):
            raise refuse_link(document.path)
        self.documents[document.path] = document
        parts = split_path(document.path)
        if parts is None or not os.path.isfile(parts[0]):
            self.findings += check_alone(document, parts)
            return ()
        judged = self._judged.get(self._place(parts[0])) or self._judge_root(self._read(parts[0]))
        found = chain.from_iterable(judged.findings.values())
        self.findings += (each for each in found if concerns(each, parts[1]))
        return judged.findings

    def _check_agent(self, document: Document, real: str) -> Iterable[str]:
        """Check an agent file with the configuration that includes it: valid parts can be invalid together."""
        self.documents[document.path] = document
        self.findings += [*check_files([document]), *check_schema(document, FileKind.AGENT.value)]
        looked_at = []
        for root in self._roots.candidates(document.path):
            if real in self._roots.included_by(root):
                return self._check_in_whole(real, root)
            looked_at.append(root)
        self.findings.append(self._roots.explain_alone(document.path, looked_at))
        return ()

    def _check_in_whole(self, real: str, root: str) -> Iterable[str]:
        judged = self._judged.get(self._place(root)) or self._judge_root(self._read(root))
        self.findings += judged.findings.get(real, ())
        if root not in self._told:
            self._told.add(root)
            everything = chain.from_iterable(judged.findings.values())
            own = judged.root.path
            self.findings += (
                each
                for each in everything
                if each.severity is Severity.ERROR or (each.environments and each.location.path != own)
            )
        return judged.findings

    def _check_settings(self, document: Document) -> None:
        from text2llm.providers.registry import load_registry
        from text2llm.settings.parse import parse_settings

        self.documents[document.path] = document
        self.findings += check_files([document])
        self.findings += parse_settings(document, load_registry().spellings()).findings

    def _show(self, finding: Diagnostic) -> Diagnostic:
        path = self._shown.get(self._real(finding.location.path), finding.location.path)
        if path == finding.location.path or finding.location.path in self._own_names:
            return finding
        return finding._replace(location=finding.location._replace(path=path))
