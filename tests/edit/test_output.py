"""Reports and saved plans: replaced whole, but for what is no file."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import IO

import pytest

from text2llm.edit.output import is_input, write_output
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


def test_file_whose_end_cannot_be_read_is_appended_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, real = tmp_path / "summary.md", open
    path.write_bytes(b"# A")

    def refuse(name: str, mode: str) -> IO[bytes]:
        if mode == "rb":
            raise PermissionError
        return real(name, mode)

    monkeypatch.setattr("builtins.open", refuse)
    write_output(str(path), b"# B\n", append=True)
    assert path.read_bytes() == b"# A\n\n# B\n"


def test_pipe_is_written_to(tmp_path: Path) -> None:
    pipe, got = tmp_path / "pipe", list[bytes]()
    os.mkfifo(pipe)
    reader = threading.Thread(target=lambda: got.append(pipe.read_bytes()))
    reader.start()
    write_output(str(pipe), b"report")
    reader.join()
    assert got == [b"report"]
    assert pipe.is_fifo()


def test_standard_output_that_goes_to_a_file_is_not_taken_away(tmp_path: Path) -> None:
    code = "from text2llm.edit.output import write_output; write_output('/dev/stdout', b'x'); print('y')"
    with (tmp_path / "out").open("wb") as out:
        inode = os.fstat(out.fileno()).st_ino
        subprocess.run([sys.executable, "-c", code], stdout=out, check=True)
    assert (tmp_path / "out").stat().st_ino == inode


@pytest.mark.parametrize("name", ["file/r.json", "absent/r.json", "."])
def test_what_cannot_be_written_is_told(tmp_path: Path, name: str) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(WriteError, match=r"cannot write .*: "):
        write_output(str(tmp_path / name), b"x")


def test_input_is_known_by_every_name(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("c.yaml")
    assert is_input(str(tmp_path / "link"), [str(tmp_path / "c.yaml")])
    assert not is_input(str(tmp_path / "d.yaml"), [str(tmp_path / "c.yaml")])
