"""Credentials in comments, by their place: a setting that is commented out is as public as one that is not. Pure.

Comments are prose, too, so that here the value must look like a credential, not only its name.
"""

from __future__ import annotations

import re
from binascii import Error, a2b_base64
from collections.abc import Iterator

from text2llm.redaction.forms import SIX_MIXED, SecretSpan
from text2llm.redaction.names import (
    COMMON_WORDS,
    PLACEHOLDER,
    TOKEN_LIKE,
    ends_as_credential,
    fold_name,
    is_credential_name,
)

#: Consecutive lines, since a value may be on the line below its key.
_COMMENT = re.compile(r"(?:^|(?<=[ \t]))#[^\n]*+(?:\n[ \t]*+#[^\n]*+)*+", re.MULTILINE)
# A key of YAML or JSON, a header, or an assignment of a shell, with its value: one word, after a scheme of
# authentication perhaps.
_SETTING = re.compile(
    r"(?<![A-Za-z0-9_.-])(?P<name>[A-Za-z_][A-Za-z0-9_.-]{1,60}+)[\"']?[ \t]{0,8}(?:=>|[:=])[ \t]{0,8}"
    # Only looked at, since the value may begin with the name of another one: `cmd: export A_TOKEN=`.
    r"(?=(?:\n[ \t]*+#[ \t]{0,80}+)?[\"']?(?:(?P<scheme>[A-Za-z]{3,10})[ \t]{1,8})?"
    r"(?P<value>[^\s\"'`<>{}\[\](),;:=]{8,256}+={0,2}))"
)
_RANDOM = re.compile(rf"(?=[A-Za-z0-9_.~+/=-]*?{SIX_MIXED})[A-Za-z0-9_.~+/=-]{{16,}}")
_PASSWORD = re.compile(r"(?=[^0-9]*[0-9])(?=[^A-Za-z]*[A-Za-z])[!-~]{8,}")
_PASSWORD_NAMES = ("passphrase", "passwd", "password")
_PATH = re.compile(r"(?:~|\.{1,2})?/.*[/.].*")
_USER_AND_PASSWORD = re.compile(rb"[!-~]{1,200}:[!-~]{1,200}")


def find_in_comments(text: str) -> Iterator[SecretSpan]:
    """The values in comments of YAML that are credentials; ``name`` is that of the setting."""
    for comment in _COMMENT.finditer(text):
        for match in _SETTING.finditer(text, *comment.span()):
            if _is_secret(match["name"], match["scheme"] or "", match["value"].rstrip(".")):
                yield SecretSpan(*match.span("value"), match["name"])


def _is_secret(name: str, scheme: str, value: str) -> bool:
    folded = fold_name(name)
    if not ends_as_credential(name) or "public" in folded or PLACEHOLDER.search(value) or _PATH.fullmatch(value):
        return False
    if scheme.lower() == "basic":
        return _USER_AND_PASSWORD.fullmatch(_decode(value)) is not None
    if TOKEN_LIKE.fullmatch(value):
        return True
    if folded.endswith(_PASSWORD_NAMES) and not scheme:
        return "$" not in value and _PASSWORD.fullmatch(value) is not None
    return is_credential_name(folded) and folded not in COMMON_WORDS and _RANDOM.fullmatch(value) is not None


def _decode(value: str) -> bytes:
    try:
        return a2b_base64(value)
    except (Error, ValueError):
        return b""
