"""``include`` in a working tree and in its commit, against the plainest search that can be written."""

from __future__ import annotations

import itertools
import json
import os
import tempfile
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.git.repository import Repo
from text2llm.config.folder import open_folder
from text2llm.config.include import resolve_includes
from text2llm.config.reader import read_document
from text2llm.config.tree import Tree
from text2llm.diagnostics import Diagnostic
from text2llm.git.repository import Repository

#: A folder is a dictionary, a file is None, a link is its target.
NAMES = st.sampled_from(["a", "b", "c.yaml", "d.yaml", ".h", ".i.yaml"])
TARGETS = [".", "..", "a", "a/b", "../a", "../c.yaml", "b/../a", "./c.yaml", "nowhere", "../..", "/etc", "c.yaml/.."]
LEAVES = st.none() | st.none() | st.sampled_from(TARGETS)
TREES = st.dictionaries(
    NAMES,
    st.recursive(LEAVES, lambda inner: st.dictionaries(NAMES, inner, min_size=1, max_size=4), max_leaves=12),
    min_size=1,
    max_size=5,
)
PARTS = ["*", "**", "**", "a", "b", "..", ".", "*.yaml", "c.yaml", "[ab]", ".*", "?", "[!a]*", "*a*a*", "nowhere"]
PATTERNS = st.lists(st.sampled_from(PARTS), min_size=1, max_size=4).map("/".join)
OUTSIDE = "outside"


def write(folder: Path, tree: dict[str, Any]) -> None:
    for name, value in tree.items():
        if isinstance(value, dict):
            (folder / name).mkdir()
            write(folder / name, value)
        elif value is None:
            (folder / name).write_text(f"{folder}/{name}")
        else:
            (folder / name).symlink_to(value)


def value_at(tree: dict[str, Any], path: tuple[str, ...]) -> Any:
    value: Any = tree
    for name in path:
        value = value.get(name, "") if isinstance(value, dict) else ""
    return value


def follow(tree: dict[str, Any], path: tuple[str, ...], steps: str, links: int = 0) -> tuple[str, ...] | str | None:
    """Where a path leads from a folder; ``None``: nowhere."""
    if steps.startswith("/"):
        return OUTSIDE
    for number, name in enumerate(parts := steps.split("/")):
        if name in ("", "."):
            continue
        if name == "..":
            if not path:
                return OUTSIDE
            path = path[:-1]
            continue
        value = value_at(tree, (*path, name))
        if value == "":
            return None
        if isinstance(value, str):
            return None if links == 40 else follow(tree, path, "/".join([value, *parts[number + 1 :]]), links + 1)
        path = (*path, name)
    return path


def search(tree: dict[str, Any], path: tuple[str, ...], parts: list[str]) -> Iterator[tuple[str, ...] | str]:
    """The files that a pattern matches, as often as it does, and ``OUTSIDE`` for what leads out."""
    if not parts:
        yield path
        return
    first, *rest = parts
    folder = value_at(tree, path)
    if not isinstance(folder, dict):
        return
    if first == "**" and rest:
        yield from search(tree, path, rest)
    if not any(letter in first for letter in "*?["):
        reached = follow(tree, path, first)
        yield from () if reached is None else [OUTSIDE] if isinstance(reached, str) else search(tree, reached, rest)
        return
    for name, value in folder.items():
        if (name[0] == "." and first[0] != ".") or not fnmatchcase(name, first):
            continue
        if not rest or (first != "**" and isinstance(value, dict)):
            reached = follow(tree, path, name)
            yield from () if reached is None else [OUTSIDE] if isinstance(reached, str) else search(tree, reached, rest)
        if first == "**" and isinstance(value, dict):
            yield from search(tree, (*path, name), parts)


def resolve(tree: Tree, pattern: str) -> tuple[dict[str, str], list[Diagnostic]]:
    findings: list[Diagnostic] = []
    document = read_document("x", json.dumps({"include": [pattern]}).encode())
    found = resolve_includes(document, tree, "", "text2llm.yaml", findings)
    return {spelled: place.path for spelled, place in found.items()}, findings


@settings(max_examples=80)
@given(TREES, PATTERNS)
def test_a_folder_its_commit_and_a_plain_search_agree(tree: dict[str, Any], pattern: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        repo = Repo(Path(folder).resolve() / "repo")
        write(repo.path, tree)
        opened = Repository(str(repo.path), os.environ)
        commit = Tree(repo.commit(), opened.list_folder, opened.read_object, opened.top)
        there = resolve(open_folder(str(repo.path), str(repo.path)), pattern)
        assert there == resolve(commit, pattern)
    reached = set(itertools.islice(search(tree, (), pattern.split("/")), 100_000))
    files = {"/".join(path) for path in reached if isinstance(path, tuple) and value_at(tree, path) is None}
    found, findings = there
    assert set(found.values()) == files
    assert any("leads out" in each.message for each in findings if each.severity.value == "error") >= (
        OUTSIDE in reached and not any("leads nowhere" in each.message for each in findings)
    )
