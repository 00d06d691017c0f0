"""Compare models by the catalog: price, context window, inputs, retirement. Pure."""

from __future__ import annotations

from operator import attrgetter

from text2llm.auth.reading import Reading
from text2llm.catalog.facts import ModelFacts, show_price
from text2llm.diff.both import Both
from text2llm.diff.change import NOTHING, Change, Fact, FactValue, Level
from text2llm.refs import ModelRef

#: The catalog's field of each fact.
FIELDS = {
    "inputPrice": "input_price",
    "outputPrice": "output_price",
    "cacheReadPrice": "cache_read_price",
    "cacheWritePrice": "cache_write_price",
    "contextWindow": "context_window",
    "maxTokens": "max_tokens",
    "inputs": "inputs",
    "reasoning": "reasoning",
    "retires": "retires",
}
LABELS = {
    "inputPrice": "input price",
    "outputPrice": "output price",
    "cacheReadPrice": "cache read price",
    "cacheWritePrice": "cache write price",
    "contextWindow": "context window",
    "maxTokens": "maximum output",
    "inputs": "inputs",
    "reasoning": "reasoning",
    "retires": "retires",
}
PRICE_FACTS = frozenset({"inputPrice", "outputPrice", "cacheReadPrice", "cacheWritePrice"})
UNITS = {
    **dict.fromkeys(PRICE_FACTS, " per million tokens"),
    **dict.fromkeys(("contextWindow", "maxTokens"), " tokens"),
}
_UNKNOWN = ModelFacts()


def compare_models(refs: Both[ModelRef] | Both[ModelRef | None], sides: Both[Reading]) -> tuple[Fact, ...]:
    """The facts that differ between two models; none if there is no new one."""
    return () if refs.new is None else compare_facts(refs.join(sides, _find))


def compare_facts(facts: Both[ModelFacts]) -> tuple[Fact, ...]:
    named = ((name, facts.map(attrgetter(field))) for name, field in FIELDS.items())
    notes = facts.map(lambda each: each.price_note)
    return tuple(
        Fact(name, *values, *(notes if name in PRICE_FACTS else NOTHING)) for name, values in named if values.differ()
    )


def weigh_facts(facts: tuple[Fact, ...]) -> Level:
    """Flag a model with a retirement date."""
    ends = any(fact.name == "retires" and fact.new is not None for fact in facts)
    return Level.WARNING if ends else Level.CHANGE


def warn_unknown(change: Change, reading: Reading, *refs: ModelRef | None) -> Change:
    """The change, as a warning if one of its models is unknown."""
    unknown = [ref for ref in refs if ref is not None and reading.lacks(ref)]
    if not unknown:
        return change
    remark = " (unknown model)" if len(refs) == 1 else f"; unknown: {', '.join(map(str, dict.fromkeys(unknown)))}"
    return change._replace(level=Level.WARNING, message=change.message + remark)


def show_fact(name: str, value: FactValue) -> str:
    return show_amount(name, value) + UNITS.get(name, "")


def show_amount(name: str, value: FactValue) -> str:
    """The value of a fact without its unit."""
    if isinstance(value, tuple):
        return ", ".join(value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float) and name.endswith("Price"):
        return show_price(value)
    return f"{value:,}" if isinstance(value, int) else str(value)


def _find(ref: ModelRef | None, reading: Reading) -> ModelFacts:
    return (None if ref is None else reading.catalog.find(ref)) or _UNKNOWN
