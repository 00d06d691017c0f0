"""The one way to change a file: lock, read, decide, show, refuse if it changed meanwhile, replace."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from text2llm.config.load import read_bytes
from text2llm.edit.file_change import FileChange
from text2llm.errors import EditError
from text2llm.storage.atomic import replace_file
from text2llm.storage.lock import hold_lock

_Made = TypeVar("_Made", bound=FileChange)


@dataclass(frozen=True, slots=True, eq=False)
class EditedFile:
    """A file to edit. ``on_wait`` is called if another process holds its lock.

    A new file gets the mode ``new_mode`` (default 0644 less the umask); ``prepare`` makes its folder, if it is missing.
    """

    path: str
    on_wait: Callable[[], None] | None = None
    new_mode: int | None = None
    prepare: Callable[[], None] | None = None


def change_file(
    file: EditedFile, make: Callable[[], _Made], show: Callable[[_Made], None], *, write: bool = True
) -> _Made:
    """Write what ``make`` returns after ``show``; the lock is held from ``make`` on, which reads.

    Files that a configuration includes are changed under the lock of its root file, and written under their own too.
    Without ``write`` the change is only shown, and nothing is locked.

    Raises:
        EditError: the file changed after ``make`` had read it; it stays as it is.
        WriteError: the operating system refused; the file is as it was.
    """
    if write and file.prepare is not None:
        file.prepare()
    with hold_lock(file.path, file.on_wait) if write else nullcontext():
        change = make()
        show(change)
        if write and not change.is_empty:
            _write(change, file)
    return change


def _write(change: FileChange, file: EditedFile) -> None:
    with hold_lock(change.path, file.on_wait):
        mode = None if os.path.exists(change.path) else file.new_mode
        replace_file(change.path, change.after.encode(), mode=mode, still_valid=partial(_refuse_changed, change))


def _refuse_changed(change: FileChange) -> None:
    """Refuse if an editor, which ignores the lock, saved the file meanwhile."""
    before = change.before.encode()
    current = read_bytes(change.path, len(before)) if os.path.lexists(change.path) else b""
    if current != before:
        raise EditError(
            f"{change.path} changed while this edit was made, so nothing was written", hint="run the command again"
        )
