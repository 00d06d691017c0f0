"""The order that an agent's store keeps for a provider: read it, change it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from text2llm.auth.agents import find_agent_dirs
from text2llm.auth.credentials import AuthStore
from text2llm.auth.order import OrderBook, OrderResult, order_profiles
from text2llm.auth.store import overlay_store, set_order
from text2llm.auth.store_file import load_store, read_store, store_path, update_store
from text2llm.config.model import Config
from text2llm.config.suggest import list_names
from text2llm.errors import StoreError
from text2llm.refs import Spellings
from text2llm.storage.places import find_places


class OrderSubject(NamedTuple):
    """Whose order is meant: an agent's (``None``: the default agent's) for a provider, by canonical ids."""

    agent_id: str | None
    provider: str
    config: Config
    spellings: Spellings


class AgentOrder(NamedTuple):
    """``order`` is what the store at ``path`` says, ``None`` when it says nothing; ``result`` what it comes to."""

    agent_id: str
    agent_dir: str
    path: str
    order: tuple[str, ...] | None
    result: OrderResult


def read_order(subject: OrderSubject, environ: Mapping[str, str], now: int) -> AgentOrder:
    """The order of an agent; ``now`` in milliseconds since the epoch.

    Raises:
        StoreError: the store cannot be used.
    """
    dirs = find_agent_dirs(subject.agent_id, subject.config, environ)
    loaded = load_store(dirs.own, dirs.main)
    book = OrderBook(subject.config.auth, loaded.store, subject.spellings)
    return AgentOrder(
        agent_id=subject.agent_id or subject.config.default_agent(),
        agent_dir=dirs.own,
        path=loaded.own_path,
        order=book.kept(subject.provider) or None,
        result=order_profiles(subject.provider, book, now),
    )


def write_order(subject: OrderSubject, profile_ids: tuple[str, ...], environ: Mapping[str, str]) -> None:
    """Keep an order in the agent's own store; no ids clear it.

    Raises:
        StoreError: a profile is not stored for the provider, or the store cannot be used.
        WriteError: the operating system refused.
    """
    dirs = find_agent_dirs(subject.agent_id, subject.config, environ)
    main = read_store(store_path(dirs.main))

    def change(own: AuthStore) -> AuthStore:
        _require_profiles(subject, profile_ids, overlay_store(own, main))
        return set_order(own, subject.provider, profile_ids, subject.spellings)

    update_store(store_path(dirs.own), change, find_places(environ).state)


def _require_profiles(subject: OrderSubject, profile_ids: tuple[str, ...], store: AuthStore) -> None:
    for name in profile_ids:
        profile = store.profiles.get(name)
        if profile is None:
            known = list_names(store.profiles) or "none"
            raise StoreError(f"there is no {_show(name, subject)} in the store", hint=f"stored profiles: {known}")
        if subject.spellings.provider(profile.provider) != subject.provider:
            raise StoreError(
                f"the profile {name!r} is for {profile.provider}, not for {subject.provider}",
                hint="name profiles of one provider",
            )


def _show(name: str, subject: OrderSubject) -> str:
    """What was asked for, where it is built like an id: else it may be a secret in the wrong place."""
    owner, colon, _ = name.partition(":")
    is_id = colon and subject.spellings.provider(owner) == subject.provider
    return f"profile {name!r}" if is_id else "such profile"
