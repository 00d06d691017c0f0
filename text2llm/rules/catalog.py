"""Rules about what is known of models: by the bundled catalog and the configuration, never by a cache or a clock."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from text2llm.auth.reading import Reading
from text2llm.catalog.facts import NOTICE_DAYS, ModelFacts, is_retiring
from text2llm.config.model import DEFAULTS, CustomProvider, Slot
from text2llm.config.nodes import Pointer
from text2llm.config.resolve import Chain, Via
from text2llm.diagnostics import Severity
from text2llm.refs import ModelRef
from text2llm.rules.rule import Finding, Rule

#: Windows of 1,000,000 and of 1,048,576 tokens are both called "1M": so near ones are as large as each other.
_AS_LARGE = 0.95


def find_unknown(reading: Reading) -> Iterator[Finding]:
    """A model that its provider does not have fails with the first request.

    Only providers that the catalog covers are judged. Models under ``models.providers`` are known; one that the
    configuration points at another address is judged by what stands there alone, and by nothing when that is empty. A
    newer model than the catalog is unknown to it until text2llm is updated.
    """
    for _, ref, via, pointer in reading.written:
        if via is not Via.BARE and is_lacking(ref, reading):  # a bare name has a finding of its own
            near = reading.suggestions.near(ref.model, reading.catalog.served(ref.provider, reading.as_of))
            custom = _find_custom(ref.provider, reading)
            if custom is not None and custom.moved:
                place = reading.config.locate((*custom.pointer, "models"), key=True)
                message = f"'{ref.model}' is none of the models of {ref.provider} at {place}"
                way = "choose one of them, or add it there"
            else:
                message, way = f"the catalog has no model '{ref.model}' of {ref.provider}", _listing(ref.provider)
            hint = f"did you mean '{ref.provider}/{near}'?" if near else way
            yield Finding(pointer, message, hint, _is_key(pointer))


def find_retiring(reading: Reading) -> Iterator[Finding]:
    """A provider stops serving a model on an announced date: from then on every request fails.

    The day of judgement is that of ``--as-of``, else the day of the bundled facts: never the machine's.
    """
    for _, ref, _, pointer in reading.written:
        day, today = _facts(ref, reading).retires, reading.as_of or reading.catalog.source.date
        if day is not None and is_retiring(day, today):
            gone = f"has not been served since {day}" if day <= today else f"will not be served from {day} on"
            yield Finding(pointer, f"{ref} {gone}", f"choose another; {_listing(ref.provider)}", _is_key(pointer))


def find_smaller(reading: Reading) -> Iterator[Finding]:
    """A conversation that fits the primary's context window, and not the fallback's, fails just when it is needed.

    Windows that differ by less than a twentieth are as large as each other: 1,000,000 and 1,048,576 are both "1M".
    """
    return _judge_chains(reading, tuple(Slot), _smaller)


def _smaller(chain: Chain, owner: Pointer, reading: Reading) -> Iterator[Finding]:
    primary = chain.primary
    window = None if primary is None else _facts(primary.ref, reading).context_window
    if primary is None or window is None:
        return
    for member in chain.fallbacks:
        own = _facts(member.ref, reading).context_window
        if own is not None and own < window * _AS_LARGE:
            at = member.pointer if _is_below(member.pointer, owner) else primary.pointer
            sizes = f"{own:,} token{'' if own == 1 else 's'}, that of {primary.ref} {window:,}"
            yield Finding(at, f"the context window of the fallback {member.ref} is {sizes}")


def find_blind(reading: Reading) -> Iterator[Finding]:
    """An image model is asked to look at pictures: one that reads text only refuses, or answers at random."""
    return _judge_chains(reading, (Slot.IMAGE_MODEL,), _blind)


def _blind(chain: Chain, _owner: Pointer, reading: Reading) -> Iterator[Finding]:
    for member in chain.members():
        inputs = _facts(member.ref, reading).inputs
        if inputs is not None and "image" not in inputs:
            yield Finding(member.pointer, f"{member.ref} reads no images, only {' and '.join(inputs)}")


# -- what the rules have in common ------------------------------------------------------------------------------------


def _facts(ref: ModelRef, reading: Reading) -> ModelFacts:
    return reading.catalog.find(ref) or ModelFacts()


def is_lacking(ref: ModelRef, reading: Reading) -> bool:
    """Whether its provider has no such model, by the catalog and the configuration."""
    from text2llm.catalog.layers import lacks

    return lacks(reading.catalog, ref, _find_custom(ref.provider, reading))


def _find_custom(provider: str, reading: Reading) -> CustomProvider | None:
    spell = reading.resolver.spellings.provider
    return next((custom for custom in reading.config.providers.values() if spell(custom.id) == provider), None)


def _listing(provider: str) -> str:
    return f"`text2llm models list --all --provider {provider}` names those that it has"


def _judge_chains(
    reading: Reading, slots: tuple[Slot, ...], judge: Callable[[Chain, Pointer, Reading], Iterable[Finding]]
) -> Iterator[Finding]:
    """What ``judge`` finds in the chains of the defaults, and of agents that say something of their own; each once."""
    reported: set[Finding] = set()
    for agent in (None, *reading.config.agents):
        said = reading.config.defaults if agent is None else agent.choices
        for slot in filter(said.__contains__, slots):
            chain = reading.resolver.chain(agent.id if agent else None, slot)
            for finding in judge(chain, agent.pointer if agent else DEFAULTS, reading):
                if finding not in reported:
                    reported.add(finding)
                    yield finding


def _is_below(pointer: Pointer, owner: Pointer) -> bool:
    return pointer[: len(owner)] == owner


def _is_key(pointer: Pointer) -> bool:
    return pointer[:-1] == (*DEFAULTS, "models")


CATALOG_RULES: tuple[Rule[Reading], ...] = (
    Rule(
        "unknown-model",
        Severity.WARNING,
        "A model is not in the catalog of a provider that the catalog covers.",
        "see `text2llm models list --all`; declare one of your own under models.providers",
        find_unknown,
    ),
    Rule(
        "deprecated-model",
        Severity.WARNING,
        f"A model has retired, or will within {NOTICE_DAYS} days.",
        "choose one that stays",
        find_retiring,
    ),
    Rule(
        "fallback-smaller-context",
        Severity.WARNING,
        "A fallback has a smaller context window than its primary.",
        "choose a fallback whose window is as large",
        find_smaller,
    ),
    Rule(
        "image-model-cannot-see",
        Severity.WARNING,
        "An image model, or a fallback of it, reads no images.",
        "choose a model that reads images",
        find_blind,
    ),
)
