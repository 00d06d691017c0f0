"""Rules that need no more than one file, whether or not it obeys the schema. None of them can be lowered."""

from __future__ import annotations

from collections.abc import Iterator

from text2llm.config.schema import check_version
from text2llm.config.schema_words import show_key
from text2llm.diagnostics import Severity
from text2llm.redaction.literals import Evidence, Literal
from text2llm.rules.rule import FileContext, Finding, Rule


def find_secret(file: FileContext) -> Iterator[Finding]:
    """A credential in a file that people share is a credential that everyone with the file has.

    Found are the known forms of providers' keys anywhere in the text, comments included, and whatever stands where a
    credential belongs: ``apiKey``, ``token`` and the like, and headers that carry credentials. A whole ``${NAME}``
    passes, and so do the public ``sandbox-*`` values. A credential that was ever committed must be replaced at its
    provider: taking it out of the file does not take it out of the history.
    """
    for literal in _literals(file, Evidence.FORM, Evidence.PLACE):
        by_form = literal.evidence is Evidence.FORM
        what = f"a credential ({literal.name})" if by_form else f"the value of {show_key(literal.name) or 'this key'}"
        yield Finding(literal.start, f"{what} is written into the file")


def find_misplaced(file: FileContext) -> Iterator[Finding]:
    """``${NAME}`` stands for a whole ``apiKey`` or header value, and for nothing else.

    A reference inside a URL, a model or a part of a value would let a change of the environment change the meaning of
    a reviewed file, so it is never expanded there.
    """
    for literal in _literals(file, Evidence.PARTIAL):
        yield Finding(literal.start, "a ${NAME} reference can only be the whole of an apiKey or of a header's value")


def find_newer(file: FileContext) -> Iterator[Finding]:
    """A file of a newer version may mean something else than this release believes: it is neither used nor changed."""
    newer = check_version(file.document)
    if newer is not None:
        yield Finding(("version",), newer.message, newer.hint)


def _literals(file: FileContext, *evidence: Evidence) -> Iterator[Literal]:
    return (literal for literal in file.literals if literal.evidence in evidence)


FILE_RULES: tuple[Rule[FileContext], ...] = (
    Rule(
        "secret-in-config",
        Severity.ERROR,
        "A credential is written into the file.",
        "put it into an environment variable, write ${NAME} here, and replace it at its provider if it was ever shared",
        find_secret,
        fixed=True,
    ),
    Rule(
        "misplaced-reference",
        Severity.ERROR,
        "A ${NAME} reference is used where none is allowed.",
        "in an apiKey or a header put the whole value into the variable; elsewhere write the value itself",
        find_misplaced,
        fixed=True,
    ),
    Rule(
        "newer-version",
        Severity.ERROR,
        "The file's version is newer than this release knows.",
        "upgrade text2llm",
        find_newer,
        fixed=True,
    ),
)
