"""Files to a checked configuration: read, check against the schema, follow ``include``, give it meaning."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from itertools import takewhile
from typing import NamedTuple

from text2llm.config.discovery import find_repository
from text2llm.config.document import Document
from text2llm.config.model import Config
from text2llm.config.parse import build_config
from text2llm.config.reader import MAX_BYTES, read_document
from text2llm.config.schema import check_schema
from text2llm.diagnostics import Diagnostic, Severity
from text2llm.errors import InvalidConfigError, ReadError
from text2llm.storage.reading import open_to_read

MAX_INCLUDED = 1000


class Loaded(NamedTuple):
    """What was read. ``config`` is ``None`` when findings of error severity leave nothing to give meaning to."""

    document: Document
    included: tuple[Document, ...]
    findings: tuple[Diagnostic, ...]
    config: Config | None

    def require(self) -> Config:
        """The config.

        Raises:
            InvalidConfigError: there is none; the message is that of the first finding.
        """
        if self.config is not None:
            return self.config
        first = self.findings[0]
        more = len(self.findings) - 1
        raise InvalidConfigError(
            first.message + (f" (and {more} more)" if more else ""),
            hint=first.hint if first.hint and not more else "run `text2llm validate` to see every finding",
            location=first.location,
        )


class IncludeError(ReadError):
    """An agent file that ``include`` names cannot be read at all."""


def read_file(path: str) -> Document:
    """Read one file.

    Raises:
        ReadError: it cannot be opened, is no regular file, or the strict reader refuses it.
    """
    return read_document(path, read_bytes(path))


def read_bytes(path: str, limit: int = MAX_BYTES) -> bytes:
    """The bytes of a file, at most one more than ``limit``.

    Raises:
        ReadError: it cannot be opened, or is no regular file.
    """
    try:
        handle = open_to_read(path)
        with os.fdopen(handle, "rb") as file:
            _require_regular(path, handle)
            return file.read(limit + 1)
    except OSError as error:
        raise ReadError(f"cannot read {path}: {error.strerror}", hint="check the path and its permissions") from error


def _require_regular(path: str, handle: int) -> None:
    import stat

    if not stat.S_ISREG(os.fstat(handle).st_mode):
        raise ReadError(f"{path} is not a regular file", hint="name a file")


def load_file(path: str) -> Loaded:
    """Load the configuration whose root file is ``path``.

    Raises:
        ReadError: the root or an included file cannot be read.
    """
    return load_document(read_file(path))


def load_document(document: Document) -> Loaded:
    """Load the configuration whose root file has been read (or edited) already."""
    findings = check_schema(document, "config")
    if _has_error(findings):
        return Loaded(document, (), tuple(findings), None)
    included = tuple(_read_included(path, document) for path in find_included(document, findings))
    return assemble(document, included, findings)


def _read_included(path: str, root: Document) -> Document:
    try:
        return read_file(path)
    except ReadError as error:
        if error.location is not None:
            raise
        raise IncludeError(error.message, hint=error.hint, location=root.locate(("include",))) from error


def assemble(document: Document, included: tuple[Document, ...], findings: list[Diagnostic] | None = None) -> Loaded:
    """Put a root document and its agent files together; ``findings`` are the root's own, when already known."""
    findings = check_schema(document, "config") if findings is None else list(findings)
    for agent_file in included:
        findings += check_schema(agent_file, "agent")
    if _has_error(findings):
        return Loaded(document, included, tuple(findings), None)
    agents: dict[str, Document] = {}
    entries = {name.lower(): name for name in reversed(_entry_names(document))}
    for agent_file in included:
        findings += _claim_agent(document, entries, agent_file, agents)
    config = None if _has_error(findings) else build_config(document, agents)
    return Loaded(document, included, tuple(findings), config)


def _claim_agent(
    root: Document, entries: Mapping[str, str], agent_file: Document, agents: dict[str, Document]
) -> Iterator[Diagnostic]:
    """Add an agent file to ``agents``; ``entries`` are the agents of the root, as written, by their ids."""
    data = agent_file.data
    agent_id = str(data["id"]).lower() if isinstance(data, dict) else ""
    other = agents.get(agent_id)
    written = entries.get(agent_id)
    if other is None and written is None:
        agents[agent_id] = agent_file
        return
    place = other.locate(("id",)) if other else root.locate(("agents", "entries", str(written)), key=True)
    yield _finding(agent_file, ("id",), f"the agent {agent_id!r} is also defined at {place}", "keep one of the two")


