"""The credentials that a provider's requests could use, in order, and why the others cannot be used. Pure.

:func:`text2llm.upstream.access.find_access` decides which of them may be sent to the provider's origin.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from enum import Enum
from typing import NamedTuple

from text2llm.auth.credentials import AuthProfile, Credential, explain_source, name_entry, value_of
from text2llm.auth.health import MISSING, STATIC, UNVERIFIED, Health, HealthStatus, profile_health
from text2llm.auth.order import ENVIRONMENT, DropReason, OrderResult, find_owner, order_profiles
from text2llm.auth.reading import Reading
from text2llm.config.model import CustomProvider
from text2llm.providers.descriptor import Provider
from text2llm.providers.variables import IDENTITY_KINDS
from text2llm.secret import RefSource, Secret, SecretRef
from text2llm.trust.public import is_public_value

#: What an ``apiKey`` may be: the whole of it a reference to a variable.
VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")

_OAUTH_KIND = "oauth_token"


class SourceKind(Enum):
    """Where a credential comes from, in the order of search."""

    PROFILE = "profile"
    ENV = "env"
    CONFIG = "config"
    SDK = "sdk"
    NONE = "none"
    MISSING = "missing"


class Rejected(NamedTuple):
    """A credential that cannot be used, named by ``label``.

    ``credential`` is set if it is valid and only its origin is not allowed.
    """

    kind: SourceKind
    label: str
    reason: DropReason
    message: str
    credential: Effective | None = None


class Effective(NamedTuple):
    """A credential for a provider.

    ``label`` names it: a profile's id, a variable, or the path of a cloud's file. ``mode`` is ``api_key``, ``token``,
    ``oauth`` or ``sdk``.
    ``secret`` is the value to send; ``None`` if it must first be read (``ref``, also set if it was read), refreshed
    (``credential``), found by the provider's SDK (``SDK``), or if there is none (``NONE``: not needed; ``MISSING``).
    ``rejected`` is set by :func:`find_credentials`.
    """

    provider: str
    kind: SourceKind
    label: str
    mode: str
    health: Health
    secret: Secret | None = None
    ref: SecretRef | None = None
    profile_id: str | None = None
    variable: str | None = None
    credential: Credential | None = None
    rejected: tuple[Rejected, ...] = ()

    def is_usable(self) -> bool:
        return self.kind is not SourceKind.MISSING

    def is_unread(self) -> bool:
        """Whether its value is in a file or the keyring, and has not been read."""
        return self.secret is None and self.ref is not None


class Credentials(NamedTuple):
    """``usable`` are all credentials of a provider, in order; ``effective`` is the one used."""

    effective: Effective
    usable: tuple[Effective, ...]


def find_credentials(provider_id: str, view: Reading, model: str | None, *, local: bool = False) -> Credentials:
    """The credentials of a provider (a canonical id), the first usable one, and why others cannot be used.

    ``model`` is the model that they are for, ``None`` for requests without one. ``local``: the provider runs on this
    machine, or in the user's network. The kind of ``effective`` is ``NONE`` if the provider does not need a credential,
    ``MISSING`` if there is none, or a header of the provider needs a variable that is not set.
    """
    order = order_profiles(provider_id, view.book, view.now, model)
    found = tuple(_search(provider_id, view, order))
    usable = tuple(item for item in found if isinstance(item, Effective))
    obstacles = tuple(_unset_headers(view.customs.get(provider_id), view))
    refused = tuple(item for item in found if isinstance(item, Rejected))
    without = _missing(provider_id) if obstacles else _without(order, refused, view, local=local)
    taken = usable[0] if usable and not obstacles else without
    rejected = (*obstacles, *refused)
    return Credentials(taken._replace(rejected=rejected), usable)


def providers_in_view(view: Reading, in_use: Iterable[str]) -> list[str]:
    """The providers in use, and those in the configuration, the store or the environment: canonical ids, sorted."""
    stored = view.store.profiles.values()
    written = {*view.config.providers, *(profile.provider for profile in stored)}
    paid = {find_owner(profile, view.spellings) for profile in stored}
    return sorted({*in_use, *map(view.spellings.provider, written), *paid, *_providers_in_environment(view)})


def _providers_in_environment(view: Reading) -> Iterator[str]:
    for name, variables in view.registry.env_providers():
        if any(view.environ.get(variable.name, "").strip() for variable in variables):
            yield name


def header_variables(custom: CustomProvider | None) -> dict[str, str]:
    """The variables of a configured provider's headers, by header."""
    written = {} if custom is None else custom.headers
    matches = {name: VARIABLE.fullmatch(value.strip()) for name, value in written.items()}
    return {name: matched[1] for name, matched in matches.items() if matched is not None}


