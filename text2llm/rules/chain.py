"""The check of what the main chain of every agent must have: different models, and different origins."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cache

from text2llm.auth.reading import Reading
from text2llm.config.roles import MAIN
from text2llm.policy.judged import is_excepted, judge_model
from text2llm.policy.model import WrittenPolicy
from text2llm.refs import ModelRef
from text2llm.rules.catalog import ChainLink, check_chains, is_below
from text2llm.rules.rule import Finding


def check_chain_key(reading: Reading, policies: Iterable[WrittenPolicy]) -> Iterator[Finding]:
    """The findings of the key ``chain`` of each policy that applies."""
    origin = cache(lambda ref: judge_model(ref, reading).origin or ref.provider)
    requested = cache(lambda ref: judge_model(ref, reading).requested)
    base = cache(lambda: reading.resolver.chain(None, MAIN))
    for policy in policies:
        wanted = policy.data.get("chain", {})
        checks: dict[str, Callable[[ModelRef], object]] = {"models": requested, "providers": origin}
        for word, least in wanted.items():
            check = _ChainCheck(policy, word, least, checks[word], reading)
            if policy.agent is None:
                yield from check_chains(reading, (MAIN,), check.check)
            else:
                chain, owner = reading.resolver.chain(policy.agent, MAIN, base()), policy.pointer[:-1]
                yield from check.check(ChainLink(chain, owner, None))


class _ChainCheck:
    """What a chain has too few of: models, or origins."""

    def __init__(
        self, policy: WrittenPolicy, word: str, least: int, kind: Callable[[ModelRef], object], reading: Reading
    ) -> None:
        self._policy, self._word, self._least, self._kind, self._reading = policy, word, least, kind, reading
        self._of_inherited = cache(lambda inherited: frozenset(map(kind, inherited.refs)))

    def check(self, link: ChainLink) -> Iterator[Finding]:
        written = link.written()
        kinds = {self._kind(member.ref) for member in written}
        kinds |= self._of_inherited(link.inherited) if link.inherited is not None else frozenset()
        primary = link.chain.primary
        if primary is None or is_excepted(primary.ref, "chain", self._policy, self._reading):
            return
        if len(kinds) < self._least:
            own = next((each.pointer for each in written if is_below(each.pointer, link.owner)), primary.pointer)
            unit = {"models": "model", "providers": "origin"}[self._word] + ("" if self._least == 1 else "s")
            place = self._policy.locate(self._reading.config, ("chain", self._word))
            # It does not tell what is there: an edit that adds some, yet too few, has no other finding.
            message = f"the main chain has fewer than {self._least} {unit}"
            yield Finding(own, f"{message} ({self._policy.name}, {place})")
