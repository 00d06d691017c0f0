"""How a login fails."""

from __future__ import annotations

from text2llm.errors import Text2llmError


class LoginError(Text2llmError):
    """A login was refused, was not finished in time, or a provider's answer cannot be used."""

    code = "login"
