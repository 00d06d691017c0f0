"""Internal errors: the traceback goes to a file, its path to the user."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence

from text2llm.cli.terminal.output_guard import Outlet
from text2llm.errors import ExitCode, Text2llmError
from text2llm.redaction import redact
from text2llm.storage.places import find_places


class BugError(Text2llmError):
    """A failure that is not the user's: exit 3."""

    code = "bug"
    exit_code = ExitCode.BUG

    def __init__(self, kind: str, log: str) -> None:
        super().__init__(f"a bug in text2llm ({kind}); nothing was lost", hint=f"please report it with {log}")


def describe_bug(error: BaseException, outlet: Outlet) -> BugError:
    """Log an exception; the error that says where."""
    try:
        path = _write_log(error, outlet)
    except Text2llmError as problem:
        path = f"nowhere: {problem.message.rpartition(': ')[2]}"
    return BugError(type(error).__name__, path)


def tell_bugs(bugs: Sequence[Exception]) -> ExitCode:
    """Log the first of the bugs of a run that went on, and say so on standard error; the exit code."""
    if not bugs:
        return ExitCode.OK
    import click

    from text2llm.cli.terminal.output_guard import find_outlet
    from text2llm.report.failure import failure_text

    click.echo(failure_text(describe_bug(bugs[0], find_outlet())), nl=False, err=True)
    return ExitCode.BUG


def _write_log(error: BaseException, outlet: Outlet) -> str:
    """Write the traceback, secrets masked and no values of variables, to the state directory; return the path."""
    import traceback

    from text2llm import __version__
    from text2llm.storage.atomic import create_file

    folder = os.path.join(find_places(os.environ).state, "bugs")
    path = os.path.join(folder, time.strftime(f"%Y%m%d-%H%M%S-{os.getpid()}.log", time.gmtime()))
    text = f"text2llm {__version__}\n" + "".join(traceback.format_exception(error))
    create_file(path, redact(text, outlet).encode(errors="backslashreplace"), mode=0o600, make=0o700)
    return path
