from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tests.auth.stores import make_store
from text2llm.auth.credentials import AuthStore
from text2llm.auth.store import format_store, set_order
from text2llm.auth.store_file import load_store, make_private_folder, read_store, update_store
from text2llm.errors import StoreError
from text2llm.refs import Spellings

_STORE = make_store({"profiles": {"a:1": {"type": "api_key", "key": "k"}}})


def _write(path: Path, store: AuthStore = _STORE, mode: int = 0o600) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(format_store(store))
    path.chmod(mode)
    return path


def _keep_order(ids: tuple[str, ...]) -> AuthStore:
    return set_order(_STORE, "a", ids, Spellings())


def test_absent_store_is_empty(tmp_path: Path) -> None:
    assert read_store(str(tmp_path / "none" / "s.json")) == AuthStore()


def test_file_in_place_of_the_directory_is_reported(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="a file is where its directory should be"):
        read_store(str(_write(tmp_path / "file") / "s.json"))


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o666])
def test_store_that_others_can_read_is_refused(tmp_path: Path, mode: int) -> None:
    path = _write(tmp_path / "the store.json", mode=mode)
    before = path.read_bytes()
    with pytest.raises(StoreError, match=re.escape(f"is open to others (mode {mode:04o})")) as caught:
        update_store(str(path), lambda _: _keep_order(("a:1",)))
    assert caught.value.hint is not None
    assert f"chmod 600 '{path}'" in caught.value.hint
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    ("mode", "says"),
    [(0o440, None), (0o640, None), (0o444, "is open to others"), (0o460, "is open to others")],
)
def test_group_may_read_a_store_on_a_read_only_mount(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mode: int, says: str | None
) -> None:
    """As Kubernetes mounts a secret with fsGroup."""
    path = _write(tmp_path / "s.json", mode=mode)
    fields = [*os.statvfs(tmp_path)]
    fields[8] |= os.ST_RDONLY
    for name in ("statvfs", "fstatvfs"):
        monkeypatch.setattr(os, name, lambda _at: os.statvfs_result(fields))
    if says is None:
        assert read_store(str(path)).profiles
        return
    with pytest.raises(StoreError, match=says) as caught:
        read_store(str(path))
    assert "mount it with the mode 0400 or 0440" in (caught.value.hint or "")


def test_fifo_on_a_read_only_mount_is_still_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fields = [*os.statvfs(tmp_path)]
    fields[8] |= os.ST_RDONLY
    monkeypatch.setattr(os, "fstatvfs", lambda _at: os.statvfs_result(fields))
    os.mkfifo(tmp_path / "fifo", 0o600)
    with pytest.raises(StoreError, match="is not a regular file"):
        read_store(str(tmp_path / "fifo"))


def test_store_of_another_user_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = _write(tmp_path / "s.json")
    os.chown(path, 4242, -1) if os.geteuid() == 0 else monkeypatch.setattr(os, "geteuid", lambda: 4242)
    with pytest.raises(StoreError, match="belongs to another user"):
        read_store(str(path))


@pytest.mark.parametrize("depth", [0, 1, 2])
@pytest.mark.parametrize("mode", [0o777, 0o707, 0o702])
def test_store_in_a_directory_that_others_can_write_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, depth: int, mode: int
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    path = _write(tmp_path / "home/main/the agent/auth-profiles.json")
    folder = path.parents[depth]
    folder.chmod(mode)
    with pytest.raises(StoreError) as caught:
        read_store(str(path))
    assert f"can be replaced by others: they can write {folder} (mode {mode:04o})" in caught.value.message
    assert f"run `chmod go-w {shlex.quote(str(folder))}`" in str(caught.value.hint)
    folder.chmod(0o755)
    assert read_store(str(path)).profiles


def test_directories_above_home_are_not_the_users_to_change(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "users" / "me"))
    path = _write(tmp_path / "users/me/s.json")
    (tmp_path / "users").chmod(0o777)
    assert read_store(str(path)).profiles


def test_sticky_bit_protects_what_is_there_but_not_the_agent_directory_itself(tmp_path: Path) -> None:
    path = _write(tmp_path / "shared/agent/s.json")
    (tmp_path / "shared").chmod(0o1777)
    assert read_store(str(path)).profiles
    path.parent.chmod(0o1777)
    with pytest.raises(StoreError, match="can be replaced by others"):
        read_store(str(path))


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
@pytest.mark.parametrize(
    ("given", "says"),
    [
        ("link", "is reached through a link of another user"),
        ("linked folder", "is reached through a link of another user"),
        ("target", "belongs to another user"),
        ("folder", "is in a directory that belongs to another user"),
    ],
)
def test_owners_of_a_link_and_of_its_target_both_count(tmp_path: Path, given: str, says: str) -> None:
    target = _write(tmp_path / "kept/s.json")
    (tmp_path / "link").symlink_to(target)
    (tmp_path / "linked folder").symlink_to("kept")
    given_away = {"target": target, "folder": target.parent}.get(given, tmp_path / given)
    os.chown(given_away, 4242, -1, follow_symlinks=False)
    for path in (tmp_path / "link", tmp_path / "linked folder" / "s.json"):
        if given in {path.name, path.parent.name, "target", "folder"}:
            with pytest.raises(StoreError, match=says):
                read_store(str(path))
        else:
            assert read_store(str(path)).profiles


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_group_that_is_not_the_users_own_counts_as_others(tmp_path: Path) -> None:
    path = _write(tmp_path / "agent/s.json")
    path.parent.chmod(0o770)
    assert read_store(str(path)).profiles
    os.chown(path.parent, -1, 4243)
    with pytest.raises(StoreError, match="can be replaced by others"):
        read_store(str(path))


