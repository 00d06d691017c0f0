"""The rules over a configuration as a whole, and over each of its files."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from text2llm.auth.reading import read_meaning
from text2llm.config.model import Config
from text2llm.diagnostics import Diagnostic
from text2llm.policy.model import WrittenPolicy
from text2llm.providers.registry import Registry
from text2llm.redaction import redact
from text2llm.redaction.forms import Forms
from text2llm.redaction.literals import credentials_of
from text2llm.redaction.places import Places
from text2llm.rules.check_files import apply_comments, check_each, find_context
from text2llm.rules.run import run_rules, sort_findings
from text2llm.rules.table import CONFIG_RULES


def check_config(
    config: Config, registry: Registry, as_of: str | None = None, outside: WrittenPolicy | None = None
) -> list[Diagnostic]:
    """The findings in a configuration and its files, sorted by place.

    ``as_of`` is the reference date for retirement, ``YYYY-MM-DD``; ``None``: the date of the bundled facts. ``outside``
    is a policy from outside the repository, whose findings no comment or severity of the files changes.
    """
    documents = list(config.documents)
    forms = Forms(registry)
    files = [find_context(document, forms) for document in documents]
    reading = read_meaning(config, registry, as_of=as_of)
    credentials = {each for file in files for each in credentials_of(file.document, file.literals)}
    found = [*check_each(files), *run_rules(CONFIG_RULES, reading, config.severities, config.locate)]
    kept = apply_comments(sort_findings(found), documents, config.severities, lambda: reading.today)
    if outside is not None:
        from text2llm.rules.outside import check_outside

        kept = sort_findings([*kept, *check_outside(reading, outside)])
    return _redact(kept, credentials)


def _redact(findings: list[Diagnostic], credentials: Iterable[str]) -> list[Diagnostic]:
    """The findings with credentials masked, such as one that is written as a model or an id, in any case.

    The output guard does not recognize those in another case, nor those known by their place.
    """
    secrets = Places(credentials)
    redacted = cache(lambda text: redact(text, secrets))  # most findings of a rule have one hint
    return [each._replace(message=redacted(each.message), hint=redacted(each.hint)) for each in findings]
