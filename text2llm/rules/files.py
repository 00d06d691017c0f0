"""Rules over one file, valid or not. Their severity is fixed."""

from __future__ import annotations

from collections.abc import Iterator

from text2llm.config.schema import check_version
from text2llm.config.schema_words import quote_key
from text2llm.diagnostics import Severity
from text2llm.redaction.literals import Evidence, Literal
from text2llm.rules.rule import FileContext, Finding, Rule, define_rule


@define_rule(
    "secret-in-config",
    Severity.ERROR,
    "A credential is written into the file.",
    "put it into an environment variable, write ${NAME} here, and replace it at its provider if it was ever shared",
    fixed=True,
)
def secret_in_config(file: FileContext) -> Iterator[Finding]:
    """A credential in a shared file is known to everyone who has the file.

    Known formats of providers' keys are found anywhere in the text, in comments and base64 too. Any value is found in a
    place for credentials: ``apiKey``, ``token`` and the like, and headers that carry credentials. In a comment, such a
    name, or a variable such as ``LAB_TOKEN=``, must have a value that looks like a credential, and not like a
    path or, as for ``commit key``, a digest. A whole ``${NAME}`` is allowed, and so are the public ``sandbox-*`` values
    and the usual placeholders of examples. A credential that was ever committed must be replaced at its provider:
    removing it from the file does not remove it from the history.
    """
    for literal in _literals(file, Evidence.FORM, Evidence.PLACE):
        by_form = literal.evidence is Evidence.FORM
        what = f"a credential ({literal.name})" if by_form else f"the value of {quote_key(literal.name) or 'this key'}"
        yield Finding(literal.start, f"{what} is written into the file")


@define_rule(
    "misplaced-reference",
    Severity.ERROR,
    "A ${NAME} reference is used where none is allowed.",
    "in an apiKey or a header put the whole value into the variable; elsewhere write the value itself",
    fixed=True,
)
def misplaced_reference(file: FileContext) -> Iterator[Finding]:
    """``${NAME}`` can only be a whole ``apiKey`` or header value.

    A reference inside a URL, a model or a part of a value would let the environment change the meaning of a reviewed
    file, so it is never expanded there.
    """
    for literal in _literals(file, Evidence.PARTIAL):
        yield Finding(literal.start, "a ${NAME} reference can only be the whole of an apiKey or of a header's value")


@define_rule(
    "newer-version",
    Severity.ERROR,
    "The file's version is newer than this release knows.",
    "upgrade text2llm",
    fixed=True,
)
def newer_version(file: FileContext) -> Iterator[Finding]:
    """A file of a newer version may have another meaning than this release knows: it is neither used nor changed."""
    newer = check_version(file.document)
    if newer is not None:
        yield Finding(("version",), newer.message, newer.hint)


def _literals(file: FileContext, *evidence: Evidence) -> Iterator[Literal]:
    return (literal for literal in file.literals if literal.evidence in evidence)


FILE_RULES: tuple[Rule[FileContext], ...] = (secret_in_config, misplaced_reference, newer_version)
