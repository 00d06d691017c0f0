"""Configurations as they were committed: agent files of the same commit, whatever the working tree has now."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from tests.git.repository import CONFIG, Repo
from text2llm.config.load import Loaded, load_file
from text2llm.config.tree import Tree
from text2llm.errors import InvalidConfigError, ReadError
from text2llm.git.repository import Repository
from text2llm.git.revision import load_revision

AGENT = "id: %s\nmodel: a/%s\n"


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    return Repo(tmp_path / "repo")


def load(repo: Repo, path: str = "text2llm.yaml") -> Loaded | None:
    commit = repo.commit()
    for entry in repo.path.iterdir():  # nothing of the working tree counts
        if entry.name != ".git":
            shutil.rmtree(entry) if entry.is_dir() else entry.unlink()
    opened = Repository(str(repo.path), os.environ)
    tree = Tree(commit, opened.list_folder, opened.read_object)
    return load_revision(tree, path, "HEAD")


def agents(loaded: Loaded | None) -> list[str]:
    assert loaded is not None
    return [agent.id for agent in loaded.require().agents]


def problem(loaded: Loaded | None) -> str:
    assert loaded is not None
    assert loaded.config is None
    return f"{loaded.first_error().location}: {loaded.first_error().message}"


def root(*patterns: str) -> str:
    return f"version: 1\ninclude: [{', '.join(patterns)}]\n"


def test_agent_files_are_those_of_the_commit(repo: Repo) -> None:
    repo.write(text2llm=root("agents/*.yaml"), agents__b=AGENT % ("b", "1"), agents__a=AGENT % ("a", "2"))
    loaded = load(repo)
    assert agents(loaded) == ["a", "b"]
    assert loaded is not None
    assert [document.path for document in loaded.included] == ["HEAD:agents/a.yaml", "HEAD:agents/b.yaml"]


def test_patterns_that_overlap_include_a_file_once(repo: Repo) -> None:
    repo.write(
        text2llm=root("agents/a.yaml", '"**/*.yaml"'), agents__a=AGENT % ("a", "1"), agents__d__b=AGENT % ("b", "1")
    )
    (repo.path / "agents" / "link.yaml").symlink_to("a.yaml")
    loaded = load(repo)
    assert problem(loaded) == "HEAD:text2llm.yaml:2:26: an include leads to this file itself"
    repo = Repo(repo.path.parent / "other")
    repo.write(
        text2llm=root("agents/a.yaml", '"agents/**"'), agents__a=AGENT % ("a", "1"), agents__d__b=AGENT % ("b", "1")
    )
    (repo.path / "agents" / "link.yaml").symlink_to("a.yaml")
    assert agents(load(repo)) == ["a", "b"]


def test_a_root_below_the_top_includes_from_its_own_folder(repo: Repo) -> None:
    repo.write(conf__text2llm=root("../agents/a.yaml"), agents__a=AGENT % ("a", "1"))
    assert agents(load(repo, "conf/text2llm.yaml")) == ["a"]


def test_a_root_that_is_a_link_is_followed_inside_the_commit(repo: Repo) -> None:
    repo.write(real=CONFIG % "a/b")
    (repo.path / "text2llm.yaml").symlink_to("real.yaml")
    loaded = load(repo)
    assert loaded is not None
    assert loaded.document.text == CONFIG % "a/b"


@pytest.mark.parametrize("target", ["/etc/passwd", "../text2llm.yaml", "x" * 5000])
def test_a_root_that_leads_out_is_refused(repo: Repo, target: str) -> None:
    link = repo.git("hash-object", "-w", "--stdin", stdin=target.encode())
    repo.git("update-index", "--add", "--cacheinfo", f"120000,{link},text2llm.yaml")
    repo.git("commit", "--quiet", "--message", "x")
    opened = Repository(str(repo.path), os.environ)
    tree = Tree(opened.find_commit("HEAD"), opened.list_folder, opened.read_object)
    with pytest.raises(ReadError, match="is a link that leads out of the repository"):
        load_revision(tree, "text2llm.yaml", "HEAD")


@pytest.mark.parametrize(
    ("pattern", "message"),
    [
        ("none.yaml", "there is no such file"),
        ("../x.yaml", "an include leads out of the repository"),
        ("out.yaml", "an include leads out of the repository"),
        ("./text2llm.yaml", "an include leads to this file itself"),
        ("agents", "this is a directory; agents/*.yaml are the files in it"),
    ],
)
def test_an_include_that_cannot_be_is_a_finding(repo: Repo, pattern: str, message: str) -> None:
    repo.write(text2llm=root(pattern), agents__a=AGENT % ("a", "1"))
    (repo.path / "out.yaml").symlink_to("../out.yaml")
    assert problem(load(repo)) == f"HEAD:text2llm.yaml:2:11: {message}"


def test_folders_among_the_matches_are_passed_over(repo: Repo) -> None:
    repo.write(text2llm=root('"agents/*"'), agents__a=AGENT % ("a", "1"), agents__d__b=AGENT % ("b", "1"))
    assert agents(load(repo)) == ["a"]


def test_a_link_among_the_matches_that_leads_nowhere_is_a_finding(repo: Repo) -> None:
    repo.write(text2llm=root('"agents/*"'), agents__a=AGENT % ("a", "1"))
    (repo.path / "agents" / "gone.yaml").symlink_to("nowhere.yaml")
    there = problem(load_file(str(repo.path / "text2llm.yaml")))
    assert there.endswith("text2llm.yaml:2:11: agents/gone.yaml is a link that leads nowhere")
    assert problem(load(repo)) == "HEAD:text2llm.yaml:2:11: agents/gone.yaml is a link that leads nowhere"


def test_a_link_is_named_as_seen_from_the_root_file(repo: Repo) -> None:
    repo.write(conf__text2llm=root('"agents/*"'), conf__agents__a=AGENT % ("a", "1"))
    (repo.path / "conf" / "agents" / "gone.yaml").symlink_to("nowhere.yaml")
    there = problem(load_file(str(repo.path / "conf" / "text2llm.yaml")))
    assert there.endswith("text2llm.yaml:2:11: agents/gone.yaml is a link that leads nowhere")
    told = "HEAD:conf/text2llm.yaml:2:11: agents/gone.yaml is a link that leads nowhere"
    assert problem(load(repo, "conf/text2llm.yaml")) == told


def test_a_pattern_that_no_file_matches_is_told_and_hides_no_error(repo: Repo) -> None:
    repo.write(text2llm=root('"agent/*.yaml"', '"agents/*.yaml"'), agents__a="id: a\nnothing: 1\n")
    for loaded in (load_file(str(repo.path / "text2llm.yaml")), load(repo)):
        assert loaded is not None
        assert loaded.findings[0].message == "no file is called agent/*.yaml"
        assert loaded.first_error().location.path.endswith("agents/a.yaml")
        with pytest.raises(InvalidConfigError, match="nothing"):
            loaded.require()


def test_an_agent_file_in_a_submodule_is_not_read(repo: Repo) -> None:
    repo.write(text2llm=root("sub/a.yaml"))
    inner = Repo(repo.path / "sub")
    inner.write(a=AGENT % ("a", "1"))
    inner.commit()
    told = "HEAD:text2llm.yaml:2:11: an include leads into a submodule, whose files are not in a revision"
    assert problem(load(repo)) == told


def test_too_many_agent_files_are_a_finding(repo: Repo) -> None:
    repo.write(text2llm=root('"agents/*"'), **{f"agents__a{number}": "x" for number in range(1001)})
    assert problem(load(repo)).endswith("more than 1000 included files")


def test_a_file_that_is_not_there_is_absent(repo: Repo) -> None:
    assert load(repo) is None


@pytest.mark.parametrize("text", ["version: 1\nnothing: 1\n", "version: 1\ninclude: agents\n", "[]\n", "version: 2\n"])
def test_what_the_schema_does_not_take_is_a_finding(repo: Repo, text: str) -> None:
    repo.write(text2llm=text)
    assert problem(load(repo)).startswith("HEAD:text2llm.yaml:")


def test_what_the_strict_reader_does_not_take_is_refused_with_its_place(repo: Repo) -> None:
    repo.write(text2llm="a: 1\na: 2\n")
    with pytest.raises(ReadError) as raised:
        load(repo)
    assert str(raised.value.location) == "HEAD:text2llm.yaml:2:1"


def test_a_huge_file_is_never_read(repo: Repo) -> None:
    repo.write(text2llm="#" * ((1 << 20) + 1))
    with pytest.raises(ReadError, match="is larger than 1 MiB"):
        load(repo)


def test_a_folder_in_place_of_the_file_is_refused(repo: Repo) -> None:
    repo.write(**{"text2llm.yaml__x": "x"})
    with pytest.raises(ReadError, match="is not a regular file"):
        load(repo)
