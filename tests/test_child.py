"""Child processes start in one module, with an environment that holds no credential and no working directory."""

from __future__ import annotations

import ast
import os
from pathlib import Path

import pytest

from tests.test_structure import TREES
from text2llm.child import child_environ, find_program

#: What starts a program: modules that are imported, and functions that are named.
STARTERS = {"subprocess", "webbrowser", "multiprocessing", "pty", "_posixsubprocess", "concurrent.futures.process"}
CALLS = {
    *("system", "popen", "fork", "forkpty", "posix_spawn", "posix_spawnp", "startfile"),
    *(f"exec{kind}" for kind in ("l", "le", "lp", "lpe", "v", "ve", "vp", "vpe")),
    *(f"spawn{kind}" for kind in ("l", "le", "lp", "lpe", "v", "ve", "vp", "vpe")),
    *("create_subprocess_exec", "create_subprocess_shell", "subprocess_exec", "subprocess_shell"),
    *("edit", "launch", "echo_via_pager"),
}
#: Modules whose functions of these names start programs.
HOLDERS = {"os", "asyncio", "click", "posix", "loop"}


def find_starters(tree: ast.AST) -> set[str]:
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names} & STARTERS
        elif isinstance(node, ast.ImportFrom):
            found |= {str(node.module)} & STARTERS
            found |= {alias.name for alias in node.names if node.module in HOLDERS} & CALLS
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in HOLDERS:
            found |= {node.attr} & CALLS
    return found


def test_no_other_module_starts_a_program() -> None:
    assert {name for name, tree in TREES.items() if find_starters(tree)} == {"text2llm.child"}


@pytest.mark.parametrize(
    "code", ["import subprocess", "from os import execv", "os.popen('x')", "import webbrowser as w"]
)
def test_starters_are_found(code: str) -> None:
    assert find_starters(ast.parse(code))


def test_a_child_gets_what_it_needs_and_no_credential() -> None:
    environ = {"HOME": "/home/a", "ANTHROPIC_API_KEY": "k", "PATH": "/bin", "VAULT_ADDR": "v", "PYTHONPATH": "."}
    assert child_environ(environ, ("VAULT_ADDR", "UNSET")) == {"HOME": "/home/a", "PATH": "/bin", "VAULT_ADDR": "v"}


@pytest.mark.parametrize(
    ("path", "passed"),
    [(".:/bin::bin:/usr/bin:", "/bin:/usr/bin"), ("", os.devnull), (".", os.devnull), (None, os.defpath)],
)
def test_the_search_path_of_a_child_has_no_working_directory(path: str | None, passed: str) -> None:
    assert child_environ({} if path is None else {"PATH": path})["PATH"] == passed


def test_no_program_of_the_working_directory_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "git").write_text("#!/bin/sh\n")
    (tmp_path / "git").chmod(0o755)
    monkeypatch.chdir(tmp_path)
    assert find_program("git", {"PATH": "."}) is None
