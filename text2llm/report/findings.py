"""Findings, in every format. As text: ``path:line:column: severity rule: message``, each with its hint."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from text2llm.diagnostics import Diagnostic, Location, Severity
from text2llm.report.rows import plural
from text2llm.report.sanitize import clean_line, location_json, pick
from text2llm.report.style import Style

if TYPE_CHECKING:
    from text2llm.fix import Fix
    from text2llm.report.ci import Case

#: The lines of an excerpt for a location; empty if there is nothing to show.
Excerpt = Callable[[Location], list[str]]


class FindingsReport(NamedTuple):
    """The findings of a run over the files at ``paths``; those of a severity in ``failing`` make it fail.

    A file beside ``paths`` may have findings too: one that could not be read, or one that includes one of them.
    ``fixes`` is what was fixed, as data. A named tuple, since hooks run ``validate``.
    """

    findings: Sequence[Diagnostic]
    paths: Sequence[str]
    failing: Collection[Severity]
    fixes: Mapping[str, object] | None = None
    exceptions: int | None = None


def list_findings(report: FindingsReport) -> list[Diagnostic]:
    return list(report.findings)


def findings_text(findings: Iterable[Diagnostic], style: Style, excerpt: Excerpt | None = None) -> str:
    """One line per finding, with its excerpt and its hint below."""
    return "".join(f"{line}\n" for finding in findings for line in _lines(finding, style, excerpt))


def _lines(finding: Diagnostic, style: Style, excerpt: Excerpt | None) -> Iterator[str]:
    paint = {Severity.ERROR: style.bad, Severity.WARNING: style.warn}.get(finding.severity, style.quiet)
    place, message = clean_line(str(finding.location)), clean_line(finding.message)
    mark = "[*] " if finding.fix is not None and finding.fix.safe else ""
    yield f"{style.title(place)}: {paint(finding.severity.value)} {finding.rule}: {mark}{message}"
    for line in excerpt(finding.location) if excerpt else ():
        yield style.quiet(line)
    if finding.hint:
        yield f"  hint: {clean_line(finding.hint)}"


def count_severity(findings: Iterable[Diagnostic], severity: Severity) -> int:
    return sum(finding.severity is severity for finding in findings)


def summary_line(findings: Sequence[Diagnostic], files: int, exceptions: int | None = None) -> str:
    """How many files were checked, with what result; ``exceptions`` of a policy are in use."""
    counted = ((count_severity(findings, each), each.value) for each in (Severity.ERROR, Severity.WARNING))
    parts = [plural(count, word) for count, word in counted if count]
    used = f"; {plural(exceptions, 'exception')} of the policy in use" if exceptions else ""
    return f"{plural(files, 'file')} checked: {', '.join(parts) or 'no errors, no warnings'}{used}"


def fixable_line(findings: Sequence[Diagnostic]) -> str | None:
    """How many findings can be fixed, and how; ``None`` if none can."""
    fixable = [finding for finding in findings if finding.fix is not None]
    safe = sum(finding.fix is not None and finding.fix.safe for finding in fixable)
    named = dict.fromkeys(finding.rule for finding in fixable if finding.fix is not None and not finding.fix.safe)
    parts = [f"[*] {safe} fixable with --fix"] if safe else []
    if named:
        options = " ".join(f"--fix {rule}" for rule in named)
        parts.append(f"{len(fixable) - safe} {'more ' if safe else ''}fixable with {options}")
    return ", ".join(parts) or None


def findings_json(report: FindingsReport) -> dict[str, object]:
    """The findings in the order given, and counts, valid against ``schemas/outputs/findings.schema.json``."""
    names = ("severity", "rule", "message", "hint")
    return {
        "findings": [
            {**location_json(each.location), **pick(each, *names), "fix": _fix_json(each.fix)}
            for each in report.findings
        ],
        "files": len(report.paths),
        "errors": count_severity(report.findings, Severity.ERROR),
        "warnings": count_severity(report.findings, Severity.WARNING),
        **({} if report.fixes is None else {"fixes": report.fixes}),
        **({} if report.exceptions is None else {"exceptions": report.exceptions}),
    }


def _fix_json(fix: Fix | None) -> dict[str, object] | None:
    if fix is None:
        return None
    span = fix.span and pick(fix.span, "line", "column", "end_line", "end_column", "text")
    return {"title": fix.title, "safe": fix.safe, "edit": span}


def findings_junit(report: FindingsReport) -> str:
    """One suite per file, one case per finding, one that passes for a file without any.

    Findings of a severity that is not ``failing`` are skipped cases.
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
