"""Environments at the command line: who chooses one, what is told, and what is checked."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from tests.cli.test_output_schemas import obey
from tests.running import Done, Run

BASE = """version: 1
agents:
  defaults: {model: {primary: anthropic/claude-opus-4-5, fallbacks: [openai/gpt-5.2]}}
  entries: {ops: {model: openai/gpt-5.2}}
"""
PROD = "version: 1\nenvironment: prod\nagents: {defaults: {model: google/gemini-2.5-pro}}\n"
DEV = "version: 1\nenvironment: dev\nagents: {entries: {ops: ~}}\n"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    write(base=BASE, prod=PROD, dev=DEV)
    return tmp_path


def write(base: str | None = None, **environments: str) -> None:
    if base is not None:
        Path("text2llm.yaml").write_text(base)
    for name, text in environments.items():
        Path(f"text2llm.{name}.yaml").write_text(text)


def find(done: Done) -> list[str]:
    """The findings, without hints."""
    return [line for line in done.out.splitlines() if not line.startswith("  hint")]


@pytest.mark.parametrize("command", [["models", "status"], ["models", "list"], ["explain", "ops"], ["probe", "--free"]])
def test_what_only_reads_takes_an_environment(run: Run, monkeypatch: pytest.MonkeyPatch, command: list[str]) -> None:
    assert "environment" not in json.loads(run(*command, "--json").out)
    chosen = run(*command, "--json", "--env", "prod")
    assert (json.loads(chosen.out)["environment"], "TEXT2LLM_ENV" in chosen.err) == ("prod", False)
    monkeypatch.setenv("TEXT2LLM_ENV", "prod")
    by_variable = run(*command, "--json")
    assert json.loads(by_variable.out)["environment"] == "prod"
    assert "environment: prod (TEXT2LLM_ENV)\n" in by_variable.err
    assert json.loads(run(*command, "--json", "--env", "base-line").out)["error"]["code"] == "unknown-environment"


@pytest.mark.parametrize("command", [["models", "status"], ["models", "list"], ["explain", "google"]])
def test_json_with_an_environment_obeys_its_schema(run: Run, command: list[str]) -> None:
    schema = {"status": "status", "list": "models-list", "google": "explain"}[command[-1]]
    obey(f"outputs/{schema}", run(*command, "--json", "--env", "prod").out)


def test_the_status_is_that_of_the_environment(run: Run) -> None:
    assert run("models", "status", "--plain", "--env", "prod").out == "google/gemini-2.5-pro\n"
    status = json.loads(run("models", "status", "--json", "--env", "prod").out)
    assert status["fallbacks"] == ["openai/gpt-5.2"]
    assert "Environment" in run("models", "status", "--env", "prod").out


def test_an_agent_that_it_removes_is_told_with_the_line(run: Run) -> None:
    write(prod="version: 1\nenvironment: prod\nagents: {entries: {OPS: ~}}\n")
    refused = "text2llm.prod.yaml:3:20: prod removes the agent 'ops'"
    assert refused in run("models", "status", "--agent", "ops", "--env", "prod").err
    removed = ["  prod removes it  [text2llm.prod.yaml:3:25]", "  removed: the configuration sets "]
    for word in ("ops", "agents.entries.ops", "agents.entries.ops.model", "agent:ops"):
        out = run("explain", word, "--env", "prod").out
        assert out.startswith("key agents.entries.ops")
        assert [each in out for each in removed] == [True, True]


def test_one_that_is_not_there_is_told_with_a_near_one(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    done = run("models", "status", "--env", "prd")
    assert (done.code, done.err) == (
        1,
        "error: --env: text2llm.yaml has no environment 'prd'\nhint: did you mean 'prod'?\n",
    )
    monkeypatch.setenv("TEXT2LLM_ENV", "prd")
    assert "error: TEXT2LLM_ENV: text2llm.yaml has no environment 'prd'" in run("explain", "ops").err
    assert run("models", "status", "--env", "").code == 64


def test_an_unset_or_empty_variable_chooses_nothing(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEXT2LLM_ENV", "")
    assert run("models", "status", "--plain").out == "anthropic/claude-opus-4-5\n"


def test_the_variable_never_decides_what_is_written_or_checked(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEXT2LLM_ENV", "prod")
    assert run("models", "set", "openai/gpt-5.2").code == 0
    assert "primary: openai/gpt-5.2" in Path("text2llm.yaml").read_text()
    assert Path("text2llm.prod.yaml").read_text() == PROD
    assert "TEXT2LLM_ENV" not in run("validate").err


def test_an_abstract_configuration_is_used_with_an_environment_only(run: Run) -> None:
    write(base=BASE.replace("version: 1", "version: 1\nabstract: true"))
    done = run("models", "status")
    assert (done.code, "use --env with dev, prod" in done.err) == (1, True)
    assert run("models", "status", "--env", "dev", "--plain").code == 0
    assert run("models", "auth", "list").code == 0  # credentials are stored without it


def test_an_environment_is_no_configuration(run: Run) -> None:
    done = run("models", "status", "--config", "text2llm.prod.yaml")
    assert (done.code, "this is an environment, not a configuration" in done.err) == (1, True)


def test_environments_of_a_named_configuration_stand_beside_it(run: Run) -> None:
    Path("team").mkdir()
    Path("team/x.yaml").write_text(BASE)
    Path("team/x.eu.yaml").write_text(PROD.replace("prod", "eu"))
    assert run("models", "status", "--config", "team/x.yaml", "--env", "eu", "--plain").out == "google/gemini-2.5-pro\n"
    done = run("validate", "--config", "team/x.yaml", "--known-only", "team/x.eu.yaml")
    assert "1 file checked" in done.err


# validate

SAME = "agents: {defaults: {model: {primary: %s}}}\n"
WRONG = "fallbacks: [openai/gpt-5.2, openai/gpt-5.2]"


def test_a_finding_that_all_have_is_told_once_and_others_name_who_has_it(run: Run) -> None:
    write(base=BASE.replace("fallbacks: [openai/gpt-5.2]", WRONG))
    write(prod="version: 1\nenvironment: prod\nagents: {defaults: {model: opuss}}\n", dev=DEV.replace("ops", "oops"))
    bare = "'opuss' has no provider and is not an alias: it resolves to anthropic/opuss [prod]"
    assert [line for line in find(run("validate")) if "info" not in line] == [
        f"text2llm.prod.yaml:3:28: warning bare-reference: {bare}",
        "text2llm.yaml:3:86: warning fallback-duplicate: [*] openai/gpt-5.2 is already there in this chain",
        "text2llm.yaml:4:26: warning fallback-duplicate: openai/gpt-5.2 is also an inherited fallback in this chain",
    ]


@pytest.mark.parametrize("layout", ["json", "sarif", "github", "junit"])
def test_every_format_names_who_has_a_finding(run: Run, layout: str) -> None:
    write(prod=PROD.replace("google/gemini-2.5-pro", "opuss"))
    out = run("validate", "--format", layout).out
    assert "anthropic/opuss [prod]" in out.replace("\\", "")


def test_a_file_stands_for_every_environment_that_it_is_a_layer_of(run: Run) -> None:
    write(base=BASE + "include: [agents/*.yaml]\n", prod=PROD.replace("{defaults", "{defalts"))
    Path("agents").mkdir()
    Path("agents/coder.yaml").write_text("id: coder\nmodel: openai/gpt-5.2\n")
    for file in ("text2llm.yaml", "agents/coder.yaml", "text2llm.prod.yaml"):
        done = run("validate", file, "--known-only")
        assert (done.code, "text2llm.prod.yaml:3:10: error schema: [*] unknown key 'defalts' [prod]" in done.out) == (
            1,
            True,
        )
    assert "defalts" not in run("validate", "text2llm.dev.yaml").out


def test_a_warning_that_an_agent_file_causes_in_an_environment_is_told(run: Run) -> None:
    write(base=BASE + "include: [agents/*.yaml]\n")
    write(prod="version: 1\nenvironment: prod\nagents: {entries: {coder: {model: {fallbacks: [zai/glm-4.6]}}}}\n")
    Path("agents").mkdir()
    Path("agents/coder.yaml").write_text("id: coder\nmodel: zai/glm-4.6\n")
    out = run("validate", "agents/coder.yaml").out
    assert "text2llm.prod.yaml:3:48: warning fallback-duplicate" in out


def test_what_stands_in_an_environment_is_fixed_there(run: Run) -> None:
    write(prod=PROD.replace("{defaults", "{defalts"))
    base = Path("text2llm.yaml").read_text()
    assert run("validate", "--fix").code == 0
    assert (Path("text2llm.prod.yaml").read_text(), Path("text2llm.yaml").read_text()) == (PROD, base)


def test_an_environment_is_checked_with_its_configuration(run: Run) -> None:
    write(base=BASE.replace("opus-4-5", "opus-9"))
    assert "claude-opus-9" not in run("validate", "text2llm.prod.yaml").out
    assert "claude-opus-9" in run("validate", "text2llm.dev.yaml").out


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (PROD.replace("version: 1", "version: 2"), "1:10: error newer-version: "),
        (PROD + "# sk-ant-api03-abcdefghijklmnop\n", "4:3: error secret-in-config: "),
        (PROD + "# text2llm: ignore[unknown-model]\n", "4:1: error invalid-ignore: "),
        ("environment: [\n", "2:1: error syntax: "),
    ],
)
def test_what_is_wrong_with_the_file_of_an_environment_is_told_once_and_not_of_others(
    run: Run, text: str, found: str
) -> None:
    write(prod=text)
    wrong = [line for line in find(run("validate")) if line.startswith("text2llm.prod.yaml")]
    assert len(wrong) == 1
    assert wrong[0].startswith(f"text2llm.prod.yaml:{found}")
    assert wrong[0] in find(run("validate", "text2llm.prod.yaml"))
    assert "text2llm.prod.yaml" not in run("validate", "text2llm.dev.yaml").out


def test_an_agent_file_is_not_looked_for_in_environments(run: Run) -> None:
    Path("lost.yaml").write_text("id: lost\nmodel: openai/gpt-5.2\n")
    assert "nothing includes this agent file: text2llm.yaml does not" in run("validate", "lost.yaml").out


def test_an_environment_without_its_configuration_is_an_error(run: Run) -> None:
    Path("text2llm.yaml").unlink()
    done = run("validate", "text2llm.prod.yaml")
    assert (done.code, "error environment: the configuration text2llm.yaml is missing" in done.out) == (1, True)


def test_one_whose_name_and_file_disagree_is_an_error(run: Run) -> None:
    write(prod=PROD.replace("environment: prod", "environment: staging"))
    assert "says 'staging'" in run("validate").out
    assert "says 'staging'" in run("models", "status", "--env", "prod").err
    Path("other.yaml").write_text(PROD)
    assert "an environment's file is called as its configuration is" in run("validate", "other.yaml").out


def test_one_that_no_name_chooses_is_an_error(run: Run) -> None:
    Path("text2llm.Prod.yaml").write_text(PROD)
    done = run("validate")
    assert (done.code, "text2llm.Prod.yaml:2:1: error environment: an environment's file is called" in done.out) == (
        1,
        True,
    )
    assert run("validate", "--env", "prod").code == 0
    Path("text2llm.Prod.yaml").write_text("environment: [")
    assert "text2llm.Prod.yaml:2:1: error syntax" in run("validate").out


def test_a_whole_configuration_beside_it_stays_one(run: Run) -> None:
    write(prod="version: 1\nagents: {defaults: {model: openai/gpt-5.2}}\n")
    assert run("validate").err == "2 files checked: no errors, no warnings\n" or "2 files" in run("validate").err
    assert run("models", "status", "--config", "text2llm.prod.yaml", "--plain").out == "openai/gpt-5.2\n"
    assert "has no environment 'prod'" in run("models", "status", "--env", "prod").err


def test_a_comment_is_used_if_any_environment_uses_it(run: Run) -> None:
    noted = "# text2llm: ignore[bare-reference] the release resolves it\n"
    models = "models: {openai/gpt-5.2: {alias: big}}"
    write(base=f"version: 1\nagents:\n  defaults:\n    {noted}    model: big\n    {models}\n")
    write(prod="version: 1\nenvironment: prod\nagents: {defaults: {models: {openai/gpt-5.2: ~}}}\n")
    assert find(run("validate")) == []
    Path("text2llm.prod.yaml").unlink()
    assert [line.split(": ")[1] for line in find(run("validate"))] == ["warning unused-ignore"]


def test_nothing_is_unused_while_an_environment_cannot_be_checked(run: Run) -> None:
    write(base="# text2llm: ignore[unknown-model] later\n" + BASE, prod=PROD.replace("google", "[wrong"))
    done = run("validate")
    assert ("error syntax" in done.out, "unused-ignore" in done.out) == (True, False)


def test_an_abstract_configuration_is_not_checked_alone(run: Run) -> None:
    base = "version: 1\nabstract: true\nagents: {defaults: {model: big}}\n"
    alias = "agents: {defaults: {models: {openai/gpt-5.2: {alias: big}}}}\n"
    write(base=base, prod=f"version: 1\nenvironment: prod\n{alias}", dev=f"version: 1\nenvironment: dev\n{alias}")
    assert find(run("validate")) == []


def test_only_one_environment_is_checked_if_it_is_named(run: Run) -> None:
    write(prod=PROD.replace("google/gemini-2.5-pro", "opuss"))
    assert "resolves to anthropic/opuss\n" in run("validate", "--env", "prod").out
    assert "opuss" not in run("validate", "--env", "dev").out
    assert run("validate", "--env", "staging").code == 1


def test_there_are_at_most_twenty(run: Run) -> None:
    write(**{f"e{number}": f"version: 1\nenvironment: e{number}\n" for number in range(19)})
    done = run("validate")
    assert (done.code, "21 environments; at most 20 are checked" in done.out) == (1, True)


def test_a_link_out_of_the_repository_is_not_followed(run: Run, folder: Path) -> None:
    inside = folder / "repository"
    inside.mkdir()
    subprocess.run(["git", "init", "-q", inside], check=True)
    (inside / "text2llm.yaml").write_text(BASE)
    (inside / "text2llm.prod.yaml").symlink_to("../text2llm.prod.yaml")
    config = str(inside / "text2llm.yaml")
    assert "leads out of the repository" in run("models", "status", "--config", config, "--env", "prod").err
    assert "leads out of the repository" in run("validate", str(inside / "text2llm.prod.yaml")).out


def test_a_report_does_not_overwrite_an_environment(run: Run) -> None:
    assert run("validate", "--report", "json=text2llm.prod.yaml").code == 64
    assert Path("text2llm.prod.yaml").read_text() == PROD


def test_an_environment_needs_a_configuration(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("text2llm.yaml").unlink()
    assert run("models", "list", "--all", "--env", "prod").code == 1
    monkeypatch.setenv("TEXT2LLM_ENV", "prod")
    assert run("models", "list", "--all", "--plain").code == 0


def test_lists_are_fetched_for_the_providers_of_an_environment(run: Run) -> None:
    write(prod=PROD + "models: {providers: {lab: {baseUrl: 'http://127.0.0.1:9/v1'}}}\n")
    assert "--provider: 'lab' is neither" in run("models", "refresh", "--provider", "lab").err
    assert "--provider: 'lab' is neither" not in run("models", "refresh", "--provider", "lab", "--env", "prod").err


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_an_environment_of_another_user_is_used_only_if_its_configuration_is_named(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CI", raising=False)
    os.chown("text2llm.prod.yaml", 12345, -1)
    refused = run("models", "status", "--env", "prod")
    assert (refused.code, "name its configuration: --config" in refused.err) == (4, True)
    assert run("models", "status", "--env", "prod", "--config", "text2llm.yaml").code == 0
