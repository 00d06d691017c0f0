from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from text2llm.errors import WriteError
from text2llm.storage.appending import LineFile


def test_lines_are_added_and_there_at_once(tmp_path: Path) -> None:
    path = tmp_path / "r.jsonl"
    path.write_text("old\n")
    first, second = LineFile(str(path)), LineFile(str(path))
    first.add("one")
    second.add("two")
    first.add("three")
    assert path.read_text() == "old\none\ntwo\nthree\n"
    first.close()
    second.close()


def test_a_file_is_made(tmp_path: Path) -> None:
    LineFile(str(tmp_path / "r.jsonl")).close()
    assert (tmp_path / "r.jsonl").read_text() == ""


def test_nothing_is_written_through_a_link(tmp_path: Path) -> None:
    (tmp_path / "aim").write_text("kept\n")
    (tmp_path / "link").symlink_to("aim")
    with pytest.raises(WriteError, match=r"cannot write .*/link: it is a link") as caught:
        LineFile(str(tmp_path / "link"))
    assert caught.value.hint == "name the file that it leads to, or remove the link"
    assert (tmp_path / "aim").read_text() == "kept\n"


@pytest.mark.parametrize("name", ["", "absent/r", "/dev/null"])
def test_only_a_regular_file_is_opened(tmp_path: Path, name: str) -> None:
    with pytest.raises(WriteError):
        LineFile(os.path.join(tmp_path, name))


def test_a_fifo_is_refused_without_waiting_for_its_reader(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo")
    with pytest.raises(WriteError):
        LineFile(str(tmp_path / "fifo"))


def test_a_failed_write_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = LineFile(str(tmp_path / "r"))
    file.close()
    with pytest.raises(WriteError, match="Bad file descriptor"):
        file.add("line")


def test_half_a_line_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = LineFile(str(tmp_path / "r"))
    real: Any = os.write
    with monkeypatch.context() as patch:
        patch.setattr(os, "write", lambda handle, data: real(handle, data[:2]))
        with pytest.raises(WriteError, match="no space for the whole line"):
            file.add("line")
    file.close()
