"""The one place where errors become words and exit codes."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from itertools import pairwise

import click

from text2llm.errors import ExitCode, Text2llmError, UsageError

_JSON_FLAGS = frozenset({"--json", "--status-json", "--format=json"})


def run_guarded(program: click.Command, arguments: Sequence[str]) -> int:
    """Run the program and return its exit code; nothing but the code leaves this function."""
    try:
        for stream in (sys.stdout, sys.stderr):
            stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
        code = _run(program, list(arguments))
        sys.stdout.flush()
    except BrokenPipeError:
        # The reader has gone (`| head`): nothing more can be said, and Python must not try to at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return ExitCode.OK
    return code


def _run(program: click.Command, arguments: list[str]) -> int:
    as_json = wants_json(arguments)
    try:
        outcome = program.main(arguments, prog_name="text2llm", standalone_mode=False)
    except Text2llmError as error:
        return _report(error, as_json=as_json)
    except click.UsageError as error:
        return _report(_as_usage_error(error), as_json=as_json)
    except click.ClickException as error:
        return _report(Text2llmError(error.format_message()), as_json=as_json)
    except (click.Abort, KeyboardInterrupt):
        sys.stderr.write("interrupted\n")
        return ExitCode.INTERRUPTED
    except BrokenPipeError:
        raise
    except OSError as error:
        return _report(_as_refusal(error), as_json=as_json)
    except Exception as error:  # noqa: BLE001 - this is the boundary
        return _report_bug(error, as_json=as_json)
    return outcome if isinstance(outcome, int) else ExitCode.OK


def wants_json(arguments: Sequence[str]) -> bool:
    """Whether the command line asks for JSON: an error of its parsing must be JSON too."""
    return not _JSON_FLAGS.isdisjoint(arguments) or ("--format", "json") in pairwise(arguments)


def _as_usage_error(error: click.UsageError) -> UsageError:
    path = error.ctx.command_path if error.ctx else "text2llm"
    return UsageError(error.format_message(), hint=f"run `{path} --help`")


def _as_refusal(error: OSError) -> Text2llmError:
    where = f": {error.filename}" if error.filename else ""
    return Text2llmError(f"the operating system refused{where}: {error.strerror}", hint="mend that and try again")


def _report(error: Text2llmError, *, as_json: bool) -> int:
    from text2llm.report.failure import failure_json, failure_text

    if as_json:
        sys.stdout.write(failure_json(error))
    else:
        sys.stderr.write(failure_text(error))
    return error.exit_code


def _report_bug(error: Exception, *, as_json: bool) -> int:
    from text2llm.cli.bug_report import BugError, write_bug_log

    try:
        path = write_bug_log(error)
    except OSError as problem:
        path = f"nowhere: {problem.strerror}"
    return _report(BugError(type(error).__name__, path), as_json=as_json)
