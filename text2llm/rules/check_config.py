"""The rules over a configuration as a whole, and over each of its files."""

from __future__ import annotations

from collections.abc import Iterable

from text2llm.auth.reading import read_meaning
from text2llm.config.model import Config
from text2llm.diagnostics import Diagnostic
from text2llm.providers.registry import Registry
from text2llm.redaction import redact
from text2llm.redaction.forms import Forms
from text2llm.redaction.literals import credentials_of
from text2llm.redaction.places import Places
from text2llm.rules.check_files import check_each, find_context, heed_comments
from text2llm.rules.rule import FileContext
from text2llm.rules.run import run_rules, sort_findings
from text2llm.rules.table import CONFIG_RULES


def check_config(config: Config, registry: Registry, as_of: str | None = None) -> list[Diagnostic]:
    """What the rules find in a configuration and its files, sorted by place.

    ``as_of`` is the day, ``YYYY-MM-DD``, for which retirement is judged; ``None``: the day of the bundled facts.
    """
    documents = [config.document, *config.included.values()]
    forms = Forms(registry)
    files = [find_context(document, forms) for document in documents]
    reading = read_meaning(config, registry, as_of=as_of)
    found = [*check_each(files), *run_rules(CONFIG_RULES, reading, config.severities, config.locate)]
    return _redact(heed_comments(sort_findings(found), documents, config.severities), _credentials(files))


def _credentials(files: Iterable[FileContext]) -> set[str]:
    """The credentials that stand in the files."""
    return {each for file in files for each in credentials_of(file.document, file.literals)}


def _redact(findings: list[Diagnostic], credentials: Iterable[str]) -> list[Diagnostic]:
    """The findings without a credential in their words: one that stands as a model or an id, its case folded or not.

    No outlet sees those whose case was folded, nor those known by their place.
    """
    words = "\n".join(f"{each.message}\n{each.hint}" for each in findings).lower()
    secrets = Places(each for each in credentials if each.lower() in words)
    return [each._replace(message=redact(each.message, secrets), hint=redact(each.hint, secrets)) for each in findings]
