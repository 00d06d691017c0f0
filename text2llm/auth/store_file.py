"""Credential store files: private, locked, replaced atomically, and never written if unreadable."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NamedTuple

from text2llm.auth.credentials import STORE_NAME, AuthStore
from text2llm.auth.store import MAX_STORE_BYTES, format_store, overlay_store, parse_store
from text2llm.errors import StoreError
from text2llm.storage.reading import read_private


class LoadedStore(NamedTuple):
    """An agent's store. ``path`` is the file its profiles come from, ``own_path`` the one that edits change."""

    store: AuthStore
    path: str
    own_path: str

    def is_own(self) -> bool:
        return self.path == self.own_path and bool(self.store.profiles)


def store_path(agent_dir: str) -> str:
    return os.path.join(agent_dir, STORE_NAME)


def load_store(agent_dir: str, main_dir: str) -> LoadedStore:
    """The store of an agent, or the main agent's while its own has no profiles.

    Raises:
        StoreError: a store exists, but cannot be used.
    """
    own_path, main_path = store_path(agent_dir), store_path(main_dir)
    own = read_store(own_path)
    if own.profiles or own_path == main_path:
        return LoadedStore(own, own_path, own_path)
    main = read_store(main_path)
    return LoadedStore(overlay_store(own, main), main_path if main.profiles else own_path, own_path)


def read_store(path: str) -> AuthStore:
    """The store at ``path``; an empty one if there is no file.

    Raises:
        StoreError: others can read it, it belongs to another user, or its content is invalid.
    """
    try:
        data = read_private(path, MAX_STORE_BYTES + 1, lambda _: 0o077)
    except FileNotFoundError:
        return AuthStore()
    except NotADirectoryError as error:
        raise StoreError(
            f"cannot read the credential store {path}: a file is where its directory should be",
            hint="move that file away, or set TEXT2LLM_AGENT_DIR to a directory",
        ) from error
    except OSError as error:
        raise StoreError(
            f"cannot read the credential store {path}: {error.strerror}", hint="check its path, owner and permissions"
        ) from error
    if not isinstance(data, bytes):
        raise StoreError(f"the credential store {path} {data[0]}", hint=data[1])
    return parse_store(data, path)


def update_store(path: str, change: Callable[[AuthStore], AuthStore]) -> AuthStore:
    """Change the store at ``path`` under its lock, and return it; an equal store is not written.

    Raises:
        StoreError: the store cannot be used, or another program holds its lock for too long.
        WriteError: the operating system refused; the store is unchanged.
    """
    from text2llm.auth.store_lock import hold_store_lock
    from text2llm.storage.atomic import replace_file

    make_private_folder(os.path.dirname(os.path.abspath(path)))
    with hold_store_lock(path):
        before = read_store(path)
        after = change(before)
        if after != before:
            replace_file(path, format_store(after), mode=0o600)
    return after


@contextmanager
def reserve_store(path: str, reserve: int) -> Iterator[Callable[[AuthStore], None]]:
    """Prepare a write of the store at ``path``, with room for ``reserve`` more bytes; the caller holds its lock.

    So a response that cannot be requested twice, such as that to a refresh, is only requested if it can be stored.

    Raises:
        WriteError: the operating system refused; the store is unchanged.
    """
    from text2llm.storage.atomic import reserve_replacement

    with reserve_replacement(path, mode=0o600, size=os.path.getsize(path) + reserve) as replace:
        yield lambda store: replace(format_store(store))


def make_private_folder(folder: str) -> None:
    """Make a directory, and its missing parents, for the owner only.

    Raises:
        StoreError: it cannot be made.
    """
    if os.path.isdir(folder):
        return
    make_private_folder(os.path.dirname(folder))
    try:
        os.mkdir(folder, 0o700)
        os.chmod(folder, 0o700)  # an odd umask may have taken the owner's own permissions
    except FileExistsError:
        if os.path.isdir(folder):
            return  # made by another process
        raise StoreError(f"{folder} is not a directory", hint="move it away, or set TEXT2LLM_HOME") from None
    except OSError as error:
        raise StoreError(
            f"cannot make the directory {folder}: {error.strerror}",
            hint="make its parent writable, or set TEXT2LLM_HOME to a directory that is",
        ) from error
