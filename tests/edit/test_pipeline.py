"""The one way that a file is changed, whatever its format: locked, shown, refused when it changed meanwhile."""

from __future__ import annotations

import os
import stat
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from tests.storage.test_lock import hold_elsewhere
from text2llm.config.document import Document
from text2llm.edit.file_change import FileChange
from text2llm.edit.pipeline import EditedFile, change_file
from text2llm.errors import EditError, WriteError
from text2llm.storage import lock


def text_of(path: Path, text: str) -> Document:
    """A file in a format that nothing here can parse."""
    return Document(str(path), text, bom=False, root=None, data=None)


def append(path: Path, line: str) -> FileChange:
    before = path.read_text() if path.exists() else ""
    return FileChange(text_of(path, before), text_of(path, f"{before}{line}\n"), (), ())


@pytest.fixture
def tool(tmp_path: Path) -> Path:
    path = tmp_path / "config.toml"
    path.write_text("# mine\n")
    return path


def file_at(path: Path, prepare: Callable[[], None] | None = None) -> EditedFile:
    return EditedFile(str(path), new_mode=0o600, prepare=prepare)


def test_what_is_shown_is_what_is_written(tool: Path) -> None:
    shown: list[FileChange] = []
    change = change_file(file_at(tool), partial(append, tool, 'model = "a/b"'), shown.append)
    assert shown == [change]
    assert tool.read_text() == '# mine\nmodel = "a/b"\n' == change.after.text
    assert change.path == str(tool)


def test_parallel_changes_all_land(tool: Path) -> None:
    def run(number: int) -> None:
        change_file(file_at(tool), partial(append, tool, str(number)), lambda _change: None)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(tool.read_text().splitlines()) == sorted(["# mine", *map(str, range(8))])


def test_an_included_file_is_written_under_the_lock_of_its_own_directory(
    tool: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lock, "PATIENCE", 0.1)
    included = tool.parent / "agents" / "agent.toml"
    included.parent.mkdir()
    edit = partial(change_file, file_at(tool), partial(append, included, "x"), lambda _change: None)
    with hold_elsewhere(included.parent), pytest.raises(WriteError, match=r"has locked the directory .*/agents for"):
        edit()
    assert not included.exists()
    edit()
    assert included.read_text() == "x\n"


@pytest.mark.parametrize("meanwhile", ["# theirs\n", "# mine\nx\n", None])
def test_file_that_changed_meanwhile_is_not_overwritten(tool: Path, meanwhile: str | None) -> None:
    def show(_change: FileChange) -> None:
        if meanwhile is None:
            tool.unlink()
        else:
            tool.write_text(meanwhile)

    with pytest.raises(EditError, match=r"config.toml changed while this edit was made, so nothing was written"):
        change_file(file_at(tool), partial(append, tool, "x"), show)
    assert (tool.read_text() if tool.exists() else None) == meanwhile


def test_nothing_is_written_where_showing_fails_or_nothing_changes(tool: Path) -> None:
    def fail(_change: FileChange) -> None:
        raise BrokenPipeError

    before = tool.stat()
    with pytest.raises(BrokenPipeError):
        change_file(file_at(tool), partial(append, tool, "x"), fail)
    same = text_of(tool, "# mine\n")
    assert change_file(file_at(tool), lambda: FileChange(same, same, (), ()), lambda _change: None).is_empty
    assert (tool.stat().st_ino, tool.read_text()) == (before.st_ino, "# mine\n")


def test_new_file_gets_its_folder_and_mode_and_an_old_one_keeps_its_own(tool: Path) -> None:
    tool.chmod(0o640)
    change_file(file_at(tool), partial(append, tool, "x"), lambda _change: None)
    new = tool.parent / "new" / "c.toml"
    change_file(file_at(new, partial(os.mkdir, new.parent)), partial(append, new, "x"), lambda _change: None)
    assert [stat.S_IMODE(path.stat().st_mode) for path in (tool, new)] == [0o640, 0o600]
