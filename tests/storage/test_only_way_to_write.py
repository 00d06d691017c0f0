"""One function opens files to write them. Modules that change files in another way are listed here, with a reason."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "text2llm"
SOURCES = {path.relative_to(PACKAGE).as_posix(): ast.parse(path.read_text()) for path in PACKAGE.rglob("*.py")}

#: Functions of ``os`` that change files, and methods of ``pathlib`` that have no other meaning.
CHANGES = {"replace", "rename", "renames", "unlink", "remove", "removedirs", "rmdir", "mkdir", "makedirs", "symlink"}
CHANGES |= {
    "link",
    "mkfifo",
    "mknod",
    "chmod",
    "fchmod",
    "lchmod",
    "chown",
    "fchown",
    "lchown",
    "truncate",
    "ftruncate",
}
CHANGES |= {"utime", "setxattr", "popen"}
METHODS = {"write_text", "write_bytes", "touch", "symlink_to", "hardlink_to", "unlink", "rmdir", "mkdir"}
FLAGS = {"O_WRONLY", "O_RDWR", "O_CREAT", "O_APPEND", "O_TRUNC", "O_TMPFILE"}
MODULES = {"shutil", "tempfile", "fileinput", "mmap", "sqlite3", "dbm", "shelve", "zipfile", "tarfile", "os"}
ALLOWED = {
    "storage/writing.py": "opens what is written",
    "storage/atomic.py": "renames and removes its temporary files, in the directory that was opened",
    "storage/appending.py": "says that it appends",
    "storage/path_walk.py": "makes missing directories on the way",
    "storage/streams.py": "streams that are open already",
    "auth/store_lock.py": "the lock file that the reference system knows, beside the store",
    "auth/store_file.py": "makes the private directory of the store",
    "cli/boundary.py": "/dev/null, in place of a closed stream",
    "cli/terminal/output_guard.py": "/dev/null, in place of a broken stream",
    "child.py": "looks for programs",
}


def changes_of(tree: ast.AST) -> Iterator[str]:
    """What a module may change files with; a mode of ``open`` that is no literal counts."""
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(value=ast.Name("os"), attr=name) if name in CHANGES | FLAGS:
                yield name
            case ast.Attribute(attr=name) if name in METHODS:
                yield name
            case ast.Import(names=names):
                yield from (each.name for each in names if each.name in MODULES - {"os"})
            case ast.ImportFrom(module=str(module)) if module in MODULES:
                yield module
            case ast.Call(func=ast.Name("open") | ast.Attribute(attr="fdopen")) if not _reads(node):
                yield "open"


def _reads(call: ast.Call) -> bool:
    modes = [*call.args[1:2], *(word.value for word in call.keywords if word.arg == "mode")]
    return all(isinstance(mode, ast.Constant) and not set("wax+") & set(str(mode.value)) for mode in modes)


@pytest.mark.parametrize("path", SOURCES)
def test_module_changes_no_file_without_a_reason(path: str) -> None:
    assert path in ALLOWED or list(changes_of(SOURCES[path])) == []


def test_no_reason_is_stale() -> None:
    assert [path for path in ALLOWED if not list(changes_of(SOURCES[path]))] == []


def test_one_function_opens_files_to_write_them() -> None:
    """Others only pass flags to it; beside the files, locks are held, and streams are redirected to nowhere."""
    opening = {path for path, tree in SOURCES.items() if any(map(opens_to_write, ast.walk(tree)))}
    assert opening - {path for path in ALLOWED if "lock" in path or "/dev/null" in ALLOWED[path]} == {
        "storage/writing.py"
    }


def opens_to_write(node: ast.AST) -> bool:
    """Whether this is a call of ``os.open`` with flags that write."""
    named = isinstance(node, ast.Call) and ast.unparse(node.func) == "os.open"
    return named and bool(FLAGS & {each.attr for each in ast.walk(node) if isinstance(each, ast.Attribute)})


@pytest.mark.parametrize(
    "source",
    [
        *("open(path, 'w')", "open(path, mode=mode)", "os.fdopen(handle, 'ab')", "open(path, 'r+')"),
        *("os.open(path, os.O_WRONLY)", "os.replace(a, b)", "path.write_text('x')", "import shutil", "path.unlink()"),
        *("from os import replace", "from tempfile import mkstemp", "os.remove(path)"),
    ],
)
def test_what_the_scan_looks_for_is_found(source: str) -> None:
    assert list(changes_of(ast.parse(source))) != []


@pytest.mark.parametrize("source", ["open(path)", "open(path, 'rb')", "names.remove(x)", "text.replace(a, b)"])
def test_what_only_reads_is_not(source: str) -> None:
    assert list(changes_of(ast.parse(source))) == []
