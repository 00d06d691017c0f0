"""How a model is requested, without anything that depends on the machine. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from text2llm.auth.reading import Reading
from text2llm.auth.sources import VARIABLE
from text2llm.config.model import CustomProvider
from text2llm.refs import ModelRef
from text2llm.resolved.document import ResolvedModel
from text2llm.resolved.facts import KnownModel
from text2llm.upstream.address import Address, find_address

if TYPE_CHECKING:
    from text2llm.params.translate import EffectiveParams


def describe_model(ref: ModelRef, known: KnownModel, params: EffectiveParams | None, meaning: Reading) -> ResolvedModel:
    """A model with these facts and parameters; ``meaning`` is the configuration without credentials."""
    builtin, custom = meaning.registry.get(ref.provider), meaning.customs.get(ref.provider)
    address = find_address(builtin, custom, known.wire)
    return ResolvedModel(
        ref=ref,
        api=None if builtin is None and custom is None else address.api,
        base_url=_show_url(address),
        headers={} if custom is None else _show_headers(custom),
        params=params,
        wire=known.wire,
        facts=known.facts,
        origin=known.origin,
    )


def _show_url(address: Address) -> str | None:
    """The base URL; a descriptor's can have placeholders, an invalid one of the configuration is not repeated."""
    if address.base is not None:
        return str(address.base)
    return None if address.moved else address.url


def _show_headers(custom: CustomProvider) -> Mapping[str, str | None]:
    """The configured headers; a literal value may be a secret."""
    texts = {name: value.strip() for name, value in custom.headers.items()}
    return {name: text if VARIABLE.fullmatch(text) else None for name, text in texts.items()}
