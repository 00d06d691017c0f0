"""Foreign text in Markdown: it reads as it is, on every code host, and nothing in it acts."""

from __future__ import annotations

import re

from text2llm.report.sanitise import clean_line

# Everything that Markdown, HTML or a code host gives a meaning: links, mentions, references, emphasis, cells.
_ACTIVE = re.compile(r"([\\`*_{}\[\]()#+!|<>~$:@&])")
# Code hosts link these in the text of a finished page, where a backslash before them is gone.
_REFERENCES = re.compile(r"([!$&%~^]|\bwww|\bGH-)(?=[\w.\"'])", re.IGNORECASE)


def escape_text(text: str) -> str:
    """A text of which comes no link, mention, reference, markup or table cell."""
    safe = _ACTIVE.sub(r"\\\1", clean_line(text))
    # A backslash does not keep code hosts from linking these.
    safe = safe.replace("\\@", "@\u200b").replace("\\#", "#\u200b").replace("://", ":\u200b//")
    return _REFERENCES.sub("\\1\u200b", safe)
