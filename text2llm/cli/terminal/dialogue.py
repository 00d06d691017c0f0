"""The dialogue of a login at a terminal: messages go to standard error, input has no echo."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import click

from text2llm.cli.terminal.prompts import ask_secret
from text2llm.login.errors import LoginError
from text2llm.report.sanitize import clean_line
from text2llm.secret import Secret


@dataclass(frozen=True, slots=True)
class TerminalDialogue:
    """A user at a terminal; ``browser`` says whether a browser may be opened."""

    browser: bool

    def say(self, text: str) -> None:
        click.echo(clean_line(text), err=True)

    def open_page(self, url: str) -> bool:
        """Show a URL, and open it where a browser may be started; whether one was.

        Raises:
            LoginError: it is no web page: a browser would open files, and run what ``javascript:`` says.
        """
        from text2llm.login.browser import open_browser
        from text2llm.login.endpoint import read_page

        self.say(read_page(url, "page"))
        return self.browser and open_browser(url, os.environ)

    def ask_secret(self, prompt: str) -> Secret:
        """Ask for a secret, without echo.

        Raises:
            LoginError: there was no answer.
        """
        with _interruptible():
            answer = Secret(ask_secret(f"{clean_line(prompt)}: ").strip())
        if not answer:
            raise LoginError("nothing was entered", hint="run the command again")
        return answer


@contextmanager
def _interruptible() -> Iterator[None]:
    """Let Ctrl-C end a prompt at once: an event loop would only note it, and the prompt would go on."""
    before = signal.getsignal(signal.SIGINT)
    if not callable(before) or threading.current_thread() is not threading.main_thread():
        yield
        return
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
