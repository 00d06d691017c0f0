"""The sandbox's public values, and the grants variable. Cheap to import."""

from __future__ import annotations

from text2llm.redaction.values import is_public
from text2llm.secret import Secret

#: Grants for machines without a user.
GRANTS_VARIABLE = "TEXT2LLM_TRUSTED_ORIGINS"


def is_public_value(secret: Secret) -> bool:
    """Whether a value is one of the sandbox's public ones, such as ``sandbox-ok``."""
    return is_public(secret.reveal())
