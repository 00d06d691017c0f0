"""The stable interface for provider plugins; the modules it re-exports from may change.

A plugin is a distribution with an entry point in the group ``text2llm.providers`` that names a :class:`ProviderPlugin`.
``docs/plugins.md`` is a tutorial. A login method is ``async def method(terms, dialogue, client) -> Obtained``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from text2llm.auth.credentials import ApiKey, OAuth, Token
from text2llm.login.errors import LoginError
from text2llm.login.exchange import post_fields, require_answer
from text2llm.login.terms import Dialogue, LoginTerms, Obtained
from text2llm.login.tokens import require_token
from text2llm.providers.plugin import ProviderPlugin
from text2llm.secret import Secret

if TYPE_CHECKING:
    from text2llm.net.client import Client

__all__ = [
    "ApiKey",
    "Client",
    "Dialogue",
    "LoginError",
    "LoginTerms",
    "OAuth",
    "Obtained",
    "ProviderPlugin",
    "Secret",
    "Token",
    "descriptor_from_package",
    "post_fields",
    "require_answer",
    "require_token",
]


def __getattr__(name: str) -> Any:
    """Load ``Client`` on first use: only a login needs it."""
    if name == "Client":
        from text2llm.net.client import Client

        return Client
    raise AttributeError(name)


def descriptor_from_package(package: str, name: str) -> dict[str, Any]:
    """The descriptor in the YAML file ``name`` beside the code of ``package``.

    Raises:
        ReadError: the file is missing, or the strict reader rejects it.
    """
    from importlib.resources import files

    from text2llm.config.reader import read_document
    from text2llm.errors import ReadError

    path = f"{package}/{name}"
    try:
        data = files(package).joinpath(name).read_bytes()
    except OSError as error:
        raise ReadError(f"cannot read {path}: {error.strerror}", hint="include it in the package's files") from error
    document = read_document(path, data)
    if not isinstance(document.data, dict):
        raise ReadError(f"{path} is not a descriptor", hint="begin with `id:`")
    return document.data
