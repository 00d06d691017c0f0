"""The files of environments: ``text2llm.ENV.yaml`` beside ``text2llm.yaml``. Reads the file system, changes nothing."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Mapping
from typing import TypeAlias

from text2llm.config.discovery import leads_out
from text2llm.config.document import Document
from text2llm.config.environment import MAX_ENVIRONMENTS, NAME, OPTION, refuse_unknown
from text2llm.config.kind import FileKind, recognize
from text2llm.config.load import read_bytes, read_file
from text2llm.config.reader import read_document
from text2llm.errors import ReadError, UsageError

#: The names of environments, by the file name of their configuration.
Candidates: TypeAlias = Mapping[str, list[str]]
#: The key that makes a file an environment as most write it, in one that cannot be parsed.
_MARK = re.compile(rb"""(?:^|[{,]\s*)["']?environment["']?\s*:""", re.MULTILINE)


def environment_path(base: str, name: str) -> str:
    """The path of the file of an environment; ``base`` is that of its configuration."""
    stem, ending = os.path.splitext(base)
    return f"{stem}.{name}{ending}"


def split_path(path: str) -> tuple[str, str] | None:
    """The path of the configuration, and the environment, that a file is called for; ``None`` if for none."""
    parts = _split_any(path)
    return parts if parts is not None and NAME.fullmatch(parts[1]) else None


def _split_any(path: str) -> tuple[str, str] | None:
    """The same for a file with anything in place of the name."""
    stem, ending = os.path.splitext(path)
    base, dot, name = stem.rpartition(".")
    return (f"{base}{ending}", name) if dot and os.path.basename(base) else None


def list_candidates(folder: str) -> Candidates:
    """The files of a folder that may be environments, by their names, also those with a name that none can have."""
    found: dict[str, list[str]] = {}
    try:
        names = sorted(os.listdir(folder))
    except OSError:  # what cannot be listed has none
        return {}
    for name in names:
        parts = _split_any(name)
        if parts is not None:
            found.setdefault(parts[0], []).append(parts[1])
    return found


def list_environments(base: str, candidates: Callable[[str], Candidates] = list_candidates) -> dict[str, str]:
    """The paths of the environments of a configuration by name, sorted; files that only have such a name are none."""
    paths = {name: environment_path(base, name) for name in _list_names(base, candidates) if NAME.fullmatch(name)}
    return {name: path for name, path in paths.items() if is_environment(path)}


def list_misnamed(base: str, candidates: Callable[[str], Candidates] = list_candidates) -> list[str]:
    """The paths of files beside a configuration that say that they are environments, with a name that none can have."""
    paths = [environment_path(base, name) for name in _list_names(base, candidates) if not NAME.fullmatch(name)]
    return [path for path in paths if is_environment(path)]


def _list_names(base: str, candidates: Callable[[str], Candidates]) -> Iterable[str]:
    return candidates(os.path.dirname(base) or os.curdir).get(os.path.basename(base), ())


def is_environment(path: str) -> bool:
    """Whether a file that can be read says that it is an environment, be it right in itself or not."""
    try:
        text = b"" if leads_out(path) else read_bytes(path)
    except ReadError:
        return False
    if b"environment" not in text and b"\\" not in text:  # which can spell any key
        return False
    try:
        return recognize(read_document(path, text)) is FileKind.ENVIRONMENT
    except ReadError:
        return _MARK.search(text) is not None  # its author meant to say so


def read_environment(base: str, name: str, origin: str = OPTION) -> Document:
    """The file of the environment of a configuration that ``origin``, an option or a variable, names.

    Raises:
        UnknownEnvironmentError: there is none.
        ReadError: it cannot be read, or leads out of the repository.
    """
    path = environment_path(base, name)
    if NAME.fullmatch(name) is None or not os.path.lexists(path):
        raise refuse_unknown(name, list_environments(base), os.path.basename(base), origin)
    if leads_out(path):
        raise refuse_link(path)
    document = read_file(path)
    if recognize(document) is not FileKind.ENVIRONMENT:
        raise refuse_unknown(name, list_environments(base), os.path.basename(base), origin)
    return document


def open_environment(base: str, name: str, known: Mapping[str, str]) -> Document:
    """The file of an environment to edit, without text if there is none yet; ``known`` are those that exist.

    Raises:
        UsageError: the name is none, or there are too many.
        UnknownEnvironmentError: a file that is called so is no environment.
        ReadError: it cannot be read, or is a link.
    """
    if NAME.fullmatch(name) is None:
        hint = "a name has lower-case letters, digits and hyphens, at most 32, and is not `base`"
        raise UsageError(f"--env: {name!r} cannot be the name of an environment", hint=hint)
    path = environment_path(base, name)
    if os.path.islink(path):
        raise ReadError(f"{path} is a link; an environment is edited in its own file", hint="replace it with a file")
    if os.path.lexists(path):
        return read_environment(base, name)
    if len(known) >= MAX_ENVIRONMENTS:
        raise UsageError(f"--env: there are {len(known)} environments already", hint="remove one first")
    return read_document(path, b"")


def refuse_link(path: str) -> ReadError:
    return ReadError(f"{path} is a link that leads out of the repository", hint="replace it with a file")
