"""Rules: a line each, a page in the terminal, JSON, and the page of the documentation."""

from __future__ import annotations

from collections.abc import Sequence

from text2llm.report.sanitize import pick
from text2llm.rules.explain import RuleDoc


def rule_list_text(rules: Sequence[RuleDoc]) -> str:
    width = max(len(rule.id) for rule in rules)
    return "".join(f"{rule.id:{width}}  {rule.severity.value:7}  {rule.summary}\n" for rule in rules)


def rule_text(rule: RuleDoc) -> str:
    """What a rule finds, why that matters, how to fix it, and how to lower or ignore it."""
    fix = f"fix: {rule.hint}\n" + (f"fix what is clear: text2llm validate --fix {rule.id}\n" if rule.has_fix else "")
    parts = (f"{rule.id} ({rule.severity.value})\n{rule.summary}", rule.text, fix + _lower(rule))
    return "\n\n".join(parts) + "\n"


def _lower(rule: RuleDoc) -> str:
    if rule.fixed:
        return "It can be neither lowered nor ignored."
    return (
        f"change its severity: rules: {{{rule.id}: error | warning | info | off}}\n"
        f"ignore one finding: # text2llm: ignore[{rule.id}] reason"
    )


def rule_json(rule: RuleDoc) -> dict[str, object]:
    return pick(rule, "id", "severity", "fixed", "has_fix", "summary") | {"explanation": rule.text, "hint": rule.hint}


_HEAD = """\
# Rules

The findings of `text2llm validate`. `text2llm rule ID` shows one rule in the terminal.

Change a severity under `rules:` in the configuration. Ignore one finding with a comment beside it, or on a line above
it: `# text2llm: ignore[rule] reason`. Neither is possible for a rule that is `locked` in the table.

`text2llm validate --fix` makes the fixes that can be meant in one way only, and `--fix ID` those of a rule that has
`--fix` in the table, as far as it has one. Nothing is fixed in a way that causes an error.

| rule | severity | finds |
|---|---|---|
"""


def rules_markdown(rules: Sequence[RuleDoc]) -> str:
    rows = (f"| [{rule.id}](#{rule.id}) | {_traits(rule)} | {rule.summary} |\n" for rule in rules)
    sections = (f"\n## {rule.id}\n\n{rule.text}\n\nFix: {rule.hint}.\n" for rule in rules)
    return _HEAD + "".join(rows) + "".join(sections)


def _traits(rule: RuleDoc) -> str:
    return ", ".join([rule.severity.value, *["locked"] * rule.fixed, *["`--fix`"] * rule.has_fix])
