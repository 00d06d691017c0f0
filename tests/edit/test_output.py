"""Reports and saved plans: replaced whole, but for what is no file."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from text2llm.edit.output import finds_file, is_input, write_output
from text2llm.errors import WriteError


def test_file_is_replaced_whole_and_keeps_its_mode(tmp_path: Path) -> None:
    path = tmp_path / "r.json"
    write_output(str(path), b"old")
    path.chmod(0o604)
    with path.open() as opened:
        write_output(str(path), b"new")
        assert opened.read() == "old"
    assert (path.read_bytes(), path.stat().st_mode & 0o777) == (b"new", 0o604)
    assert os.listdir(tmp_path) == ["r.json"]


@pytest.mark.parametrize(
    ("known", "mode", "whole"),
    [
        (None, 0o600, b"# B\n"),
        (b"", 0o600, b"# B\n"),
        (b"# A\n", 0o600, b"# A\n\n# B\n"),
        (b"# A", 0o600, b"# A\n\n# B\n"),
        (b"# A", 0o200, b"# A\n\n# B\n"),
    ],
)
def test_what_is_appended_comes_after_an_empty_line(
    tmp_path: Path, known: bytes | None, mode: int, whole: bytes
) -> None:
    path = tmp_path / "summary.md"
    if known is not None:
        path.write_bytes(known)
        path.chmod(mode)
    write_output(str(path), b"# B\n", append=True)
    path.chmod(0o600)
    assert path.read_bytes() == whole


@pytest.mark.parametrize("append", [False, True])
def test_fifos_and_devices_are_refused_without_waiting(tmp_path: Path, *, append: bool) -> None:
    os.mkfifo(tmp_path / "fifo")
    for path in (str(tmp_path / "fifo"), "/dev/null", "/dev/tty"):
        with pytest.raises(WriteError, match="it is not a regular file"):
            write_output(path, b"report", append=append)
        with pytest.raises(WriteError, match="it is not a regular file"):
            finds_file(path)


@pytest.mark.parametrize("path", ["/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"])
def test_standard_output_that_goes_to_a_file_is_neither_taken_away_nor_truncated(tmp_path: Path, path: str) -> None:
    code = "import sys; from text2llm.edit.output import *; print('a'); write_output(sys.argv[1], b'x'); print('b')"
    with (tmp_path / "out").open("wb") as out:
        out.write(b"before\n")
        out.flush()
        inode = os.fstat(out.fileno()).st_ino
        subprocess.run([sys.executable, "-c", code, path], stdout=out, check=True)
    assert (tmp_path / "out").stat().st_ino == inode
    assert (tmp_path / "out").read_text() == "before\na\nxb\n"


def test_pipe_that_the_caller_opened_is_written_to() -> None:
    reader, writer = os.pipe()
    assert not finds_file(f"/dev/fd/{writer}")
    write_output(f"/dev/fd/{writer}", b"report")
    os.close(writer)
    with open(reader, "rb") as pipe:
        assert pipe.read() == b"report"
    with pytest.raises(WriteError, match="Bad file descriptor"):
        write_output(f"/dev/fd/{writer}", b"report")


@pytest.mark.parametrize("name", ["file/r.json", "absent/r.json", "."])
def test_what_cannot_be_written_is_told(tmp_path: Path, name: str) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(WriteError, match=r"cannot write .*: "):
        write_output(str(tmp_path / name), b"x")


def test_input_is_known_by_every_name(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("c.yaml")
    assert is_input(str(tmp_path / "link"), [str(tmp_path / "c.yaml")])
    assert not is_input(str(tmp_path / "d.yaml"), [str(tmp_path / "c.yaml")])
