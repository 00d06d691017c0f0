"""``text2llm diff`` of configurations in the folders below: commands that run there use them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.test_output_schemas import obey
from tests.git.repository import CONFIG, Repo
from tests.running import Run
from text2llm.commands import diff
from text2llm.git.repository import Repository

ROOT = CONFIG % "x/root"


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    repo = Repo(tmp_path)
    repo.write(text2llm=ROOT, a__text2llm=CONFIG % "x/a", b__c__text2llm=CONFIG % "x/b", a__agents__one="id: one\n")
    repo.commit()
    return repo


def others(run: Run, *arguments: str) -> dict[str, list[str]]:
    out = run("diff", "--json", *arguments).out
    obey("outputs/diff", out)
    document = json.loads(out)
    assert document["path"] == "text2llm.yaml"
    assert document["changed"] == bool(document["changes"] or document["others"])
    return {each["path"]: [change["message"] for change in each["changes"]] for each in document["others"]}


def test_nothing_has_changed(run: Run, repo: Repo) -> None:
    assert others(run) == {}
    assert run("diff", "--exit-code").code == 0


def test_each_one_that_has_changed_is_shown(run: Run, repo: Repo) -> None:
    repo.write(a__text2llm=CONFIG % "x/new", d__text2llm=CONFIG % "x/d")
    (repo.path / "b" / "c" / "text2llm.yaml").unlink()
    assert list(others(run)) == ["a/text2llm.yaml", "b/c/text2llm.yaml", "d/text2llm.yaml"]
    assert others(run)["a/text2llm.yaml"] == ["default model: x/a → x/new"]
    assert run("diff", "--exit-code").code == 1
    text = run("diff").out
    assert "no change in meaning\n\na/text2llm.yaml: HEAD (" in text
    assert "change   default model: x/a → x/new\n         at HEAD:a/text2llm.yaml:2 → a/text2llm.yaml:2\n\nb/c/" in text
    report = run("diff", "--format", "markdown").out
    assert report.count("| change | what follows |") == 3
    assert "No change in meaning.\n\na/text2llm" in report.replace("\\", "")
    before = others(run)
    repo.git("add", "--all")
    assert others(run, "--staged") == before
    repo.commit()
    assert others(run, "HEAD~..HEAD") == before
    assert others(run, "HEAD") == {}


def test_a_changed_agent_file_counts(run: Run, repo: Repo) -> None:
    repo.write(a__text2llm=f"{CONFIG % 'x/a'}include: [agents/*.yaml]\n", a__agents__one="id: one\nmodel: x/one\n")
    assert list(others(run)) == ["a/text2llm.yaml"]
    assert others(run, "--agent", "main") == {}


@pytest.mark.parametrize("way", ["option", "variable"])
def test_a_named_one_is_compared_alone(run: Run, repo: Repo, monkeypatch: pytest.MonkeyPatch, way: str) -> None:
    repo.write(a__text2llm=CONFIG % "x/new")
    if way == "variable":
        monkeypatch.setenv("TEXT2LLM_CONFIG", "text2llm.yaml")
    assert others(run, *(["--config", "text2llm.yaml"] if way == "option" else [])) == {}


def test_only_those_below_are_compared(run: Run, repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    repo.write(a__text2llm=CONFIG % "x/new", text2llm=CONFIG % "x/new")
    monkeypatch.chdir(repo.path / "b" / "c")
    assert "no change in meaning" in run("diff").out


def test_one_that_cannot_be_compared_is_an_error(run: Run, repo: Repo) -> None:
    repo.write(a__text2llm="version: 1\nagent: {}\n")
    done = run("diff")
    assert done.code == 1
    assert "a/text2llm.yaml" in done.err
    repo.commit()
    repo.write(a__text2llm="version: 1\nagent: {defaults: 1}\n")
    assert others(run) == {}  # valid on neither side, so that no command can use it


def test_a_deleted_configuration_is_shown_though_the_user_has_one(
    run: Run, repo: Repo, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path_factory.mktemp("home")
    (home / "config").mkdir()
    (home / "config" / "text2llm.yaml").write_text(ROOT)
    monkeypatch.setenv("TEXT2LLM_HOME", str(home))
    (repo.path / "text2llm.yaml").unlink()
    done = run("diff")
    assert (done.code, done.out.splitlines()[0].split(":")[0]) == (0, "text2llm.yaml")
    assert "x/root" in done.out


def test_the_index_is_read_once_for_all(run: Run, repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = list[str]()
    ask = Repository._git

    def note(self: Repository, *arguments: str, stdin: bytes = b"", passed: tuple[str, ...] = ()) -> object:
        asked.append(arguments[0])
        return ask(self, *arguments, stdin=stdin, passed=passed)

    monkeypatch.setattr(Repository, "_git", note)
    assert others(run, "--staged") == {}
    assert asked.count("diff-index") == 1


def test_more_than_can_be_compared_is_an_error_that_says_how_many(
    run: Run, repo: Repo, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(diff, "_MAX_CONFIGS", 1)
    done = run("diff")
    assert done.code == 1
    assert done.err.startswith("error: there are more than 1 configurations in the folders below")
    assert run("diff", "--config", "text2llm.yaml").code == 0


def test_a_submodule_with_a_configuration_is_told_when_its_commit_changes(run: Run, repo: Repo) -> None:
    module = Repo(repo.path / "m")
    module.write(x__text2llm=ROOT)
    one = module.commit()[:10]
    repo.commit("y")
    told = "submodule m: {} → {}: its configurations are not compared"
    assert messages(run, "HEAD~..HEAD") == [told.format("none", one)]
    assert messages(run, "HEAD") == messages(run, "--staged") == []
    two = module.commit()[:10]
    assert messages(run, "HEAD") == [told.format(one, two)]
    assert messages(run, "--staged") == []
    repo.git("add", "m")
    assert messages(run, "--staged") == [told.format(one, two)]


def test_a_submodule_without_a_configuration_is_not_told(run: Run, repo: Repo) -> None:
    module = Repo(repo.path / "m")
    module.commit()
    repo.commit()
    assert messages(run, "HEAD~..HEAD") == []


def messages(run: Run, *arguments: str) -> list[str]:
    return [change["message"] for change in json.loads(run("diff", "--json", *arguments).out)["changes"]]
