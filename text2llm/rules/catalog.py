"""Rules about facts of models, from the bundled catalog and the configuration, never from a cache or a clock."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import takewhile
from operator import itemgetter

from text2llm.auth.reading import Reading
from text2llm.catalog.facts import NOTICE_DAYS, ModelFacts, is_retiring
from text2llm.config.model import DEFAULTS
from text2llm.config.nodes import Pointer
from text2llm.config.resolve import Chain, Resolved, Via
from text2llm.config.roles import IMAGE, Role
from text2llm.diagnostics import Severity
from text2llm.refs import ModelRef
from text2llm.rules.names import find_respelled
from text2llm.rules.rule import Finding, Rule, define_rule

#: Windows of 1,000,000 and of 1,048,576 tokens are both called "1M": so nearly equal ones count as equal.
_AS_LARGE = 0.95
#: Findings about fallbacks that agents inherit, beyond the first of each agent: a thousand may inherit a thousand.
_MOST_INHERITED = 1000


@define_rule(
    "unknown-model",
    Severity.WARNING,
    "A model is not in the catalog of a provider that the catalog covers.",
    "see `text2llm models list --all`; declare a custom model under models.providers",
)
def unknown_model(reading: Reading) -> Iterator[Finding]:
    """A request for a model that its provider does not have fails.

    Only providers that the catalog covers are checked. Models under ``models.providers`` are known; if the
    configuration sets another base URL for a provider, only the models listed there are known, and an empty list allows
    any. A model newer than the catalog is unknown until text2llm is updated.
    """
    for _, ref, via, pointer in reading.written:
        if via is Via.BARE:  # it has a finding of its own
            continue
        respelled = find_respelled(ref, reading)
        if respelled is not None:
            message = f"{ref} differs from the known model {respelled} only in case or punctuation"
            yield Finding(pointer, message, f"did you mean '{respelled}'?", is_key(pointer))
        elif reading.lacks(ref):
            yield _lacking(ref, pointer, reading)


def _lacking(ref: ModelRef, pointer: Pointer, reading: Reading) -> Finding:
    near = reading.suggestions.near(ref.model, reading.catalog.served(ref.provider, reading.as_of))
    custom = reading.customs.get(ref.provider)
    if custom is not None and custom.moved:
        place = reading.config.locate((*custom.pointer, "models"), key=True)
        message = f"'{ref.model}' is not a model of {ref.provider} at {place}"
        hint = "choose one of them, or add it there"
    else:
        message, hint = f"the catalog has no model '{ref.model}' of {ref.provider}", _listing(ref.provider)
    return Finding(pointer, message, f"did you mean '{ref.provider}/{near}'?" if near else hint, is_key(pointer))


@define_rule(
    "deprecated-model",
    Severity.WARNING,
    f"A model has retired, or will within {NOTICE_DAYS} days.",
    "choose another model",
)
def deprecated_model(reading: Reading) -> Iterator[Finding]:
    """A provider stops serving a model on an announced date: from then on every request fails.

    The reference date is ``--as-of``, else the date of the bundled facts, never the machine's.
    """
    for _, ref, _, pointer in reading.written:
        day, today = _facts(ref, reading).retires, reading.as_of or reading.catalog.source.date
        if day is not None and is_retiring(day, today):
            gone = f"has not been served since {day}" if day <= today else f"will not be served from {day} on"
            yield Finding(pointer, f"{ref} {gone}", f"choose another; {_listing(ref.provider)}", is_key(pointer))


@define_rule(
    "fallback-smaller-context",
    Severity.WARNING,
    "A fallback has a smaller context window than its primary.",
    "choose a fallback whose window is as large",
)
def fallback_smaller_context(reading: Reading) -> Iterator[Finding]:
    """A conversation that fits the primary's context window, but not the fallback's, fails at the fallback.

    Windows that differ by less than a twentieth count as equal: 1,000,000 and 1,048,576 are both "1M".
    """
    spare = iter(range(_MOST_INHERITED))

    @cache
    def by_window(inherited: Inherited) -> list[tuple[int, Resolved]]:
        known = ((_facts(each.ref, reading).context_window, each) for each in inherited.members)
        return sorted(((window, each) for window, each in known if window is not None), key=itemgetter(0))

    def smaller(link: ChainLink) -> Iterator[Finding]:
        primary = link.chain.primary
        window = None if primary is None else _facts(primary.ref, reading).context_window
        if primary is None or window is None:
            return
        members = by_window(link.inherited or Inherited(link.chain.fallbacks))
        for number, (own, member) in enumerate(takewhile(lambda each: each[0] < window * _AS_LARGE, members)):
            if link.inherited is not None and number and next(spare, None) is None:
                break
            at = member.pointer if is_below(member.pointer, link.owner) else primary.pointer
            sizes = f"{own:,} token{'' if own == 1 else 's'}, that of {primary.ref} {window:,}"
            yield Finding(at, f"the context window of the fallback {member.ref} is {sizes}")

    return check_chains(reading, reading.config.roles, smaller)


@define_rule(
    "image-model-cannot-see",
    Severity.WARNING,
    "An image model, or a fallback of it, does not accept images.",
    "choose a model that accepts images",
)
def image_model_cannot_see(reading: Reading) -> Iterator[Finding]:
    """An image model receives images: one that accepts text only rejects them, or its reply is arbitrary."""

    def blind(link: ChainLink) -> Iterator[Finding]:
        for member in link.written():
            inputs = _facts(member.ref, reading).inputs
            if inputs is not None and "image" not in inputs:
                yield Finding(member.pointer, f"{member.ref} does not accept images, only {' and '.join(inputs)}")

    return check_chains(reading, (IMAGE,), blind)


def _facts(ref: ModelRef, reading: Reading) -> ModelFacts:
    return reading.catalog.find(ref) or ModelFacts()


def _listing(provider: str) -> str:
    return f"`text2llm models list --all --provider {provider}` lists its models"


class Inherited:
    """The fallbacks of the defaults, which many agents use: what the rules ask of them is found once."""

    def __init__(self, members: tuple[Resolved, ...]) -> None:
        self.members = members
        self.refs = frozenset(member.ref for member in members)
        self.providers = frozenset(ref.provider for ref in self.refs)


@dataclass(frozen=True, slots=True, eq=False)
class ChainLink:
    """The chain of an agent or of the defaults, at ``owner``; ``inherited`` if its fallbacks are not its own."""

    chain: Chain
    owner: Pointer
    inherited: Inherited | None

    def written(self) -> tuple[Resolved, ...]:
        """The members that are not inherited fallbacks, whose own chain is checked too."""
        primary = () if self.chain.primary is None else (self.chain.primary,)
        return self.chain.members() if self.inherited is None else primary


def check_chains(
    reading: Reading, roles: tuple[Role, ...], check: Callable[[ChainLink], Iterable[Finding]]
) -> Iterator[Finding]:
    """Check the chains of the defaults, and of agents with their own settings; each finding once."""
    reported: set[Finding] = set()
    for link in _list_chains(reading, roles):
        for finding in check(link):
            if finding not in reported:
                reported.add(finding)
                yield finding


def _list_chains(reading: Reading, roles: tuple[Role, ...]) -> Iterator[ChainLink]:
    """The chain of each place that sets one: that of a second agent, by an alias, is the same."""
    for role in roles:
        base, seen = reading.resolver.chain(None, role), set[int]()
        inherited = Inherited(base.fallbacks)
        if role in reading.config.defaults:
            yield ChainLink(base, DEFAULTS, None)
        for agent in reading.config.agents:
            if role in agent.choices and reading.config.is_new((*agent.pointer, *role.pointer), seen):
                chain = reading.resolver.chain(agent.id, role, base)
                yield ChainLink(chain, agent.pointer, inherited if chain.fallbacks is base.fallbacks else None)


def is_below(pointer: Pointer, owner: Pointer) -> bool:
    return pointer[: len(owner)] == owner


def is_key(pointer: Pointer) -> bool:
    """Whether a model is named by a key of ``agents.defaults.models``."""
    return pointer[:-1] == (*DEFAULTS, "models")


CATALOG_RULES: tuple[Rule[Reading], ...] = (
    unknown_model,
    deprecated_model,
    fallback_smaller_context,
    image_model_cannot_see,
)
