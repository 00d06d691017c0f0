"""``validate DIR`` and ``--all``, ``validate.exclude``, and what is said of a second configuration."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.git.repository import CONFIG, Repo
from tests.running import Run

GOOD = CONFIG % "anthropic/claude-opus-4-5"
BAD = CONFIG % "antropic/claude-opus-4-5"
EXCLUDE = f"{GOOD}validate: {{exclude: [fixtures, 'x/*/broken']}}\n"


def paths(out: str) -> list[str]:
    return [each["path"] for each in json.loads(out)["findings"]]


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    repo = Repo(tmp_path)
    repo.write(text2llm=GOOD, a__text2llm=BAD, a__b__text2llm=BAD, c__other=BAD)
    (tmp_path / "a" / "text2llm.prod.yaml").write_text(BAD)
    return repo


def test_a_directory_is_every_configuration_in_it_and_below(run: Run, repo: Repo) -> None:
    done = run("validate", "--json", "a")
    assert (done.code, paths(done.out)) == (1, ["a/b/text2llm.yaml", "a/text2llm.prod.yaml", "a/text2llm.yaml"])
    assert paths(run("validate", "--json", "a/b", "c/other.yaml").out) == ["a/b/text2llm.yaml", "c/other.yaml"]
    assert json.loads(run("validate", "--json", ".").out)["files"] == 4


def test_all_is_every_configuration_of_the_repository(run: Run, repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(repo.path / "a" / "b")
    done = run("validate", "--json", "--all")
    assert json.loads(done.out)["files"] == 4
    assert len(paths(done.out)) == 3
    (repo.path / ".gitignore").write_text("/a/text2llm*\n")
    assert json.loads(run("validate", "--json", "--all").out)["files"] == 2


@pytest.mark.parametrize("arguments", [("c",), ("--all",)])
def test_nothing_to_check_is_an_error(run: Run, tmp_path: Path, arguments: tuple[str, ...]) -> None:
    Repo(tmp_path)
    (tmp_path / "c").mkdir()
    done = run("validate", "--json", *arguments)
    assert (done.code, paths(done.out)) == (1, [arguments[0] if arguments[0] == "c" else "."])
    assert "no text2llm.yaml in this directory or below it" in done.out


def test_without_a_configuration_those_below_are_named(run: Run, repo: Repo) -> None:
    (repo.path / "text2llm.yaml").unlink()
    done = run("validate")
    assert done.code == 1
    assert "`text2llm validate .` checks those below" in done.err


@pytest.mark.parametrize("arguments", [(), (".",), ("--all",)])
def test_excluded_configurations_are_not_in_force(run: Run, tmp_path: Path, arguments: tuple[str, ...]) -> None:
    repo = Repo(tmp_path)
    repo.write(text2llm=EXCLUDE, fixtures__deep__text2llm=BAD, x__y__broken__text2llm=BAD)
    assert run("validate", *arguments).err == "1 file checked: no errors, no warnings\n"
    repo.write(x__broken__text2llm=BAD)
    assert paths(run("validate", "--json", *arguments).out) == ["x/broken/text2llm.yaml"]


def test_an_excluded_file_that_is_named_is_checked(run: Run, tmp_path: Path) -> None:
    repo = Repo(tmp_path)
    repo.write(text2llm=EXCLUDE, fixtures__text2llm=BAD)
    assert run("validate", "fixtures/text2llm.yaml").code == 1
    assert run("validate", "fixtures").code == 1


def test_a_configuration_excludes_what_is_below_it_alone(run: Run, tmp_path: Path) -> None:
    repo = Repo(tmp_path)
    repo.write(text2llm=GOOD, a__text2llm=EXCLUDE, a__fixtures__text2llm=BAD, fixtures__text2llm=BAD)
    assert paths(run("validate", "--json").out) == ["fixtures/text2llm.yaml"]


@pytest.mark.parametrize("arguments", [(), (".",), ("--all",)])
@pytest.mark.parametrize("pattern", ["**", "*", "text2llm*"])
def test_no_configuration_excludes_itself_or_its_environments(
    run: Run, tmp_path: Path, pattern: str, arguments: tuple[str, ...]
) -> None:
    Repo(tmp_path).write(text2llm=f"{BAD}validate: {{exclude: ['{pattern}']}}\n")
    (tmp_path / "text2llm.prod.yaml").write_text("version: 1\nenvironment: prod\nagents: {defaults: {modle: x}}\n")
    assert paths(run("validate", "--json", *arguments).out) == ["text2llm.prod.yaml", "text2llm.yaml"]


def test_what_is_passed_over_is_said(run: Run, tmp_path: Path) -> None:
    (tmp_path / "outer").mkdir()
    assert "a repository below is checked if you name it" in run("validate", "outer").out
    Repo(tmp_path)
    assert "one that git ignores is checked if you name it" in run("validate", "outer").out


def test_one_that_cannot_be_read_excludes_nothing(run: Run, tmp_path: Path) -> None:
    repo = Repo(tmp_path)
    repo.write(text2llm="validate: {exclude: [fixtures]\n", fixtures__text2llm=BAD)
    assert paths(run("validate", "--json").out) == ["fixtures/text2llm.yaml", "text2llm.yaml"]


def test_a_new_exclusion_is_a_danger_and_hides_nothing_in_the_same_change(run: Run, tmp_path: Path) -> None:
    repo = Repo(tmp_path)
    repo.write(text2llm=GOOD, fixtures__text2llm=GOOD)
    repo.commit()
    repo.write(text2llm=EXCLUDE, fixtures__text2llm=CONFIG % "openai/gpt-5.2")
    document = json.loads(run("diff", "--json").out)
    assert [(each["kind"], each["level"]) for each in document["changes"]] == [("validate-exclude", "danger")]
    assert len(document["others"]) == 1
    repo.commit()
    repo.write(fixtures__text2llm=GOOD)
    assert json.loads(run("diff", "--json").out)["others"] == []


def test_the_gate_tells_what_it_does_not_verify(run: Run, repo: Repo) -> None:
    done = run("probe", "--models", "nobody/x")
    assert "a/b/text2llm.yaml, a/text2llm.yaml are in force in their folders, and not verified here\n" in done.err
    assert "in force" not in run("probe", "--models", "nobody/x", "--config", "text2llm.yaml").err


def test_a_link_to_a_directory_is_searched_where_it_leads(run: Run, tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "text2llm.yaml").write_text(BAD)
    Repo(tmp_path / "inside").write(text2llm=GOOD)
    (tmp_path / "inside" / "link").symlink_to(tmp_path / "outside")
    assert paths(run("validate", "--json", "inside/link").out) == ["inside/link/text2llm.yaml"]
