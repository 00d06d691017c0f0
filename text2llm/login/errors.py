"""How a login fails."""

from __future__ import annotations

from text2llm.errors import Text2llmError

_MOST_WORDS = 200


class LoginError(Text2llmError):
    """A login was refused, was not finished in time, or a provider's answer cannot be used.

    ``words`` are the provider's own, as :func:`quote_foreign` gives them: the end of the message, for people at a
    terminal and not for logs.
    """

    code = "login"

    def __init__(self, message: str, *, hint: str | None = None, words: str = "") -> None:
        """``hint`` is the command or change that mends it."""
        super().__init__(message, hint=hint)
        self.words = words

    def quoting(self) -> LoginError:
        """The same with the provider's words."""
        return LoginError(f"{self.message}{self.words}", hint=self.hint)


class AnswerError(LoginError):
    """What a provider answered is not what the standards, or its own documentation, say."""

    def __init__(self, message: str) -> None:
        """There is one hint for all: nothing on this side mends it."""
        super().__init__(message, hint="the fault is the provider's: try again later, or with another --method")


def quote_foreign(text: str) -> str:
    """A provider's words in parentheses, as the end of a sentence; empty where it said nothing.

    They are one line of at most 200 characters, and nothing in it acts on a terminal.
    """
    words = " ".join("".join(each if each.isprintable() else " " for each in text).split())[:_MOST_WORDS]
    return f" ({words})" if words else ""
