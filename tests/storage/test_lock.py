"""The lock of a file: its directory's, and the limit of waiting for it."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from text2llm.errors import WriteError
from text2llm.storage import lock
from text2llm.storage.lock import hold_lock


@contextmanager
def hold_elsewhere(folder: Path) -> Iterator[None]:
    """Hold the lock of a directory as another process does."""
    handle = os.open(folder, os.O_RDONLY)
    fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    try:
        yield
    finally:
        os.close(handle)


def test_a_lock_that_is_kept_is_given_up_with_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lock, "PATIENCE", 0.1)
    (tmp_path / "other").mkdir()
    told: list[str] = []
    with hold_elsewhere(tmp_path):
        with pytest.raises(WriteError) as caught, hold_lock(f"{tmp_path}/config", lambda: told.append("waiting")):
            pass
        with hold_lock(f"{tmp_path}/other/config"):
            assert told == ["waiting"]
    assert f"another process has locked the directory {tmp_path} for 0.1 seconds" in caught.value.message
    assert "A script that holds it itself, as `flock .` does, has to lock another file" in (caught.value.hint or "")
    with hold_lock(f"{tmp_path}/config"):
        pass


def test_every_file_of_a_directory_and_every_link_to_one_shares_its_lock(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "config").touch()
    (tmp_path / "link").symlink_to("real/config")
    with hold_lock(f"{tmp_path}/link"), pytest.raises(BlockingIOError), hold_elsewhere(tmp_path / "real"):
        pass
    assert sorted(os.listdir(tmp_path / "real")) == ["config"]


def test_a_block_takes_its_own_lock_again_and_keeps_it_to_its_end(tmp_path: Path) -> None:
    with hold_lock(f"{tmp_path}/a"):
        with hold_lock(f"{tmp_path}/b"):
            pass
        with pytest.raises(BlockingIOError), hold_elsewhere(tmp_path):
            pass
    with hold_elsewhere(tmp_path):
        pass


def test_a_directory_that_was_replaced_meanwhile_is_locked_as_it_is_now(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()

    def replace() -> None:
        folder.rename(tmp_path / "old")
        folder.mkdir()

    with (
        hold_elsewhere(folder),
        hold_lock(f"{folder}/config", replace),
        pytest.raises(BlockingIOError),
        hold_elsewhere(folder),
    ):
        pass


def test_a_directory_that_is_replaced_while_it_is_locked_is_not_the_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, flock = tmp_path / "folder", fcntl.flock
    folder.mkdir()

    def replace_and_lock(handle: int, how: int) -> None:
        monkeypatch.setattr(fcntl, "flock", flock)
        folder.rename(tmp_path / "old")
        folder.mkdir()
        flock(handle, how)

    monkeypatch.setattr(fcntl, "flock", replace_and_lock)
    with (
        hold_lock(f"{folder}/config"),
        hold_elsewhere(tmp_path / "old"),
        pytest.raises(BlockingIOError),
        hold_elsewhere(folder),
    ):
        pass


def test_a_child_that_inherited_the_handle_does_not_keep_the_lock(tmp_path: Path) -> None:
    handle = lock._try_lock(str(tmp_path))
    assert handle is not None
    inherited = os.dup(handle)
    lock._release(handle)
    with hold_elsewhere(tmp_path):
        os.close(inherited)


def test_a_directory_that_is_missing_or_has_no_locks_is_reported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with (
        pytest.raises(WriteError, match=r"cannot lock the directory .*gone: No such file"),
        hold_lock(f"{tmp_path}/gone/config"),
    ):
        pass

    def refuse(*_: int) -> None:
        raise OSError(37, "No locks available")

    monkeypatch.setattr(fcntl, "flock", refuse)
    with (
        pytest.raises(WriteError, match=r"cannot lock the directory .*: No locks available"),
        hold_lock(f"{tmp_path}/config"),
    ):
        pass
