"""Findings as annotations of GitHub Actions: workflow commands on standard output.

Source of the format: https://docs.github.com/actions/reference/workflow-commands-for-github-actions
"""

from __future__ import annotations

from collections.abc import Iterable

from text2llm.diagnostics import Diagnostic, Severity
from text2llm.report.sanitise import clean

_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning"}


def github_text(findings: Iterable[Diagnostic]) -> str:
    """One workflow command a line."""
    return "".join(f"{_command(finding)}\n" for finding in findings)


def _command(finding: Diagnostic) -> str:
    place = finding.location
    fields = {"file": place.path, "line": place.line, "col": place.column, "title": f"text2llm: {finding.rule}"}
    told = ",".join(f"{key}={_property(str(value))}" for key, value in fields.items())
    hint = f" (hint: {finding.hint})" if finding.hint else ""
    return f"::{_LEVELS.get(finding.severity, 'notice')} {told}::{_data(finding.message + hint)}"


def _data(text: str) -> str:
    return clean(text).replace("%", "%25")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
