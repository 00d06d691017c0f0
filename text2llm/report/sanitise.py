"""The one way by which text from outside reaches a terminal, a log or a CI system."""

from __future__ import annotations

import re

# Azure Pipelines and the GitHub runner look for `##vso[` and `##[` anywhere in a line, TeamCity for `##teamcity[`;
# GitLab for `section_start:` and `section_end:`.
_MARKER = re.compile(r"#(?=#(?:vso|teamcity)?\[)", re.IGNORECASE)
_SECTION = re.compile(r"section_(?=start|end)", re.IGNORECASE)


def clean(text: str) -> str:
    """``text`` as one line without anything that acts: what is not printable appears as its escape.

    That covers control characters (escape sequences, newlines), bidirectional and other invisible format characters,
    lone surrogates, and spaces that are not the plain one.
    """
    if text.isprintable():
        return text
    return "".join(character if character.isprintable() else _escape(character) for character in text)


def _escape(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")


def clean_line(line: str) -> str:
    """One line of output for a log: cleaned, and with nothing in it that a CI system reads as a command."""
    line = _SECTION.sub("section-", _MARKER.sub("# ", clean(line)))
    start = len(line) - len(line.lstrip())
    # GitHub ignores white space before its `::command::`.
    return f"{line[:start]}: {line[start + 1 :]}" if line.startswith("::", start) else line
