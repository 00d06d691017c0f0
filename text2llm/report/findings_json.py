"""Findings for programs: one JSON document, valid against ``schemas/outputs/findings.schema.json``."""

from __future__ import annotations

from collections.abc import Sequence

from text2llm.diagnostics import Diagnostic, Severity
from text2llm.report.findings_text import count_severity


def findings_json(findings: Sequence[Diagnostic], files: int) -> dict[str, object]:
    """``{findings, files, errors, warnings}``, the findings in the order given."""
    return {
        "findings": [_finding(finding) for finding in findings],
        "files": files,
        "errors": count_severity(findings, Severity.ERROR),
        "warnings": count_severity(findings, Severity.WARNING),
    }


def _finding(finding: Diagnostic) -> dict[str, object]:
    return {
        "path": finding.location.path,
        "line": finding.location.line,
        "column": finding.location.column,
        "severity": finding.severity.value,
        "rule": finding.rule,
        "message": finding.message,
        "hint": finding.hint,
    }
