"""Which parameters an agent's role sends to a model: the one function that answers it. Pure.

A status loads it if parameters are set; the rules for addresses only if the configuration sets the provider's.
"""

from collections.abc import Callable, Iterator
from typing import Any

from text2llm.auth.reading import Reading
from text2llm.config.model import OwnerParams, ParamPlace, ParamSettings, find_wire_id
from text2llm.config.roles import Role
from text2llm.params.spelling import Params, read_params
from text2llm.params.translate import NOTHING, EffectiveParams, find_place, merge_layers, translate
from text2llm.params.wires import NAMES, OF_CLIENT
from text2llm.providers.descriptor import SPOKEN, ApiEndpoint
from text2llm.refs import ModelRef
from text2llm.upstream.access import find_compat, find_own_model

#: A longer number can be a credential.
_PLAIN_NUMBER = 99_999


def read_place(place: ParamPlace) -> Params:
    return read_params(place.params)


def find_params(
    reading: Reading, agent: str | None, role: Role, ref: ModelRef, read: Callable[[ParamPlace], Params] = read_place
) -> EffectiveParams:
    """The parameters that a role of an agent (a canonical id; ``None``: the defaults) sends to a model.

    ``read`` reads those of a place.
    """
    levels = find_levels(reading, agent, role, ref)
    if not levels:
        return NOTHING
    merged = merge_layers(map(read, levels))
    api, endpoint = _find_api(reading, ref)
    return translate(merged, api, ref.provider, _find_limit_field(reading, ref, endpoint))


def find_shown(view: Reading, agent: str | None, role: Role, ref: ModelRef) -> EffectiveParams | None:
    """The same for a report: without a literal credential; ``None`` if there are none."""
    found = find_params(view, agent, role, ref)
    if not found or not _has_text((found.params, found.dropped)):
        return found or None
    from text2llm.upstream.hidden import hide_credentials

    return hide_credentials(found, view)


def _has_text(value: Any) -> bool:
    """Whether there is a text or a long number, which can be a credential."""
    if isinstance(value, dict | list | tuple):
        return any(map(_has_text, value.values() if isinstance(value, dict) else value))
    return isinstance(value, str) or (isinstance(value, int | float) and abs(value) > _PLAIN_NUMBER)


def find_lacking(word: str, ref: ModelRef, reading: Reading) -> str | None:
    """The API of a model, if it does not have a word; ``None`` also for what is no word."""
    if word not in NAMES:
        return None
    api, endpoint = _find_api(reading, ref)
    place = find_place(word, api, ref.provider, _find_limit_field(reading, ref, endpoint))
    return api if place is None and word not in OF_CLIENT else None


def _find_api(reading: Reading, ref: ModelRef) -> tuple[str, ApiEndpoint | None]:
    """The API of a model, and its endpoint in the provider's descriptor, if there is one."""
    builtin, custom = reading.registry.get(ref.provider), reading.customs.get(ref.provider)
    own = find_own_model(reading, ref.provider, ref.model)
    if builtin is not None and custom is None:
        endpoint = builtin.endpoint_for(ref.model)
        if endpoint.api in SPOKEN:
            return endpoint.api, endpoint
    from text2llm.upstream.address import find_address

    address = find_address(builtin, custom, find_wire_id(ref.model, own))
    return address.api, address.endpoint


def _find_limit_field(reading: Reading, ref: ModelRef, endpoint: ApiEndpoint | None) -> str | None:
    """The server's field for the most tokens of a reply: ``""`` if unknown, ``None`` if it has none."""
    custom, own = reading.customs.get(ref.provider), find_own_model(reading, ref.provider, ref.model)
    compat = find_compat(custom, own)
    known = "" if endpoint is None else endpoint.probe.max_tokens_field
    field: str | None = compat.get("maxTokensField", known)
    return field


def find_levels(reading: Reading, agent: str | None, role: Role, ref: ModelRef) -> tuple[ParamPlace, ...]:
    """The places for a model in a role of an agent (a canonical id; ``None``: of the defaults), the widest first."""
    settings = reading.config.params
    if settings is None:
        return ()
    levels = [*_find_provided(settings, reading, ref)]
    base = settings.owners.get(None)
    if base is not None:
        listed = reading.listed.get(ref)
        levels += _find_owned(base, role, None if listed is None else base.models.get(listed))
    own = None if agent is None else settings.owners.get(agent)
    if own is not None:
        exact = (place for name, place in own.models.items() if reading.read_key(name) == ref)
        levels += _find_owned(own, role, next(exact, None))
    return tuple(levels)


def _find_provided(settings: ParamSettings, reading: Reading, ref: ModelRef) -> Iterator[ParamPlace]:
    custom = reading.customs.get(ref.provider)
    if custom is None:
        return
    if custom.id in settings.providers:
        yield settings.providers[custom.id]
    own = settings.own.get((custom.id, ref.model)) or _find_spelled(settings, reading, custom.id, ref)
    if own is not None:
        yield own


def _find_spelled(settings: ParamSettings, reading: Reading, provider: str, ref: ModelRef) -> ParamPlace | None:
    if ref.provider not in reading.spellings.models:
        return None
    ids = (key for key in settings.own if key[0] == provider and reading.spellings.ref(*key) == ref)
    return next((settings.own[key] for key in ids), None)


def _find_owned(own: OwnerParams, role: Role, exact: ParamPlace | None) -> Iterator[ParamPlace]:
    if own.common is not None:
        yield own.common
    if role in own.roles:
        yield own.roles[role]
    if exact is not None:
        yield exact
