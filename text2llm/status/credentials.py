"""All credentials that an agent's requests could use, which one is used, and why the others are not. Pure.

Built from :func:`text2llm.upstream.access.find_access`, so that it agrees with ``status``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from text2llm.auth.credentials import NO_STATS, AuthProfile, UsageStats, value_of
from text2llm.auth.health import MISSING, Health
from text2llm.auth.order import DropReason, OrderSource
from text2llm.auth.reading import Reading
from text2llm.auth.sources import Effective, Rejected, SourceKind, find_health, providers_in_view
from text2llm.config.resolve import Resolver
from text2llm.secret import Secret, SecretRef
from text2llm.trust.bindings import Refused
from text2llm.upstream.access import Access, find_access


class CredentialRow(NamedTuple):
    """One credential. ``taken``: a request uses it. ``reason`` and ``message`` say why it cannot be used, if so.

    ``models`` are those with a profile of their own whose requests use this credential.

    ``ref`` is where its value is kept, if not in the store itself; ``fingerprint`` is that of a known value. ``stats``
    are a profile's usage statistics; ``aside_until`` is the end of its cooldown in milliseconds since the epoch, or
    ``None``.
    """

    kind: SourceKind
    label: str
    mode: str
    health: Health
    taken: bool
    profile: AuthProfile | None = None
    ref: SecretRef | None = None
    fingerprint: str | None = None
    reason: DropReason | None = None
    message: str | None = None
    stats: UsageStats = NO_STATS
    aside_until: int | None = None
    models: tuple[str, ...] = ()


class ProviderListing(NamedTuple):
    """The credentials of a provider, usable ones first. ``free``: it needs none.

    ``refusal``: why a request's credential may not be sent to the configured origin.
    """

    provider: str
    source: OrderSource
    credentials: tuple[CredentialRow, ...]
    free: bool
    refusal: Refused | None = None


def providers_in_use(resolver: Resolver, agent: str | None) -> frozenset[str]:
    """The providers of the models that an agent (``None``: the defaults) may use.

    Raises:
        ReferenceFormatError: a model in the config cannot be parsed.
    """
    chains = (resolver.chain(agent, role) for role in resolver.config.roles)
    return frozenset(member.ref.provider for chain in chains for member in chain.members())


def list_credentials(view: Reading, in_use: Iterable[str]) -> tuple[ProviderListing, ...]:
    """The credentials of every provider in use, in the configuration, store or environment, by provider."""
    return tuple(list_provider(name, view) for name in providers_in_view(view, in_use))


def list_provider(provider: str, view: Reading) -> ProviderListing:
    """The credentials of one provider (a canonical id)."""
    found = find_access(provider, view, None)
    pinned = {model: find_access(provider, view, model) for model in view.book.pinned(provider)}
    rows = list(_list_rows(found, view))
    for access in pinned.values():  # a profile that is named but not stored is in no other list
        known = {(row.kind, row.label) for row in rows}
        rows += [row for row in _list_rows(access, view) if (row.kind, row.label) not in known]
    source, _ = view.book.find_candidates(provider, None)
    free = found.credential.kind is SourceKind.NONE
    return ProviderListing(provider, source, tuple(_add_models(row, pinned) for row in rows), free, found.refused)


def _list_rows(found: Access, view: Reading) -> Iterator[CredentialRow]:
    yield from (_usable(item, found, view) for item in found.usable)
    yield from (_rejected(item, found, view) for item in found.credential.rejected)


def _add_models(row: CredentialRow, pinned: Mapping[str, Access]) -> CredentialRow:
    used = {model: access.credential for model, access in pinned.items()}
    models = tuple(model for model, each in used.items() if (each.kind, each.label) == (row.kind, row.label))
    return row._replace(models=models)


def _usable(item: Effective, found: Access, view: Reading) -> CredentialRow:
    taken = found.credential
    stats = _stats(item.profile_id, view)
    return CredentialRow(
        kind=item.kind,
        label=item.label,
        mode=item.mode,
        health=item.health,
        taken=(item.kind, item.label) == (taken.kind, taken.label),
        profile=None if item.profile_id is None else view.store.profiles[item.profile_id],
        ref=item.ref,
        fingerprint=None if item.secret is None else item.secret.fingerprint(),
        stats=stats,
        aside_until=stats.unusable_until(view.now),
    )


def _rejected(item: Rejected, found: Access, view: Reading) -> CredentialRow:
    if item.credential is not None:
        return _usable(item.credential, found, view)._replace(reason=item.reason, message=item.message)
    name = item.label if item.kind is SourceKind.PROFILE else None
    profile = None if name is None else view.store.profiles.get(name)
    stats = _stats(name, view)
    value = None if profile is None or profile.credential is None else value_of(profile.credential)
    return CredentialRow(
        kind=item.kind,
        label=item.label,
        mode="none" if profile is None else profile.type,
        health=MISSING if profile is None else find_health(profile, view),
        taken=False,
        profile=profile,
        ref=value if isinstance(value, SecretRef) else None,
        fingerprint=value.fingerprint() if isinstance(value, Secret) else None,
        reason=item.reason,
        message=item.message,
        stats=stats,
        aside_until=stats.unusable_until(view.now),
    )


def _stats(profile_id: str | None, view: Reading) -> UsageStats:
    return NO_STATS if profile_id is None else view.store.stats(profile_id)
