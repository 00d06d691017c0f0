"""Running rules: findings become diagnostics with a place and the severity that the config wants."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from typing import TYPE_CHECKING, Any

from text2llm.config.schema import MAX_FINDINGS
from text2llm.diagnostics import Diagnostic, Location, Severity
from text2llm.rules.rule import FileContext, Finding, Rule, RuleContext

if TYPE_CHECKING:
    from text2llm.rules.ignores import IgnoreContext

#: A value that these say something about needs no second word from the schema.
_SPEAK_FOR_THE_VALUE = frozenset({"secret-in-config", "misplaced-reference"})


def run_rules(
    rules: Iterable[Rule[Any]],
    subject: FileContext | RuleContext | IgnoreContext,
    severities: Mapping[str, str],
    locate: Callable[..., Location],
) -> Iterator[Diagnostic]:
    """What rules find in their subject, one rule after the other, at most 100 findings."""
    return islice(_run(rules, subject, severities, locate), MAX_FINDINGS)


def _run(
    rules: Iterable[Rule[Any]],
    subject: FileContext | RuleContext | IgnoreContext,
    severities: Mapping[str, str],
    locate: Callable[..., Location],
) -> Iterator[Diagnostic]:
    for rule in rules:
        severity = _severity(rule, severities)
        for finding in rule.check(subject) if severity is not Severity.OFF else ():
            hint = finding.hint or rule.hint
            yield Diagnostic(rule.id, severity, finding.message, _place(finding, subject, locate), hint)


def _severity(rule: Rule[Any], severities: Mapping[str, str]) -> Severity:
    return rule.severity if rule.fixed else Severity(severities.get(rule.id, rule.severity.value))


def _place(
    finding: Finding, subject: FileContext | RuleContext | IgnoreContext, locate: Callable[..., Location]
) -> Location:
    if isinstance(finding.at, tuple):
        return locate(finding.at, key=finding.key)
    assert not isinstance(subject, RuleContext), "only a rule over a file knows offsets"
    return subject.document.place(finding.at)


def sort_findings(findings: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Findings by place."""
    return sorted(findings, key=lambda finding: (finding.location, finding.rule, finding.message))


def limit_findings(findings: Iterable[Diagnostic]) -> Iterator[Diagnostic]:
    """Findings in order, each once, one voice for each value, and at most 100 in each file."""
    ordered = sort_findings(set(findings))
    spoken = {each.location for each in ordered if each.rule in _SPEAK_FOR_THE_VALUE}
    counts: dict[str, int] = {}
    for each in ordered:
        path = each.location.path
        if each.rule == "schema" and each.location in spoken:
            continue
        counts[path] = counts.get(path, 0) + 1
        if counts[path] <= MAX_FINDINGS:
            yield each
