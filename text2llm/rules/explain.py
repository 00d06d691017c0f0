"""The documentation of every id that a finding can have: of rules, and of the checks before them."""

from __future__ import annotations

from inspect import cleandoc
from typing import Any, NamedTuple

from text2llm.diagnostics import Severity
from text2llm.rules.rule import Rule
from text2llm.rules.table import RULES


class RuleDoc(NamedTuple):
    """An id that findings have. ``summary`` is the fact in one line, ``text`` why it matters, in paragraphs.

    A ``fixed`` one can be neither lowered nor ignored; some findings of one that ``has_fix`` can be fixed mechanically.
    """

    id: str
    severity: Severity
    summary: str
    text: str
    hint: str
    fixed: bool = True
    has_fix: bool = False


_CHECKS = (
    RuleDoc(
        "syntax",
        Severity.ERROR,
        "The file is not the YAML that text2llm reads.",
        "YAML is read strictly and within bounds: one document, string keys, each key once, no tags, no directives,\n"
        "no control characters, at most 1 MiB. What two programs could read differently is rejected.",
        "fix the line; it is never rewritten for you",
    ),
    RuleDoc(
        "unreadable",
        Severity.ERROR,
        "The file cannot be read.",
        "It does not exist, is not a regular file, or is unreadable. It is a warning at a configuration outside of a\n"
        "git repository that has more folders below than are searched for other configurations.",
        "check the path and its permissions",
    ),
    RuleDoc(
        "schema",
        Severity.ERROR,
        "The file does not match its JSON Schema.",
        "An unknown key, a missing one, or a value of the wrong kind. `text2llm schema config` prints the schema,\n"
        "which editors use for completion too.",
        "see the message; a mistyped key is named with the one that was probably meant",
        has_fix=True,
    ),
    RuleDoc(
        "unknown-kind",
        Severity.ERROR,
        "The file is not a type that text2llm checks.",
        "Configurations, agent files, user settings, provider descriptors and sandbox scenarios are recognized by\n"
        "their keys. A credential store is recognized too, and does not belong in a repository.",
        "pass only files of these types",
    ),
    RuleDoc(
        "environment",
        Severity.ERROR,
        "An environment does not fit its configuration.",
        "An environment stands beside its configuration: text2llm.NAME.yaml beside text2llm.yaml, with\n"
        "`environment: NAME` in it. It is an error if the two names disagree, if the configuration is missing, if it\n"
        "includes agent files, if it writes one key in two spellings, or if there are more than 20. An abstract\n"
        "configuration without any environment is a warning: nothing can use it.",
        "see the message",
    ),
    RuleDoc(
        "include",
        Severity.WARNING,
        "A configuration and its agent files do not match.",
        "An agent file applies only with the defaults of the configuration that includes it. If none includes it,\n"
        "no agent has its settings: that is a warning, and so is a pattern that no file matches. It is an error\n"
        "when `include` names a file that is missing, unreadable or outside the repository, and when two files\n"
        "define the same agent.\n\n"
        "A pattern enters no link to a directory and no other repository, in the working tree as in a commit: that is\n"
        "a warning, and an error when it matches nothing else. A link to a file in the repository is read, and so is\n"
        "a linked directory that the pattern names without a wildcard.",
        "add the file to `include` of its configuration, or fix what the message names",
    ),
)


def list_explanations() -> list[RuleDoc]:
    return sorted((*_CHECKS, *map(_explain, RULES)))


def _explain(rule: Rule[Any]) -> RuleDoc:
    assert rule.check.__doc__ is not None, "a rule's docstring is its documentation"
    text = cleandoc(rule.check.__doc__).replace("``", "`")
    return RuleDoc(rule.id, rule.severity, rule.summary, text, rule.hint, rule.fixed, rule.has_fix)
