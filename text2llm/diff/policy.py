"""Changes of the policies, and what they allow: a looser one is a danger. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from text2llm.auth.reading import Reading
from text2llm.diff.both import Both, pair_entries
from text2llm.diff.change import Change, Level
from text2llm.policy.loosening import PolicyChange, compare_policies
from text2llm.policy.model import WrittenPolicy, find_policies
from text2llm.policy.satisfy import make_allowed
from text2llm.refs import ModelRef

#: Models named of those that are newly allowed, and the agents for which they are found.
_NAMED = 3
_MOST_COUNTED = 10


def compare_key_policies(sides: Both[Reading]) -> Iterator[Change]:
    """The differences between the policies of the configuration, and of each agent."""
    found = sides.map(lambda side: {each.agent: each for each in find_policies(side.config)})
    known = sides.map(lambda side: {None, *side.config.by_id})
    counted = iter(range(_MOST_COUNTED))
    for agent, policies in pair_entries(found):
        if agent not in known.old or agent not in known.new:
            continue  # the agent itself is new, or gone
        maps = policies.map(lambda policy: {} if policy is None else policy.data)
        steps = tuple(compare_policies(maps.old, maps.new, sides.new.spellings))
        if any(step.loose for step in steps) and next(counted, None) is not None:
            yield from _count_allowed(agent, sides)
        yield from (_describe(step, agent, policies, sides) for step in steps)


def _describe(
    step: PolicyChange, agent: str | None, policies: Both[WrittenPolicy | None], sides: Both[Reading]
) -> Change:
    kind, level = ("loosened", Level.DANGER) if step.loose else ("tightened", Level.CHANGE)
    places = policies.join(
        sides, lambda policy, side: None if policy is None else policy.locate(side.config, step.keys)
    )
    subject = "policy" if agent is None else f"policy of agent {agent}"
    return Change(f"policy-{kind}", level, subject, f"{subject} {kind}: {step.text}", places=places)


def _count_allowed(agent: str | None, sides: Both[Reading]) -> Iterator[Change]:
    allowed = sides.map(lambda side: make_allowed(side, agent))
    bundle = sides.new.bundle
    refs = (ModelRef(provider, model) for provider in bundle.providers for model in bundle.served(provider))
    found = [str(ref) for ref in refs if allowed.new(ref) and not allowed.old(ref)]
    if found:
        more = f" and {len(found) - _NAMED:,} more" if len(found) > _NAMED else ""
        are = "model is" if len(found) == 1 else "models are"
        subject = "policy" if agent is None else f"policy of agent {agent}"
        message = f"{subject}: {len(found):,} catalogued {are} newly allowed: {', '.join(found[:_NAMED])}{more}"
        yield Change("policy-newly-allowed", Level.DANGER, subject, message)
