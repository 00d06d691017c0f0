from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.git.repository import CONFIG, Repo
from text2llm.config import discovery
from text2llm.git.search import find_configs, select_below


def find(folder: Path, environ: dict[str, str] | None = None) -> list[str]:
    found = find_configs(str(folder), os.environ if environ is None else environ)
    assert found.complete
    return [os.path.relpath(path, folder) for path in found.paths]


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    names = (
        "text2llm",
        "a__text2llm",
        "a__b__text2llm",
        ".github__text2llm",
        "c__other",
        "d__xtext2llm",
        "*__text2llm",
    )
    for name in names:
        path = tmp_path / f"{name.replace('__', '/')}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(CONFIG % "x/a")
    return tmp_path


ALL = ["*/text2llm.yaml", ".github/text2llm.yaml", "a/b/text2llm.yaml", "a/text2llm.yaml", "text2llm.yaml"]


def test_git_names_what_is_tracked_or_new_but_not_what_is_ignored_or_gone(tree: Path) -> None:
    repo = Repo(tree)
    assert find(tree) == ALL
    repo.commit()
    (tree / ".gitignore").write_text("/vendor/\n/a/\n")
    repo.write(vendor__text2llm="", new__text2llm="")
    (tree / "text2llm.yaml").unlink()
    assert find(tree) == [*ALL[:4], "new/text2llm.yaml"]
    assert find(tree / "a") == ["b/text2llm.yaml", "text2llm.yaml"]
    assert find(tree / "*") == ["text2llm.yaml"]


def test_without_git_the_folders_are_searched(tree: Path) -> None:
    (tree / "node_modules" / "x").mkdir(parents=True)
    (tree / "node_modules" / "x" / "text2llm.yaml").touch()
    (tree / "a" / "loop").symlink_to(tree)
    assert find(tree) == ALL
    (tree / ".git").mkdir()
    assert find(tree) == ALL  # git does not know it
    assert find(tree, {"PATH": ""}) == ALL


def test_other_repositories_are_not_entered(tree: Path) -> None:
    (tree / "a" / ".git").mkdir()
    assert find(tree) == [path for path in ALL if not path.startswith("a/")]


def test_folder_that_cannot_be_listed_is_skipped(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scan = os.scandir

    def refuse(path: str) -> object:
        if path.endswith("/b"):
            raise PermissionError
        return scan(path)

    monkeypatch.setattr(os, "scandir", refuse)
    assert find(tree) == [path for path in ALL if "/b/" not in path]


def test_search_is_bounded(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(discovery, "_MAX_ENTRIES", 5)
    assert not find_configs(str(tree), {"PATH": ""}).complete


def test_only_what_has_the_name_and_is_below_is_selected() -> None:
    paths = ["b/text2llm.yaml", "a/text2llm.yaml", "ab/text2llm.yaml", "a/xtext2llm.yaml", "a/text2llm.yaml/x"]
    assert select_below(paths, "a") == ["text2llm.yaml"]
    assert select_below(paths, ".") == ["a/text2llm.yaml", "ab/text2llm.yaml", "b/text2llm.yaml"]
