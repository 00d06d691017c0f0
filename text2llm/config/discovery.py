"""Find the configuration and its repository. Reads the file system, changes nothing."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import NamedTuple

from text2llm.errors import NoConfigError, ReadError, RefusedError, Text2llmError
from text2llm.storage.places import find_places

CONFIG_NAME, NAMED_CONFIGS = "text2llm.yaml", "text2llm.*.yaml"
CONFIG_OPTION, CONFIG_VARIABLE = "--config", "TEXT2LLM_CONFIG"
_WAYS = "run `text2llm init` to write one, or name a file with --config"
_MAX_FOLDERS = 200
#: Of all folders that are searched.
_MAX_ENTRIES = 20_000
_UNSEARCHED = frozenset({".git", "node_modules"})
#: Likely mistakes for the name.
_MISNAMED = ("text2llm.yml", ".text2llm.yaml", "text2llm.json")


def find_config(explicit: str | None, environ: Mapping[str, str], directory: str) -> str:
    """The path of the configuration, as it is shown.

    ``explicit`` (``--config``), else ``TEXT2LLM_CONFIG``, else the nearest ``text2llm.yaml`` from ``directory`` up to
    the repository root (outside a repository: ``directory`` only), else the one in the user's config directory.

    Raises:
        NoConfigError: there is none.
        RefusedError: the one found belongs to another user.
    """
    origin = find_origin(explicit, environ)
    if origin is not None:
        return _require_file(explicit or environ[CONFIG_VARIABLE], origin)
    shared = find_shared(directory)
    if shared is not None:
        refuse_foreign(shared, environ)
        return shared
    fallback = os.path.join(find_places(environ).config, CONFIG_NAME)
    if os.path.exists(fallback):
        return fallback
    raise explain_none(directory)


def find_shared(directory: str) -> str | None:
    """The nearest configuration from ``directory`` up to the repository root; outside a repository, the one in it."""
    candidates = (os.path.join(folder, CONFIG_NAME) for folder in _search_path(directory))
    return next(filter(os.path.lexists, candidates), None)


def explain_none(directory: str) -> NoConfigError:
    """The error that :func:`find_shared` finds nothing."""
    searched = _search_path(directory)
    misnamed = (os.path.join(folder, name) for folder in searched for name in _MISNAMED)
    near = next(filter(os.path.isfile, misnamed), None)
    if near is not None:
        return NoConfigError(f"no {CONFIG_NAME}, but {near}", hint=f"rename it, or name it: --config {near}")
    below = find_below(directory)
    if below is not None:
        from shlex import quote

        hint = f"go there, or name it: --config {quote(below)}"
        return NoConfigError(f"no {CONFIG_NAME} in {directory}, but one in {os.path.dirname(below)}", hint=hint)
    if find_repository(directory) is not None:
        return NoConfigError(f"no {CONFIG_NAME} in {directory} or above it, up to the repository's root", hint=_WAYS)
    above = find_above(directory)
    named = f"outside a git repository no other folder is searched; name it: --config {above}"
    return NoConfigError(f"no {CONFIG_NAME} in {directory}", hint=_WAYS if above is None else named)


def find_origin(explicit: str | None, environ: Mapping[str, str]) -> str | None:
    """The option or variable that names the configuration; ``None`` if it is searched for."""
    return CONFIG_OPTION if explicit else CONFIG_VARIABLE if environ.get(CONFIG_VARIABLE) else None


def shorten_path(path: str) -> str:
    """A path relative to the working directory if it is below that, else unchanged."""
    relative = os.path.relpath(path)
    return path if relative.startswith(os.pardir) else relative


def find_above(directory: str) -> str | None:
    """The user's nearest configuration in a folder above, across repository boundaries."""
    candidates = (os.path.join(folder, CONFIG_NAME) for folder in _upwards(os.path.dirname(os.path.abspath(directory))))
    return next((path for path in candidates if os.path.isfile(path) and os.stat(path).st_uid == os.geteuid()), None)


def find_below(directory: str) -> str | None:
    """The first configuration in the folders of a directory."""
    try:
        names = sorted(name for name in os.listdir(directory) if not name.startswith("."))
    except OSError:  # a hint is not worth an error
        return None
    candidates = (os.path.join(directory, name, CONFIG_NAME) for name in names[:_MAX_FOLDERS])
    return next(filter(os.path.isfile, candidates), None)


