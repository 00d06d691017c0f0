"""What a finding's id stands for, rules and the checks before them alike."""

from __future__ import annotations

from inspect import cleandoc
from typing import Any, NamedTuple

from text2llm.diagnostics import Severity
from text2llm.rules.rule import Rule
from text2llm.rules.table import RULES


class Explanation(NamedTuple):
    """An id that findings have. ``summary`` is the fact in one line, ``text`` why it matters, in paragraphs.

    What is ``fixed`` can be neither lowered nor ignored.
    """

    id: str
    severity: Severity
    summary: str
    text: str
    hint: str
    fixed: bool = True


_CHECKS = (
    Explanation(
        "syntax",
        Severity.ERROR,
        "The file is not the YAML that text2llm reads.",
        "YAML is read strictly and within bounds: one document, string keys, each key once, no tags, no directives,\n"
        "no control characters, at most 1 MiB. What two programs could read differently is refused, not guessed.",
        "mend the line; it is never rewritten for you",
    ),
    Explanation(
        "unreadable",
        Severity.ERROR,
        "The file cannot be read.",
        "It does not exist, is not a regular file, or is unreadable.",
        "check the path and its permissions",
    ),
    Explanation(
        "schema",
        Severity.ERROR,
        "The file does not match its JSON Schema.",
        "An unknown key, a missing one, or a value of the wrong kind. `text2llm schema config` prints the schema,\n"
        "which editors use for completion too.",
        "see the message; a mistyped key is named with the one that was probably meant",
    ),
    Explanation(
        "unknown-kind",
        Severity.ERROR,
        "The file is not a type that text2llm checks.",
        "Configurations, agent files, user settings, provider descriptors and sandbox scenarios are recognised by\n"
        "their keys. A credential store is recognised too, and does not belong into a repository.",
        "give validate the files that are meant for it",
    ),
    Explanation(
        "include",
        Severity.WARNING,
        "A configuration and the agent files that it includes do not go together.",
        "An agent file means something only under the defaults of the configuration that includes it. If none\n"
        "includes it, no agent has its settings: that is a warning, and so is a pattern that no file matches. It is\n"
        "an error when `include` names what is not there, cannot be read or is outside of the repository, and when\n"
        "two files define the same agent.",
        "add the file to `include` of the configuration that it belongs to, or mend what the message names",
    ),
)


def list_explanations() -> list[Explanation]:
    """Every id that a finding may have, by name."""
    return sorted((*_CHECKS, *map(_explain, RULES)))


def _explain(rule: Rule[Any]) -> Explanation:
    assert rule.check.__doc__ is not None, "a rule's docstring is its documentation"
    text = cleandoc(rule.check.__doc__).replace("``", "`")
    return Explanation(rule.id, rule.severity, rule.summary, text, rule.hint, rule.fixed)
