"""The sandbox's public values: words that say which behaviour it plays, and no secret. Cheap to import."""

from __future__ import annotations

from text2llm.redaction.values import is_public
from text2llm.secret import Secret


def is_public_value(secret: Secret) -> bool:
    """Whether a value is one of the sandbox's public ones, such as ``sandbox-ok``."""
    return is_public(secret.reveal())
