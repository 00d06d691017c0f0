"""Run rules: findings become diagnostics with a location and the configured severity."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import chain
from typing import TYPE_CHECKING, Any

from text2llm.config.schema import MAX_FINDINGS
from text2llm.diagnostics import Diagnostic, Location, Severity
from text2llm.rules.rule import FOLLOWS, FileContext, Finding, Rule

if TYPE_CHECKING:
    from text2llm.auth.reading import Reading
    from text2llm.config.model import Config
    from text2llm.fix import Fix
    from text2llm.rules.ignores import IgnoreContext

_ORDER = tuple(Severity)
#: A value with one of these needs no finding of the schema.
_OVERRIDING_SCHEMA = frozenset({"secret-in-config", "misplaced-reference"})


def run_rules(
    rules: Iterable[Rule[Any]],
    subject: FileContext | Reading | IgnoreContext,
    severities: Mapping[str, str],
    locate: Callable[..., Location],
) -> Iterator[Diagnostic]:
    for rule in rules:
        severity = find_severity(rule, severities)
        for finding in rule.check(subject) if severity is not Severity.OFF else ():
            place = _place(finding, subject, locate)
            fix = None if finding.fix is None else _own_fix(finding.fix, subject)
            own = max(severity, finding.most, key=_ORDER.index)
            yield Diagnostic(rule.id, own, finding.message, place, finding.hint or rule.hint, fix)


def find_severity(rule: Rule[Any], severities: Mapping[str, str]) -> Severity:
    """The configured severity of a rule; one that follows another has, unless its own is set, that of the other."""
    written = severities.get(rule.id) or severities.get(FOLLOWS.get(rule.id, ""))
    return rule.severity if rule.fixed or written is None else Severity(written)


def _place(
    finding: Finding, subject: FileContext | Reading | IgnoreContext, locate: Callable[..., Location]
) -> Location:
    if isinstance(finding.at, tuple):
        return locate(finding.at, key=finding.key)
    if TYPE_CHECKING:  # only a rule over a file knows offsets; one over files alone does not load what a Reading needs
        assert not isinstance(subject, Reading)
    return subject.document.place(finding.at)


def _own_fix(fix: Fix, subject: FileContext | Reading | IgnoreContext) -> Fix | None:
    """The fix with pointers into the file that it changes; ``None`` if that were two files."""
    config: Config | None = getattr(subject, "config", None)  # a rule over one file has the pointers of that file
    if config is None or not fix.steps:
        return fix
    owned = [config.owner(step.pointer) for step in fix.steps]
    if any(document is not owned[0][0] for document, _ in owned):
        return None
    steps = (step._replace(pointer=inner) for step, (_, inner) in zip(fix.steps, owned, strict=True))
    return fix._replace(steps=tuple(steps))


def sort_findings(findings: Iterable[Diagnostic]) -> list[Diagnostic]:
    return sorted(findings, key=lambda finding: (finding.location, finding.rule, finding.message))


def limit_findings(findings: Iterable[Diagnostic]) -> tuple[list[Diagnostic], list[str]]:
    """Findings by place, each once, without those that another makes redundant, at most 100 per file, errors first.

    Also the files that may have more: no check looks for all in a file with so many.
    """
    unique = {(each.rule, each.severity, each.message, each.location, each.hint): each for each in findings}
    ordered = sort_findings(unique.values())
    covered = {each.location for each in ordered if each.rule in _OVERRIDING_SCHEMA}
    files: dict[str, list[Diagnostic]] = {}
    for each in ordered:
        if each.rule != "schema" or each.location not in covered:
            files.setdefault(each.location.path, []).append(each)
    kept = (sorted(found, key=_gravity)[:MAX_FINDINGS] for found in files.values())
    cut = [path for path, found in files.items() if len(found) >= MAX_FINDINGS]
    return sort_findings(chain.from_iterable(kept)), cut


def _gravity(finding: Diagnostic) -> int:
    if finding.rule in _OVERRIDING_SCHEMA:
        return 0
    return 1 if finding.severity is Severity.ERROR else 2
