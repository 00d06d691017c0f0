"""Edits of a configuration with environments: which file they change, and what they refuse and tell."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.running import Done, Run

BASE = """version: 1
agents:
  defaults:
    model: {primary: anthropic/claude-opus-4-5, fallbacks: [openai/gpt-5.2]}
    models: {openai/gpt-5.4-mini: {alias: fast}}
  entries:
    main: {default: true}
    triage: {model: fast}
"""
PROD = """version: 1
environment: prod
agents:
  defaults: {model: google/gemini-2.5-pro}  # the big one
  entries:
    ops: {model: openai/gpt-5.2}
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("text2llm.yaml").write_text(BASE)
    Path("text2llm.prod.yaml").write_text(PROD)
    return tmp_path


def read(name: str = "prod") -> str:
    return Path(f"text2llm.{name}.yaml").read_text()


def added(done: Done) -> list[str]:
    assert done.code == 0, done.err
    return [line[1:] for line in done.out.splitlines() if line.startswith("+") and not line.startswith("+++")]


# Without --env


def test_an_edit_that_an_environment_hides_says_so(run: Run) -> None:
    done = run("models", "set", "openai/gpt-5.4-mini")
    assert "info: prod: text2llm.prod.yaml:4 hides it\n" in done.err
    assert read() == PROD
    assert "hides" not in run("models", "fallbacks", "add", "google/gemini-2.5-flash").err


def test_what_an_environment_removes_or_gives_to_another_is_hidden_too(run: Run) -> None:
    entries = "{entries: {triage: ~}, defaults: {models: {openai/gpt-5.2: {alias: quick}}}}"
    Path("text2llm.prod.yaml").write_text(f"version: 1\nenvironment: prod\nagents: {entries}\n")
    assert "prod: text2llm.prod.yaml:3 hides it" in run("models", "set", "openai/gpt-5.2", "--agent", "triage").err
    assert "prod: text2llm.prod.yaml:3 hides it" in run("models", "aliases", "add", "quick", "openai/gpt-5.1").err


def test_hints_about_environments_are_no_doubts_of_a_strict_edit(run: Run) -> None:
    assert run("models", "set", "openai/gpt-5.4-mini", "--strict").code == 0
    assert run("models", "set", "openai/gpt-9", "--strict").code == 1


@pytest.mark.parametrize(
    ("command", "line"),
    [
        (["models", "set", "fast", "--agent", "ops"], 6),
        (["models", "set", "openai/gpt-5.2", "--agent", "ops"], 1),  # as it is there
        (["models", "agents", "remove", "ops"], 6),
        (["models", "aliases", "remove", "deep"], 7),
        (["models", "fallbacks", "remove", "zai/glm-5"], 4),
    ],
)
def test_what_only_an_environment_has_is_refused_with_its_line(run: Run, command: list[str], line: int) -> None:
    defaults = "{model: {fallbacks: [zai/glm-5]}}"
    Path("text2llm.prod.yaml").write_text(PROD.replace("{model: google/gemini-2.5-pro}", defaults))
    if "deep" in command:
        text = PROD.replace(" {model: google/gemini-2.5-pro}  # the big one", "\n    provider: openai\n    models:")
        Path("text2llm.prod.yaml").write_text(
            text.replace("  entries:", "      openai/o9:\n        alias: deep\n  entries:")
        )
    done = run(*command)
    assert done.code == 1
    assert f"only prod has it: text2llm.prod.yaml:{line}\nhint: --env prod edits that file\n" in done.err
    assert Path("text2llm.yaml").read_text() == BASE


def test_what_no_environment_has_is_refused_as_ever(run: Run) -> None:
    done = run("models", "set", "fast", "--agent", "nobody")
    assert (done.code, "only prod" in done.err) == (1, False)


@pytest.fixture
def deep_in_prod() -> None:
    Path("text2llm.prod.yaml").write_text(
        "version: 1\nenvironment: prod\nagents: {defaults: {models: {openai/gpt-5.2: {alias: deep}}}}\n"
    )


