"""Explain whether a model meets the policies of the configuration and of its agents. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from text2llm.auth.reading import Reading
from text2llm.explain.explanation import Part, Step, StepSource
from text2llm.policy.judge import make_tests
from text2llm.policy.judged import JudgedModel
from text2llm.policy.model import Breach, UnknownAction, WrittenPolicy, find_policies
from text2llm.refs import ModelRef

#: Agents may have policies by the thousand.
_MOST_STEPS = 20


def trace_policies(ref: ModelRef, reading: Reading) -> Iterator[Part]:
    """What of a model breaks a policy, each with its place; nothing without a policy."""
    policies = tuple(find_policies(reading.config))
    found = [(policy, breach) for policy in policies for breach in _find(ref, policy, reading)]
    if found:
        broken = any(breach.certain or policy.unknown is UnknownAction.DENY for policy, breach in found)
        steps = tuple(_describe(breach, policy, reading) for policy, breach in found[:_MOST_STEPS])
        yield Part("policy", "not met" if broken else "not known to be met", steps)
    elif policies:
        place = policies[0].locate(reading.config)
        yield Part("policy", "met", (Step("nothing that is known of it breaks a policy", StepSource.FILE, place),))


def _find(ref: ModelRef, policy: WrittenPolicy, reading: Reading) -> Iterator[Breach]:
    for breach in make_tests(policy.data, reading.spellings)(JudgedModel(ref, reading)):
        if breach.certain or policy.unknown is not UnknownAction.OK:
            yield breach


def _describe(breach: Breach, policy: WrittenPolicy, reading: Reading) -> Step:
    place = policy.locate(reading.config, breach.keys)
    return Step(f"it {breach.problem} ({policy.name})", StepSource.FILE, place)
