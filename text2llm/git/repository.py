"""The history of a repository, read by the real git: the one module that starts it, and it only ever reads.

Nothing that a repository contains may act. Objects are asked for by their hexadecimal ids alone, so that no name of a
file reaches a command line; ``cat-file`` and ``ls-tree`` know no text conversions, filters, hooks, pagers or aliases,
and look at no working tree. Transports are forbidden: in a partial clone a missing object is an error, no download.
"""

from __future__ import annotations

import os
import posixpath
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple, final

from text2llm.errors import Text2llmError
from text2llm.git.tree import Entry

if TYPE_CHECKING:
    import subprocess

#: Seconds for one question to git.
TIME_LIMIT = 10.0
#: Bytes of one answer: a thousand files of the largest size would be more than a machine should give to a review.
OUTPUT_LIMIT = 64 << 20
_MESSAGE_LIMIT = 64 << 10
#: So many folders are looked at for the files that `include` names.
_MOST_FOLDERS = 2000
#: Ids in one question: fewer bytes than a pipe takes while nobody reads at its other end.
_IDS_AT_ONCE = 200
_LONGEST_REVISION = 512

#: Of the environment git gets no more than finds its program and the user's own settings.
_PASSED = ("HOME", "XDG_CONFIG_HOME")
# `git commit -a` and `git commit FILE` make an index of their own, and run the hook before it becomes the index.
_PASSED_FOR_INDEX = (*_PASSED, "GIT_INDEX_FILE")
_FIXED_ENVIRONMENT = {
    "LC_ALL": "C",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_ALLOW_PROTOCOL": "none",  # for a git that does not know the one above
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
_OBJECT = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_ENTRY = re.compile(rb"([0-7]{6}) [a-z]+ ([0-9a-f]+)\t(.*)", re.DOTALL)


class GitError(Text2llmError):
    code = "git"


class _Answer(NamedTuple):
    """The output of git. ``cut``: it was stopped because of its time or length."""

    code: int
    out: bytes
    message: str
    cut: bool


@final
class Repository:
    """A repository on this machine. ``top`` is the real path of its working tree."""

    __slots__ = ("_environ", "_folders", "_program", "top")

    def __init__(self, folder: str, environ: Mapping[str, str]) -> None:
        """The repository whose working tree holds ``folder``.

        Raises:
            GitError: there is none, or git is not installed.
        """
        self._program, self._environ = _find_git(environ), environ
        self._folders: dict[str, Mapping[str, Entry]] = {}
        self.top = folder
        answer = self._ask("rev-parse", "--show-toplevel")
        self.top = os.path.realpath(os.fsdecode(answer.out.removesuffix(b"\n")))
        if answer.code or not answer.out:
            raise _explain_no_repository(folder, answer)

    def locate(self, path: str) -> str:
        """The path of a file inside the repository, with slashes.

        Raises:
            GitError: it is outside.
        """
        real = os.path.join(os.path.realpath(os.path.dirname(os.path.abspath(path))), os.path.basename(path))
        relative = os.path.relpath(real, self.top)
        if relative == os.pardir or relative.startswith(os.pardir + os.sep):
            raise GitError(f"{path} is outside the repository {self.top}", hint="name a file of the repository")
        return relative.replace(os.sep, "/")

    def find_commit(self, revision: str) -> str:
        """The id of the commit that a user calls ``revision``.

        Raises:
            GitError: there is none.
        """
        _check_revision(revision)
        # `:/words` is always a commit, and its words go on to the end: nothing can be said behind them.
        spelled = revision if revision.startswith(":/") else revision + "^{commit}"
        answer = self._ask("rev-parse", "--verify", "--quiet", "--end-of-options", spelled)
        commit = answer.out.decode("ascii", "replace").strip()
        if answer.code or not _OBJECT.fullmatch(commit):
            raise self._explain_no_commit(revision)
        return commit

    def find_base(self, one: str, other: str) -> str:
        """The merge base of two commits.

        Raises:
            GitError: they have none in common.
        """
        answer = self._ask("merge-base", one, other)
        base = answer.out.decode("ascii", "replace").partition("\n")[0]
        if answer.code or not _OBJECT.fullmatch(base):
            raise GitError("the two revisions have no commit in common", hint=self._deepen_hint("name both with `..`"))
        return base

    def find_pushed(self) -> tuple[str, str] | None:
        """The URL of the remote ``origin`` and the checked-out commit, if a branch of ``origin`` contains it."""
        url, commit = (
            self._ask(*question).out.decode("utf-8", "replace").strip()
            for question in (("config", "--get", "remote.origin.url"), ("rev-parse", "--verify", "--quiet", "HEAD"))
        )
        if not url or not _OBJECT.fullmatch(commit):
            return None
        branches = self._ask("for-each-ref", "--count=1", f"--contains={commit}", "refs/remotes/origin")
        return (url, commit) if branches.out else None

    def list_folder(self, tree: str) -> Mapping[str, Entry]:
        """The entries of a tree or of a commit's root, by name.

        Raises:
            GitError: it cannot be read.
        """
        if tree not in self._folders:
            if len(self._folders) >= _MOST_FOLDERS:
                hint = "let `include` name the folder of the agent files"
                raise GitError(f"`include` looks into more than {_MOST_FOLDERS} folders", hint=hint)
            answer = self._ask("ls-tree", "-z", "--", tree)
            if answer.code:
                raise self._explain_missing()
            self._folders[tree] = dict(_parse_entry(line) for line in answer.out.split(b"\0") if line)
        return self._folders[tree]

    def list_index(self) -> Mapping[str, Mapping[str, Entry]]:
        """The entries that the next commit would have, by folder and name; a folder's id is its path.

        Raises:
            GitError: it cannot be read.
        """
        # Against nothing, since only a comparison leaves out what `git add -N` has announced.
        empty = self._ask("hash-object", "-t", "tree", "--stdin").out.decode("ascii", "replace").strip()
        answer = self._ask(*_LIST_INDEX, empty, passed=_PASSED_FOR_INDEX)
        if answer.code:
            raise GitError("git's index cannot be read", hint="see what `git status` says of it")
        folders: dict[str, dict[str, Entry]] = {"": {}}
        parts = iter(answer.out.split(b"\0"))
        for head in filter(None, parts):
            path, entry = _parse_staged(head, next(parts, b""))
            while path:
                parent, name = posixpath.split(path)
                if name in folders.setdefault(parent, {}):
                    break
                folders[parent][name] = entry
                path, entry = parent, Entry("040000", parent)
        return folders

    def measure_objects(self, ids: Sequence[str]) -> list[int]:
        """The sizes of blobs in bytes.

        Raises:
            GitError: one is not in this clone, or its merge is not resolved.
        """
        if "" in ids:
            hint = "resolve it, and `git add` the files"
            raise GitError("the index holds a merge of the configuration that is not resolved", hint=hint)
        answers = (self._ask("cat-file", "--batch-check", asked=asked) for asked in _ask_for(ids))
        heads = [line.split(b" ") for answer in answers for line in answer.out.splitlines()]
        if [head[1:2] for head in heads] != [[b"blob"]] * len(ids):
            raise self._explain_missing()
        return [int(head[2]) for head in heads]

    def read_objects(self, ids: Sequence[str]) -> list[bytes]:
        """The contents of blobs, byte for byte as committed.

        Raises:
            GitError: one is not in this clone, or together they are too large.
        """
        sizes, found = self.measure_objects(ids), list[bytes]()
        for asked in _ask_for(ids):
            out, at = self._ask("cat-file", "--batch", asked=asked).out, 0
            while at < len(out):
                start = out.index(b"\n", at) + 1
                found.append(out[start : start + sizes[len(found)]])
                at = start + len(found[-1]) + 1
        if [len(each) for each in found] != sizes:
            raise self._explain_missing()
        return found

    def _ask(self, *arguments: str, asked: bytes = b"", passed: tuple[str, ...] = _PASSED) -> _Answer:
        environ = {name: self._environ[name] for name in (*passed, "PATH") if name in self._environ}
        answer = _run([self._program, *_FIXED_OPTIONS, "-C", self.top, *arguments], environ, asked)
        if answer.cut:
            raise GitError(
                f"git took longer than {TIME_LIMIT:g} s, or its answer is larger than {OUTPUT_LIMIT >> 20} MiB",
                hint="check that the revision is a configuration's",
            )
        return answer

    def _explain_no_commit(self, revision: str) -> GitError:
        if revision == "HEAD" and not self._ask("rev-list", "--max-count=1", "--all").out.strip():
            return GitError("the repository has no commits yet", hint="commit once; a change needs something before it")
        hint = "REV is a commit, a branch or a tag; a file is named with --config"
        return GitError(f"there is no revision {revision!r}", hint=self._deepen_hint(hint))

    def _deepen_hint(self, otherwise: str) -> str:
        if self._ask("rev-parse", "--is-shallow-repository").out.strip() == b"true":
            return "this clone is shallow: run `git fetch --unshallow`, or check out with fetch-depth: 0"
        return otherwise

    def _explain_missing(self) -> GitError:
        return GitError(
            "an object of the revision is not in this clone",
            hint="nothing is downloaded here: let git do it, with `git show REV:FILE` for each side of the comparison",
        )


def _find_git(environ: Mapping[str, str]) -> str:
    """The git on the search path, never one in the working directory."""
    import shutil

    folders = [folder for folder in environ.get("PATH", os.defpath).split(os.pathsep) if os.path.isabs(folder)]
    program = shutil.which("git", path=os.pathsep.join(folders))
    if program is None:
        raise GitError("git is not installed, or not on PATH", hint="install git")
    return program


def _run(command: list[str], environ: Mapping[str, str], asked: bytes) -> _Answer:
    import subprocess
    from threading import Timer

    folders = (folder for folder in environ.get("PATH", os.defpath).split(os.pathsep) if os.path.isabs(folder))
    process = subprocess.Popen(  # noqa: S603 - the program's path is absolute, its arguments are checked
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**environ, **_FIXED_ENVIRONMENT, "PATH": os.pathsep.join(folders)},
    )
    timer = Timer(TIME_LIMIT, process.kill)
    with process:
        try:
            timer.start()
            return _listen(process, asked)
        finally:
            timer.cancel()
            process.kill()  # it has ended, unless something is wrong


