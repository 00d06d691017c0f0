from __future__ import annotations

from text2llm.errors import Text2llmError

_MOST_WORDS = 200


class LoginError(Text2llmError):
    """A login was refused, was not finished in time, or a provider's response cannot be used.

    ``words`` are the provider's own, from :func:`quote_foreign`: the end of the message at a terminal, not in logs.
    """

    code = "login"

    def __init__(self, message: str, *, hint: str | None = None, words: str = "") -> None:
        super().__init__(message, hint=hint)
        self.words = words

    def quoting(self) -> LoginError:
        return LoginError(f"{self.message}{self.words}", hint=self.hint)


class AnswerError(LoginError):
    """A provider's response violates the standards or its own documentation."""

    def __init__(self, message: str) -> None:
        super().__init__(message, hint="the fault is the provider's: try again later, or with another --method")


def quote_foreign(text: str) -> str:
    """A provider's words in parentheses: one printable line of at most 200 characters, or nothing."""
    words = " ".join("".join(each if each.isprintable() else " " for each in text).split())[:_MOST_WORDS]
    return f" ({words})" if words else ""
