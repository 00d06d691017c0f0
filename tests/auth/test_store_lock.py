from __future__ import annotations

import fcntl
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from text2llm.auth import store_lock
from text2llm.auth.store_lock import hold_store_lock
from text2llm.errors import StoreError, WriteError


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / "auth-profiles.json"


def _lock(store: Path) -> Path:
    return Path(f"{store}.lock")


def _age(store: Path, seconds: int) -> None:
    then = time.time() - seconds
    os.utime(_lock(store), (then, then))


def _hold(store: Path, timeout: float = 0.2) -> None:
    with hold_store_lock(str(store), timeout):
        assert json.loads(_lock(store).read_text())["pid"] == os.getpid()


def _dead_pid() -> int:
    process = subprocess.Popen([sys.executable, "-c", "pass"])
    process.wait()
    return process.pid


def test_lock_is_there_while_held_and_gone_after(store: Path) -> None:
    _hold(store)
    assert not _lock(store).exists()


def test_lock_goes_when_the_block_fails(store: Path) -> None:
    with pytest.raises(KeyError), hold_store_lock(str(store), 1):
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


@pytest.mark.parametrize("find", [os.getppid, os.getpid, _dead_pid])
def test_a_process_id_breaks_no_lock_since_it_means_another_process_in_another_container(
    store: Path, find: Callable[[], int]
) -> None:
    content = json.dumps({"pid": (pid := find())})
    _lock(store).write_text(content)
    with pytest.raises(StoreError, match=f"process {pid}:"):
        _hold(store)
    assert _lock(store).read_text() == content


def test_lock_that_a_killed_text2llm_left_is_taken_over_at_once(store: Path) -> None:
    _lock(store).write_text(f'{{"pid": 1, "program": "text2llm"}}{" " * 200}')
    _hold(store)
    assert not _lock(store).exists()


def test_lock_that_a_text2llm_on_another_machine_holds_is_waited_for(store: Path) -> None:
    _lock(store).write_text('{"pid": 1, "program": "text2llm"}')
    with _lock(store).open() as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        with pytest.raises(StoreError, match="locked by process 1"):
            _hold(store)
    _hold(store)


def test_lock_of_another_program_is_abandoned_after_its_longest_operation(store: Path) -> None:
    _lock(store).write_text('{"pid": 1}')
    _age(store, 150)
    with pytest.raises(StoreError):
        _hold(store)
    _age(store, 200)
    _hold(store)


def test_lock_that_another_program_has_put_in_place_of_ours_is_left(store: Path) -> None:
    with hold_store_lock(str(store)):
        _lock(store).unlink()
        _lock(store).write_text('{"pid": 1}')
    assert _lock(store).read_text() == '{"pid": 1}'


def test_lock_that_stayed_empty_is_abandoned_after_a_while(store: Path) -> None:
    _lock(store).touch()
    with pytest.raises(StoreError):
        _hold(store)
    _age(store, 60)
    _hold(store)


def test_waits_until_another_program_is_done(store: Path) -> None:
    _lock(store).mkdir()
    threading.Timer(0.2, _lock(store).rmdir).start()
    _hold(store, timeout=10)


def test_folder_that_is_not_there_is_reported(store: Path) -> None:
    with pytest.raises(WriteError, match="cannot lock the directory"):
        _hold(store.parent / "gone" / "s.json")


def test_folder_in_which_no_lock_can_be_made_is_reported(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> int:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("text2llm.auth.store_lock.os.open", refuse)
    with pytest.raises(StoreError, match=r"cannot make the lock .*: Permission denied"):
        store_lock._create(str(_lock(store)))


def test_full_disk_leaves_no_lock_behind(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fill(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("text2llm.auth.store_lock._sign", fill)
    with pytest.raises(StoreError, match=r"cannot write the lock .*: No space left on device"):
        _hold(store)
    assert not _lock(store).exists()


def test_lock_that_vanishes_meanwhile_is_fine(store: Path) -> None:
    with hold_store_lock(str(store), 1):
        _lock(store).unlink()
    assert not _lock(store).exists()


def test_lock_that_vanishes_before_it_is_named_is_nobody_s(store: Path) -> None:
    assert store_lock._name_owner(str(_lock(store))) == "another program"
    assert store_lock._take_over(str(_lock(store))) is None


def test_lock_that_is_replaced_while_it_is_looked_at_is_not_taken_over(
    store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _lock(store).write_text('{"program": "text2llm"}')
    monkeypatch.setattr(store_lock, "_is_at", lambda *_: False)
    assert store_lock._take_over(str(_lock(store))) is None
    assert _lock(store).read_text() == '{"program": "text2llm"}'