def _listen(process: subprocess.Popen[bytes], asked: bytes) -> _Answer:
    assert process.stdin is not None
    assert process.stdout is not None
    assert process.stderr is not None
    with suppress(BrokenPipeError), process.stdin as pipe:
        pipe.write(asked)
    out = process.stdout.read(OUTPUT_LIMIT + 1)
    if len(out) > OUTPUT_LIMIT:
        return _Answer(1, b"", "", cut=True)
    message = process.stderr.read(_MESSAGE_LIMIT).decode("utf-8", "replace")
    code = process.wait()
    return _Answer(code, out, message, cut=code < 0)


def _ask_for(ids: Sequence[str]) -> Iterator[bytes]:
    """The object ids in batches, one per line."""
    for start in range(0, len(ids), _IDS_AT_ONCE):
        yield "".join(f"{each}\n" for each in ids[start : start + _IDS_AT_ONCE]).encode()


def _check_revision(revision: str) -> None:
    if not revision or revision.startswith("-") or not revision.isprintable() or len(revision) > _LONGEST_REVISION:
        raise GitError(f"{revision[:80]!r} is no revision", hint="name a commit, a branch or a tag")


def _parse_entry(line: bytes) -> tuple[str, Entry]:
    matched = _ENTRY.fullmatch(line)
    if matched is None:
        raise GitError("git's list of files cannot be read", hint="check the repository with `git fsck`")
    mode, oid, name = matched.groups()
    return os.fsdecode(name), Entry(mode.decode(), oid.decode())


def _parse_staged(head: bytes, path: bytes) -> tuple[str, Entry]:
    """A path of the index and its entry; with an empty id if its merge is unresolved."""
    _, mode, _, oid, status = head.decode("ascii").split(" ")
    return os.fsdecode(path), Entry("100644", "") if status == "U" else Entry(mode, oid)


def _explain_no_repository(folder: str, answer: _Answer) -> GitError:
    if "dubious ownership" in answer.message:
        hint = f"if you trust it: git config --global --add safe.directory {folder}"
        return GitError(f"the repository of {folder} belongs to another user", hint=hint)
    return GitError(
        f"{folder} is not inside a git repository", hint="run it inside one, or name a file of one: --config"
    )
