"""Test results as JUnit XML, the dialect that CI systems agree on: suites of cases, each passed, failed or skipped."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from xml.sax.saxutils import escape, quoteattr

from text2llm.report.sanitise import clean


class CaseOutcome(Enum):
    """What came of a case; the value is the element that tells it."""

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
    """The document, its suites in the order in which their first cases stand."""
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
    details = escape("\n".join(clean(line) for line in case.details))
    yield f"{head}>"
    yield f"      <{case.outcome.value} message={_quote(case.message)}>{details}</{case.outcome.value}>"
    yield "    </testcase>"


def _quote(text: str) -> str:
    # `clean` leaves no control character: XML has no way to write most of them.
    return quoteattr(clean(text))
