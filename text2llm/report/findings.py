"""What a check found, in every format. For people: ``path:line:column: severity rule: message``, each with its hint."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from text2llm.diagnostics import Diagnostic, Location, Severity
from text2llm.report.sanitise import clean_line, location_json
from text2llm.report.style import Style

if TYPE_CHECKING:
    from text2llm.report.ci import Case

#: The lines of an excerpt for a place; none where there is nothing to show.
Excerpt = Callable[[Location], list[str]]


class FindingsReport(NamedTuple):
    """The findings of a run over the files at ``paths``; those of a severity in ``failing`` make it fail.

    A file beside ``paths`` may have findings too: one that could not be read, or what includes one of them.
    A named tuple, since hooks run ``validate``.
    """

    findings: Sequence[Diagnostic]
    paths: Sequence[str]
    failing: Collection[Severity]


def list_findings(report: FindingsReport) -> list[Diagnostic]:
    """What is found."""
    return list(report.findings)


def findings_text(findings: Iterable[Diagnostic], style: Style, excerpt: Excerpt | None = None) -> str:
    """Every finding on a line of its own, with its excerpt and its hint below it."""
    return "".join(f"{line}\n" for finding in findings for line in _lines(finding, style, excerpt))


def _lines(finding: Diagnostic, style: Style, excerpt: Excerpt | None) -> Iterator[str]:
    paint = {Severity.ERROR: style.bad, Severity.WARNING: style.warn}.get(finding.severity, style.quiet)
    place, message = clean_line(str(finding.location)), clean_line(finding.message)
    yield f"{style.title(place)}: {paint(finding.severity.value)} {finding.rule}: {message}"
    for line in excerpt(finding.location) if excerpt else ():
        yield style.quiet(line)
    if finding.hint:
        yield f"  hint: {clean_line(finding.hint)}"


def count_severity(findings: Iterable[Diagnostic], severity: Severity) -> int:
    """Count findings of a severity."""
    return sum(finding.severity is severity for finding in findings)


def summary_line(findings: Sequence[Diagnostic], files: int) -> str:
    """How many files were checked and what came out, for standard error."""
    counted = ((count_severity(findings, each), each.value) for each in (Severity.ERROR, Severity.WARNING))
    parts = [_plural(count, word) for count, word in counted if count]
    return f"{_plural(files, 'file')} checked: {', '.join(parts) or 'no errors, no warnings'}"


def _plural(count: int, word: str) -> str:
    return f"{count} {word}" + ("" if count == 1 else "s")


def findings_json(report: FindingsReport) -> dict[str, object]:
    """The findings in the order given, and counts, valid against ``schemas/outputs/findings.schema.json``."""
    return {
        "findings": [_finding(finding) for finding in report.findings],
        "files": len(report.paths),
        "errors": count_severity(report.findings, Severity.ERROR),
        "warnings": count_severity(report.findings, Severity.WARNING),
    }


def _finding(finding: Diagnostic) -> dict[str, object]:
    return {
        **location_json(finding.location),
        "severity": finding.severity.value,
        "rule": finding.rule,
        "message": finding.message,
        "hint": finding.hint,
    }


def findings_junit(report: FindingsReport) -> str:
    """A suite for each file, a case for each finding, one that passes for a file without any.

    Findings of a severity that is not ``failing`` are skipped cases: seen, and no failure.
    """
    from text2llm.report.ci import junit_xml

    of_file: dict[str, list[Diagnostic]] = {path: [] for path in report.paths}
    for finding in report.findings:
        of_file.setdefault(finding.location.path, []).append(finding)
    cases = (case for path, found in of_file.items() for case in _cases(path, found, report.failing))
    return junit_xml("text2llm validate", cases)


def _cases(path: str, findings: Sequence[Diagnostic], failing: Collection[Severity]) -> Iterator[Case]:
    from text2llm.report.ci import Case, CaseOutcome

    if not findings:
        yield Case(path, "no findings")
    for finding in findings:
        place = f"{finding.location.line}:{finding.location.column}"
        outcome = CaseOutcome.FAILED if finding.severity in failing else CaseOutcome.SKIPPED
        hints = (f"hint: {finding.hint}",) if finding.hint else ()
        yield Case(path, f"{finding.rule} at {place}", outcome, finding.message, (str(finding.location), *hints))
