"""Running the rules: findings become diagnostics with a place and the severity that the config wants."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache, partial
from itertools import chain, islice
from typing import Any

from text2llm.config.document import Document
from text2llm.config.model import Config
from text2llm.config.resolve import build_resolver
from text2llm.config.schema import MAX_FINDINGS
from text2llm.config.suggest import Suggestions
from text2llm.diagnostics import Diagnostic, Location, Severity
from text2llm.providers.key_formats import MASK
from text2llm.providers.registry import Registry
from text2llm.rules.aliases import ALIAS_RULES
from text2llm.rules.auth import AUTH_RULES
from text2llm.rules.catalog import CATALOG_RULES, find_bundled, read_catalog
from text2llm.rules.files import FILE_RULES
from text2llm.rules.identity import IDENTITY_RULES
from text2llm.rules.ignores import IGNORE_RULES, IgnoreContext, find_ignores, silence
from text2llm.rules.literals import credentials_of, find_literals, hiding_pattern
from text2llm.rules.models import MODEL_RULES
from text2llm.rules.providers import PROVIDER_RULES
from text2llm.rules.rule import FileContext, Finding, Rule, RuleContext

#: The rules over the configuration as a whole; those over single files are in ``FILE_RULES``. Errors come first.
CONFIG_RULES: tuple[Rule[RuleContext], ...] = tuple(
    sorted(
        (*IDENTITY_RULES, *ALIAS_RULES, *PROVIDER_RULES, *MODEL_RULES, *AUTH_RULES, *CATALOG_RULES),
        key=lambda rule: rule.severity is not Severity.ERROR,
    )
)
#: Every rule.
RULES: tuple[Rule[Any], ...] = (*FILE_RULES, *CONFIG_RULES, *IGNORE_RULES)
_CAN_BE_SILENCED = {rule.id: not rule.fixed for rule in RULES}

#: A value that these say something about needs no second word from the schema.
_SPEAK_FOR_THE_VALUE = frozenset({"secret-in-config", "misplaced-reference"})


def check_rules(config: Config, registry: Registry, as_of: str | None = None) -> list[Diagnostic]:
    """What the rules find in a configuration and its files, sorted by place.

    At most 100 findings for each of its files, and 100 for it as a whole. ``as_of`` is the day, ``YYYY-MM-DD``, for
    which retirement is judged; ``None``: the day of the bundled facts.
    """
    files = [_file_context(document) for document in (config.document, *config.included.values())]
    spellings = registry.spellings()
    catalog = cache(partial(read_catalog, config, spellings))
    resolver = build_resolver(config, spellings, partial(find_bundled, config, spellings))
    context = RuleContext(config, registry, resolver, Suggestions(), catalog, as_of)
    found = list(islice(_run(CONFIG_RULES, context, config.severities, config.locate), MAX_FINDINGS))
    everything = _sort(chain(_check_each(files), _hide(found, _credentials(files))))
    return _heed_comments(everything, [file.document for file in files], config.severities)


def check_files(documents: Iterable[Document]) -> list[Diagnostic]:
    """What the rules that need no more than a file find in each of them, sorted by place: at most 100 in each."""
    read = list(documents)
    return _heed_comments(_sort(_check_each(map(_file_context, read))), read)


def _heed_comments(
    findings: list[Diagnostic], documents: list[Document], severities: Mapping[str, str] | None = None
) -> list[Diagnostic]:
    """The findings that no comment silences, and what is wrong with the comments.

    Without ``severities`` the findings are not all that there is to say about the files.
    """
    ignores = {document.path: found for document in documents if (found := find_ignores(document))}
    if not ignores:
        return findings
    said = list(silence(findings, ignores, _CAN_BE_SILENCED))
    for document in documents:
        known = None if severities is None else tuple(each for each in findings if each.location.path == document.path)
        context = IgnoreContext(document, ignores.get(document.path, ()), _CAN_BE_SILENCED, known)
        said += islice(_run(IGNORE_RULES, context, severities or {}, document.locate), MAX_FINDINGS)
    return _sort(said)


def _check_each(files: Iterable[FileContext]) -> Iterator[Diagnostic]:
    for file in files:
        yield from islice(_run(FILE_RULES, file, {}, file.document.locate), MAX_FINDINGS)


def _file_context(document: Document) -> FileContext:
    return FileContext(document, tuple(find_literals(document)))


def _credentials(files: Iterable[FileContext]) -> set[str]:
    """The credentials that stand in the files."""
    return {each for file in files for each in credentials_of(file.document, file.literals)}


def _hide(findings: list[Diagnostic], credentials: Iterable[str]) -> list[Diagnostic]:
    """The findings without a credential in their words: one that stands as a model or an id, its case folded or not.

    The masking of known forms at the output does not see those whose case was folded, nor those known by their place.
    """
    words = "\n".join(f"{each.message}\n{each.hint}" for each in findings).lower()
    pattern = hiding_pattern(each for each in credentials if each.lower() in words)
    if pattern is None:
        return findings
    return [
        each._replace(message=pattern.sub(MASK, each.message), hint=each.hint and pattern.sub(MASK, each.hint))
        for each in findings
    ]


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
