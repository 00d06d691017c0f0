"""Read a repository with git. The only module that runs git, and it never writes.

No repository code is run. Objects are requested by their hexadecimal ids alone, so that no file name reaches git;
``cat-file`` uses no text conversions, filters, hooks, pagers or aliases, and reads no working tree.
Transports are forbidden: in a partial clone a missing object is an error, not a download.
"""

from __future__ import annotations

import os
import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple, final

from text2llm.child import child_environ, find_program, start_child
from text2llm.config.discovery import find_repository, trusts_owner
from text2llm.config.tree import MODULE, Entry
from text2llm.errors import Text2llmError
from text2llm.git.objects import Objects, TooLargeError

if TYPE_CHECKING:
    from text2llm.child import Child

#: Seconds per call of git.
TIME_LIMIT = 10.0
#: Bytes per output of git, and of all objects: a thousand files of the largest size would exhaust a small machine.
OUTPUT_LIMIT = 64 << 20
_MESSAGE_LIMIT = 64 << 10
_MAX_REVISION = 512
_MAX_REFS = 1000

# `git commit -a` and `git commit FILE` run the hook with a temporary index.
_PASSED_FOR_INDEX = ("GIT_INDEX_FILE",)
_FIXED_ENVIRONMENT = {
    "LC_ALL": "C",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_ALLOW_PROTOCOL": "none",  # for a git that does not support the one above
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_PAGER": "cat",
}
_FIXED_OPTIONS = (
    "--no-pager",
    *("-c", "core.fsmonitor=false"),
    *("-c", "core.hooksPath=/dev/null"),
    *("-c", "protocol.allow=never"),
    *("-c", "safe.bareRepository=explicit"),
)
_LIST_INDEX = (
    *("diff-index", "--cached", "--ita-invisible-in-index", "--raw", "-z"),
    *("--no-renames", "--no-abbrev", "--ignore-submodules=none"),
)
_LIST_STAGED = ("ls-files", "-z", "--full-name", "--stage")
_LIST_TREE = ("ls-tree", "-r", "-z", "--full-tree")
_OBJECT = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")


class GitError(Text2llmError):
    code = "git"


class _Output(NamedTuple):
    """The output of git. ``cut``: it was stopped because of its time or length."""

    code: int
    out: bytes
    message: str
    cut: bool


