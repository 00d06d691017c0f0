from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from text2llm.errors import EditError, WriteError
from text2llm.storage.atomic import replace_file, reserve_replacement


def test_mode_of_the_file_is_kept(tmp_path: Path) -> None:
    target = tmp_path / "config"
    target.write_text("old")
    target.chmod(0o640)

    replace_file(str(target), b"new")

    assert target.read_text() == "new"
    assert stat.S_IMODE(target.stat().st_mode) == 0o640
    assert list(tmp_path.iterdir()) == [target]


def test_link_stays_a_link_and_its_target_is_replaced(tmp_path: Path) -> None:
    real, link = tmp_path / "real", tmp_path / "link"
    real.write_text("old")
    link.symlink_to(real)

    replace_file(str(link), b"new")

    assert link.is_symlink()
    assert real.read_text() == "new"


def test_new_file_gets_the_given_mode(tmp_path: Path) -> None:
    replace_file(str(tmp_path / "secret"), b"x", mode=0o600)
    assert stat.S_IMODE((tmp_path / "secret").stat().st_mode) == 0o600


def test_objection_before_the_rename_leaves_the_old_file(tmp_path: Path) -> None:
    target = tmp_path / "config"
    target.write_text("old")

    def object_to_it() -> None:
        raise EditError("changed meanwhile")

    with pytest.raises(EditError, match="changed meanwhile"):
        replace_file(str(target), b"new", still_valid=object_to_it)
    assert target.read_text() == "old"
    assert list(tmp_path.iterdir()) == [target]


def test_missing_directory_is_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(WriteError, match="No such file or directory"):
        replace_file(str(tmp_path / "absent" / "config"), b"new")


WRITER = """
import sys, time
from text2llm.storage.atomic import reserve_replacement
with reserve_replacement(sys.argv[1], size=9):
    print("reserved", flush=True)
    time.sleep(60)
"""


def leave_temporary_file(target: Path, *, alive: bool = False) -> subprocess.Popen[bytes]:
    writer = subprocess.Popen([sys.executable, "-c", WRITER, str(target)], stdout=subprocess.PIPE)
    assert writer.stdout is not None
    assert writer.stdout.readline() == b"reserved\n"
    if not alive:
        writer.kill()
        writer.communicate()
    return writer


def test_leftovers_of_killed_processes_are_removed_and_those_of_running_ones_stay(tmp_path: Path) -> None:
    leave_temporary_file(tmp_path / "config")
    running = leave_temporary_file(tmp_path / "config", alive=True)
    assert len(os.listdir(tmp_path)) == 1  # the second process removed what the first one left
    replace_file(str(tmp_path / "config"), b"new")
    assert len(os.listdir(tmp_path)) == 2
    running.kill()
    running.communicate()
    replace_file(str(tmp_path / "config"), b"newer")
    assert os.listdir(tmp_path) == ["config"]


@pytest.mark.parametrize("name", [".config.7.text2llm-tmp", f".{7:032x}.text2llm-tmp"])
@pytest.mark.parametrize("kind", ["file", "executable", "folder", "link", "second name", "fifo"])
def test_file_that_is_only_called_like_a_temporary_one_stays(tmp_path: Path, name: str, kind: str) -> None:
    path, other = tmp_path / name, tmp_path / "other"
    other.write_text("mine")
    if kind == "folder":
        path.mkdir()
    elif kind == "link":
        path.symlink_to(other)
    elif kind == "second name":
        path.hardlink_to(other)
        path.chmod(0o1644)
    elif kind == "fifo":
        os.mkfifo(path)
    else:
        path.write_text("mine")
        path.chmod(0o755 if kind == "executable" else 0o644)
    replace_file(str(tmp_path / "config"), b"new")
    assert os.path.lexists(path)
    assert (tmp_path / "config").read_text() == "new"
    assert other.read_text() == "mine"


def test_mark_of_a_temporary_file_does_not_stay(tmp_path: Path) -> None:
    (tmp_path / "config").touch(0o640)
    (tmp_path / "config").chmod(0o1640)
    replace_file(str(tmp_path / "config"), b"new")
    assert stat.S_IMODE((tmp_path / "config").stat().st_mode) == 0o640


def test_files_without_a_lock_are_written_by_many_at_once(tmp_path: Path) -> None:
    write = (
        "import sys; from text2llm.storage.atomic import replace_file as put\nfor _ in range(50): put(sys.argv[1], b'')"
    )
    writers = [subprocess.Popen([sys.executable, "-c", write, str(tmp_path / "cache")]) for _ in range(4)]
    assert [writer.wait() for writer in writers] == [0, 0, 0, 0]
    assert os.listdir(tmp_path) == ["cache"]


def test_read_only_file_is_not_replaced(tmp_path: Path) -> None:
    target = tmp_path / "config"
    target.write_text("old")
    target.chmod(0o444)
    with pytest.raises(WriteError, match="it is read-only"):
        replace_file(str(target), b"new")
    assert target.read_text() == "old"


def test_only_a_regular_file_is_replaced(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo")
    with pytest.raises(WriteError, match="it is not a regular file"):
        replace_file(str(tmp_path / "fifo"), b"new")
    assert stat.S_ISFIFO((tmp_path / "fifo").stat().st_mode)


def test_reserved_replacement_that_is_not_used_changes_nothing(tmp_path: Path) -> None:
    target = tmp_path / "config"
    target.write_text("old")
    with reserve_replacement(str(target), size=10_000):
        assert len(os.listdir(tmp_path)) == 2
    assert target.read_text() == "old"
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.parametrize("data", [b"", b"new", b"x" * 20_000])
def test_reserved_space_is_not_part_of_the_file(tmp_path: Path, data: bytes) -> None:
    target = tmp_path / "config"
    target.write_text("old")
    with reserve_replacement(str(target), size=10_000) as replace:
        replace(data)
    assert target.read_bytes() == data
    assert list(tmp_path.iterdir()) == [target]


def test_reservation_has_the_mode_before_there_is_anything_to_read(tmp_path: Path) -> None:
    with reserve_replacement(str(tmp_path / "secret"), mode=0o600, size=1) as replace:
        (reserved,) = tmp_path.iterdir()
        assert reserved.stat().st_mode & 0o777 == 0o600
        replace(b"x")
    assert stat.S_IMODE((tmp_path / "secret").stat().st_mode) == 0o600


def test_failure_between_reservation_and_write_is_not_called_a_write(tmp_path: Path) -> None:
    target = tmp_path / "config"
    target.write_text("old")
    with pytest.raises(ConnectionResetError), reserve_replacement(str(target)):
        raise ConnectionResetError
    assert list(tmp_path.iterdir()) == [target]


def test_owner_that_cannot_be_kept_leaves_no_file_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def forbid(*_: int) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "fchmod", forbid)
    with pytest.raises(WriteError, match="Operation not permitted"):
        replace_file(str(tmp_path / "config"), b"new")
    assert list(tmp_path.iterdir()) == []
