"""Which parameters an agent's role sends to a model: the one function that answers it. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from text2llm.auth.reading import Reading
from text2llm.config.roles import Role
from text2llm.params.levels import find_levels
from text2llm.params.merge import merge_layers
from text2llm.params.spelling import read_params
from text2llm.params.translate import NOTHING, EffectiveParams, find_place, translate
from text2llm.params.words import WORDS
from text2llm.refs import ModelRef
from text2llm.upstream.access import find_compat
from text2llm.upstream.address import find_address

if TYPE_CHECKING:
    from text2llm.upstream.address import Address


def find_params(reading: Reading, agent: str | None, role: Role, ref: ModelRef) -> EffectiveParams:
    """The parameters that a role of an agent (a canonical id; ``None``: the defaults) sends to a model."""
    levels = find_levels(reading, agent, role, ref)
    if not levels:
        return NOTHING
    address = _find_address(reading, ref)
    merged = merge_layers(read_params(level.place.params) for level in levels)
    return translate(merged, address.api, ref.provider, find_limit_field(reading, ref, address))


def find_lacking(word: str, ref: ModelRef, reading: Reading) -> str | None:
    """The API of a model, if it does not have a word."""
    address = _find_address(reading, ref)
    place = find_place(word, address.api, ref.provider, find_limit_field(reading, ref, address))
    return address.api if place is None and not WORDS[word].of_client else None


def _find_address(reading: Reading, ref: ModelRef) -> Address:
    return find_address(reading.registry.get(ref.provider), reading.customs.get(ref.provider), ref.model)


def find_limit_field(reading: Reading, ref: ModelRef, address: Address) -> str | None:
    """The server's field for the most tokens of a reply: ``""`` if unknown, ``None`` if it has none."""
    compat = find_compat(reading.customs.get(ref.provider), ref.model)
    known = "" if address.endpoint is None else address.endpoint.probe.max_tokens_field
    field: str | None = compat.get("maxTokensField", known)
    return field
