"""The one place where errors become messages and exit codes."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from itertools import pairwise
from typing import Any, TextIO

import click

from text2llm.cli.terminal.notes import fit_errors
from text2llm.cli.terminal.output_guard import GuardedText, Outlet, discard, guard_streams
from text2llm.errors import ExitCode, Text2llmError, UsageError
from text2llm.redaction import redact
from text2llm.secret import forget_values

_JSON_FLAGS = frozenset({"--json", "--status-json", "--format=json"})
# A group without a command: its message is the whole help. Before 8.2 click printed that itself.
_NO_ARGUMENTS: Any = getattr(click.exceptions, "NoArgsIsHelpError", ())


class InterruptError(Text2llmError):
    """The user stopped the command."""

    code = "interrupted"
    exit_code = ExitCode.INTERRUPTED


def run_guarded(program: click.Command, arguments: Sequence[str]) -> int:
    """Run the program and return its exit code; nothing but the code leaves this function."""
    _open_closed_streams()
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    forget_values()
    with guard_streams() as streams:
        code = _run(program, list(arguments), streams[0].outlet)
        for guarded in streams:
            _finish(guarded)
        return code


def _finish(stream: GuardedText) -> None:
    try:
        stream.finish()
    except OSError:
        discard(stream)


def _open_closed_streams() -> None:
    """A standard stream that the caller closed leads nowhere; no file opened later may take its number."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115 - lives as long as the process


def _run(program: click.Command, arguments: list[str], outlet: Outlet) -> int:
    try:
        outcome = program.main(arguments, prog_name="text2llm", standalone_mode=False, obj=outlet)
        sys.stdout.flush()
    except _NO_ARGUMENTS as error:
        _say(sys.stderr, f"{error.format_message()}\n")
        return ExitCode.USAGE
    except SystemExit as error:  # click ends shell completion and a broken pipe this way
        return ExitCode.FAILURE if error.code else ExitCode.OK
    except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 - this is the boundary
        return _report(_as_failure(error, program, arguments, outlet), as_json=wants_json(arguments))
    return outcome if isinstance(outcome, int) else ExitCode.OK


def _as_failure(
    error: BaseException, program: click.Command, arguments: Sequence[str], outlet: Outlet
) -> Text2llmError:
    match error:
        case Text2llmError():
            return error
        case click.UsageError():
            return _as_usage_error(error, program, arguments)
        case click.ClickException():
            return Text2llmError(error.format_message())
        case click.Abort() | KeyboardInterrupt():
            return InterruptError("interrupted")
        case OSError():
            return _as_refusal(error)
        case _:
            from text2llm.cli.bug_report import describe_bug

            return describe_bug(error, outlet)


def wants_json(arguments: Sequence[str]) -> bool:
    """Whether the command line asks for JSON: an error of its parsing must be JSON too."""
    return not _JSON_FLAGS.isdisjoint(arguments) or ("--format", "json") in pairwise(arguments)


def _as_usage_error(error: click.UsageError, program: click.Command, arguments: Sequence[str]) -> UsageError:
    path = error.ctx.command_path if error.ctx else _command_path(program, arguments)
    message, meant = _explain_usage(error)
    in_front = isinstance(error, click.NoSuchOption) and error.ctx and isinstance(error.ctx.command, click.Group)
    hint = f"put options after the command; run `{path} --help`" if in_front else f"run `{path} --help`"
    from text2llm.cli.usage import join_hints
    from text2llm.redaction.places import Places

    return UsageError(redact(" ".join(message.split()), Places.of_arguments(arguments)), hint=join_hints(meant, hint))


def _explain_usage(error: click.UsageError) -> tuple[str, str | None]:
    """What is wrong, and what was meant; click lists choices on lines of their own."""
    if error.ctx is None or isinstance(error.ctx.command, click.Group):
        return error.format_message(), None
    from text2llm.cli.usage import describe_extra, explain_option

    if isinstance(error, click.NoSuchOption):
        return explain_option(error, error.ctx.command)
    is_plain = type(error) is click.UsageError  # more arguments than the command takes
    return error.format_message(), describe_extra(error.ctx.command) if is_plain else None


def _command_path(program: click.Command, arguments: Sequence[str]) -> str:
    """The command that the arguments begin with, for an error that does not say where it arose."""
    words, command = ["text2llm"], program
    for argument in arguments:
        found = command.get_command(click.Context(command), argument) if isinstance(command, click.Group) else None
        if found is None:
            break
        words.append(argument)
        command = found
    return " ".join(words)


def _as_refusal(error: OSError) -> Text2llmError:
    if isinstance(error, FileNotFoundError) and error.filename is None:  # what a path would be relative to
        return Text2llmError("the working directory is gone", hint="change to one that exists")
    where = f": {error.filename}" if error.filename else ""
    return Text2llmError(f"the operating system refused{where}: {error.strerror}", hint="fix that and try again")


def _report(error: Text2llmError, *, as_json: bool) -> int:
    from text2llm.report.failure import failure_json, failure_text

    if not as_json or not _say(sys.stdout, failure_json(error)):
        _say(sys.stderr, "interrupted\n" if isinstance(error, InterruptError) else fit_errors(failure_text(error)))
    _say(sys.stdout, "")  # what is left of the output may have nowhere to go
    return error.exit_code


def _say(stream: TextIO | GuardedText, text: str) -> bool:
    """Write a text; whether it was taken. A full device or a reader that has left must not be a crash."""
    try:
        stream.write(text)
        stream.flush()
    except OSError:
        discard(stream)
        return False
    return not (isinstance(stream, GuardedText) and stream.reader_left)
