"""Findings for people: ``path:line:column: severity rule: message``, each with its hint."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from text2llm.diagnostics import Diagnostic, Location, Severity
from text2llm.report.sanitise import clean_line
from text2llm.report.style import Style

#: The lines of an excerpt for a place; none where there is nothing to show.
Excerpt = Callable[[Location], list[str]]


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
    """How many findings are of a severity."""
    return sum(finding.severity is severity for finding in findings)


def summary_line(findings: Sequence[Diagnostic], files: int) -> str:
    """How many files were checked and what came out, for standard error."""
    counted = ((count_severity(findings, each), each.value) for each in (Severity.ERROR, Severity.WARNING))
    parts = [_plural(count, word) for count, word in counted if count]
    return f"{_plural(files, 'file')} checked: {', '.join(parts) or 'no errors, no warnings'}"


def _plural(count: int, word: str) -> str:
    return f"{count} {word}" + ("" if count == 1 else "s")
