"""What is known of trust at no cost: the sandbox's public values, and who may have given grants. Cheap to import."""

from __future__ import annotations

from text2llm.redaction.values import is_public
from text2llm.secret import Secret

#: Grants for machines, where nobody can answer a question.
GRANTS_VARIABLE = "TEXT2LLM_TRUSTED_ORIGINS"


def is_public_value(secret: Secret) -> bool:
    """Whether a value is one of the sandbox's public ones, such as ``sandbox-ok``, which say what it plays."""
    return is_public(secret.reveal())