def test_what_is_no_regular_file_is_refused_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo", 0o600)
    with pytest.raises(StoreError, match="is not a regular file"):
        read_store(str(tmp_path / "fifo"))
    with pytest.raises(StoreError, match="is not a regular file"):
        read_store(str(tmp_path))


def test_endless_link_is_refused(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to("loop")
    with pytest.raises(StoreError, match="cannot read the credential store"):
        read_store(str(tmp_path / "loop"))


def test_failing_disk_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> bytes:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr("text2llm.auth.store_file.read_private", fail)
    with pytest.raises(StoreError, match=r"cannot read the credential store .*: Input/output error"):
        read_store(str(_write(tmp_path / "s.json")))


def test_agent_without_profiles_reads_the_main_agents_store(tmp_path: Path) -> None:
    main, own = _write(tmp_path / "main/auth-profiles.json"), tmp_path / "coder/auth-profiles.json"
    loaded = load_store(str(own.parent), str(main.parent))
    assert (list(loaded.store.profiles), loaded.path, loaded.own_path) == (["a:1"], str(main), str(own))
    _write(own)
    assert load_store(str(own.parent), str(main.parent)).path == str(own)
    assert load_store(str(main.parent), str(main.parent)).path == str(main)


def test_no_store_anywhere_names_the_agents_own(tmp_path: Path) -> None:
    own = str(tmp_path / "coder")
    assert load_store(own, str(tmp_path / "main")).path == f"{own}/auth-profiles.json"


def test_new_store_is_private_from_the_start(tmp_path: Path) -> None:
    path = tmp_path / "data/agents/main/agent/auth-profiles.json"
    old = os.umask(0)
    try:
        update_store(str(path), lambda _: _keep_order(("a:1",)))
    finally:
        os.umask(old)
    assert path.stat().st_mode & 0o777 == 0o600
    assert {folder.stat().st_mode & 0o777 for folder in list(path.parents)[:3]} == {0o700}
    assert read_store(str(path)).order == {"a": ("a:1",)}
    assert [entry.name for entry in path.parent.iterdir()] == ["auth-profiles.json"]


def test_change_that_changes_nothing_writes_nothing(tmp_path: Path) -> None:
    path = _write(tmp_path / "s.json")
    before = path.stat()
    update_store(str(path), lambda store: store)
    assert path.stat().st_ino == before.st_ino


def test_unreadable_store_stays_as_it_is(tmp_path: Path) -> None:
    path = _write(tmp_path / "s.json")
    path.write_bytes(b'{"profiles": {"a:1"')
    with pytest.raises(StoreError, match="not readable JSON"):
        update_store(str(path), lambda _: _STORE)
    assert path.read_bytes() == b'{"profiles": {"a:1"'


def test_folder_in_place_of_a_file_is_reported(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="is not a directory"):
        make_private_folder(str(tmp_path / "file"))
    with pytest.raises(StoreError, match="is not a directory"):
        make_private_folder(str(tmp_path / "file" / "agent"))


def test_folder_that_cannot_be_made_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "mkdir", refuse)
    with pytest.raises(StoreError, match=r"cannot make the directory .*: Permission denied"):
        make_private_folder(str(tmp_path / "agent"))


def test_folder_made_by_another_process_will_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make = os.mkdir

    def make_twice(path: str, mode: int) -> None:
        make(path, mode)
        make(path, mode)

    monkeypatch.setattr(os, "mkdir", make_twice)
    make_private_folder(str(tmp_path / "agent"))
    assert (tmp_path / "agent").is_dir()


_ADD_ONE = """
import sys
from text2llm.auth.store_file import update_store
path, name = sys.argv[1:]
for number in range(10):
    key = f"{name}{number}"
    update_store(path, lambda store: store._replace(order={**store.order, key: ("x",)}))
"""


def test_parallel_changes_all_land(tmp_path: Path) -> None:
    path = _write(tmp_path / "agent/s.json")
    command = [sys.executable, "-c", _ADD_ONE, str(path)]
    running = [subprocess.Popen([*command, name]) for name in "abcd"]
    assert [process.wait(60) for process in running] == [0, 0, 0, 0]
    assert len(json.loads(path.read_text())["order"]) == 40
    assert [entry.name for entry in path.parent.iterdir()] == ["s.json"]