@final
class Repository:
    """A repository on this machine. ``top`` is the real path of its working tree."""

    __slots__ = ("_environ", "_folders", "_index", "_left", "_objects", "_options", "_program", "_staged", "top")

    def __init__(self, folder: str, environ: Mapping[str, str]) -> None:
        """The repository whose working tree holds ``folder``.

        Raises:
            GitError: the folder is not in one, or git is not installed.
        """
        self._program, self._environ = _find_git(environ), environ
        self._options = (*_FIXED_OPTIONS, *_trust(folder, environ))
        self._folders: dict[str, Mapping[str, Entry]] = {}
        self._index: Mapping[str, Mapping[str, Entry]] | None = None
        self._objects: Objects | None = None
        self._staged: list[tuple[str, str]] | None = None
        self._left = OUTPUT_LIMIT
        self.top = folder
        output = self._git("rev-parse", "--show-toplevel")
        self.top = os.path.realpath(os.fsdecode(output.out.removesuffix(b"\n")))
        if output.code or not output.out:
            raise _explain_no_repository(folder, output)

    def locate(self, path: str) -> str:
        """The path of a file inside the repository, with slashes.

        Raises:
            GitError: it is outside.
        """
        real = os.path.join(os.path.realpath(os.path.dirname(os.path.abspath(path))), os.path.basename(path))
        relative = os.path.relpath(real, self.top)
        if relative == os.pardir or relative.startswith(os.pardir + os.sep):
            raise GitError(f"{path} is outside the repository {self.top}", hint="use a file in the repository")
        return relative.replace(os.sep, "/")

    def find_commit(self, revision: str) -> str:
        """The id of the commit that a user calls ``revision``.

        Raises:
            GitError: it is unknown.
        """
        _check_revision(revision)
        # `:/words` is always a commit, and takes no suffix.
        spelled = revision if revision.startswith(":/") else revision + "^{commit}"
        output = self._git("rev-parse", "--verify", "--quiet", "--end-of-options", spelled)
        commit = output.out.decode("ascii", "replace").strip()
        if output.code or not _OBJECT.fullmatch(commit):
            raise self._explain_no_commit(revision)
        return commit

    def list_refs(self) -> list[str]:
        """Local branches and tags, as ``git`` abbreviates them; only so many as a reader can choose from."""
        names = self._git(
            "for-each-ref", f"--count={_MAX_REFS}", "--format=%(refname:short)", "refs/heads", "refs/tags"
        )
        return [name for name in names.out.decode("utf-8", "replace").splitlines() if name.isprintable()]

    def find_base(self, one: str, other: str) -> str:
        """The merge base of two commits.

        Raises:
            GitError: they have no commit in common.
        """
        output = self._git("merge-base", one, other)
        base = output.out.decode("ascii", "replace").partition("\n")[0]
        if output.code or not _OBJECT.fullmatch(base):
            raise GitError("the two revisions have no commit in common", hint=self._deepen_hint("name both with `..`"))
        return base

    def find_pushed(self) -> tuple[str, str] | None:
        """The URL of the remote ``origin`` and the checked-out commit, if a branch of ``origin`` contains it."""
        url, commit = (
            self._git(*question).out.decode("utf-8", "replace").strip()
            for question in (("config", "--get", "remote.origin.url"), ("rev-parse", "--verify", "--quiet", "HEAD"))
        )
        if not url or not _OBJECT.fullmatch(commit):
            return None
        branches = self._git("for-each-ref", "--count=1", f"--contains={commit}", "refs/remotes/origin")
        return (url, commit) if branches.out else None

    def list_folder(self, tree: str) -> Mapping[str, Entry]:
        """The entries of a tree or of a commit's root, by name.

        Raises:
            GitError: it cannot be read.
        """
        if tree not in self._folders:
            raw = self._read(tree + "^{tree}", b"tree", OUTPUT_LIMIT)
            self._folders[tree] = dict(_parse_tree(raw, len(tree) // 2))
        return self._folders[tree]

    def list_index(self) -> Mapping[str, Mapping[str, Entry]]:
        """The entries that the next commit would have, by folder and name; a folder's id is its path.

        Raises:
            GitError: it cannot be read.
        """
        if self._index is None:
            self._index = self._read_index()
        return self._index

    def _read_index(self) -> Mapping[str, Mapping[str, Entry]]:
        # Against an empty tree, since only a comparison excludes what `git add -N` has announced.
        empty = self._git("hash-object", "-t", "tree", "--stdin").out.decode("ascii", "replace").strip()
        output = self._git(*_LIST_INDEX, empty, passed=_PASSED_FOR_INDEX)
        if output.code:
            raise _explain_no_index()
        folders: dict[str, dict[str, Entry]] = {"": {}}
        parts = iter(output.out.split(b"\0"))
        for head in filter(None, parts):
            path, entry = _parse_staged(head, next(parts, b""))
            while path:
                parent, name = posixpath.split(path)
                if name in folders.setdefault(parent, {}):
                    break
                folders[parent][name] = entry
                path, entry = parent, Entry("040000", parent)
        return folders

    def list_tracked(self, commit: str) -> list[str]:
        """The paths of all files of a commit.

        Raises:
            GitError: it cannot be read.
        """
        output = self._git(*_LIST_TREE, "--name-only", "--", commit)
        if output.code:
            raise self._explain_missing()
        return _split_paths(output.out)

    def list_present(self, *names: str) -> list[str]:
        """The paths of tracked files in the working tree that are called so.

        Raises:
            GitError: they cannot be listed.
        """
        pattern = _compile_names(names)
        return self._keep_present((path for _, path in self._list_staged() if pattern.match(path)), names)

    def list_untracked(self, *names: str) -> list[str]:
        """The paths of files in the working tree that are called so, and neither tracked nor ignored.

        Raises:
            GitError: they cannot be listed.
        """
        specs = (f":(top,icase,glob)**/{name}" for name in names)
        output = self._git("ls-files", "-z", "--full-name", "--others", "--exclude-standard", "--", *specs)
        if output.code:
            raise _explain_no_index()
        return self._keep_present(_split_paths(output.out), names)

    def _keep_present(self, paths: Iterable[str], names: tuple[str, ...]) -> list[str]:
        """The paths that are there, each once: where case does not matter, a file has the name in lower case, too."""
        spelled = (
            posixpath.join(folder, name.lower() if name.lower() in names else name)
            for folder, name in map(posixpath.split, paths)
        )
        return [path for path in dict.fromkeys(spelled) if os.path.lexists(os.path.join(self.top, path))]

    def _list_staged(self) -> list[tuple[str, str]]:
        """Each entry of the index and its path; git is asked once."""
        if self._staged is None:
            output = self._git(*_LIST_STAGED, passed=_PASSED_FOR_INDEX)
            if output.code:
                raise _explain_no_index()
            entries = (line.partition("\t") for line in _split_paths(output.out))
            self._staged = [(head, path) for head, _, path in entries]
        return self._staged

    def list_modules(self, commit: str | None = None) -> dict[str, str]:
        """The commits of submodules, by folder: of a commit, or of the index.

        Raises:
            GitError: they cannot be listed.
        """
        entries = self._list_staged() if commit is None else self._list_committed(commit)
        return {path: _OBJECT.findall(head)[0] for head, path in entries if head.startswith(MODULE)}

    def _list_committed(self, commit: str) -> list[tuple[str, str]]:
        output = self._git(*_LIST_TREE, "--", commit)
        if output.code:
            raise self._explain_missing()
        return [(head, path) for head, _, path in (line.partition("\t") for line in _split_paths(output.out))]

    def read_object(self, oid: str, limit: int) -> bytes | None:
        """The content of a blob, byte for byte as committed; ``None`` if it has more than ``limit`` bytes.

        Raises:
            GitError: it is not in this clone, its merge is unresolved, or all objects together are too large.
        """
        if not oid:
            hint = "resolve it, and `git add` the files"
            raise GitError("the index has an unresolved merge of the configuration", hint=hint)
        try:
            return self._read(oid, b"blob", limit)
        except TooLargeError:
            return None

    def _read(self, name: str, kind: bytes, limit: int) -> bytes:
        if self._objects is None or not self._objects.stop.alive:
            command = [self._program, *self._options, "-C", self.top, "cat-file", "--batch"]
            self._objects = Objects(command, self._pass(), TIME_LIMIT)
        try:
            content = self._objects.read(name, kind, min(limit, self._left))
        except TooLargeError:
            if limit < self._left:
                raise
            raise _too_much() from None
        except TimeoutError:
            raise _too_much() from None
        except EOFError:
            raise self._explain_missing() from None
        self._left -= len(content)
        return content

    def _git(self, *arguments: str, stdin: bytes = b"", passed: tuple[str, ...] = ()) -> _Output:
        output = _run([self._program, *self._options, "-C", self.top, *arguments], self._pass(passed), stdin)
        if output.cut:
            raise _too_much()
        return output

    def _pass(self, names: tuple[str, ...] = ()) -> dict[str, str]:
        """The environment of git."""
        return {**child_environ(self._environ, names), **_FIXED_ENVIRONMENT}

    def _explain_no_commit(self, revision: str) -> GitError:
        if revision == "HEAD" and not self._git("rev-list", "--max-count=1", "--all").out.strip():
            return GitError("the repository has no commits yet", hint="make a first commit to compare with")
        hint = "REV is a commit, a branch or a tag; give a file with --config"
        return GitError(f"unknown revision: {revision!r}", hint=self._deepen_hint(hint))

    def _deepen_hint(self, otherwise: str) -> str:
        if self._git("rev-parse", "--is-shallow-repository").out.strip() == b"true":
            return "this clone is shallow: run `git fetch --unshallow`, or check out with fetch-depth: 0"
        return otherwise

    def _explain_missing(self) -> GitError:
        return GitError(
            "an object of the revision is not in this clone",
            hint="text2llm downloads nothing: fetch it with `git show REV:FILE` for each side of the comparison",
        )


def _find_git(environ: Mapping[str, str]) -> str:
    program = find_program("git", environ)
    if program is None:
        raise GitError("git is not installed, or not on PATH", hint="install git")
    return program


def _trust(folder: str, environ: Mapping[str, str]) -> tuple[str, ...]:
    """The option with which git reads a repository of another user."""
    top = find_repository(os.path.realpath(folder)) if trusts_owner(environ) else None
    return () if top is None else ("-c", f"safe.directory={top}")


def _run(command: list[str], environ: Mapping[str, str], stdin: bytes) -> _Output:
    from threading import Timer

    process = start_child(command, environ, piped=("stdin", "stdout", "stderr"))
    timer = Timer(TIME_LIMIT, process.kill)
    with process:
        try:
            timer.start()
            return _communicate(process, stdin)
        finally:
            timer.cancel()
            process.kill()  # no effect if it has ended


def _communicate(process: Child, stdin: bytes) -> _Output:
    assert process.stdin is not None
    assert process.stdout is not None
    assert process.stderr is not None
    with suppress(BrokenPipeError), process.stdin as pipe:
        pipe.write(stdin)
    out = process.stdout.read(OUTPUT_LIMIT + 1)
    if len(out) > OUTPUT_LIMIT:
        return _Output(1, b"", "", cut=True)
    message = process.stderr.read(_MESSAGE_LIMIT).decode("utf-8", "replace")
    code = process.wait()
    return _Output(code, out, message, cut=code < 0)


def _compile_names(names: Iterable[str]) -> re.Pattern[str]:
    """What matches a path whose last part is one of the names, which may have a ``*``, in any case."""
    parts = (re.escape(name).replace(r"\*", "[^/]*") for name in names)
    return re.compile(rf"(?:.*/)?(?:{'|'.join(parts)})\Z", re.IGNORECASE | re.DOTALL)


def _check_revision(revision: str) -> None:
    if not revision or revision.startswith("-") or not revision.isprintable() or len(revision) > _MAX_REVISION:
        raise GitError(f"{revision[:80]!r} is not a valid revision", hint="use a commit, a branch or a tag")


def _split_paths(output: bytes) -> list[str]:
    return [os.fsdecode(path) for path in output.split(b"\0") if path]


def _parse_tree(raw: bytes, id_size: int) -> Iterator[tuple[str, Entry]]:
    """The entries of a tree as git stores it, with ids of so many bytes."""
    at = 0
    while at < len(raw):
        space, end = raw.find(b" ", at), raw.find(b"\0", at)
        if not at < space < end or end + id_size >= len(raw):
            raise GitError("git's list of files cannot be read", hint="check the repository with `git fsck`")
        mode, name = raw[at:space].decode("ascii", "replace").zfill(6), os.fsdecode(raw[space + 1 : end])
        at = end + 1 + id_size
        yield name, Entry(mode, raw[end + 1 : at].hex())


def _parse_staged(head: bytes, path: bytes) -> tuple[str, Entry]:
    """A path of the index and its entry; with an empty id if its merge is unresolved."""
    _, mode, _, oid, status = head.decode("ascii").split(" ")
    return os.fsdecode(path), Entry("100644", "") if status == "U" else Entry(mode, oid)


def _too_much() -> GitError:
    return GitError(
        f"git took longer than {TIME_LIMIT:g} s, or its output is larger than {OUTPUT_LIMIT >> 20} MiB",
        hint="check that the revision contains a configuration",
    )


def _explain_no_index() -> GitError:
    return GitError("git's index cannot be read", hint="run `git status`")


def _explain_no_repository(folder: str, output: _Output) -> GitError:
    if "dubious ownership" in output.message:
        hint = f"if you trust it: git config --global --add safe.directory {folder}"
        return GitError(f"the repository of {folder} belongs to another user", hint=hint)
    return GitError(f"{folder} is not inside a git repository", hint="run it inside one, or use --config")
