"""The failure tree: what can stop a command, and the exit code that says so.

Findings are values (see :mod:`text2llm.diagnostics`); failures are exceptions of this one tree. They are
caught once, at the boundary in :mod:`text2llm.cli`.
"""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from text2llm.diagnostics import Location


class ExitCode(IntEnum):
    """The exit codes that scripts may rely on."""

    OK = 0
    FAILURE = 1
    WARNING = 2
    BUG = 3
    REFUSED = 4
    USAGE = 64
    INTERRUPTED = 130


#: Of several outcomes in one run, the first of these that occurred decides the exit code.
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
    """The code that speaks for all ``codes``; ``OK`` for none."""
    return min(codes, key=PRECEDENCE.index, default=ExitCode.OK)


class Text2llmError(Exception):
    """A failure that a user can read: the fact, where it is, and how to mend it."""

    code: ClassVar[str] = "error"
    exit_code: ClassVar[ExitCode] = ExitCode.FAILURE

    def __init__(self, message: str, *, hint: str | None = None, location: Location | None = None) -> None:
        """``hint`` is the command or change that mends it; ``location`` where it was found."""
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.location = location


class UsageError(Text2llmError):
    """The command line cannot be understood."""

    code = "usage"
    exit_code = ExitCode.USAGE


class ReadError(Text2llmError):
    """A file cannot be read, or its text is not what the strict reader accepts."""

    code = "unreadable"


class NoConfigError(Text2llmError):
    """No configuration file was found."""

    code = "no-config"


class InvalidConfigError(Text2llmError):
    """The configuration has findings that stop the command."""

    code = "invalid-config"


class ReferenceFormatError(Text2llmError):
    """A model reference, alias or id cannot be parsed."""

    code = "invalid-reference"


class UnknownAgentError(Text2llmError):
    """The config has no agent of that name."""

    code = "unknown-agent"


class EditError(Text2llmError):
    """An edit cannot be made: its subject is absent, in use or not allowed."""

    code = "edit-refused"


class WriteError(Text2llmError):
    """The operating system refused a write; the file is as it was."""

    code = "write-failed"


class StoreError(Text2llmError):
    """The credential store cannot be used as it is; it stays untouched."""

    code = "auth-store"


class RefusedError(Text2llmError):
    """Refused for safety."""

    code = "refused"
    exit_code = ExitCode.REFUSED


class StalePlanError(RefusedError):
    """A saved plan no longer fits what it was made for, or does not recompute to what it shows."""

    code = "stale-plan"
