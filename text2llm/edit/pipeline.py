"""The one way to change a file: lock, read, decide, show, refuse if it changed meanwhile, replace."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from contextlib import ExitStack, nullcontext
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from text2llm.config.load import read_bytes
from text2llm.edit.file_change import FileChange
from text2llm.errors import EditError, WriteError
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


def change_files(
    changes: Sequence[FileChange],
    show: Callable[[Sequence[FileChange]], None],
    *,
    on_wait: Callable[[], None] | None = None,
    write: bool = True,
) -> None:
    """Write several files after ``show``: all are locked, in the order of their folders, and the first failure stops.

    Without ``write`` they are only shown, and nothing is locked.

    Raises:
        EditError: one changed after it had been read: none was written.
        WriteError: the operating system refused one, which is as it was; the message names those that were written.
    """
    wanted = [change for change in changes if not change.is_empty]
    folders = {os.path.dirname(os.path.realpath(change.path)): change.path for change in wanted if write}
    with ExitStack() as locks:
        for _, path in sorted(folders.items()):
            locks.enter_context(hold_lock(path, on_wait))
        show(wanted)
        for change in wanted if write else ():
            _refuse_changed(change)
        written = list[str]()
        for change in wanted if write else ():
            _write_one_of(change, written)
            written.append(change.path)


def _write_one_of(change: FileChange, written: Sequence[str]) -> None:
    try:
        replace_file(change.path, change.after.encode(), still_valid=partial(_refuse_changed, change))
    except (EditError, WriteError) as error:
        if not written:
            raise
        reason = "it changed meanwhile" if isinstance(error, EditError) else error.message
        message = f"{change.path} was not written ({reason}), but before it {', '.join(written)}"
        raise WriteError(message, hint=error.hint) from error


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
