"""Store and remove credentials, in an agent's own store and in the keyring.

The store's lock does not cover the keyring. So a new entry is written before the store refers to it, and an old one is
removed afterwards: references are never dangling.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import NamedTuple

from text2llm.auth.agents import AgentDirs
from text2llm.auth.credentials import AuthProfile, AuthStore, Credential, describe_ref, secret_refs
from text2llm.auth.profiles import (
    clear_cooldown,
    make_profile,
    mentions_profile,
    move_secrets,
    put_profile,
    remove_profile,
)
from text2llm.auth.secret_refs import SecretRefError, delete_secret, write_secret
from text2llm.auth.store_file import read_store, store_path, update_store
from text2llm.config.suggest import list_names
from text2llm.errors import StoreError
from text2llm.refs import Spellings
from text2llm.secret import RefSource, SecretRef


class NewProfile(NamedTuple):
    """A credential to store. ``provider`` is a canonical id; with ``keyring`` the store only has references."""

    id: str
    provider: str
    credential: Credential
    email: str | None = None
    keyring: bool = False


class Changed(NamedTuple):
    """The result of a change. ``before`` and ``after`` are the profile, or ``None``.

    ``hidden`` is the number of the main agent's profiles that the agent can no longer use.
    """

    path: str
    before: AuthProfile | None
    after: AuthProfile | None
    changed: bool = True
    hidden: int = 0
    notes: tuple[str, ...] = ()


def keep_profile(new: NewProfile, dirs: AgentDirs, spellings: Spellings) -> Changed:
    """Store a credential in the agent's own store, in place of the one with its id.

    Raises:
        StoreError: the store cannot be used, or another provider's profile has the id.
        SecretRefError: the keyring failed.
        WriteError: the operating system refused; the store is unchanged.
    """
    path, before = store_path(dirs.own), AuthStore()
    entry = f"{new.id}:{secrets.token_hex(4)}"
    credential, entries = move_secrets(new.credential, entry) if new.keyring else (new.credential, {})
    profile = make_profile(new.id, new.provider, credential, new.email)

    def change(store: AuthStore) -> AuthStore:
        nonlocal before
        before, stored = store, store.profiles.get(new.id)
        if stored is not None and spellings.provider(stored.provider) != new.provider:
            raise StoreError(
                f"the stored profile {new.id} is for {stored.provider}, not for {new.provider}",
                hint="name another one with --profile-id",
            )
        return put_profile(store, profile, spellings)

    try:
        for ref, secret in entries.items():
            write_secret(ref, secret)
        after = update_store(path, change)
    except BaseException:
        _drop_entries(tuple(entries))
        raise
    replaced = before.profiles.get(new.id)
    hidden = 0 if before.profiles or dirs.own == dirs.main else len(read_store(store_path(dirs.main)).profiles)
    notes = _drop_entries(_orphans(replaced, after))
    return Changed(path, replaced, after.profiles[new.id], hidden=hidden, notes=notes)


def forget_profile(profile_id: str, dirs: AgentDirs) -> Changed:
    """Remove a profile and every mention of it from the agent's own store, and its keyring entries.

    Raises:
        StoreError: the store cannot be used, or does not have the profile.
        WriteError: the operating system refused; the store is unchanged.
    """
    return _change_profile(profile_id, remove_profile, dirs)


def clear_profile(profile_id: str, dirs: AgentDirs) -> Changed:
    """End the cooldown of a profile in the agent's own store.

    Raises:
        StoreError: the store cannot be used, or does not have the profile.
        WriteError: the operating system refused; the store is unchanged.
    """
    return _change_profile(profile_id, clear_cooldown, dirs)


def _change_profile(profile_id: str, change: Callable[[AuthStore, str], AuthStore], dirs: AgentDirs) -> Changed:
    path, before = store_path(dirs.own), AuthStore()
    _require_mention(read_store(path), profile_id, dirs)  # a missing store is not created

    def change_again(store: AuthStore) -> AuthStore:
        nonlocal before
        _require_mention(store, profile_id, dirs)
        before = store
        return change(store, profile_id)

    after = update_store(path, change_again)
    old, new = before.profiles.get(profile_id), after.profiles.get(profile_id)
    return Changed(path, old, new, after != before, notes=_drop_entries(_orphans(old, after)))


def _require_mention(store: AuthStore, profile_id: str, dirs: AgentDirs) -> None:
    # The message does not quote the id: it may be a secret passed by mistake.
    if mentions_profile(store, profile_id):
        return
    if dirs.own != dirs.main and mentions_profile(read_store(store_path(dirs.main)), profile_id):
        raise StoreError(
            f"the profile is in the store of the main agent, not in {store_path(dirs.own)}",
            hint="leave --agent out to change it there, for every agent that reads it",
        )
    known = list_names(store.profiles) or "none"
    raise StoreError(f"{store_path(dirs.own)} has no such profile", hint=f"stored profiles: {known}")


def _orphans(profile: AuthProfile | None, store: AuthStore) -> tuple[SecretRef, ...]:
    """The keyring entries that a profile used and no other does."""
    if profile is None:
        return ()
    used = {ref for each in store.profiles.values() for ref in secret_refs(each.credential)}
    return tuple(ref for ref in secret_refs(profile.credential) if ref.source is RefSource.KEYRING and ref not in used)


def _drop_entries(refs: tuple[SecretRef, ...]) -> tuple[str, ...]:
    """Remove keyring entries; a note for each failure."""
    notes = []
    for ref in refs:
        try:
            delete_secret(ref)
        except SecretRefError as error:
            notes.append(f"{describe_ref(ref)} is still there: {error.message}")
    return tuple(notes)
