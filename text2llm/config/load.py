"""Files to a checked configuration: read, check against the schema, follow ``include``, give it meaning."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from text2llm.config.document import Document
from text2llm.config.model import Config
from text2llm.config.parse import build_config
from text2llm.config.reader import MAX_BYTES, read_document
from text2llm.config.schema import check_schema
from text2llm.diagnostics import Diagnostic, Location, Severity
from text2llm.errors import InvalidConfigError, ReadError
from text2llm.storage.reading import open_to_read


class Loaded(NamedTuple):
    """What was read, with the environment's file ``layer``. ``config`` is ``None`` if a finding is an error."""

    document: Document
    included: tuple[Document, ...]
    findings: tuple[Diagnostic, ...]
    config: Config | None
    layer: Document | None = None

    @property
    def documents(self) -> tuple[Document, ...]:
        """Every file that was read."""
        return (self.document, *self.included, *(() if self.layer is None else (self.layer,)))

    def require(self) -> Config:
        """The config.

        Raises:
            InvalidConfigError: with the message of the first error.
        """
        if self.config is not None:
            return self.config
        first, more = self.first_error(), len(self.findings) - 1
        raise InvalidConfigError(
            first.message + (f" (and {more} more)" if more else ""),
            hint=first.hint if first.hint and not more else "run `text2llm validate` to see every finding",
            location=first.location,
        )

    def first_error(self) -> Diagnostic:
        return next(finding for finding in self.findings if finding.severity is Severity.ERROR)


class IncludeError(ReadError):
    """An included agent file cannot be read at all."""


def read_file(path: str) -> Document:
    """Read one file.

    Raises:
        ReadError: it cannot be opened, is not a regular file, or the strict reader rejects it.
    """
    return read_document(path, read_bytes(path))


def read_bytes(path: str, limit: int = MAX_BYTES) -> bytes:
    """The bytes of a file, at most one more than ``limit``.

    Raises:
        ReadError: it cannot be opened, or is not a regular file.
    """
    try:
        handle = open_to_read(path)
        with os.fdopen(handle, "rb") as file:
            if not stat.S_ISREG(os.fstat(handle).st_mode):
                raise ReadError(f"{path} is not a regular file", hint="name a file")
            return file.read(limit + 1)
    except OSError as error:
        raise ReadError(f"cannot read {path}: {error.strerror}", hint="check the path and its permissions") from error


def load_file(path: str) -> Loaded:
    """Load the configuration whose root file is ``path``.

    Raises:
        ReadError: the root or an included file cannot be read.
    """
    return load_document(read_file(path))


def load_document(document: Document, read: Callable[[str], Document] = read_file) -> Loaded:
    """Load the configuration with this root document; ``read`` reads the files that it includes.

    Raises:
        ReadError: an included file cannot be read.
    """
    findings = check_schema(document, "config")
    if has_error(findings):
        return Loaded(document, (), tuple(findings), None)
    included = tuple(_read_included(path, document, read) for path in find_included(document, findings))
    return assemble(document, included, findings)


def _read_included(path: str, root: Document, read: Callable[[str], Document]) -> Document:
    try:
        return read(path)
    except ReadError as error:
        if error.location is not None:
            raise
        raise IncludeError(error.message, hint=error.hint, location=root.locate(("include",))) from error


def assemble(document: Document, included: tuple[Document, ...], findings: list[Diagnostic] | None = None) -> Loaded:
    """Put a root document and its agent files together; ``findings`` are the root's own, when already known."""
    findings = check_schema(document, "config") if findings is None else list(findings)
    for agent_file in included:
        findings += _explain_kind(agent_file, check_schema(agent_file, "agent"))
    if has_error(findings):
        return Loaded(document, included, tuple(findings), None)
    agents: dict[str, Document] = {}
    entries = {name.lower(): name for name in reversed(_entry_names(document))}
    for agent_file in included:
        findings += _claim_agent(document, entries, agent_file, agents)
    config = None if has_error(findings) else build_config(document, agents)
    return Loaded(document, included, tuple(findings), config)


def _explain_kind(agent_file: Document, findings: list[Diagnostic]) -> list[Diagnostic]:
    """The findings in an included file; that it is a whole configuration says more than they do."""
    if not findings:
        return findings
    from text2llm.config.kind import FileKind, recognize

    if recognize(agent_file) not in (FileKind.CONFIG, FileKind.ENVIRONMENT):
        return findings
    message = "an included file has one agent, and this is a configuration"
    hint = (
        "put what differs in an environment into a file beside the configuration, such as text2llm.prod.yaml, "
        "with `environment: prod`, and choose it with --env prod"
    )
    return [Diagnostic("include", Severity.ERROR, message, Location(agent_file.path), hint)]


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
    message = f"the agent {agent_id!r} is also defined at {place}"
    yield Diagnostic("include", Severity.ERROR, message, agent_file.locate(("id",)), "keep one of the two")


def _entry_names(root: Document) -> list[str]:
    agents = root.data.get("agents") if isinstance(root.data, dict) else None
    entries = agents.get("entries") if isinstance(agents, dict) else None
    return list(entries) if isinstance(entries, dict) else []


def find_included(document: Document, findings: list[Diagnostic]) -> list[str]:
    """The included files, each once, in order; problems go to ``findings``."""
    if not (isinstance(document.data, dict) and document.data.get("include")):
        return []
    from text2llm.config.folder import open_folder
    from text2llm.config.include import resolve_includes

    folder, root = os.path.dirname(document.path), os.path.realpath(document.path)
    tree = open_folder(folder, os.path.dirname(root))
    here, own = (os.path.relpath(path, tree.top) for path in (os.path.realpath(folder), root))
    return [os.path.join(folder, name) for name in resolve_includes(document, tree, here, own, findings)]


def has_error(findings: list[Diagnostic]) -> bool:
    return any(finding.severity is Severity.ERROR for finding in findings)