@pytest.mark.usefixtures("deep_in_prod")
def test_a_name_that_only_an_environment_knows_is_refused_without_it(run: Run) -> None:
    done = run("models", "set", "deep")
    assert (done.code, Path("text2llm.yaml").read_text()) == (1, BASE)
    assert "only prod has it: text2llm.prod.yaml\nhint: --env prod edits that file" in done.err
    assert run("models", "set", "deep", "--env", "prod").code == 0


@pytest.mark.usefixtures("deep_in_prod")
@pytest.mark.parametrize("arguments", [("deep", "--force"), ("deeper",)])
def test_a_name_that_is_insisted_on_or_known_nowhere_gets_a_warning(run: Run, arguments: tuple[str, ...]) -> None:
    done = run("models", "set", *arguments)
    assert (done.code, "is neither an alias nor a known model" in done.err) == (0, True)


def test_an_environment_in_which_an_edit_fails_does_not_know_its_names(run: Run) -> None:
    Path("text2llm.prod.yaml").write_text("version: 1\nenvironment: prod\nagents: {entries: {triage: null}}\n")
    assert run("models", "set", "gpt-deep", "--agent", "triage").code == 0


def test_what_an_environment_only_inherits_is_not_said_to_be_there(run: Run) -> None:
    Path("text2llm.prod.yaml").write_text(PROD.replace("google/gemini-2.5-pro", "{fallbacks: [zai/glm-5]}"))
    done = run("models", "fallbacks", "remove", "zai/glm-5", "--agent", "main")
    assert (done.code, "only prod" in done.err) == (1, False)


def test_an_edit_that_brings_an_error_into_an_environment_is_refused(run: Run) -> None:
    policy = "policy: {models: {deny: [openai/gpt-5.4*]}}\n"
    Path("text2llm.prod.yaml").write_text("version: 1\nenvironment: prod\n" + policy)
    done = run("models", "fallbacks", "add", "openai/gpt-5.4")
    assert done.code == 1
    assert "under prod, this edit would cause an error:" in done.err
    assert Path("text2llm.yaml").read_text() == BASE


def test_an_edit_that_makes_the_whole_of_an_environment_invalid_is_refused(run: Run) -> None:
    Path("text2llm.yaml").write_text(BASE + "auth: {profiles: {'lab:a': {provider: lab, mode: api_key}}}\n")
    profile = "auth: {profiles: {'lab:a': {mode: token}}}\n"
    Path("text2llm.prod.yaml").write_text("version: 1\nenvironment: prod\n" + profile)
    done = run("plan", "-", stdin="auth: {profiles: {'lab:a': ~}}")
    assert done.code == 1
    assert "under prod, this edit would break the configuration: missing key 'provider'" in done.err


def test_warnings_name_the_environments_that_get_them(run: Run) -> None:
    for name in ("prod", "dev"):
        text = "agents: {defaults: {model: {fallbacks: [google/gemini-2.5-flash]}}}\n"
        Path(f"text2llm.{name}.yaml").write_text(f"version: 1\nenvironment: {name}\n{text}")
    done = run("models", "set", "google/gemini-2.5-flash")
    assert "google/gemini-2.5-flash is already there in this chain [dev, prod]\n" in done.err


def test_an_environment_that_is_wrong_already_stops_no_edit(run: Run) -> None:
    for text in ("agents: {default: {}}\n", "agents: [\n"):
        Path("text2llm.prod.yaml").write_text(f"version: 1\nenvironment: prod\n{text}")
        assert run("models", "set", "fast", "--dry-run").code == 0


def test_an_abstract_configuration_is_edited_as_its_environments_need(run: Run) -> None:
    Path("text2llm.yaml").write_text(BASE.replace("version: 1", "version: 1\nabstract: true"))
    assert run("models", "set", "openai/gpt-5.4-mini").code == 0
    assert "primary: openai/gpt-5.4-mini" in Path("text2llm.yaml").read_text()


def test_the_meaning_says_where_an_edit_has_effect(run: Run) -> None:
    done = run("models", "set", "openai/gpt-5.4-mini", "--dry-run", "--json")
    assert [each["message"] for each in json.loads(done.out)["meaning"]][:1] == [
        "default model: anthropic/claude-opus-4-5 → openai/gpt-5.4-mini (base; not prod: text2llm.prod.yaml:4 hides it)"
    ]


