"""JudgedModel: a model that is used or may be, with everything that a policy asks of it. Pure."""

from __future__ import annotations

from functools import cached_property, lru_cache
from typing import NamedTuple, final

from text2llm.auth.reading import Reading
from text2llm.catalog.facts import ModelFacts
from text2llm.policy.model import PREFIX, WrittenPolicy
from text2llm.policy.owners import find_owners
from text2llm.refs import ModelRef


class Span(NamedTuple):
    """A number of which sources may disagree: the lowest and the highest that one of them has."""

    lowest: float
    highest: float


@final
class JudgedModel:
    """A model of a reading. ``outside``: only the shipped facts count, none that the repository declares."""

    def __init__(self, ref: ModelRef, reading: Reading, *, outside: bool = False) -> None:
        self.ref, self._reading, self._outside = ref, reading, outside

    @property
    def today(self) -> str:
        """The date by which retirement is judged, ``YYYY-MM-DD``."""
        return self._reading.today

    @cached_property
    def names(self) -> tuple[ModelRef, ...]:
        """The model as it is referred to and, if it differs, as the API is asked for it."""
        custom, spell = self._reading.customs.get(self.ref.provider), self._reading.spellings.ref
        own = () if custom is None else custom.models
        wire = next((each.wire for each in own if spell(self.ref.provider, each.id) == self.ref), None)
        return (self.ref,) if wire is None else tuple(dict.fromkeys((self.ref, ModelRef(self.ref.provider, wire))))

    @property
    def requested(self) -> ModelRef:
        """The model as the API is asked for it."""
        return self.names[-1]

    @cached_property
    def facts(self) -> ModelFacts | None:
        """``None`` if nothing knows the model. From outside, those of the model that is really asked for."""
        return self._reading.bundle.find(self.requested) if self._outside else self._reading.catalog.find(self.ref)

    @property
    def prices(self) -> dict[str, Span | None]:
        """US dollars per million tokens, by the policy's word; of a tiered price the dearest that can apply."""
        facts = self.facts or ModelFacts()
        return {"input": _span(facts.input_price), "output": _span(facts.output_price)}

    @property
    def context(self) -> int | None:
        return None if self.facts is None else self.facts.context_window

    @cached_property
    def origin(self) -> str | None:
        """Where requests are sent; with a part in braces if the environment fills it in; ``None`` without address."""
        from text2llm.upstream.address import find_address

        builtin = self._reading.registry.get(self.ref.provider)
        address = find_address(builtin, self._reading.customs.get(self.ref.provider), self.requested.model)
        if address.origin is not None:
            return str(address.origin)
        scheme, _, rest = (address.url or "").partition("://")
        return f"{scheme}://{rest.partition('/')[0]}" if "{" in rest else None

    @cached_property
    def owners(self) -> tuple[str, ...]:
        """The providers whose descriptor has the origin, if the configuration sets it and its provider is not one."""
        custom = self._reading.customs.get(self.ref.provider)
        if custom is None or not custom.moved:
            return ()
        found = find_owners(self.origin or "", self._reading.registry)
        return () if self.ref.provider in found else found


@lru_cache(maxsize=256)
def judge_model(ref: ModelRef, reading: Reading, *, outside: bool = False) -> JudgedModel:
    """A model of a reading: the one of before, as each key of a policy asks for the same ones."""
    return JudgedModel(ref, reading, outside=outside)


def _span(price: float | None) -> Span | None:
    return None if price is None else Span(price, price)


def is_excepted(ref: ModelRef, key: str, policy: WrittenPolicy, reading: Reading) -> bool:
    """Whether a policy itself lets a model break the rule of one of its keys."""
    listed = policy.exceptions
    return listed is not None and listed.cover(f"{PREFIX}{key}", JudgedModel(ref, reading).names, reading.today)
