"""The page of the documentation that tells the rules."""

from __future__ import annotations

from text2llm.diagnostics import Severity
from text2llm.report.rules import rules_markdown
from text2llm.rules.explain import RuleDoc


def test_page_has_a_table_and_a_section_for_each_rule() -> None:
    rules = [
        RuleDoc("one", Severity.ERROR, "One fact.", "Why one matters.", "mend one"),
        RuleDoc("two", Severity.INFO, "Two facts.", "Why two matter.", "mend two", fixed=False),
    ]
    page = rules_markdown(rules)
    assert "| [one](#one) | error, locked | One fact. |\n| [two](#two) | info | Two facts. |\n" in page
    assert page.endswith("\n## two\n\nWhy two matter.\n\nFix: mend two.\n")
