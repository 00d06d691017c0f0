from __future__ import annotations

import pytest

from text2llm.diagnostics import Diagnostic, Location, Severity
from text2llm.fix import Fix
from text2llm.plan.fixing import FixChoice, find_new_error

SAFE = FixChoice(safe=True)


def finding(rule: str, message: str, severity: Severity = Severity.ERROR, fix: Fix | None = None) -> Diagnostic:
    return Diagnostic(rule, severity, message, Location("c.yaml"), None, fix)


UNKNOWN = finding("unknown-provider", "x is unknown")
SCHEMA = finding("schema", "unknown key")


@pytest.mark.parametrize(
    ("before", "after", "is_new"),
    [
        ([UNKNOWN], [UNKNOWN], False),
        ([], [UNKNOWN], True),
        ([UNKNOWN], [UNKNOWN, UNKNOWN], True),
        ([SCHEMA], [UNKNOWN], False),
        ([SCHEMA], [finding("secret-in-config", "a credential")], True),
        ([], [finding("unknown-provider", "x is unknown", Severity.WARNING)], False),
        ([finding("alias-collision", "see c.yaml:4:5")], [finding("alias-collision", "see c.yaml:3:5")], False),
        ([SCHEMA], [finding("schema", "expected a number", fix=Fix("write the number", safe=True))], False),
        ([SCHEMA], [finding("schema", "expected a list", fix=Fix("write a list"))], True),
    ],
)
def test_a_new_error_is_one_that_was_not_there(
    before: list[Diagnostic], after: list[Diagnostic], *, is_new: bool
) -> None:
    assert (find_new_error(before, after, SAFE) is not None) == is_new


def test_a_choice_is_safe_fixes_rules_or_both() -> None:
    safe, other = finding("schema", "", fix=Fix("", safe=True)), finding("schema", "", fix=Fix(""))
    assert [SAFE.find(each) is None for each in (safe, other, SCHEMA)] == [False, True, True]
    named = FixChoice(safe=False, rules=frozenset({"schema"}))
    assert [named.find(each) is None for each in (safe, other, SCHEMA)] == [False, False, True]
    assert FixChoice(safe=False).find(safe) is None