# With --env


def test_only_the_file_of_the_environment_changes_and_comments_stay(run: Run) -> None:
    assert run("models", "set", "fast", "--env", "prod").code == 0
    assert read() == PROD.replace("google/gemini-2.5-pro", "openai/gpt-5.4-mini")
    assert Path("text2llm.yaml").read_text() == BASE
    assert run("models", "status", "--plain", "--env", "prod").out == "openai/gpt-5.4-mini\n"


def test_the_file_is_made_by_the_first_edit(run: Run) -> None:
    done = run("models", "set", "fast", "--env", "dev")
    assert "info: dev is a new environment: text2llm.dev.yaml\n" in done.err
    assert read("dev") == "version: 1\nenvironment: dev\nagents:\n  defaults:\n    model: openai/gpt-5.4-mini\n"


def test_the_file_of_a_json_configuration_is_json(run: Run) -> None:
    Path("x.json").write_text('{"version": 1, "agents": {"defaults": {"model": "openai/gpt-5.2"}}}\n')
    assert run("models", "set", "openai/gpt-5.1", "--env", "dev", "--config", "x.json").code == 0
    assert json.loads(Path("x.dev.json").read_text())["agents"] == {"defaults": {"model": "openai/gpt-5.1"}}


def test_a_name_near_a_known_one_is_doubted(run: Run) -> None:
    done = run("models", "set", "fast", "--env", "prd", "--strict")
    assert (done.code, "prd is a new environment" in done.err, "did you mean 'prod'?" in done.err) == (1, True, True)
    assert not Path("text2llm.prd.yaml").exists()


@pytest.mark.parametrize("name", ["Prod", "base", "p/../q", "-x"])
def test_what_is_no_name_of_an_environment_is_refused(run: Run, name: str) -> None:
    done = run("models", "set", "fast", f"--env={name}")
    assert (done.code, "cannot be the name of an environment" in done.err) == (64, True)


def test_the_file_is_never_written_through_a_link(run: Run) -> None:
    Path("text2llm.dev.yaml").symlink_to("other.yaml")
    Path("text2llm.eu.yaml").symlink_to("text2llm.prod.yaml")
    for name in ("dev", "eu"):
        done = run("models", "set", "fast", "--env", name)
        assert (done.code, f"text2llm.{name}.yaml is a link" in done.err) == (1, True)
    assert not Path("other.yaml").exists()


def test_a_file_that_is_no_environment_is_not_edited(run: Run) -> None:
    Path("text2llm.old.yaml").write_text(BASE)
    assert run("models", "set", "fast", "--env", "old").code == 1
    assert read("old") == BASE


def test_no_more_environments_than_are_checked(run: Run) -> None:
    for at in range(19):
        Path(f"text2llm.e{at}.yaml").write_text(f"version: 1\nenvironment: e{at}\n")
    done = run("models", "set", "fast", "--env", "more")
    assert (done.code, "there are 20 environments already" in done.err) == (64, True)


def test_an_inherited_list_is_written_whole(run: Run) -> None:
    done = run("models", "fallbacks", "add", "google/gemini-2.5-flash", "--env", "dev")
    assert "info: agents.defaults.model.fallbacks: dev has its own list from now on\n" in done.err
    assert added(done)[-3:] == ["      fallbacks:", "        - openai/gpt-5.2", "        - google/gemini-2.5-flash"]
    again = run("models", "fallbacks", "add", "zai/glm-4.7", "--env", "dev")
    assert ("own list" in again.err, added(again)) == (False, ["        - zai/glm-4.7"])


def test_a_removal_writes_null_where_the_configuration_has_it(run: Run) -> None:
    assert added(run("models", "agents", "remove", "triage", "--env", "prod")) == ["    triage: null"]
    assert run("models", "agents", "remove", "ops", "--env", "prod").code == 0
    assert "ops" not in read()


