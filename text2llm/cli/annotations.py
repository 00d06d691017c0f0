"""Findings for code hosts, which name files from the top of the repository."""

from __future__ import annotations

import os
from collections.abc import Iterable
from functools import cache

from text2llm.config.discovery import find_repository
from text2llm.diagnostics import Diagnostic


def name_from_top(findings: Iterable[Diagnostic]) -> list[Diagnostic]:
    """The findings with the paths that a code host knows, wherever the command was started."""
    name = cache(_name_from_top)
    return [each._replace(location=each.location._replace(path=name(each.location.path))) for each in findings]


def _name_from_top(path: str) -> str:
    if not os.path.lexists(path):  # standard input, or a file that is not there
        return path
    whole = os.path.abspath(path)
    top = find_repository(os.path.dirname(whole))
    return path if top is None else os.path.relpath(whole, top)