def _entry_names(root: Document) -> list[str]:
    agents = root.data.get("agents") if isinstance(root.data, dict) else None
    entries = agents.get("entries") if isinstance(agents, dict) else None
    return list(entries) if isinstance(entries, dict) else []


def find_included(document: Document, findings: list[Diagnostic]) -> list[str]:
    """The files that ``include`` names, each once, in order; what is wrong with it goes to ``findings``."""
    patterns = document.data.get("include") if isinstance(document.data, dict) else None
    if not isinstance(patterns, list) or not patterns:
        return []
    find = cache(find_repository)
    repository = find(os.path.dirname(os.path.realpath(document.path)))
    fence = _Fence(os.path.realpath(repository or os.path.dirname(document.path) or "."), repository, find)
    paths: dict[str, str] = {}
    for index, pattern in enumerate(patterns):
        matches = _match(str(pattern), document.path)
        problem = _collect(str(pattern), matches, document.path, fence, paths)
        if problem is not None:
            findings.append(_finding(document, ("include", index), problem, "name agent files inside the repository"))
        elif not matches:
            hint = "mend the pattern, or take it out until there is such a file"
            found = _finding(document, ("include", index), f"no file is called {pattern}", hint)
            findings.append(found._replace(severity=Severity.WARNING))
    return list(paths.values())


def _match(pattern: str, root: str) -> list[str]:
    import glob

    return sorted(glob.glob(pattern, root_dir=os.path.dirname(root) or ".", recursive=True))


class _Fence(NamedTuple):
    """What an include may not lead out of: ``top``, the real path of a ``repository`` or, outside one, of a folder."""

    top: str
    repository: str | None
    find: Callable[[str], str | None]

    def judge(self, real: str, folder: str) -> str | None:
        """What is wrong with an include that leads to a real path in a ``folder``; ``None``: nothing."""
        if os.path.commonpath([real, self.top]) != self.top:
            return "an include leads out of the repository"
        if self.repository is not None and self.find(folder) != self.repository:
            return "an include leads into another repository, whose files no review of this one shows"
        return None


def _written_part(pattern: str) -> str:
    """The part of a pattern before the first step that stands for several names."""
    import glob

    return "/".join(takewhile(lambda step: not glob.has_magic(step), pattern.split("/")))


def _collect(pattern: str, matches: list[str], root: str, fence: _Fence, paths: dict[str, str]) -> str | None:
    """Add the files of one pattern to ``paths``, by real path, since patterns overlap; return what is wrong with it."""
    import glob

    folder = os.path.dirname(root)
    if not matches:
        # Where it leads is the same whether such a file is there by now or not.
        written = os.path.realpath(os.path.join(folder, _written_part(pattern)))
        problem = fence.judge(written, written)
        return problem if problem or glob.has_magic(pattern) else "there is no such file"
    for match in matches:
        path = os.path.join(folder, match)
        real = os.path.realpath(path)
        problem = fence.judge(real, os.path.dirname(real))
        if problem is not None:
            return problem
        if real == os.path.realpath(root):
            return "an include leads to this file itself"
        if not os.path.exists(path):
            return f"{os.path.normpath(match)} is a link that leads nowhere"
        if not os.path.isdir(path):
            paths.setdefault(real, path)
        elif not glob.has_magic(pattern):
            return f"this is a directory; {pattern.rstrip('/')}/*.yaml are the files in it"
    return f"more than {MAX_INCLUDED} included files" if len(paths) > MAX_INCLUDED else None


def _finding(document: Document, pointer: tuple[str | int, ...], message: str, hint: str) -> Diagnostic:
    return Diagnostic("include", Severity.ERROR, message, document.locate(pointer), hint)


def _has_error(findings: list[Diagnostic]) -> bool:
    return any(finding.severity is Severity.ERROR for finding in findings)
