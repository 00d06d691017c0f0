"""Reports in Markdown, from templates; foreign text in them is shown literally on every code host."""

from __future__ import annotations

import os
import re

from text2llm.report.sanitize import clean_line

# What has a meaning wherever it is: escapes, code, emphasis, links, HTML, cells, strikethrough, math.
_ANYWHERE = r"[\\`*\[\]<|~$]"
# Of emphasis, a `_` between letters or digits is none (CommonMark 6.2): names of variables stay readable.
_UNDERSCORE = r"(?<![^\W_])_|_(?![^\W_])"
# Headings, lists and quotes begin a text; a closing `#` ends a heading. `&name;` is an entity, `{+ … +}` a change.
_AT_EDGES = r"^[>+-]|(?<!\S)#|&(?=#?\w+;)|\{(?=[+-])"
_NUMBER = re.compile(r"^(\d{1,9})(?=[.)](?:\s|$))")
# `:name:` is an emoji; the positions of a file, such as `:4:7`, are not, but some numbers are.
_EMOJI = r":(?=(?:\w*[^\W\d][\w+-]*|[+-]1|100|1234):)"
_ACTIVE = re.compile(f"({_ANYWHERE}|{_UNDERSCORE}|{_AT_EDGES}|{_EMOJI})")
# Code hosts link these in the text of a finished page, where a backslash before them is gone.
_REFERENCES = re.compile(r"([!$&%~^@#]|\bwww|\bGH-)(?=[\w.\"'])", re.IGNORECASE)
# GitLab takes `$5` for its fifth snippet, and GitHub two dollars for a formula; neither looks into code.
_PRICE = re.compile(r"((?<![^\s(])\$\d+(?:\.\d+)?(?:e-\d+)?(?=[\s,;:)]|$))")


def escape_text(text: str) -> str:
    """Escape links, mentions, references, markup and table cells; prices become code."""
    parts = _PRICE.split(clean_line(text))
    return "".join(f"`{part}`" if index % 2 else _escape(part) for index, part in enumerate(parts))


def _escape(text: str) -> str:
    # A backslash does not keep code hosts from linking these.
    safe = _NUMBER.sub(r"\1\\", _ACTIVE.sub(r"\\\1", text)).replace("://", ":\u200b//")
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