def _unset_headers(custom: CustomProvider | None, view: Reading) -> Iterator[Rejected]:
    for header, name in header_variables(custom).items():
        if _read_variable(name, view) is None:
            text = f"the header {header} needs the variable {name}, which is not set"
            yield Rejected(SourceKind.CONFIG, f"${{{name}}}", DropReason.UNRESOLVED, text)


def _search(provider_id: str, view: Reading, order: OrderResult) -> Iterator[Effective | Rejected]:
    provider = view.registry.get(provider_id)
    profiles = [_take_profile(provider_id, view.store.profiles[name], view) for name in order.usable]
    variables = () if provider is None else tuple(_from_variables(provider, view))
    ambient = () if provider is None else tuple(_from_sdk(provider, view))
    written = tuple(_from_config(provider_id, view))
    named = (*variables, *(item for item in written if isinstance(item, Effective)))
    yield from profiles[: order.environment]
    yield from () if order.environment is None else (*named, *profiles[order.environment :])
    for drop in order.dropped:
        yield Rejected(SourceKind.PROFILE, drop.profile_id, drop.reason, drop.message)
    yield from (_exclude(item, order) for item in (*named, *ambient) if order.environment is None)
    yield from (item for item in written if isinstance(item, Rejected))
    yield from () if order.environment is None else ambient


def _exclude(item: Effective, order: OrderResult) -> Rejected:
    """A variable that the order does not name does not step in for the credentials that it names."""
    way = f"; add {ENVIRONMENT} to allow it" if order.source.takes_environment() else ""
    text = f"the {order.source.value} for {order.provider} does not name it{way}"
    return Rejected(item.kind, item.label, DropReason.NOT_IN_ORDER, text)


def _without(order: OrderResult, refused: tuple[Rejected, ...], view: Reading, *, local: bool) -> Effective:
    provider_id = order.provider
    if order.environment is not None and header_variables(view.customs.get(provider_id)):
        return Effective(provider_id, SourceKind.NONE, "its headers have the credential", "none", STATIC)
    if not any(map(_is_wanted, refused)) and _needs_none(view.registry.get(provider_id), local=local):
        return Effective(provider_id, SourceKind.NONE, "needs no credential", "none", STATIC)
    return _missing(provider_id)


def _is_wanted(item: Rejected) -> bool:
    return item.reason is not DropReason.NOT_IN_ORDER


def _missing(provider_id: str) -> Effective:
    return Effective(provider_id, SourceKind.MISSING, "missing", "none", MISSING)


def _needs_none(provider: Provider | None, *, local: bool) -> bool:
    if provider is not None:
        return provider.auth.scheme == "none" or provider.auth.optional
    return local  # a server on this machine without a configured key is assumed to need none


def _take_profile(provider_id: str, profile: AuthProfile, view: Reading) -> Effective | Rejected:
    assert profile.credential is not None  # the order drops a profile of unknown type
    value = value_of(profile.credential)
    found = value if isinstance(value, Secret) else _resolve(value, view)
    if isinstance(found, str):
        return Rejected(SourceKind.PROFILE, profile.id, DropReason.UNRESOLVED, found)
    return Effective(
        provider=provider_id,
        kind=SourceKind.PROFILE,
        label=profile.id,
        mode=profile.type,
        health=find_health(profile, view),
        secret=found or None,
        ref=value if isinstance(value, SecretRef) else None,
        profile_id=profile.id,
        credential=profile.credential,
    )


