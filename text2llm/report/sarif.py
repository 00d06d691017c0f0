"""Findings as SARIF 2.1.0 (OASIS), which code hosts show beside the lines of a change."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from text2llm import __version__
from text2llm.diagnostics import Diagnostic, Location, Severity
from text2llm.report.sanitise import clean

_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning"}


def sarif_json(findings: Sequence[Diagnostic]) -> dict[str, Any]:
    """The log of one run."""
    rules = sorted({finding.rule for finding in findings})
    driver = {"name": "text2llm", "version": __version__, "rules": [{"id": rule} for rule in rules]}
    return {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": driver},
                "columnKind": "unicodeCodePoints",
                "results": [_result(finding) for finding in findings],
            }
        ],
    }


def _result(finding: Diagnostic) -> dict[str, Any]:
    hint = f"\nhint: {_plain(finding.hint)}" if finding.hint else ""
    return {
        "ruleId": finding.rule,
        "level": _LEVELS.get(finding.severity, "note"),
        "message": {"text": _plain(finding.message) + hint},
        "locations": [{"physicalLocation": _place(finding.location)}],
    }


def _plain(text: str) -> str:
    """A text without links: brackets make one in SARIF's plain texts, unless a backslash is before them (3.11.6)."""
    return re.sub(r"([\\\[\]])", r"\\\1", clean(text))


def _place(location: Location) -> dict[str, Any]:
    region = {"startLine": location.line, "startColumn": location.column}
    return {"artifactLocation": {"uri": quote(os.fsencode(location.path))}, "region": region}
