"""The formats of CI systems and code hosts: SARIF and workflow commands of findings, JUnit of test cases."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from text2llm import __version__
from text2llm.diagnostics import Diagnostic, Location, Severity
from text2llm.fix import FixSpan
from text2llm.report.sanitize import clean, clean_line, escape_markup

_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning"}


def sarif_json(findings: Sequence[Diagnostic]) -> dict[str, Any]:
    """The log of one run, SARIF 2.1.0 (OASIS), which code hosts show beside changed lines."""
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
    span = None if finding.fix is None else finding.fix.span
    fixes = {} if finding.fix is None or span is None else {"fixes": [_fix(finding.fix.title, span, finding.location)]}
    return {
        "ruleId": finding.rule,
        "level": _LEVELS.get(finding.severity, "note"),
        "message": {"text": _plain(finding.message) + hint},
        "locations": [{"physicalLocation": _place(finding.location)}],
        **fixes,
    }


def _fix(title: str, span: FixSpan, location: Location) -> dict[str, Any]:
    region = {
        "startLine": span.line,
        "startColumn": span.column,
        "endLine": span.end_line,
        "endColumn": span.end_column,
    }
    replacement = {"deletedRegion": region, "insertedContent": {"text": span.text}}
    change = {"artifactLocation": _place(location)["artifactLocation"], "replacements": [replacement]}
    return {"description": {"text": _plain(title)}, "artifactChanges": [change]}


def _plain(text: str) -> str:
    """A text without links: brackets make one in SARIF's plain texts, unless a backslash is before them (3.11.6)."""
    return re.sub(r"([\\\[\]])", r"\\\1", clean(text))


def _place(location: Location) -> dict[str, Any]:
    from urllib.parse import quote

    region = {"startLine": location.line, "startColumn": location.column}
    return {"artifactLocation": {"uri": quote(os.fsencode(location.path))}, "region": region}


def github_text(findings: Iterable[Diagnostic]) -> str:
    """Annotations of GitHub Actions, one workflow command per line.

    Source: https://docs.github.com/actions/reference/workflow-commands-for-github-actions
    """
    return "".join(f"{_command(finding)}\n" for finding in findings)


def _command(finding: Diagnostic) -> str:
    place = finding.location
    fields = {"file": place.path, "line": place.line, "col": place.column, "title": f"text2llm: {finding.rule}"}
    properties = ",".join(f"{key}={_property(str(value))}" for key, value in fields.items())
    hint = f" (hint: {finding.hint})" if finding.hint else ""
    return f"::{_LEVELS.get(finding.severity, 'notice')} {properties}::{_data(finding.message + hint)}"


def _data(text: str) -> str:
    return clean_line(text).replace("%", "%25")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


class CaseOutcome(Enum):
    PASSED = ""
    FAILED = "failure"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Case:
    """One test case. ``seconds`` is its duration; ``details`` the lines below ``message``."""

    suite: str
    name: str
    outcome: CaseOutcome = CaseOutcome.PASSED
    message: str = ""
    details: tuple[str, ...] = ()
    seconds: float = 0.0


def junit_xml(name: str, cases: Iterable[Case]) -> str:
    """The dialect of JUnit that CI systems agree on: suites of cases, each passed, failed or skipped."""
    suites: dict[str, list[Case]] = {}
    for case in cases:
        suites.setdefault(case.suite, []).append(case)
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f"<testsuites {_counts(name, [case for group in suites.values() for case in group])}>",
        *(line for suite, group in suites.items() for line in _suite(suite, group)),
        "</testsuites>",
    ]
    return "\n".join(lines) + "\n"


def _suite(name: str, cases: list[Case]) -> Iterator[str]:
    yield f"  <testsuite {_counts(name, cases)}>"
    for case in cases:
        yield from _case(case)
    yield "  </testsuite>"


def _counts(name: str, cases: list[Case]) -> str:
    failed = sum(case.outcome is CaseOutcome.FAILED for case in cases)
    skipped = sum(case.outcome is CaseOutcome.SKIPPED for case in cases)
    seconds = sum(case.seconds for case in cases)
    return f'name={_quote(name)} tests="{len(cases)}" failures="{failed}" skipped="{skipped}" time="{seconds:.3f}"'


def _case(case: Case) -> Iterator[str]:
    head = f'    <testcase classname={_quote(case.suite)} name={_quote(case.name)} time="{case.seconds:.3f}"'
    if case.outcome is CaseOutcome.PASSED:
        yield f"{head}/>"
        return
    details = "\n".join(map(escape_markup, case.details))
    yield f"{head}>"
    yield f"      <{case.outcome.value} message={_quote(case.message)}>{details}</{case.outcome.value}>"
    yield "    </testcase>"


def _quote(text: str) -> str:
    return f'"{escape_markup(text)}"'