def find_health(profile: AuthProfile, view: Reading) -> Health:
    """The health of a stored profile: ``MISSING`` if its value is known not to exist, ``UNVERIFIED`` if not read."""
    stored = profile_health(profile, view.store.stats(profile.id), view.now, view.config.auth.warn_after)
    value = None if profile.credential is None else value_of(profile.credential)
    if not isinstance(value, SecretRef) or not stored.status.is_usable():
        return stored
    match _resolve(value, view):
        case None:
            return stored._replace(status=HealthStatus.UNVERIFIED)
        case str():
            return MISSING
        case _:
            return stored


def _resolve(ref: SecretRef, view: Reading) -> Secret | str | None:
    """The secret behind a reference, the error, or ``None`` if not yet read."""
    if ref.source is RefSource.EXEC and ref.provider not in view.settings.sources:
        return explain_source(ref.provider)
    if ref.source is not RefSource.ENV:
        return view.kept.get(ref)
    return _read_variable(ref.id, view) or f"it refers to the variable {ref.id}, which is not set"


def _from_variables(provider: Provider, view: Reading) -> Iterator[Effective]:
    for item in sorted(provider.credential_vars(), key=lambda item: item.kind != _OAUTH_KIND):
        secret = _read_variable(item.name, view)
        if secret is not None:
            mode = "oauth" if item.kind == _OAUTH_KIND else "api_key"
            yield _of_variable(provider.id, SourceKind.ENV, item.name, mode, secret)


def _from_config(provider_id: str, view: Reading) -> Iterator[Effective | Rejected]:
    custom = view.customs.get(provider_id)
    if custom is None or custom.api_key is None:
        return
    if isinstance(custom.api_key, SecretRef):
        yield _from_entry(provider_id, custom.api_key, view)
        return
    written = custom.api_key.strip()
    variable = VARIABLE.fullmatch(written)
    if variable is not None:
        name = variable[1]
        secret = _read_variable(name, view)
        if secret is None:
            text = f"the variable {name} is not set"
            yield Rejected(SourceKind.CONFIG, f"${{{name}}}", DropReason.UNRESOLVED, text)
        else:
            yield _of_variable(provider_id, SourceKind.CONFIG, name, "api_key", secret)
    elif is_public_value(Secret(written)):
        yield Effective(provider_id, SourceKind.CONFIG, "apiKey", "api_key", STATIC, Secret(written))
    else:
        text = "it is a literal; only a reference such as ${NAME} is used"
        yield Rejected(SourceKind.CONFIG, "apiKey", DropReason.UNRESOLVED, text)


def _from_entry(provider_id: str, ref: SecretRef, view: Reading) -> Effective | Rejected:
    """An entry of a secret source: only the user's settings can declare the source."""
    label = f"secret:{name_entry(ref)}"
    found = _resolve(ref, view)
    if isinstance(found, str):
        return Rejected(SourceKind.CONFIG, label, DropReason.UNRESOLVED, found)
    health = UNVERIFIED if found is None else STATIC
    return Effective(provider_id, SourceKind.CONFIG, label, "api_key", health, found, ref)


def _from_sdk(provider: Provider, view: Reading) -> Iterator[Effective]:
    for item in provider.env:
        if item.kind in IDENTITY_KINDS and view.environ.get(item.name, "").strip():
            yield Effective(provider.id, SourceKind.SDK, item.name, "sdk", UNVERIFIED, variable=item.name)
            return
    path = view.cloud_files.get(provider.id)
    if path is not None:
        yield Effective(provider.id, SourceKind.SDK, path, "sdk", UNVERIFIED)


def _of_variable(provider_id: str, kind: SourceKind, name: str, mode: str, secret: Secret) -> Effective:
    return Effective(provider_id, kind, name, mode, STATIC, secret, variable=name)


def _read_variable(name: str, view: Reading) -> Secret | None:
    return Secret(view.environ.get(name, "").strip()) or None
