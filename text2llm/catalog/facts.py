"""Facts about models, and a catalog of them. Pure. An absent fact is unknown: it decides nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import NamedTuple

from text2llm.refs import ModelRef

#: What no model has, nor any provider's list says of one but by mistake or malice.
MAX_NAME = 200
MAX_TOKENS = 10**9
MAX_PRICE = 10**6
_SMALLEST_PRICE = 1e-4
#: A model that retires sooner than this many days after the day of judgement is worth a word.
NOTICE_DAYS = 60


class ModelFacts(NamedTuple):
    """What is known of one model; ``None`` is unknown.

    Attributes:
        name: what people call it.
        context_window: tokens of input and output together, or of input, as its provider counts.
        max_tokens: the most tokens of one answer.
        inputs: the kinds it reads: ``text``, ``image``, ``audio``, ``video``, ``pdf``.
        tools: whether it calls functions.
        reasoning: whether it thinks before it answers.
        input_price: US dollars for a million tokens read.
        output_price: US dollars for a million tokens written.
        released: the day of its release, ``YYYY-MM-DD``.
        retires: the day from which it is not served any more, ``YYYY-MM-DD``.
    """

    name: str | None = None
    context_window: int | None = None
    max_tokens: int | None = None
    inputs: tuple[str, ...] | None = None
    tools: bool | None = None
    reasoning: bool | None = None
    input_price: float | None = None
    output_price: float | None = None
    released: str | None = None
    retires: str | None = None


class CatalogSource(NamedTuple):
    """Where the bundled facts come from: a package, its version, and its day, ``YYYY-MM-DD``."""

    name: str
    version: str
    date: str


class Catalog(NamedTuple):
    """The chat models of each provider, by canonical provider id and the model's id there.

    ``own`` are, by provider, the beginnings of ids that its users make themselves (fine-tuned models, deployments);
    an empty one is every id.
    """

    source: CatalogSource
    providers: Mapping[str, Mapping[str, ModelFacts]]
    own: Mapping[str, tuple[str, ...]] = MappingProxyType({})

    def find(self, ref: ModelRef) -> ModelFacts | None:
        """The facts of a model; ``None`` when it is not in the catalog."""
        return self.providers.get(ref.provider, {}).get(ref.model)

    def covers(self, provider: str) -> bool:
        """Whether the catalog knows models of the provider: of others it says nothing."""
        return bool(self.providers.get(provider))

    def expects(self, ref: ModelRef) -> bool:
        """Whether the model would be in the catalog if it existed when the facts were gathered."""
        return self.covers(ref.provider) and not ref.model.startswith(self.own.get(ref.provider, ()))

    def served(self, provider: str, day: str | None = None) -> Iterator[str]:
        """The models of a provider that have not retired by a day, ``YYYY-MM-DD``; ``None``: by that of the facts."""
        today = day or self.source.date
        for model, facts in self.providers.get(provider, {}).items():
            if facts.retires is None or facts.retires > today:
                yield model


def is_retiring(day: str, today: str) -> bool:
    """Whether a model that is served until ``day`` has retired ``today``, or will soon; both are ``YYYY-MM-DD``."""
    from datetime import date, timedelta

    return (date.fromisoformat(day) - timedelta(NOTICE_DAYS)).isoformat() < today


def show_price(price: float) -> str:
    """US dollars as price lists write them: ``$5``, ``$4.50``, ``$0.075``; a price too small for that as a power."""
    if price >= MAX_PRICE or 0 < price < _SMALLEST_PRICE:
        return f"${price:.3g}"
    whole, _, part = f"{price:.4f}".rstrip("0").partition(".")
    return f"${whole}.{part:0<2}" if part else f"${whole}"
