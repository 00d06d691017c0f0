from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from text2llm.auth import store_lock
from text2llm.auth.store_lock import hold_store_lock
from text2llm.errors import StoreError


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / "auth-profiles.json"


def _lock(store: Path) -> Path:
    return Path(f"{store}.lock")


def _hold(store: Path, timeout: float = 0.2, state: Path | None = None) -> None:
    with hold_store_lock(str(store), str(state or store.parent / "state"), timeout):
        assert json.loads(_lock(store).read_text())["pid"] == os.getpid()


def _dead_pid() -> int:
    process = subprocess.Popen([sys.executable, "-c", "pass"])
    process.wait()
    return process.pid


def test_lock_is_there_while_held_and_gone_after(store: Path) -> None:
    _hold(store)
    assert not _lock(store).exists()


def test_lock_goes_when_the_block_fails(store: Path) -> None:
    with pytest.raises(KeyError), hold_store_lock(str(store), str(store.parent), 1):
        raise KeyError
    assert not _lock(store).exists()


@pytest.mark.parametrize(
    "content",
    ['{"pid": 1}', "{}", "[]", "what", "[" * 4000, '{"pid": true}', '{"pid": -5}', '{"pid": 1e400}'],
)
def test_lock_of_another_program_is_waited_for_and_left(store: Path, content: str) -> None:
    _lock(store).write_text(content)
    with pytest.raises(StoreError, match="is locked by"):
        _hold(store)
    assert _lock(store).read_text() == content


def test_owner_of_the_lock_is_named(store: Path) -> None:
    _lock(store).write_text('{"pid": 1}')
    with pytest.raises(StoreError, match=r"locked by process 1: .*auth-profiles\.json\.lock") as caught:
        _hold(store)
    assert caught.value.hint is not None


def test_directory_means_locked(store: Path) -> None:
    _lock(store).mkdir()
    with pytest.raises(StoreError, match="locked by another program"):
        _hold(store)
    assert _lock(store).is_dir()


def test_link_means_locked(store: Path) -> None:
    _lock(store).symlink_to("nowhere")
    with pytest.raises(StoreError, match="locked by another program"):
        _hold(store)


def test_lock_of_a_dead_process_is_taken_over(store: Path) -> None:
    _lock(store).write_text(json.dumps({"pid": _dead_pid()}))
    _hold(store)
    assert not _lock(store).exists()


def test_lock_of_an_earlier_process_with_our_number_is_taken_over(store: Path) -> None:
    _lock(store).write_text(json.dumps({"pid": os.getpid()}))
    _hold(store)


def test_process_of_another_user_is_alive(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def forbid(*_: int) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "kill", forbid)
    _lock(store).write_text('{"pid": 4000}')
    with pytest.raises(StoreError, match="process 4000"):
        _hold(store)


def test_lock_that_stayed_empty_is_abandoned_after_a_while(store: Path) -> None:
    _lock(store).touch()
    with pytest.raises(StoreError):
        _hold(store)
    minute_ago = time.time() - 60
    os.utime(_lock(store), (minute_ago, minute_ago))
    _hold(store)


def test_waits_until_another_program_is_done(store: Path) -> None:
    _lock(store).mkdir()
    threading.Timer(0.2, _lock(store).rmdir).start()
    _hold(store, timeout=10)


def test_folder_that_is_not_there_is_reported(store: Path) -> None:
    with pytest.raises(StoreError, match="cannot make the lock"):
        _hold(store.parent / "gone" / "s.json", state=store.parent)


def test_full_disk_leaves_no_lock_behind(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fill(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("text2llm.auth.store_lock._sign", fill)
    with pytest.raises(StoreError, match=r"cannot write the lock .*: No space left on device"):
        _hold(store)
    assert not _lock(store).exists()


def test_lock_that_vanishes_meanwhile_is_fine(store: Path) -> None:
    with hold_store_lock(str(store), str(store.parent), 1):
        _lock(store).unlink()
    assert not _lock(store).exists()


def test_lock_that_is_gone_when_looked_at_is_not_stale(store: Path) -> None:
    assert not store_lock._is_stale(str(_lock(store)))
