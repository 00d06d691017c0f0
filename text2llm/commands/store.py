"""The credentials of an agent: listing, order and removal."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from text2llm.auth.credentials import AuthStore
from text2llm.auth.order import ENVIRONMENT, OrderResult, find_owner, order_profiles
from text2llm.auth.reading import Reading
from text2llm.auth.remedy import add_command
from text2llm.auth.store import overlay_store, set_order
from text2llm.auth.store_file import read_store, store_path, update_store
from text2llm.auth.stored import Changed, clear_profile, forget_profile
from text2llm.config.suggest import list_names
from text2llm.diagnostics import Location
from text2llm.errors import StoreError, UsageError
from text2llm.settings.model import SettingsError
from text2llm.status.credentials import ProviderListing, list_credentials, list_provider, providers_in_use
from text2llm.trust.bindings import CredentialKind, CredentialName
from text2llm.trust.origin import Origin
from text2llm.upstream.destination import explain_unknown
from text2llm.workspace import Workspace


@dataclass(frozen=True, slots=True)
class AuthList:
    """The credentials of an agent. ``store`` is the file that the profiles come from, ``now`` in milliseconds.

    ``adds`` is the command that adds a credential.
    """

    agent: str
    agent_dir: str
    store: str
    now: int
    listings: tuple[ProviderListing, ...]
    adds: str


@dataclass(frozen=True, slots=True)
class Mention:
    """A place that still names a credential, and as what."""

    place: Location
    text: str


@dataclass(frozen=True, slots=True)
class AuthChange:
    """A change of one profile. ``action`` is ``stored``, ``replaced``, ``removed``, ``cleared`` or ``none``.

    ``granted`` is the origin that the credential may be sent to now; ``now`` is in milliseconds since the epoch.
    """

    action: str
    agent: str
    profile_id: str
    changed: Changed
    now: int
    fingerprint: str | None = None
    granted: Origin | None = None
    mentions: tuple[Mention, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AgentOrder:
    """``order`` is what the store at ``path`` says, ``None`` when it says nothing; ``result`` what it comes to.

    ``models`` are the results for the models that have a profile of their own.
    """

    agent_id: str
    agent_dir: str
    path: str
    order: tuple[str, ...] | None
    result: OrderResult
    models: Mapping[str, OrderResult]


def list_all(workspace: Workspace, provider: str | None = None, agent: str | None = None) -> AuthList:
    """List an agent's credentials, for every provider in view or for one, without a request.

    Raises:
        UsageError: there is no such provider.
        StoreError: the store cannot be used.
    """
    agent_id = workspace.find_agent(agent)
    view = workspace.read(agent_id)
    if provider is None:
        listings = list_credentials(view, providers_in_use(view.resolver, agent_id))
    else:
        listings = (list_provider(_require_known(provider, workspace, view), view),)
    adds, name = add_command(view.owner), workspace.name_agent(agent_id)
    return AuthList(name, view.agent_dir, view.store_path, view.now, listings, adds)


def _require_known(written: str, workspace: Workspace, view: Reading) -> str:
    provider = spell_provider(written, workspace)
    if view.registry.get(provider) is None and provider not in view.customs and not view.book.stored(provider):
        raise explain_unknown(provider, workspace.config, view.registry)
    return provider


def spell_provider(written: str, workspace: Workspace) -> str:
    """The canonical id of a provider, which need not be known.

    Raises:
        UsageError: it is empty.
    """
    canonical = workspace.registry.spellings().provider(written)
    if not canonical:
        raise UsageError("--provider is empty", hint="name a provider, such as anthropic")
    return canonical


def forget(workspace: Workspace, profile_id: str, agent: str | None = None) -> AuthChange:
    """Remove a stored credential, and every mention of it in the store; report what else names it.

    Raises:
        StoreError: the store cannot be used, or has no such credential.
    """
    agent_id = workspace.find_agent(agent)
    changed = forget_profile(profile_id, workspace.find_dirs(agent_id))
    mentions, notes = tuple(_find_in_config(profile_id, workspace)), tuple(_find_grants(profile_id, workspace))
    name = workspace.name_agent(agent_id)
    return AuthChange("removed", name, profile_id, changed, workspace.now, mentions=mentions, notes=notes)


def _find_in_config(profile_id: str, workspace: Workspace) -> Iterator[Mention]:
    config = workspace.config
    declared = config.auth.profiles.get(profile_id)
    if declared is not None:
        yield Mention(config.locate(declared.pointer, key=True), "auth.profiles")
    written = config.value_at(("auth", "order"))
    for provider, ids in written.items() if isinstance(written, dict) else ():
        for index, name in enumerate(ids if isinstance(ids, list) else ()):
            if name == profile_id:
                yield Mention(config.locate(("auth", "order", provider, index)), f"auth.order of {provider}")


def _find_grants(profile_id: str, workspace: Workspace) -> Iterator[str]:
    """What the user's settings still allow a credential of this id. Broken settings do not prevent the removal."""
    name = CredentialName(CredentialKind.PROFILE, profile_id)
    try:
        grants = workspace.settings.grants
    except SettingsError as error:
        yield f"unknown whether a grant names it: {error.message}"
        return
    origins = ", ".join(str(grant.origin) for grant in grants if grant.credential == name)
    if origins:
        command = f"text2llm trust revoke --credential {shlex.quote(str(name))}"
        yield f"a new {profile_id} may be sent to {origins}, too; to revoke that, run `{command}`"


