"""What is known of a model, and where that is from. Pure."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple, final

from text2llm.auth.reading import Reading
from text2llm.catalog.facts import ModelFacts
from text2llm.catalog.layers import FactSource, declared_models, find_layers
from text2llm.config.model import find_wire_id
from text2llm.refs import ModelRef

if TYPE_CHECKING:
    from collections.abc import Mapping

    from text2llm.catalog.layers import DeclaredModels

_UNKNOWN = ModelFacts()


class KnownModel(NamedTuple):
    """``wire`` is the id that the API is asked for; ``origin`` names the source of the facts, ``None`` without any."""

    wire: str
    facts: ModelFacts
    origin: str | None


@final
class FactBook:
    """The facts of models under one configuration, with their sources."""

    def __init__(self, meaning: Reading) -> None:
        self._meaning = meaning

    @cached_property
    def _declared(self) -> Mapping[str, DeclaredModels]:
        return declared_models(self._meaning.config, self._meaning.spellings)

    def find(self, ref: ModelRef) -> KnownModel:
        facts, declared = self._meaning.catalog.find(ref), self._declared.get(ref.provider)
        own = None if declared is None else declared.models.get(ref.model)
        wire = find_wire_id(ref.model, own)
        return KnownModel(wire, facts or _UNKNOWN, None if facts is None else self._name_origin(ref, facts, declared))

    def _name_origin(self, ref: ModelRef, facts: ModelFacts, declared: DeclaredModels | None) -> str | None:
        """Whose prices these are if they are another provider's, else the first source that knows something."""
        if declared is None or facts.price_note is not None:
            return facts.price_note or "catalog"
        own = declared.models.get(ref.model)
        names = {
            FactSource.CONFIG: "configuration",
            FactSource.SAME_AS: f"same as {own.same_as}" if own is not None else "",
            FactSource.PROVIDER: "catalog",
            FactSource.CATALOG: f"catalog of {declared.catalog}",
        }
        layers = find_layers(ref, declared, self._meaning.bundle, self._meaning.spellings)
        return next((names[source] for source, known in layers if known._replace(name=None) != _UNKNOWN), None)
