from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.git.repository import CONFIG, Repo
from text2llm.config import discovery
from text2llm.git import repository, search
from text2llm.git.repository import GitError, Repository
from text2llm.git.search import find_configs, select_below


def find(folder: Path, environ: dict[str, str] | None = None) -> list[str]:
    found = find_configs(str(folder), os.environ if environ is None else environ)
    assert found.complete
    assert found.failure is None
    return [os.path.relpath(path, folder) for path in found.paths]


def failure(folder: Path, environ: Mapping[str, str]) -> str:
    found = find_configs(str(folder), environ)
    assert found.failure is not None
    return found.failure.message


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


def test_in_a_repository_folders_of_packages_are_searched_too(tree: Path) -> None:
    repo = Repo(tree)
    repo.write(node_modules__x__text2llm="")
    assert "node_modules/x/text2llm.yaml" in find(tree)


def test_a_repository_that_git_cannot_read_is_a_failure_and_not_searched_in_silence(tree: Path) -> None:
    (tree / ".git").mkdir()
    assert "is not inside a git repository" in failure(tree, os.environ)
    assert "git is not installed" in failure(tree, {"PATH": ""})


def test_slow_patterns_hide_no_tracked_configuration(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Patterns with `**` take git a time that is exponential in their number."""
    repo = Repo(tree)
    deep = tree.joinpath(*"a" * 100)
    deep.mkdir(parents=True)
    (deep / "c").touch()
    repo.write(node_modules__x__text2llm="")
    repo.commit()
    (tree / ".gitignore").write_text("**/a/" * 15 + "**/b\n")
    monkeypatch.setattr(repository, "TIME_LIMIT", 1.0)
    (deep / "d").touch()
    found = find_configs(str(tree), os.environ)
    assert str(tree / "node_modules" / "x" / "text2llm.yaml") in found.paths
    assert found.failure is not None
    assert "git took longer than" in found.failure.message


@pytest.mark.parametrize("cased", [True, False])
def test_another_case_is_the_name_where_the_disk_says_so(
    tree: Path, monkeypatch: pytest.MonkeyPatch, *, cased: bool
) -> None:
    repo = Repo(tree)
    repo.write(svc__TEXT2LLM="")
    exists = os.path.lexists
    monkeypatch.setattr(os.path, "lexists", lambda path: exists(path) or (not cased and "/svc/text2llm" in path))
    assert find(tree) == sorted([*ALL, *([] if cased else ["svc/text2llm.yaml"])])


def add_module(repo: Repo, path: str, **files: str) -> Path:
    """Another repository with these files, as a submodule at ``path``."""
    other = Repo(repo.path / path)
    other.write(**files)
    other.commit()
    repo.git("add", path)
    return repo.path / path


def test_submodules_are_searched_too(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    repo = Repo(tree)
    module = add_module(repo, "m/n", text2llm="", x__text2llm="")
    assert find(tree) == sorted([*ALL, "m/n/text2llm.yaml", "m/n/x/text2llm.yaml"])
    assert find(tree / "m") == ["n/text2llm.yaml", "n/x/text2llm.yaml"]
    assert find(tree / "a") == ["b/text2llm.yaml", "text2llm.yaml"]
    with monkeypatch.context() as context:
        context.setattr(search, "_MAX_MODULES", 0)
        assert "more than 0 submodules" in failure(tree, os.environ)
    shutil.rmtree(module)
    assert find(tree) == ALL
    module.symlink_to(tree)
    assert find(tree) == ALL


def test_a_submodule_that_git_cannot_read_is_a_failure(tree: Path) -> None:
    module = add_module(Repo(tree), "m", text2llm="")
    shutil.rmtree(module / ".git")
    (module / ".git").write_text("gitdir: /nowhere")
    assert "is not inside a git repository" in failure(tree, os.environ)


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


def test_an_index_that_git_cannot_read_is_a_failure(tree: Path) -> None:
    Repo(tree)
    (tree / ".git" / "index").write_bytes(b"no index")
    assert "git's index cannot be read" in failure(tree, os.environ)
    with pytest.raises(GitError, match="git's index cannot be read"):
        Repository(str(tree), os.environ).list_modules()
    with pytest.raises(GitError, match="not in this clone"):
        Repository(str(tree), os.environ).list_modules("0" * 40)
    with pytest.raises(GitError, match="not in this clone"):
        Repository(str(tree), os.environ).list_tracked("0" * 40)