def end_cooldown(workspace: Workspace, profile_id: str, agent: str | None = None) -> AuthChange:
    """End the cooldown of a stored credential.

    Raises:
        StoreError: the store cannot be used, or has no such credential.
    """
    agent_id = workspace.find_agent(agent)
    changed = clear_profile(profile_id, workspace.find_dirs(agent_id))
    action = "cleared" if changed.changed else "none"
    return AuthChange(action, workspace.name_agent(agent_id), profile_id, changed, workspace.now)


def read_order(workspace: Workspace, provider: str, agent: str | None = None) -> AgentOrder:
    """The order in which an agent's credentials for a provider are tried.

    Raises:
        UsageError: the provider is empty.
        StoreError: the store cannot be used.
    """
    agent_id, canonical = workspace.find_agent(agent), spell_provider(provider, workspace)
    folder, view = workspace.find_dirs(agent_id).own, read_profiles(workspace, agent_id, workspace.now)
    result, *others = (
        order_profiles(canonical, view.book, view.now, model) for model in (None, *view.book.pinned(canonical))
    )
    models = dict(zip(view.book.pinned(canonical), others, strict=True))
    return AgentOrder(view.book.agent, folder, store_path(folder), view.book.kept(canonical) or None, result, models)


def read_profiles(workspace: Workspace, agent: str | None, now: int) -> Reading:
    """The stored profiles of an agent and what orders them at ``now``; the environment has no part in that."""
    return Reading(workspace.config, workspace.read_store(agent).store, {}, workspace.registry, now, agent=agent)


def write_order(workspace: Workspace, provider: str, profile_ids: tuple[str, ...], agent: str | None = None) -> None:
    """Keep an order in the agent's own store; no ids clear it.

    Raises:
        UsageError: the provider is empty.
        StoreError: a profile is not stored for the provider, or the store cannot be used.
    """
    canonical, dirs = spell_provider(provider, workspace), workspace.find_dirs(workspace.find_agent(agent))
    main, spellings = read_store(store_path(dirs.main)), workspace.registry.spellings()

    def change(own: AuthStore) -> AuthStore:
        named = tuple(name for name in profile_ids if name != ENVIRONMENT)
        _require_profiles(workspace, canonical, named, overlay_store(own, main))
        return set_order(own, canonical, profile_ids, spellings)

    update_store(store_path(dirs.own), change)


def _require_profiles(workspace: Workspace, provider: str, profile_ids: tuple[str, ...], store: AuthStore) -> None:
    spellings = workspace.registry.spellings()
    spell = spellings.provider
    for name in profile_ids:
        profile = store.profiles.get(name)
        if profile is None:
            owner, colon, _ = name.partition(":")
            # Name it only if it looks like an id: else it may be a secret passed by mistake.
            said = f"profile {name!r}" if colon and spell(owner) == provider else "such profile"
            known = list_names(store.profiles) or "none"
            raise StoreError(f"there is no {said} in the store", hint=f"stored profiles: {known}")
        owner = find_owner(profile, spellings)
        if owner != provider:
            raise StoreError(
                f"the profile {name!r} is for {owner}, not for {provider}",
                hint="name profiles of one provider",
            )
