"""Reports in Markdown, from templates; foreign text in them is shown literally on every code host."""

from __future__ import annotations

import os
import re

from text2llm.report.sanitize import clean_line

# Everything with a meaning in Markdown, HTML or on a code host: links, mentions, references, emphasis, cells.
_ACTIVE = re.compile(r"([\\`*_{}\[\]()#+!|<>~$:@&])")
# Code hosts link these in the text of a finished page, where a backslash before them is gone.
_REFERENCES = re.compile(r"([!$&%~^]|\bwww|\bGH-)(?=[\w.\"'])", re.IGNORECASE)


def escape_text(text: str) -> str:
    """Escape links, mentions, references, markup and table cells."""
    safe = _ACTIVE.sub(r"\\\1", clean_line(text))
    # A backslash does not keep code hosts from linking these.
    safe = safe.replace("\\@", "@\u200b").replace("\\#", "#\u200b").replace("://", ":\u200b//")
    return _REFERENCES.sub("\\1\u200b", safe)


def render_markdown(template: str, **values: object) -> str:
    """A document from ``templates/``; text from providers and repositories in it is inert."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    folder = os.path.join(os.path.dirname(__file__), "templates")
    environment = Environment(  # noqa: S701 - Markdown, not HTML: `text` escapes for it
        loader=FileSystemLoader(folder),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["text"] = escape_text
    return environment.get_template(f"{template}.md.j2").render(**values)
