"""The errors that stop a command, with their exit codes.

Findings are values (see :mod:`text2llm.diagnostics`); these exceptions are caught once, in :mod:`text2llm.cli`.
"""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from text2llm.diagnostics import Location


class ExitCode(IntEnum):
    OK = 0
    FAILURE = 1
    WARNING = 2
    BUG = 3
    REFUSED = 4
    USAGE = 64
    INTERRUPTED = 130


#: If a run has several outcomes, the first of these decides the exit code.
PRECEDENCE = (
    ExitCode.INTERRUPTED,
    ExitCode.BUG,
    ExitCode.REFUSED,
    ExitCode.USAGE,
    ExitCode.FAILURE,
    ExitCode.WARNING,
    ExitCode.OK,
)


def worst_exit(codes: list[ExitCode]) -> ExitCode:
    """The exit code for all ``codes``; ``OK`` if there are none."""
    return min(codes, key=PRECEDENCE.index, default=ExitCode.OK)


class Text2llmError(Exception):
    """An error for the user: what is wrong, where, and how to fix it."""

    code: ClassVar[str] = "error"
    exit_code: ClassVar[ExitCode] = ExitCode.FAILURE

    def __init__(self, message: str, *, hint: str | None = None, location: Location | None = None) -> None:
        """``hint`` is the command or change that fixes it; ``location`` where it was found."""
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.location = location


class UsageError(Text2llmError):
    code = "usage"
    exit_code = ExitCode.USAGE


class ReadError(Text2llmError):
    """A file cannot be read, or the strict reader rejects it."""

    code = "unreadable"


class NoConfigError(Text2llmError):
    code = "no-config"


class InvalidConfigError(Text2llmError):
    """Findings in the configuration stop the command."""

    code = "invalid-config"


class ReferenceFormatError(Text2llmError):
    code = "invalid-reference"


class UnknownAgentError(Text2llmError):
    code = "unknown-agent"


class EditError(Text2llmError):
    """An edit is not possible: its subject is missing, in use or not allowed."""

    code = "edit-refused"


class WriteError(Text2llmError):
    """The operating system refused a write; the file is unchanged."""

    code = "write-failed"


class StoreError(Text2llmError):
    """The credential store cannot be used; it is unchanged."""

    code = "auth-store"


class RefusedError(Text2llmError):
    code = "refused"
    exit_code = ExitCode.REFUSED


class StalePlanError(RefusedError):
    """A saved plan no longer matches its files, or no longer produces the edits it shows."""

    code = "stale-plan"
