"""Rules for people: a line each, a page in the terminal, and the page of the documentation."""

from __future__ import annotations

from collections.abc import Sequence

from text2llm.rules.explain import RuleDoc


def rule_list_text(rules: Sequence[RuleDoc]) -> str:
    """Every rule on a line: its id, its severity, the fact."""
    width = max(len(rule.id) for rule in rules)
    return "".join(f"{rule.id:{width}}  {rule.severity.value:7}  {rule.summary}\n" for rule in rules)


def rule_text(rule: RuleDoc) -> str:
    """What a rule finds, why that matters, how to mend it, and how to live with it."""
    parts = (f"{rule.id} ({rule.severity.value})\n{rule.summary}", rule.text, f"mend it: {rule.hint}\n{_lower(rule)}")
    return "\n\n".join(parts) + "\n"


def _lower(rule: RuleDoc) -> str:
    if rule.fixed:
        return "It can be neither lowered nor ignored."
    return (
        f"change its severity: rules: {{{rule.id}: error | warning | info | off}}\n"
        f"ignore one finding: # text2llm: ignore[{rule.id}] reason"
    )


def rule_json(rule: RuleDoc) -> dict[str, object]:
    """A rule as plain data."""
    return {
        "id": rule.id,
        "severity": rule.severity.value,
        "fixed": rule.fixed,
        "summary": rule.summary,
        "explanation": rule.text,
        "hint": rule.hint,
    }


_HEAD = """\
# Rules

What `text2llm validate` finds. `text2llm rule ID` shows one of them in the terminal.

A severity is changed under `rules:` in the configuration. One finding is ignored by a comment beside it, or on a line
above it: `# text2llm: ignore[rule] reason`. Where the table says `fixed`, neither is possible.

| rule | severity | finds |
|---|---|---|
"""


def rules_markdown(rules: Sequence[RuleDoc]) -> str:
    """The page of the documentation."""
    rows = (
        f"| [{rule.id}](#{rule.id}) | {rule.severity.value}{', fixed' if rule.fixed else ''} | {rule.summary} |\n"
        for rule in rules
    )
    sections = (f"\n## {rule.id}\n\n{rule.text}\n\nFix: {rule.hint}.\n" for rule in rules)
    return _HEAD + "".join(rows) + "".join(sections)
