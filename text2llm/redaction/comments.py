"""Credentials in comments, by their place: a setting that is commented out is as public as one that is not. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from text2llm.redaction.forms import SecretSpan
from text2llm.redaction.plausible import is_password
from text2llm.redaction.settings import find_settings

#: Consecutive lines, since a value may be on the line below its key.
_COMMENT = re.compile(r"(?:^|(?<=[ \t]))#[^\n]*+(?:\n[ \t]*+#[^\n]*+)*+", re.MULTILINE)
# Between `://` and `@`: examples in comments have a user alone, or words for both.
_USER_INFO = re.compile(r"://[^\s/?#@:<>]{0,64}+:([^\s/?#@<>{}]{6,128}+)@")


def find_in_comments(text: str) -> Iterator[SecretSpan]:
    """The values in comments of YAML that are credentials; ``name`` is that of the setting."""
    for comment in _COMMENT.finditer(text):
        yield from find_settings(text, *comment.span())
        for match in _USER_INFO.finditer(text, *comment.span()):
            if is_password(match[1]):
                yield SecretSpan(*match.span(1), "user info of a URL")
