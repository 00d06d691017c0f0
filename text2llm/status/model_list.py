"""The models of a configuration or of the catalog, with their facts. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from text2llm.auth.health import HealthStatus
from text2llm.auth.reading import Reading
from text2llm.catalog.facts import Catalog, CatalogSource, ModelFacts
from text2llm.catalog.layers import declared_models
from text2llm.config.roles import MAIN, Role
from text2llm.refs import ModelRef
from text2llm.trust.origin import Origin
from text2llm.upstream.access import Access, find_access
from text2llm.upstream.address import Address

if TYPE_CHECKING:
    from text2llm.params.translate import EffectiveParams

_CONFIGURED = "configured"
_UNKNOWN = ModelFacts()


class ModelFilter(NamedTuple):
    """``every``: catalog models too; ``local``: only those on this machine; ``provider``: a canonical id."""

    every: bool = False
    local: bool = False
    provider: str | None = None


class ModelRow(NamedTuple):
    """One model. ``missing``: its provider's models are known, and it is not among them.

    ``local``: its provider's base URL is this machine or a ``*.local`` one. ``available``: a request has a credential
    that may be sent, ``unverified`` one that only a probe looks at; ``refused`` is the origin if it may not.
    ``tags`` are its roles, ``configured`` and its aliases. ``params`` are the request parameters in the first of its
    roles, ``None`` if the configuration has none at all.
    """

    ref: ModelRef
    facts: ModelFacts
    missing: bool
    local: bool
    available: bool
    tags: tuple[str, ...]
    refused: Origin | None = None
    unverified: bool = False
    params: EffectiveParams | None = None


class ModelList(NamedTuple):
    rows: tuple[ModelRow, ...]
    source: CatalogSource
    environment: str | None = None


def list_models(view: Reading, catalog: Catalog, wanted: ModelFilter) -> ModelList:
    """The models of a configuration in the order of their roles; with ``wanted.every`` those of the catalog, by name.

    Models retired before the catalog was made are listed only if the configuration names them.

    Raises:
        ReferenceFormatError: a model in the config cannot be parsed.
    """
    tags = _find_tags(view)
    refs = sorted({*tags, *_served(catalog)}) if wanted.every else list(tags)
    places: dict[tuple[str, str | None, str | None], _Place] = {}
    add_params = _choose_params(view)
    rows = []
    for ref in refs:
        if wanted.provider not in (None, ref.provider):
            continue
        builtin = view.registry.get(ref.provider)
        own = view.book.find_pinned(ref.provider, ref.model)
        place = ref.provider, None if builtin is None else builtin.endpoint_for(ref.model).api, own
        if place not in places:
            places[place] = _describe_place(find_access(ref.provider, view, ref.model))
        found = places[place]
        if found.local or not wanted.local:
            facts = catalog.find(ref)
            missing = facts is None and view.lacks(ref, catalog)
            local, available, refused, unverified = found
            shown = tuple(tags.get(ref, ()))
            row = ModelRow(ref, facts or _UNKNOWN, missing, local, available, shown, refused, unverified)
            rows.append(row if ref not in tags else add_params(row))
    return ModelList(tuple(rows), catalog.source, view.config.environment_name)


def _choose_params(view: Reading) -> Callable[[ModelRow], ModelRow]:
    """Adds to the row of a configured model its parameters, if the configuration has any."""
    if view.config.params is None:
        return lambda row: row
    from text2llm.upstream.effective import find_shown

    roles: dict[ModelRef, Role] = {}
    for role in view.config.roles:
        for member in view.resolver.chain(view.agent, role).members():
            roles.setdefault(member.ref, role)
    return lambda row: row._replace(params=find_shown(view, view.agent, roles.get(row.ref, MAIN), row.ref))


class _Place(NamedTuple):
    """What rows share whose requests have one address and credential."""

    local: bool
    available: bool
    refused: Origin | None
    unverified: bool


def _describe_place(access: Access) -> _Place:
    refused, credential = access.refused, access.credential
    return _Place(
        local=_is_local(access.address),
        available=refused is None and credential.is_usable(),
        refused=None if refused is None else refused.origin,
        unverified=refused is None and credential.health.status is HealthStatus.UNVERIFIED,
    )


def _served(catalog: Catalog) -> Iterator[ModelRef]:
    for provider in catalog.providers:
        yield from (ModelRef(provider, model) for model in catalog.served(provider))


def named_providers(view: Reading) -> list[str]:
    """The providers (canonical ids) of the configured models."""
    return sorted({ref.provider for ref in _find_tags(view)})


def _find_tags(view: Reading) -> dict[ModelRef, list[str]]:
    """The configured models with their roles; aliases come last."""
    tags: dict[ModelRef, list[str]] = {}
    for ref, tag in (*_tag_chains(view), *((ref, _CONFIGURED) for ref in _declared(view))):
        found = tags.setdefault(ref, [])
        if tag not in found:
            found.append(tag)
    aliases: dict[ModelRef, list[str]] = {}
    for entry in view.config.aliases:
        aliases.setdefault(view.resolver.resolve_name(entry.model).ref, []).append(entry.alias)
    for ref, names in aliases.items():
        tags[ref].append(f"alias:{','.join(names)}")
    return tags


def _tag_chains(view: Reading) -> Iterator[tuple[ModelRef, str]]:
    for role in view.config.roles:
        chain, words = view.resolver.chain(view.agent, role), role.words
        if chain.primary is not None:
            yield chain.primary.ref, words.tag
        for position, member in enumerate(chain.fallbacks, 1):
            yield member.ref, f"{words.fallback_tag}#{position}"


def _declared(view: Reading) -> Iterable[ModelRef]:
    yield from (view.resolver.resolve_name(name).ref for name in view.config.models)
    for provider, declared in declared_models(view.config, view.spellings).items():
        yield from (ModelRef(provider, model) for model in declared.models)


def _is_local(address: Address) -> bool:
    return address.is_loopback or (address.origin is not None and address.origin.host.endswith(".local"))
