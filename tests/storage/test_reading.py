from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from text2llm.storage.reading import open_to_read, read_cache_file


def test_a_cache_file_is_read_up_to_the_limit(tmp_path: Path) -> None:
    (tmp_path / "kept").write_bytes(b"12345")
    assert read_cache_file(str(tmp_path / "kept"), 3) == b"123"


_MAKE: dict[str, Callable[[Path], object]] = {
    "missing": lambda _: None,
    "folder": Path.mkdir,
    "fifo": os.mkfifo,
    "link": lambda place: place.symlink_to(__file__),
    "device": lambda place: place.symlink_to("/dev/zero"),
}


@pytest.mark.parametrize("kind", _MAKE)
def test_invalid_cache_file_is_empty(kind: str, tmp_path: Path) -> None:
    _MAKE[kind](tmp_path / kind)
    assert read_cache_file(str(tmp_path / kind), 9) == b""


def test_opening_a_fifo_does_not_wait(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo")
    os.close(open_to_read(str(tmp_path / "fifo")))
