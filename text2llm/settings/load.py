"""Load the user's settings file, which only the user may write. Never looked for in a repository."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from text2llm.settings.model import Settings, SettingsError
from text2llm.storage.places import find_places
from text2llm.storage.reading import read_private

if TYPE_CHECKING:
    from text2llm.config.document import Document

SETTINGS_NAME = "settings.yaml"
_NO_SETTINGS = Settings()
_REMEDY = "fix it, or move it away; it is not ignored, since it says where credentials may be sent"


class LoadedSettings(NamedTuple):
    """``document`` is ``None`` if there is no file."""

    settings: Settings
    document: Document | None


def settings_path(environ: Mapping[str, str]) -> str:
    return os.path.join(find_places(environ).config, SETTINGS_NAME)


def load_settings(environ: Mapping[str, str]) -> Settings:
    """The user's settings; all empty if there is no file.

    Raises:
        SettingsError: the file is there and cannot be used.
    """
    path = settings_path(environ)
    return open_settings(path).settings if os.path.lexists(path) else _NO_SETTINGS


def open_settings(path: str) -> LoadedSettings:
    """The settings in the file at ``path``, with their document; empty if there is no file.

    Raises:
        SettingsError: others can write the file, it belongs to another user, or its content is invalid.
    """
    data = _read_private(path)
    if data is None:
        return LoadedSettings(_NO_SETTINGS, None)
    import shlex

    from text2llm.config.kind import FileKind, recognize
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
        listed = more > 0 and recognize(document) is FileKind.SETTINGS
        hint = f"run `text2llm validate {shlex.quote(path)}` to see every finding" if listed else first.hint
        raise SettingsError(message, hint=hint or _REMEDY, location=first.location)
    return LoadedSettings(settings, document)


def _read_private(path: str) -> bytes | None:
    import stat

    from text2llm.config.reader import MAX_BYTES

    try:
        data = read_private(path, MAX_BYTES + 1, lambda _: stat.S_IWGRP | stat.S_IWOTH)
    except (FileNotFoundError, NotADirectoryError):
        if os.path.islink(path):
            raise SettingsError(f"{path} is a broken link", hint="fix or remove it") from None
        return None
    except OSError as error:
        hint = "check its path, owner and permissions"
        raise SettingsError(f"cannot read {path}: {error.strerror}", hint=hint) from error
    if not isinstance(data, bytes):
        raise SettingsError(f"{path} {data[0]}", hint=data[1])
    return data
