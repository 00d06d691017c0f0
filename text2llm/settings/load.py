"""The user's settings as a file: theirs alone to write, read whole or refused. Never looked for in a repository."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from text2llm.settings.model import Settings, SettingsError
from text2llm.storage.places import find_places
from text2llm.storage.reading import open_to_read

if TYPE_CHECKING:
    from text2llm.config.document import Document

SETTINGS_NAME = "settings.yaml"
_NO_SETTINGS = Settings()
_REMEDY = "mend it, or move it away; it is not ignored, since it says where credentials may go"


class LoadedSettings(NamedTuple):
    """What was read. ``document`` is ``None`` where there is no file."""

    settings: Settings
    document: Document | None


def settings_path(environ: Mapping[str, str]) -> str:
    """Where the settings are, or would be."""
    return os.path.join(find_places(environ).config, SETTINGS_NAME)


def load_settings(environ: Mapping[str, str]) -> Settings:
    """The user's settings; all empty where there is no file.

    Raises:
        SettingsError: the file is there and cannot be used.
    """
    path = settings_path(environ)
    return open_settings(path).settings if os.path.lexists(path) else _NO_SETTINGS


def open_settings(path: str) -> LoadedSettings:
    """The settings in the file at ``path`` with the document that says so; empty ones where there is no file.

    Raises:
        SettingsError: others can write the file, it belongs to another user, or what it says is refused.
    """
    data = _read_private(path)
    if data is None:
        return LoadedSettings(_NO_SETTINGS, None)
    from text2llm.config.reader import read_document
    from text2llm.errors import ReadError
    from text2llm.providers.registry import load_registry
    from text2llm.settings.parse import parse_settings

    try:
        document = read_document(path, data)
    except ReadError as error:
        raise SettingsError(error.message, hint=error.hint or _REMEDY, location=error.location) from error
    settings, findings = parse_settings(document, load_registry().spellings())
    if settings is None:
        first, more = findings[0], len(findings) - 1
        message = f"{first.message} (and {more} more)" if more else first.message
        hint = (
            f"run `text2llm validate {_quote(path)}` to see every finding" if _is_told(document, more) else first.hint
        )
        raise SettingsError(message, hint=hint or _REMEDY, location=first.location)
    return LoadedSettings(settings, document)


def _is_told(document: Document, more: int) -> bool:
    """Whether there is more to see, and `validate` would show it: it takes a file for what its keys speak for."""
    from text2llm.config.kind import FileKind, recognize

    return more > 0 and recognize(document) is FileKind.SETTINGS


def _read_private(path: str) -> bytes | None:
    """The bytes of a file that only the user can change, at most one more than the reader accepts."""
    try:
        handle = open_to_read(path)
    except (FileNotFoundError, NotADirectoryError):
        if os.path.islink(path):
            raise SettingsError(f"{path} is a link that leads nowhere", hint="mend or remove it") from None
        return None
    except OSError as error:
        raise _unreadable(path, error) from error
    try:
        with os.fdopen(handle, "rb") as file:
            _require_own(path, os.fstat(handle))
            return file.read(_most_bytes() + 1)
    except OSError as error:
        raise _unreadable(path, error) from error


def _most_bytes() -> int:
    from text2llm.config.reader import MAX_BYTES

    return MAX_BYTES


def _require_own(path: str, status: os.stat_result) -> None:
    import stat

    if not stat.S_ISREG(status.st_mode):
        raise SettingsError(f"{path} is not a regular file", hint="move it away")
    if status.st_uid not in (os.geteuid(), 0):
        raise SettingsError(
            f"{path} belongs to another user, who could grant your credentials to anyone",
            hint="run as its owner, or take it over with `chown` after reading it",
        )
    if status.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        raise SettingsError(
            f"{path} can be written by others (mode {stat.S_IMODE(status.st_mode):04o})",
            hint=f"read it, then run `chmod go-w {_quote(path)}`",
        )


def _unreadable(path: str, error: OSError) -> SettingsError:
    return SettingsError(f"cannot read {path}: {error.strerror}", hint="check its path, owner and permissions")


def _quote(path: str) -> str:
    import shlex

    return shlex.quote(path)
