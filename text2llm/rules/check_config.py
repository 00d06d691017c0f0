"""The rules over a configuration as a whole, alone and under its environments, and over each of its files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache, partial
from types import MappingProxyType
from typing import NamedTuple

from text2llm.auth.reading import Reading, read_meaning
from text2llm.config.document import Document
from text2llm.config.load import Loaded
from text2llm.config.model import Config
from text2llm.diagnostics import Diagnostic, Severity
from text2llm.errors import ReferenceFormatError
from text2llm.policy.model import WrittenPolicy
from text2llm.providers.registry import Registry
from text2llm.providers.tenancy import select_parts
from text2llm.redaction import redact
from text2llm.redaction.forms import Forms
from text2llm.redaction.literals import credentials_of
from text2llm.redaction.places import Places
from text2llm.rules.check_files import apply_comments, check_each, find_context
from text2llm.rules.environments import ENVIRONMENT_RULES
from text2llm.rules.files import FILE_RULES
from text2llm.rules.rule import FileContext
from text2llm.rules.run import run_rules, sort_findings
from text2llm.rules.table import CONFIG_RULES


class CheckContext(NamedTuple):
    """What configurations are judged by.

    ``as_of`` is the reference date for retirement, ``YYYY-MM-DD``; ``None``: the date of the bundled facts. ``outside``
    is a policy from outside the repository, whose findings no comment or severity of the files changes. Of ``environ``
    only the variables count that fill in a part of a provider's address, such as its region.
    """

    registry: Registry
    as_of: str | None = None
    outside: WrittenPolicy | None = None
    environ: Mapping[str, str] = MappingProxyType({})


def check_config(
    config: Config,
    registry: Registry,
    as_of: str | None = None,
    outside: WrittenPolicy | None = None,
    environ: Mapping[str, str] = MappingProxyType({}),
) -> list[Diagnostic]:
    """The findings in a configuration and its files, sorted by place; see :class:`CheckContext`."""
    return _check({"": config}, config.documents, CheckContext(registry, as_of, outside, environ), complete=True)


def check_environments(
    views: Mapping[str, Loaded], context: CheckContext, *, complete: bool = True
) -> list[Diagnostic]:
    """The findings in a configuration under its environments, by name, and in the files of all.

    A finding that only some have names them. A comment is used if it ignores a finding of any; without ``complete``,
    when there are others, none is unused.
    """
    documents = {each.path: each for loaded in views.values() for each in loaded.documents}
    configs = {name: loaded.config for name, loaded in views.items() if loaded.config is not None}
    loading = tell_views({name: _drop_of_files(loaded.findings) for name, loaded in views.items()})
    complete = complete and len(configs) == len(views)
    return [*loading, *_check(configs, documents.values(), context, complete=complete)]


def _drop_of_files(findings: Iterable[Diagnostic]) -> list[Diagnostic]:
    """The findings without those that the rules over each file have, too."""
    rules = {rule.id for rule in FILE_RULES}
    return [finding for finding in findings if finding.rule not in rules]


def tell_views(found: Mapping[str, Iterable[Diagnostic]]) -> list[Diagnostic]:
    """Findings by the name of their environment, each once; one that not all have ends with the names in brackets."""
    names: dict[Diagnostic, dict[str, None]] = {}
    fixes: dict[Diagnostic, Diagnostic] = {}
    for name, findings in found.items():
        for finding in findings:
            bare = finding._replace(fix=None)
            names.setdefault(bare, {})[name] = None
            fixes.setdefault(bare, finding)
    return [
        fixes[bare] if len(having) == len(found) else _tell_names(fixes[bare], having) for bare, having in names.items()
    ]


def _tell_names(finding: Diagnostic, names: Iterable[str]) -> Diagnostic:
    having = tuple(names)
    return finding._replace(message=f"{finding.message} [{', '.join(having)}]", environments=having)


def _check(
    configs: Mapping[str, Config], documents: Iterable[Document], context: CheckContext, *, complete: bool
) -> list[Diagnostic]:
    """Without ``complete`` there may be more findings, so that no comment is unused."""
    forms, read = Forms(context.registry), list(documents)
    files = [find_context(document, forms) for document in read]
    credentials = {each for file in files for each in credentials_of(file.document, file.literals)}
    environ = select_parts(context.environ)
    readings = {
        name: read_meaning(config, context.registry, as_of=context.as_of, environ=environ)
        for name, config in configs.items()
    }
    severities = next((config.severities for config in configs.values()), {})
    nameless = {name: list(_find_nameless(each)) for name, each in readings.items()}
    meant = {name: nameless[name] or _run(each) for name, each in readings.items()}
    found = sort_findings([*check_each(files), *tell_views(meant)])
    today = next((partial(getattr, each, "today") for each in readings.values()), None)
    kept = apply_comments(found, read, severities if complete else None, today)
    if context.outside is not None:
        from text2llm.rules.outside import check_outside

        named = {name: each for name, each in readings.items() if not nameless[name]}
        outside = {name: check_outside(each, context.outside) for name, each in named.items()}
        kept = sort_findings([*kept, *tell_views(outside)])
    return _redact(kept, credentials)


def _run(reading: Reading) -> Iterator[Diagnostic]:
    config = reading.config
    yield from run_rules(CONFIG_RULES, reading, config.severities, config.locate)
    if config.environment is not None:
        file = FileContext(config.environment.document, ())
        yield from run_rules(ENVIRONMENT_RULES, file, config.severities, file.document.locate)


def _find_nameless(reading: Reading) -> Iterator[Diagnostic]:
    """The names that no model has, and no alias: nothing else can be said of a configuration that uses one."""
    try:
        _ = reading.used
    except ReferenceFormatError:
        for name in reading.config.chain_names():
            try:
                reading.resolver.resolve_name(name)
            except ReferenceFormatError as error:
                place = reading.config.locate(name.pointer)
                yield Diagnostic("schema", Severity.ERROR, error.message, place, error.hint)


def _redact(findings: list[Diagnostic], credentials: Iterable[str]) -> list[Diagnostic]:
    """The findings with credentials masked, such as one that is written as a model or an id, in any case.

    The output guard does not recognize those in another case, nor those known by their place.
    """
    secrets = Places(credentials)
    redacted = cache(lambda text: redact(text, secrets))  # most findings of a rule have one hint
    return [
        each._replace(
            message=redacted(each.message),
            hint=redacted(each.hint),
            fix=each.fix and each.fix._replace(title=redacted(each.fix.title)),
        )
        for each in findings
    ]
