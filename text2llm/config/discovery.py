"""Which file is the configuration, and where its repository ends. Reads the file system, changes nothing."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping

from text2llm.errors import NoConfigError, ReadError, RefusedError
from text2llm.storage.places import find_places

CONFIG_NAME = "text2llm.yaml"
CONFIG_OPTION, CONFIG_VARIABLE = "--config", "TEXT2LLM_CONFIG"
#: What people write in place of the name.
_WAYS = "run `text2llm init` to write one, or name a file with --config"
#: Folders that are looked into for a hint.
_MOST_FOLDERS = 200
_MISNAMED = ("text2llm.yml", ".text2llm.yaml", "text2llm.json")


def find_config(explicit: str | None, environ: Mapping[str, str], directory: str) -> str:
    """The path of the configuration, as it is shown to people.

    ``explicit`` (``--config``), else ``TEXT2LLM_CONFIG``, else the nearest ``text2llm.yaml`` from ``directory`` up to
    the repository root (outside a repository: ``directory`` only), else the one in the user's config directory.

    Raises:
        NoConfigError: there is none.
        RefusedError: the one found belongs to another user.
    """
    origin = find_origin(explicit, environ)
    if origin is not None:
        return _require_file(explicit or environ[CONFIG_VARIABLE], origin)
    for folder in _search_path(directory):
        candidate = os.path.join(folder, CONFIG_NAME)
        if os.path.lexists(candidate):
            _refuse_foreign(candidate)
            return candidate
    fallback = os.path.join(find_places(environ).config, CONFIG_NAME)
    if os.path.exists(fallback):
        return fallback
    near = next((name for name in map(_misnamed, _search_path(directory)) if name is not None), None)
    if near is not None:
        raise NoConfigError(f"no {CONFIG_NAME}, but {near}", hint=f"rename it, or name it: --config {near}")
    below = find_below(directory)
    if below is not None:
        from shlex import quote

        hint = f"go there, or name it: --config {quote(below)}"
        raise NoConfigError(f"no {CONFIG_NAME} in {directory}, but one in {os.path.dirname(below)}", hint=hint)
    if find_repository(directory) is not None:
        searched = f"{directory} or above it, up to the repository's root"
        raise NoConfigError(f"no {CONFIG_NAME} in {searched}", hint=_WAYS)
    above = find_above(directory)
    named = f"outside a git repository no other folder is searched; name it: --config {above}"
    hint = _WAYS if above is None else named
    raise NoConfigError(f"no {CONFIG_NAME} in {directory}", hint=hint)


def find_origin(explicit: str | None, environ: Mapping[str, str]) -> str | None:
    """The option or variable that names the configuration; ``None`` if it is searched for."""
    return CONFIG_OPTION if explicit else CONFIG_VARIABLE if environ.get(CONFIG_VARIABLE) else None


def show_path(path: str) -> str:
    """A path relative to the working directory where it lies below it, else as it is."""
    relative = os.path.relpath(path)
    return path if relative.startswith(os.pardir) else relative


def find_above(directory: str) -> str | None:
    """The nearest configuration of the user's in a folder above, wherever a repository ends."""
    current = os.path.abspath(directory)
    while (parent := os.path.dirname(current)) != current:
        current = parent
        candidate = os.path.join(current, CONFIG_NAME)
        if os.path.isfile(candidate) and os.stat(candidate).st_uid == os.geteuid():
            return candidate
    return None


def find_below(directory: str) -> str | None:
    """The first configuration in the folders of a directory: of one of several services, say."""
    try:
        names = sorted(name for name in os.listdir(directory) if not name.startswith("."))
    except OSError:  # a hint is not worth an error
        return None
    candidates = (os.path.join(directory, name, CONFIG_NAME) for name in names[:_MOST_FOLDERS])
    return next(filter(os.path.isfile, candidates), None)


def is_named_config(path: str) -> bool:
    """Whether a file is called text2llm.NAME.yaml, as one of several configurations."""
    name = os.path.basename(path)
    return name != CONFIG_NAME and name.startswith("text2llm.") and name.endswith(".yaml")


def list_named(folder: str) -> list[str]:
    """The configurations called text2llm.NAME.yaml in a folder; none in one that cannot be read."""
    try:
        return [os.path.join(folder, name) for name in sorted(os.listdir(folder)) if is_named_config(name)]
    except OSError:
        return []


def find_repository(directory: str) -> str | None:
    """The nearest folder from ``directory`` upwards that holds a ``.git``; ``None`` outside a repository."""
    current = os.path.abspath(directory)
    while True:
        if os.path.lexists(os.path.join(current, ".git")):
            return current
        parent = os.path.dirname(current)
        if parent == current:
            return None
        current = parent


def _search_path(directory: str) -> Iterator[str]:
    current, root = os.path.abspath(directory), find_repository(directory)
    yield current
    while root is not None and current != root:
        current = os.path.dirname(current)
        yield current


def _misnamed(folder: str) -> str | None:
    """A file that was probably meant to be a configuration."""
    paths = (os.path.join(folder, name) for name in _MISNAMED)
    return next(filter(os.path.isfile, paths), None)


def _require_file(path: str, origin: str) -> str:
    path = os.path.expanduser(path)
    if not os.path.exists(path):
        raise NoConfigError(f"{path}: no such file", hint=f"mend {origin}, or run `text2llm init` to write one")
    return os.path.abspath(path)


def _refuse_foreign(path: str) -> None:
    try:
        owner = os.stat(path).st_uid
    except OSError as error:
        raise ReadError(f"cannot read {path}: {error.strerror}", hint="mend or remove it") from error
    if owner not in (os.geteuid(), 0):
        raise RefusedError(
            f"{path} belongs to another user",
            hint=f"if you trust it, name it: --config {path}",
        )
