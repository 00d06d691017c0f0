"""``text2llm diff`` with environments: what a change means under each, and two of them compared."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.cli.test_output_schemas import obey
from tests.git.repository import Repo
from tests.running import Run

BASE = """version: 1
agents:
  defaults:
    model: {primary: %s, fallbacks: [zai/glm-4.7]}
  entries:
    ops: {model: openai/gpt-5.2}
"""
PROD = "version: 1\nenvironment: prod\nagents:\n  defaults: {model: %s}\n"
STAGING = "version: 1\nenvironment: staging\n"


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    repo = Repo(tmp_path)
    write(repo, base=BASE % "openai/gpt-5.1", prod=PROD % "openai/gpt-5.2", staging=STAGING)
    repo.commit()
    return repo


def write(repo: Repo, base: str | None = None, **environments: str) -> None:
    for name, text in environments.items():
        Path(f"text2llm.{name}.yaml").write_text(text)
    if base is not None:
        repo.write(text2llm=base)


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def tell(run: Run, *arguments: str) -> list[str]:
    """The messages, without facts and places."""
    done = run("diff", "--json", *arguments)
    assert done.code == 0, done.err
    obey("outputs/diff", done.out)
    return [each["message"] for each in json.loads(done.out)["changes"]]


def test_a_change_names_where_it_has_an_effect_and_what_hides_it(run: Run, repo: Repo) -> None:
    write(repo, base=BASE % "openai/gpt-5.2")
    assert tell(run) == [
        "default model: openai/gpt-5.1 → openai/gpt-5.2 (base, staging; not prod: text2llm.prod.yaml:4 hides it)"
    ]
    (change,) = json.loads(run("diff", "--json").out)["changes"]
    assert change["environments"] == ["base", "staging"]
    assert change["hidden"] == [{"environment": "prod", "path": "text2llm.prod.yaml", "line": 4, "column": 14}]


def test_what_all_have_is_told_once_as_without_environments(run: Run, repo: Repo) -> None:
    write(repo, base=(BASE % "openai/gpt-5.1").replace("glm-4.7", "glm-5"))
    found = tell(run)
    assert [each for each in found if "(base" in each or "only" in each] == []
    assert len(found) == 2


def test_a_change_of_one_environment_is_only_there(run: Run, repo: Repo) -> None:
    write(repo, prod=PROD % "openai/gpt-5.4")
    assert tell(run) == ["only prod: default model: openai/gpt-5.2 → openai/gpt-5.4"]


def test_removals_that_an_environment_hides(run: Run, repo: Repo) -> None:
    write(repo, staging=STAGING + "agents: {entries: {ops: ~}}\n")
    repo.commit()
    write(repo, base=(BASE % "openai/gpt-5.1").replace("gpt-5.2", "gpt-5.4"))
    assert tell(run) == [
        "agent ops model: openai/gpt-5.2 → openai/gpt-5.4 (base, prod; not staging: text2llm.staging.yaml:3 hides it)"
    ]


def test_a_plain_model_that_an_environment_hides(run: Run, repo: Repo) -> None:
    plain = "version: 1\nagents: {defaults: {model: %s}}\n"
    write(repo, base=plain % "openai/gpt-5.1")
    repo.commit()
    write(repo, base=plain % "openai/gpt-5.4")
    (found,) = tell(run)
    assert found.endswith("(base, staging; not prod: text2llm.prod.yaml:4 hides it)")


def test_a_change_that_an_environment_escapes_by_another_key_names_no_line(run: Run, repo: Repo) -> None:
    models = "version: 1\nagents: {defaults: {model: fast, models: {%s: {alias: fast}}}}\n"
    other = STAGING + "agents: {defaults: {models: {openai/gpt-5.2: {alias: fast}}}}\n"
    write(repo, base=models % "openai/gpt-5.1", staging=other)
    repo.commit()
    write(repo, base=models % "openai/gpt-5.4")
    assert any("(base; not prod: text2llm.prod.yaml:4 hides it, staging)" in each for each in tell(run))


def test_environments_that_come_or_go_are_told_first(run: Run, repo: Repo) -> None:
    Path("text2llm.staging.yaml").unlink()
    lab = "{api: openai-completions, baseUrl: 'https://a.example', apiKey: '${OPENAI_API_KEY}'}"
    write(repo, dev=f"version: 1\nenvironment: dev\nmodels: {{providers: {{lab: {lab}}}}}\n")
    found = json.loads(run("diff", "--json").out)["changes"]
    assert [(each["kind"], each["message"]) for each in found[:2]] == [
        ("environment-removed", "environment staging removed: text2llm.staging.yaml"),
        ("environment-added", "environment dev added: text2llm.dev.yaml"),
    ]
    assert found[2]["level"] == "danger"
    assert found[2]["message"].startswith("only dev: provider lab: API key: none → ${OPENAI_API_KEY}")


def test_a_danger_is_found_under_each_environment(run: Run, repo: Repo) -> None:
    lab = "models: {providers: {openai: {baseUrl: 'https://a.example/v1'}}}\n"
    write(repo, prod=PROD % "openai/gpt-5.2" + lab)
    done = run("diff", "--fail-on", "danger")
    assert done.code == 1
    assert re.search(r"danger +only prod: provider openai: origin changed", done.out)


def test_a_configuration_beside_the_other_is_no_environment(run: Run, repo: Repo) -> None:
    write(repo, old=BASE % "openai/gpt-5.1")
    repo.commit()
    write(repo, old=BASE % "openai/gpt-5.4")
    assert tell(run) == []


def test_commits_and_the_index_have_environments_too(run: Run, repo: Repo) -> None:
    write(repo, prod=PROD % "openai/gpt-5.4")
    repo.git("add", "--all")
    assert tell(run, "--staged") == ["only prod: default model: openai/gpt-5.2 → openai/gpt-5.4"]
    repo.commit()
    assert tell(run, "HEAD~1", "HEAD") == ["only prod: default model: openai/gpt-5.2 → openai/gpt-5.4"]
    assert tell(run) == []


def test_markdown_says_it_too(run: Run, repo: Repo) -> None:
    write(repo, prod=PROD % "openai/gpt-5.4")
    assert "only prod: default model" in run("diff", "--format", "markdown").out.replace("\\", "")


def test_one_environment_can_be_chosen(run: Run, repo: Repo) -> None:
    write(repo, base=BASE % "openai/gpt-5.2", prod=PROD % "openai/gpt-5.4")
    assert tell(run, "--env", "prod") == ["default model: openai/gpt-5.2 → openai/gpt-5.4"]
    done = run("diff", "--env", "prd")
    assert (done.code, "did you mean 'prod'?" in done.err) == (1, True)


def test_an_agent_of_one_environment_can_be_chosen(run: Run, repo: Repo) -> None:
    write(repo, prod=PROD % "openai/gpt-5.2" + "  entries: {web: {model: openai/gpt-5.4}}\n")
    assert "web" in "".join(tell(run, "--agent", "web"))
    assert run("diff", "--agent", "nobody").code == 1


def test_an_abstract_configuration_does_not_count(run: Run, repo: Repo) -> None:
    write(repo, base="abstract: true\n" + BASE % "openai/gpt-5.1")
    repo.commit()
    write(repo, base="abstract: true\n" + BASE % "openai/gpt-5.2")
    assert tell(run) == ["only staging: default model: openai/gpt-5.1 → openai/gpt-5.2"]


def test_a_revision_that_is_not_valid_under_an_environment_is_named(run: Run, repo: Repo) -> None:
    write(repo, prod=PROD.replace("defaults", "default") % "x/a")
    done = run("diff")
    assert done.code == 1
    assert "the configuration in the working tree under prod is not valid: unknown key 'default'" in done.err


# --between


def test_two_environments_are_compared(run: Run, repo: Repo) -> None:
    assert tell(run, "--between", "staging", "prod") == ["default model: openai/gpt-5.1 → openai/gpt-5.2"]
    assert tell(run, "--between", "base", "prod") == ["default model: openai/gpt-5.1 → openai/gpt-5.2"]
    assert tell(run, "--between", "base", "staging") == []
    assert run("diff", "--between", "base", "prod").out.startswith("text2llm.yaml: base → prod\n")


def test_nothing_differs_where_the_resolved_documents_agree(run: Run, repo: Repo) -> None:
    write(
        repo,
        staging=STAGING + "rules: {unknown-model: 'off'}\nagents: {defaults: {model: gpt-5.1, provider: openai}}\n",
    )
    assert tell(run, "--between", "base", "staging") == []


def test_credentials_of_models_in_use_are_compared_too(run: Run, repo: Repo) -> None:
    keys = "models: {providers: {openai: {apiKey: '${PROD_KEY}'}, groq: {apiKey: '${GROQ}'}}}\n"
    write(repo, staging=STAGING + keys)
    assert tell(run, "--between", "base", "staging") == ["provider openai: API key: none → ${PROD_KEY}"]


def test_between_takes_names_of_environments_alone(run: Run, repo: Repo) -> None:
    assert run("diff", "--between", "dev", "prd").code == 1
    for more in (["HEAD"], ["--staged"], ["--env", "prod"]):
        assert run("diff", "--between", "base", "prod", *more).code == 64
    assert tell(run, "--between", "base", "prod", "--agent", "ops") == []
    assert "known agents" in run("diff", "--between", "base", "prod", "--agent", "web").err


def test_a_new_model_that_an_environment_escapes_by_another_key_names_no_line(run: Run, repo: Repo) -> None:
    other = STAGING + "agents: {defaults: {models: {openai/gpt-5.2: {alias: fast}}}}\n"
    write(repo, base="version: 1\n", staging=other)
    repo.commit()
    write(repo, base="version: 1\nagents: {defaults: {model: fast, models: {openai/gpt-5.1: {alias: fast}}}}\n")
    found = next(each for each in tell(run) if each.startswith("default model: not set → openai/gpt-5.1"))
    assert found.endswith("(base; not prod: text2llm.prod.yaml:4 hides it, staging)")
