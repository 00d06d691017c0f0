"""Which fixes of findings are made, and what they must not do. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from text2llm.auth.reading import resolve_names
from text2llm.config.model import Config
from text2llm.diagnostics import Diagnostic, Severity
from text2llm.fix import Fix
from text2llm.providers.registry import Registry
from text2llm.refs import ModelRef

#: What is found in a file that the schema rejects too; the other rules are not asked about it.
_ALWAYS_FOUND = frozenset(
    {
        *("syntax", "schema", "include", "unreadable", "unknown-kind"),
        *("secret-in-config", "misplaced-reference", "newer-version", "invalid-ignore"),
    }
)
_BREAKING = frozenset({"syntax", "schema", "include", "unreadable", "newer-version"})
_PLACE = re.compile(r":\d+:\d+")


class FixChoice(NamedTuple):
    """The fixes to make: the ``safe`` ones, and those of ``rules``."""

    safe: bool
    rules: frozenset[str] = frozenset()

    def find(self, finding: Diagnostic) -> Fix | None:
        """The fix of a finding, if it is to be made."""
        fix = finding.fix
        return fix if fix is not None and ((self.safe and fix.safe) or finding.rule in self.rules) else None


def find_new_error(before: Iterable[Diagnostic], after: Iterable[Diagnostic], choice: FixChoice) -> Diagnostic | None:
    """An error that a fix causes, unless the next one fixes it.

    What the rules find in a configuration that they could not read before is no new error.
    """
    old = [finding for finding in before if finding.severity is Severity.ERROR]
    was_broken = any(finding.rule in _BREAKING for finding in old)
    left = Counter(map(_identify, old))
    for finding in after:
        if finding.severity is Severity.ERROR and (finding.rule in _ALWAYS_FOUND or not was_broken):
            left[_identify(finding)] -= 1
            if left[_identify(finding)] < 0 and choice.find(finding) is None:
                return finding
    return None


def _identify(finding: Diagnostic) -> tuple[str, str, str]:
    """A finding without its place, which edits above it move."""
    return finding.location.path, finding.rule, _PLACE.sub("", finding.message)


def list_models(config: Config, registry: Registry) -> Mapping[tuple[str | None, str], Sequence[ModelRef]]:
    """The models that each agent uses for each role, each once, in order: what a neutral fix leaves as it is."""
    resolver = resolve_names(config, registry)
    owners = (None, *(agent.id for agent in config.agents))
    return {
        (agent, role.name): tuple(dict.fromkeys(member.ref for member in resolver.chain(agent, role).members()))
        for agent in owners
        for role in config.roles
    }
