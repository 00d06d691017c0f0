"""The source to install this text2llm from, for a hook and a workflow."""

from __future__ import annotations

import json
import os
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from importlib.metadata import Distribution

_PLACE = r"[A-Za-z0-9][A-Za-z0-9.-]*(?::[0-9]+)?(?:/[A-Za-z0-9._~+-]+)+"
#: What is plain text between quotes in YAML and in a shell, and holds no password.
_SHARED_URL = re.compile(rf"(?:https://|ssh://(?:[A-Za-z0-9_-]+@)?){_PLACE}")
_FILE_URL = re.compile(r"file://(?:/[A-Za-z0-9._~+-]+)+")
#: git's short form of an ssh URL: user@host:path.
_SHORT_SSH = re.compile(r"([A-Za-z0-9_-]+@[A-Za-z0-9][A-Za-z0-9.-]*):(?!/)(.+)")
_COMMIT = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_RELEASE = re.compile(r"text2llm==([0-9][0-9A-Za-z.!+-]*)")
#: Installers that record no ``direct_url.json`` for what they took from a package index, and only for that (PEP 610).
_FROM_INDEX = ("pip", "uv", "poetry", "pdm")
SOURCE_FORMS = "git+https://HOST/PATH@COMMIT (the full commit, no password), or text2llm==VERSION of a package index"


@dataclass(frozen=True, slots=True)
class GitSource:
    """A commit of a git repository, whose files include the locks."""

    url: str
    commit: str

    def __str__(self) -> str:
        return f"git+{self.url}@{self.commit}"


@dataclass(frozen=True, slots=True)
class Release:
    """A version on a package index, whose wheel includes the lock of what it needs to run."""

    version: str

    def __str__(self) -> str:
        return f"text2llm=={self.version}"


Source: TypeAlias = GitSource | Release


def parse_source(text: str) -> Source | None:
    """Parse a source; ``None`` if it has none of ``SOURCE_FORMS``."""
    release = _RELEASE.fullmatch(text.strip())
    if release is not None:
        return Release(release[1])
    url, _, commit = text.strip().removeprefix("text2llm @ ").removeprefix("git+").rpartition("@")
    return _git_source(url, commit) or (GitSource(url, commit) if _is_in_files(url, commit) else None)


def find_source(version: str) -> Source | None:
    """Where the distribution that runs came from, if others can have it from there too; no connection is opened."""
    from importlib.metadata import PackageNotFoundError, distribution

    try:
        installed = distribution("text2llm")
    except PackageNotFoundError:
        return None
    return _read_record(installed, version)


def _read_record(installed: Distribution, version: str) -> Source | None:
    """What the installer recorded (PEP 610, PEP 376)."""
    record = installed.read_text("direct_url.json")
    if record is None:
        installer = (installed.read_text("INSTALLER") or "").split()
        return Release(version) if installer[:1] and installer[0].lower() in _FROM_INDEX else None
    match _parse(record):
        case {"url": str(url), "vcs_info": {"vcs": "git", "commit_id": str(commit)}}:
            return _git_source(url, commit)
        case {"url": str(url), "dir_info": _}:
            return _find_pushed(url)
    return None


def _parse(record: str) -> Any:
    try:
        return json.loads(record)
    except ValueError:
        return None


def _find_pushed(url: str) -> GitSource | None:
    """The commit of the checkout at a ``file`` URL, if its remote is known to have it."""
    from urllib.parse import unquote, urlsplit

    from text2llm.git.repository import GitError, Repository

    folder = os.path.realpath(unquote(urlsplit(url).path))
    try:
        repository = Repository(folder, os.environ)
        pushed = repository.find_pushed() if repository.top == folder else None
    except GitError:
        return None
    return _git_source(*pushed) if pushed is not None else None


def _git_source(url: str, commit: str) -> GitSource | None:
    url = _SHORT_SSH.sub(r"ssh://\1/\2", url).removesuffix("/")
    return GitSource(url, commit) if _SHARED_URL.fullmatch(url) and _COMMIT.fullmatch(commit) else None


def _is_in_files(url: str, commit: str) -> bool:
    """Whether it is a local file URL: only the user can know that it is shared."""
    return _FILE_URL.fullmatch(url) is not None and _COMMIT.fullmatch(commit) is not None