class Found(NamedTuple):
    """Paths of configurations, sorted.

    Not ``complete``: more folders were there than are searched. ``failure``: git could not list all, in a repository.
    """

    paths: tuple[str, ...]
    complete: bool = True
    failure: Text2llmError | None = None


def walk_configs(folder: str, *, named: bool = False) -> Found:
    """The configurations in a folder and below it: no link is followed, and no other repository entered."""
    found, folders, entries = list[str](), [folder], 0
    while folders:
        path = folders.pop()
        try:
            with os.scandir(path) as listed:
                names = list(islice(listed, _MAX_ENTRIES + 1))
        except OSError:  # what cannot be listed is no working directory
            continue
        entries += len(names)
        if entries > _MAX_ENTRIES:
            return Found(tuple(sorted(found)), complete=False)
        if path != folder and any(entry.name == ".git" for entry in names):
            continue
        found += [entry.path for entry in names if entry.name == CONFIG_NAME or (named and is_named_config(entry.name))]
        folders += [each.path for each in names if each.is_dir(follow_symlinks=False) and each.name not in _UNSEARCHED]
    return Found(tuple(sorted(found)))


def is_named_config(path: str) -> bool:
    name = os.path.basename(path)
    return name != CONFIG_NAME and name.startswith("text2llm.") and name.endswith(".yaml")


def list_named(folder: str) -> list[str]:
    try:
        return [os.path.join(folder, name) for name in sorted(os.listdir(folder)) if is_named_config(name)]
    except OSError:
        return []


def find_repository(directory: str) -> str | None:
    """The nearest folder from ``directory`` upwards that holds a ``.git``; ``None`` outside a repository."""
    return next((folder for folder in _upwards(directory) if os.path.lexists(os.path.join(folder, ".git"))), None)


def leads_out(path: str) -> bool:
    """Whether a file is a link that leads out of its repository."""
    folder = os.path.realpath(os.path.dirname(os.path.abspath(path)))
    top = find_repository(folder)
    return top is not None and not os.path.realpath(path).startswith(os.path.join(top, ""))


def _upwards(directory: str) -> Iterator[str]:
    current, below = os.path.abspath(directory), None
    while current != below:
        yield current
        current, below = os.path.dirname(current), current


def _search_path(directory: str) -> list[str]:
    root, folders = find_repository(directory), list(_upwards(directory))
    return folders[:1] if root is None else folders[: folders.index(root) + 1]


def _require_file(path: str, origin: str) -> str:
    path = os.path.expanduser(path)
    if not os.path.exists(path):
        raise NoConfigError(f"{path}: no such file", hint=f"fix {origin}, or run `text2llm init` to write one")
    return os.path.abspath(path)


def is_ci(environ: Mapping[str, str]) -> bool:
    """Whether a CI system runs the command."""
    return environ.get("CI", "") not in ("", "0", "false")


def trusts_owner(environ: Mapping[str, str]) -> bool:
    """Whether the owner of a repository is no other user: for root in CI.

    In a container job the checkout belongs to another user as a rule; elsewhere somebody may have left the file there.
    """
    return os.geteuid() == 0 and is_ci(environ)


def _trusted_owners(path: str, environ: Mapping[str, str]) -> set[int]:
    """Those whose configuration is used."""
    top = find_repository(os.path.dirname(path)) if trusts_owner(environ) else None
    return {0, os.geteuid()} if top is None else {0, os.stat(top).st_uid}


def refuse_foreign(path: str, environ: Mapping[str, str], base: str | None = None) -> None:
    """Refuse a file that nobody named if it belongs to another user; ``base`` is an environment's configuration.

    Raises:
        RefusedError: it does, or it is reached through a link of another user.
    """
    named = f"if you trust it, name {'it' if base is None else 'its configuration'}: --config {base or path}"
    try:
        owner = os.stat(path).st_uid
        link = _find_foreign_link(path) if os.path.islink(path) else None
    except OSError as error:
        raise ReadError(f"cannot read {path}: {error.strerror}", hint="fix or remove it") from error
    if link is not None:
        raise RefusedError(f"{path} is reached through a link of another user: {link}", hint=named)
    if owner not in _trusted_owners(path, environ):
        raise RefusedError(f"{path} belongs to another user", hint=named)


def _find_foreign_link(path: str) -> str | None:
    from text2llm.storage.ownership import is_trusted
    from text2llm.storage.path_walk import walk_path

    with walk_path(path, lambda _link: None) as walk:
        return next((link.path for link in walk.links if not is_trusted(link.status.st_uid)), None)
