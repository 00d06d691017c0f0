"""Rules about facts of models, from the bundled catalog and the configuration, never from a cache or a clock."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import takewhile
from operator import itemgetter

from text2llm.auth.reading import Reading
from text2llm.catalog.facts import NOTICE_DAYS, ModelFacts, is_retiring
from text2llm.config.model import DEFAULTS
from text2llm.config.nodes import Pointer
from text2llm.config.resolve import Chain, Resolved, Via
from text2llm.config.roles import IMAGE, Role
from text2llm.diagnostics import Severity
from text2llm.fix import write_name
from text2llm.refs import ModelRef
from text2llm.rules.names import find_respelled
from text2llm.rules.providers import is_home
from text2llm.rules.rule import Finding, Rule, define_rule

#: Windows of 1,000,000 and of 1,048,576 tokens are both called "1M": so nearly equal ones count as equal.
_AS_LARGE = 0.95
_AGENTS: Pointer = ("agents", "entries")
#: Findings about fallbacks that agents inherit, beyond the first of each agent: a thousand may inherit a thousand.
_MOST_INHERITED = 1000


@define_rule(
    "unknown-model",
    Severity.WARNING,
    "A model is not in the catalog of a provider that the catalog covers.",
    "see `text2llm models list --all`; declare a custom model under models.providers",
    has_fix=True,
)
def unknown_model(reading: Reading) -> Iterator[Finding]:
    """A request for a model that its provider does not have fails.

    Only providers that the catalog covers are checked. Models under ``models.providers`` are known, too. A provider of
    your own has only those, and those of its ``catalog``; without either, and for a built-in one at another base URL
    without ``models``, any model is allowed. A model newer than the catalog is unknown until text2llm is updated.
    """
    for _, ref, via, pointer in reading.written:
        if via is Via.BARE:  # it has a finding of its own
            continue
        respelled = find_respelled(ref, reading)
        if respelled is not None:
            message = f"{ref} differs from the known model {respelled} only in case or punctuation"
            fix = write_name(pointer, str(respelled), key=is_key(pointer))
            yield Finding(pointer, message, f"did you mean '{respelled}'?", is_key(pointer), fix)
        elif reading.lacks(ref):
            yield _lacking(ref, pointer, reading)


def _lacking(ref: ModelRef, pointer: Pointer, reading: Reading) -> Finding:
    found = reading.suggestions.nearest(ref.model, reading.catalog.served(ref.provider, reading.as_of))
    near = [f"{ref.provider}/{each}" for each in found]
    custom = reading.customs.get(ref.provider)
    if custom is not None and custom.catalog is not None:
        place = reading.config.locate((*custom.pointer, "catalog"))
        message = f"'{ref.model}' is not a model of {ref.provider}, nor of its catalog at {place}"
        hint = "choose another, or add it to its models"
    elif custom is not None and custom.moved:
        place = reading.config.locate((*custom.pointer, "models"), key=True)
        message = f"'{ref.model}' is not a model of {ref.provider} at {place}"
        hint = "choose one of them, or add it there"
    else:
        message, hint = f"the catalog has no model '{ref.model}' of {ref.provider}", _listing(ref.provider)
    fix = write_name(pointer, near[0], key=is_key(pointer)) if len(near) == 1 else None
    return Finding(pointer, message, f"did you mean '{near[0]}'?" if near else hint, is_key(pointer), fix)


@define_rule(
    "deprecated-model",
    Severity.WARNING,
    f"A model will retire within {NOTICE_DAYS} days, or has retired and is requested at another origin.",
    "choose another model",
)
def deprecated_model(reading: Reading) -> Iterator[Finding]:
    """A provider stops serving a model on an announced date: from then on every request fails.

    At another origin than the provider's own, such as a gateway, it may be served for longer. The reference date is
    ``--as-of``, else the date of the bundled facts, never the machine's.
    """
    for _, ref, _, pointer in reading.written:
        day, today = _facts(ref, reading).retires, reading.today
        if day is not None and is_retiring(day, today) and find_retirement(ref, reading) is None:
            gone = f"has not been served since {day}" if day <= today else f"will not be served from {day} on"
            yield Finding(pointer, f"{ref} {gone}", f"choose another; {_listing(ref.provider)}", is_key(pointer))


@define_rule(
    "retired-model",
    Severity.ERROR,
    "A model in use has retired; of one that is only listed, a warning.",
    "choose another model",
)
def retired_model(reading: Reading) -> Iterator[Finding]:
    """The provider no longer serves the model: every request for it fails.

    Only requests at an origin of the provider's own descriptor are judged. What suppresses or sets the severity of
    ``deprecated-model`` does so here, too. The reference date is ``--as-of``, else the date of the bundled facts, so
    only the flag or another release of text2llm makes a file invalid.
    """
    used = cache(lambda: frozenset(each.ref for each in reading.used))
    for _, ref, _, pointer in reading.written:
        day = find_retirement(ref, reading)
        if day is not None:
            most = Severity.ERROR if ref in used() else Severity.WARNING
            hint = f"choose another; {_listing(ref.provider)}"
            yield Finding(pointer, f"{ref} has not been served since {day}", hint, is_key(pointer), most=most)


def find_retirement(ref: ModelRef, reading: Reading) -> str | None:
    """The date since which a model is no longer served at its provider's own origin; ``None`` if it may be."""
    day = _facts(ref, reading).retires
    if day is None or day > reading.today:
        return None
    custom = reading.customs.get(ref.provider)
    if custom is None or not custom.moved:
        return day
    from text2llm.upstream.address import find_address

    origin = find_address(None, custom).origin
    return day if origin is not None and is_home(custom, origin, reading) else None


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


@lru_cache(maxsize=4)
def _list_chains(reading: Reading, roles: tuple[Role, ...]) -> tuple[ChainLink, ...]:
    return tuple(_find_chains(reading, roles))


def _find_chains(reading: Reading, roles: tuple[Role, ...]) -> Iterator[ChainLink]:
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
    """Whether a model is named by a key of ``models`` of the defaults or an agent."""
    return pointer[:-1] == (*DEFAULTS, "models") or (pointer[:2] == _AGENTS and pointer[3:-1] == ("models",))


CATALOG_RULES: tuple[Rule[Reading], ...] = (
    unknown_model,
    deprecated_model,
    retired_model,
    fallback_smaller_context,
    image_model_cannot_see,
)
