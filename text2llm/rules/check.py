"""Running the rules: findings become diagnostics with a place and the severity that the config wants."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import chain, islice
from typing import Any

from text2llm.config.document import Document
from text2llm.config.model import Config
from text2llm.config.resolve import build_resolver
from text2llm.config.schema import MAX_FINDINGS
from text2llm.config.suggest import Suggestions
from text2llm.diagnostics import Diagnostic, Location, Severity
from text2llm.providers.registry import Registry
from text2llm.rules.files import FILE_RULES
from text2llm.rules.identity import IDENTITY_RULES
from text2llm.rules.literals import find_literals
from text2llm.rules.models import MODEL_RULES
from text2llm.rules.providers import PROVIDER_RULES
from text2llm.rules.rule import FileContext, Finding, Rule, RuleContext

#: The rules over the configuration as a whole; those over single files are in ``FILE_RULES``. Errors come first.
CONFIG_RULES: tuple[Rule[RuleContext], ...] = tuple(
    sorted((*IDENTITY_RULES, *PROVIDER_RULES, *MODEL_RULES), key=lambda rule: rule.severity is not Severity.ERROR)
)
#: Every rule.
RULES: tuple[Rule[Any], ...] = (*FILE_RULES, *CONFIG_RULES)

#: A value that these say something about needs no second word from the schema.
_SPEAK_FOR_THE_VALUE = frozenset({"secret-in-config", "misplaced-reference"})


def check_rules(config: Config, registry: Registry) -> list[Diagnostic]:
    """What the rules find in a configuration and its files, sorted by place.

    At most 100 findings for each of its files, and 100 for it as a whole.
    """
    context = RuleContext(config, registry, build_resolver(config, registry.spellings()), Suggestions())
    found = islice(_run(CONFIG_RULES, context, config.severities, config.locate), MAX_FINDINGS)
    return _sort(chain(check_files((config.document, *config.included.values())), found))


def check_files(documents: Iterable[Document]) -> list[Diagnostic]:
    """What the rules that need no more than a file find in each of them, sorted by place: at most 100 in each."""
    return _sort(
        finding
        for document in documents
        for finding in islice(_run(FILE_RULES, _file_context(document), {}, document.locate), MAX_FINDINGS)
    )


def _file_context(document: Document) -> FileContext:
    return FileContext(document, tuple(find_literals(document)))


def _run(
    rules: Iterable[Rule[Any]],
    subject: FileContext | RuleContext,
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


def _place(finding: Finding, subject: FileContext | RuleContext, locate: Callable[..., Location]) -> Location:
    if isinstance(finding.at, tuple):
        return locate(finding.at, key=finding.key)
    assert isinstance(subject, FileContext), "only a rule over a file knows offsets"
    return subject.document.place(finding.at)


def _sort(findings: Iterable[Diagnostic]) -> list[Diagnostic]:
    return sorted(findings, key=lambda finding: (finding.location, finding.rule, finding.message))


def limit_findings(findings: Iterable[Diagnostic]) -> Iterator[Diagnostic]:
    """Findings in order, each once, one voice for each value, and at most 100 in each file."""
    ordered = _sort(set(findings))
    spoken = {each.location for each in ordered if each.rule in _SPEAK_FOR_THE_VALUE}
    counts: dict[str, int] = {}
    for each in ordered:
        path = each.location.path
        if each.rule == "schema" and each.location in spoken:
            continue
        counts[path] = counts.get(path, 0) + 1
        if counts[path] <= MAX_FINDINGS:
            yield each
