"""Facts about models, and a catalog of them. Pure. A missing fact is unknown and has no effect."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from types import MappingProxyType
from typing import NamedTuple, TypeVar, final

from text2llm.refs import ModelRef

#: Larger values in a provider's list are mistakes or malicious.
MAX_NAME = 200
MAX_TOKENS = 10**9
MAX_PRICE = 10**6
_SMALLEST_PRICE = 1e-4
#: Days before its retirement date from which a model is reported.
NOTICE_DAYS = 60


class ModelFacts(NamedTuple):
    """The facts of one model; ``None`` is unknown.

    Attributes:
        name: the display name.
        context_window: tokens of input and output, or of input, depending on the provider.
        max_tokens: maximum output tokens.
        inputs: the accepted kinds: ``text``, ``image``, ``audio``, ``video``, ``pdf``.
        tools: whether it calls functions.
        reasoning: whether it is a reasoning model.
        input_price: US dollars per million input tokens.
        output_price: US dollars per million output tokens.
        released: the release date, ``YYYY-MM-DD``.
        retires: the retirement date, from which it is no longer served, ``YYYY-MM-DD``.
        cache_read_price: US dollars per million input tokens that a cache has.
        cache_write_price: US dollars per million input tokens that are written to a cache.
        list_price_of: the provider (a canonical id) whose list prices these are, if it is another one.
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
    cache_read_price: float | None = None
    cache_write_price: float | None = None
    list_price_of: str | None = None

    @property
    def price_note(self) -> str | None:
        """What to show beside each price that is not known to be the provider's own."""
        return None if self.list_price_of is None else f"list price of {self.list_price_of}"


PRICES = ("input_price", "output_price", "cache_read_price", "cache_write_price")

_Value = TypeVar("_Value")


@final
class LazyMapping(Mapping[str, _Value]):
    """A mapping whose values are loaded on first use: most commands need only two or three providers."""

    __slots__ = ("_keys", "_load", "_loaded")

    def __init__(self, keys: Collection[str], load: Callable[[str], _Value]) -> None:
        self._keys, self._load = keys, load
        self._loaded: dict[str, _Value] = {}

    def __getitem__(self, key: str) -> _Value:
        if key not in self._loaded:
            if key not in self._keys:
                raise KeyError(key)
            self._loaded[key] = self._load(key)
        return self._loaded[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._keys)

    def __len__(self) -> int:
        return len(self._keys)


class CatalogSource(NamedTuple):
    """The package of the bundled facts, its version, and its date, ``YYYY-MM-DD``."""

    name: str
    version: str
    date: str


class Catalog(NamedTuple):
    """The chat models of each provider, by canonical provider id and the model's id there.

    ``own`` are, by provider, the prefixes of ids that its users choose (fine-tuned models, deployments); an empty
    prefix matches every id. ``partial`` are the providers that have other models, too.
    """

    source: CatalogSource
    providers: Mapping[str, Mapping[str, ModelFacts]]
    own: Mapping[str, tuple[str, ...]] = MappingProxyType({})
    partial: frozenset[str] = frozenset()

    def find(self, ref: ModelRef) -> ModelFacts | None:
        return self.providers.get(ref.provider, {}).get(ref.model)

    def covers(self, provider: str) -> bool:
        return provider not in self.partial and bool(self.providers.get(provider))

    def expects(self, ref: ModelRef) -> bool:
        """Whether the catalog would have the model if it existed when the facts were collected."""
        return self.covers(ref.provider) and not ref.model.startswith(self.own.get(ref.provider, ()))

    def served(self, provider: str, day: str | None = None) -> Iterator[str]:
        """The models of a provider not retired by ``day``, ``YYYY-MM-DD``, by default the date of the facts."""
        today = day or self.source.date
        for model, facts in self.providers.get(provider, {}).items():
            if facts.retires is None or facts.retires > today:
                yield model


def fold_model(model: str) -> str:
    """What a model's id is without case and punctuation."""
    return "".join(filter(str.isalnum, model.lower()))


def is_retiring(day: str, today: str, notice: int = NOTICE_DAYS) -> bool:
    """Whether a model with the retirement date ``day`` is retired ``today`` or within ``notice`` days.

    Both dates are ``YYYY-MM-DD``.
    """
    from datetime import date, timedelta

    return (date.fromisoformat(day) - timedelta(notice)).isoformat() < today


def show_price(price: float) -> str:
    """US dollars as in price lists: ``$5``, ``$4.50``, ``$0.075``; very small prices in scientific notation."""
    if price >= MAX_PRICE or 0 < price < _SMALLEST_PRICE:
        return f"${price:.3g}"
    whole, _, part = f"{price:.4f}".rstrip("0").partition(".")
    return f"${whole}.{part:0<2}" if part else f"${whole}"
