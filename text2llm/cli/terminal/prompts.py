"""Prompts at a terminal, and standard input where there is none."""

from __future__ import annotations

import sys

import click

from text2llm.errors import Text2llmError, UsageError
from text2llm.report.sanitize import clean_line

#: More than this on standard input is not a secret.
MAX_PIPED_BYTES = 64 * 1024
#: A terminal that edits lines cuts what is longer: 4095 bytes on Linux (termios(3)), 1024 on macOS (MAX_CANON).
_LINE_LIMIT = 1023 if sys.platform == "darwin" else 4094


class PromptError(Text2llmError):
    """An answer could not be read."""

    code = "prompt"


def has_terminal() -> bool:
    """Whether the user can be prompted: standard input is a terminal."""
    return sys.stdin.isatty()


def obtain_secret(prompt: str, command: str) -> str:
    """Prompt for a secret without echo; without a terminal, read all of standard input.

    ``command`` is the command line to show if both are missing.

    Raises:
        UsageError: there is no terminal, and nothing on standard input.
        PromptError: the text is too long.
    """
    return ask_secret(clean_line(prompt)) if has_terminal() else read_piped(command)


def ask_secret(prompt: str) -> str:
    """Prompt for a secret without echo; empty at the end of input.

    Raises:
        PromptError: echo cannot be switched off, or the terminal may have cut the line.
    """
    import warnings
    from getpass import GetPassWarning, getpass

    with warnings.catch_warnings():
        warnings.simplefilter("error", GetPassWarning)
        try:
            text = getpass(prompt)
        except EOFError:
            click.echo(err=True)  # the next line must not follow the prompt
            return ""
        except GetPassWarning:
            raise PromptError(
                "this terminal cannot hide what is typed", hint="give the secret on standard input: … < file"
            ) from None
        except UnicodeDecodeError:
            raise PromptError("the input is not valid text", hint="copy it again, as plain text") from None
    if len(text) >= _LINE_LIMIT:
        raise PromptError("the terminal cuts lines of this length", hint="give the secret on standard input: … < file")
    return text


def read_piped(command: str) -> str:
    data = sys.stdin.buffer.read(MAX_PIPED_BYTES + 1)
    if not data.strip():
        raise UsageError(
            "no terminal for prompts, and standard input is empty",
            hint=f"give the secret on standard input: `{command} < file`",
        )
    if len(data) > MAX_PIPED_BYTES:
        raise PromptError(
            f"standard input has more than {MAX_PIPED_BYTES // 1024} KiB", hint="give a file with the secret alone"
        )
    return data.decode("utf-8", "surrogateescape")


def confirm(question: str) -> bool:
    return click.confirm(clean_line(question), default=False, err=True)


def say(text: str) -> None:
    click.echo(clean_line(text), err=True)
