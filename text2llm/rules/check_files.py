"""The rules over single files, and the comments that silence what any rule finds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from text2llm.config.document import Document
from text2llm.diagnostics import Diagnostic
from text2llm.redaction.forms import Forms
from text2llm.redaction.literals import find_literals
from text2llm.rules.files import FILE_RULES
from text2llm.rules.ignores import IGNORE_RULES, IgnoreContext, find_ignores, silence
from text2llm.rules.rule import FileContext
from text2llm.rules.run import run_rules, sort_findings


def check_files(documents: Iterable[Document]) -> list[Diagnostic]:
    """What the rules that need no more than a file find in each of them, sorted by place.

    No settings are read: the credentials are those of the providers that come with text2llm.
    """
    read, forms = list(documents), Forms()
    return heed_comments(sort_findings(check_each(find_context(each, forms) for each in read)), read)


def find_context(document: Document, forms: Forms) -> FileContext:
    """What the rules over a file see of it."""
    return FileContext(document, tuple(find_literals(document, forms)))


def check_each(files: Iterable[FileContext]) -> Iterator[Diagnostic]:
    """What the rules over single files find in each of them, before ignore comments apply."""
    for file in files:
        yield from run_rules(FILE_RULES, file, {}, file.document.locate)


def heed_comments(
    findings: list[Diagnostic], documents: list[Document], severities: Mapping[str, str] | None = None
) -> list[Diagnostic]:
    """The findings that no comment silences, and what is wrong with the comments.

    Without ``severities`` the findings are not all that there is to say about the files.
    """
    ignores = {document.path: found for document in documents if (found := find_ignores(document))}
    if not ignores:
        return findings
    from text2llm.rules.table import RULES  # all of them, for which only a file with such comments pays

    can_be_silenced = {rule.id: not rule.fixed for rule in RULES}
    said = list(silence(findings, ignores, can_be_silenced))
    for document in documents:
        known = None if severities is None else tuple(each for each in findings if each.location.path == document.path)
        context = IgnoreContext(document, ignores.get(document.path, ()), can_be_silenced, known)
        said += run_rules(IGNORE_RULES, context, severities or {}, document.locate)
    return sort_findings(said)