def test_an_agent_with_a_file_of_its_own_is_removed_in_an_environment(run: Run) -> None:
    Path("text2llm.yaml").write_text(BASE + "include: [coder.yaml]\n")
    Path("coder.yaml").write_text("id: coder\nmodel: openai/gpt-5.2\n")
    assert added(run("models", "agents", "remove", "coder", "--env", "prod")) == ["    coder: null"]
    assert "coder" not in run("resolve", "--plain", "--env", "prod").out
    assert run("models", "agents", "remove", "coder").code == 1


def test_what_becomes_equal_to_the_configuration_is_not_written(run: Run) -> None:
    assert run("models", "set", "anthropic/claude-opus-4-5", "--env", "dev").out == "no changes\n"
    assert not Path("text2llm.dev.yaml").exists()
    assert run("models", "set", "anthropic/claude-opus-4-5", "--env", "prod").code == 0
    assert "defaults" not in read()


def test_an_alias_that_moves_in_an_environment_needs_no_removal(run: Run) -> None:
    done = run("models", "aliases", "add", "fast", "openai/gpt-5.2", "--force", "--env", "prod")
    models = "models: {openai/gpt-5.2: {alias: fast}}"
    assert added(done) == [f"  defaults: {{model: google/gemini-2.5-pro, {models}}}  # the big one"]
    assert "fast  → openai/gpt-5.2" in run("models", "aliases", "list", "--env", "prod").out.replace(
        "fast →", "fast  →"
    )


def test_a_partial_file_becomes_the_edit_of_an_environment(run: Run) -> None:
    done = run("plan", "-", "--env", "prod", "--out", "p.json", stdin="agents: {entries: {triage: {model: ~}}}")
    assert done.code == 0
    assert run("apply", "p.json", "--yes").code == 0
    assert "    triage: {model: null}\n" in read().replace("triage:\n      model: null", "triage: {model: null}")


# Saved plans


def test_a_plan_that_makes_an_environment_says_that_it_is_absent(run: Run) -> None:
    assert run("models", "set", "fast", "--env", "dev", "--out", "p.json").code == 0
    plan = json.loads(Path("p.json").read_text())
    assert (plan["environment"], plan["files"][0]["before"]) == ("dev", "absent")
    assert list(plan["dependsOn"]) == ["text2llm.yaml"]
    assert run("apply", "p.json", "--yes").code == 0
    assert read("dev").endswith("model: openai/gpt-5.4-mini\n")
    assert run("apply", "p.json", "--yes").out == "no changes: this plan has been applied already\n"


def test_a_new_environment_makes_a_plan_stale(run: Run) -> None:
    assert run("models", "set", "openai/gpt-5.1", "--out", "p.json").code == 0
    Path("text2llm.dev.yaml").write_text("version: 1\nenvironment: dev\n")
    done = run("apply", "p.json", "--yes")
    assert (done.code, "the plan is stale: text2llm.dev.yaml changed" in done.err) == (4, True)


def test_a_changed_environment_makes_a_plan_stale(run: Run) -> None:
    assert run("models", "set", "openai/gpt-5.1", "--out", "p.json").code == 0
    Path("text2llm.prod.yaml").write_text(PROD + "# x\n")
    assert run("apply", "p.json", "--yes").code == 4


@pytest.mark.parametrize(
    ("command", "meant"),
    [
        ("set gpt-5.2", "models set openai/gpt-5.2 --env prod"),
        ("set openai/gpt5.2 --agent ops", "models set openai/gpt-5.2 --agent ops --env prod"),
        ("fallbacks add gpt-5.2", "models fallbacks add openai/gpt-5.2 --env prod"),
        ("fallbacks move openai/gpt-5.2 9", "models fallbacks list --env prod"),
        ("aliases add big gpt-5.2", "models aliases add big openai/gpt-5.2 --env prod"),
        ("agents add new --model gpt-5.2", "models agents add new --model openai/gpt-5.2 --env prod"),
        ("agents add ops", "models set --agent ops --env prod REF"),
    ],
)
def test_the_command_that_was_meant_is_of_the_same_environment(run: Run, command: str, meant: str) -> None:
    done = run("models", *command.split(), "--env", "prod")
    assert (done.code, f"`text2llm {meant}`" in done.err) == (1, True), done.err
