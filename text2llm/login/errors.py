"""How a login fails."""

from __future__ import annotations

from text2llm.errors import Text2llmError


class LoginError(Text2llmError):
    """A login was refused, was not finished in time, or a provider's answer cannot be used."""

    code = "login"


_MOST_WORDS = 200


def quote_foreign(text: str) -> str:
    """A provider's words in parentheses, as the end of a sentence; empty where it said nothing.

    They are one line of at most 200 characters, and nothing in it acts on a terminal.
    """
    words = " ".join("".join(each if each.isprintable() else " " for each in text).split())[:_MOST_WORDS]
    return f" ({words})" if words else ""
