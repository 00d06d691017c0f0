"""The rules of a policy from outside the repository: nothing in the repository suppresses or lowers them."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from text2llm.auth.reading import Reading
from text2llm.diagnostics import Diagnostic
from text2llm.policy.model import WrittenPolicy
from text2llm.rules.policy import POLICY_RULES, check_policies, policy_unsatisfiable
from text2llm.rules.run import run_rules


def check_outside(reading: Reading, policy: WrittenPolicy) -> Iterator[Diagnostic]:
    """The findings of a policy in a file of its own. That no model can meet it is reported in that file."""
    for rule in POLICY_RULES:
        judged = rule._replace(check=partial(check_policies, rule.id, policies=(policy,)))
        own = policy.outside if rule.id == policy_unsatisfiable.id else None
        yield from run_rules([judged], reading, {}, reading.config.locate if own is None else own.locate)
