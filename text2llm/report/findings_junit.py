"""Findings as JUnit XML: a suite for each file, a case for each finding, one that passes for a file without any."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from text2llm.diagnostics import Diagnostic, Severity
from text2llm.report.junit import Case, CaseOutcome, junit_xml


def findings_junit(findings: Sequence[Diagnostic], files: Sequence[str], failing: Collection[Severity]) -> str:
    """The document. Findings of a severity that is not ``failing`` are skipped cases: seen, and no failure.

    A file beside ``files`` may have findings too: one that could not be read, or what includes one of them.
    """
    of_file: dict[str, list[Diagnostic]] = {path: [] for path in files}
    for finding in findings:
        of_file.setdefault(finding.location.path, []).append(finding)
    cases = (case for path, found in of_file.items() for case in _cases(path, found, failing))
    return junit_xml("text2llm validate", cases)


def _cases(path: str, findings: Sequence[Diagnostic], failing: Collection[Severity]) -> Iterator[Case]:
    if not findings:
        yield Case(path, "no findings")
    for finding in findings:
        place = f"{finding.location.line}:{finding.location.column}"
        outcome = CaseOutcome.FAILED if finding.severity in failing else CaseOutcome.SKIPPED
        hints = (f"hint: {finding.hint}",) if finding.hint else ()
        yield Case(path, f"{finding.rule} at {place}", outcome, finding.message, (str(finding.location), *hints))
