"""The sandbox's public values: words that say which behaviour it plays, and no secret. Cheap to import."""

from __future__ import annotations

import re

from text2llm.secret import Secret

#: Too short for a secret to hide in. Compiled when it is needed: most configs have no such value.
_PUBLIC_VALUE = r"sandbox(?:-[a-z0-9]{1,12}){1,4}"


def is_public_value(secret: Secret) -> bool:
    """Whether a value is one of the sandbox's public ones, such as ``sandbox-ok``."""
    return re.fullmatch(_PUBLIC_VALUE, secret.reveal()) is not None
