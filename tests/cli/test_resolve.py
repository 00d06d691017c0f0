"""``text2llm resolve``: one document for programs, a table for people."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.running import Run
from tests.status.world import KEY, assert_valid, profiles, write_store

CONFIG = """version: 1
include: [agents/*.yaml]
agents:
  defaults:
    model: {primary: anthropic/claude-opus-4-5, fallbacks: [lab/m1]}
    roles: {small: openai/gpt-5.4-mini}
  entries:
    coder: {model: lab/m1}
    writer: {default: true}
models:
  providers:
    lab:
      api: openai-completions
      baseUrl: https://lab.example/v1
      headers: {X-Key: "${LAB_HEADER}", X-Secret: sandbox-ok-but-not-for-you}
"""
AGENT = "id: far\nmodel: openai/gpt-5.2\nauth: {order: {openai: [openai:one]}}\n"


@pytest.fixture(autouse=True)
def _config(tmp_path: Path) -> None:
    (tmp_path / "agents").mkdir()
    (tmp_path / "text2llm.yaml").write_text(CONFIG)
    (tmp_path / "agents" / "far.yaml").write_text(AGENT)


def resolve(run: Run, *arguments: str) -> dict[str, Any]:
    done = run("resolve", "--json", *arguments)
    assert done.code == 0, done.out
    document: dict[str, Any] = json.loads(done.out)
    assert_valid(document, "outputs/resolved")
    return document


def first(document: dict[str, Any], agent: str, role: str = "main") -> dict[str, Any]:
    entry: dict[str, Any] = document["agents"][agent]["roles"][role]["chain"][0]
    return entry


def test_document_has_every_agent_the_default_one_first(run: Run) -> None:
    document = resolve(run)
    assert document["environment"] is None
    assert list(document["agents"]) == ["writer", "coder", "far"]
    assert [entry["ref"] for entry in document["agents"]["writer"]["roles"]["main"]["chain"]] == [
        "anthropic/claude-opus-4-5",
        "lab/m1",
    ]
    assert document["agents"]["coder"]["roles"]["image"] == {"chain": []}
    assert first(document, "coder", "small")["ref"] == "openai/gpt-5.4-mini"


def test_agent_is_chosen_in_any_case(run: Run) -> None:
    assert list(resolve(run, "--agent", "CODER")["agents"]) == ["coder"]
    assert list(resolve(run, "--all")["agents"]) == ["writer", "coder", "far"]
    done = run("resolve", "--agent", "codr")
    assert (done.code, "did you mean 'coder'?" in done.err) == (1, True)


def test_default_agent_need_not_be_listed(run: Run, tmp_path: Path) -> None:
    (tmp_path / "text2llm.yaml").write_text("version: 1\nagents: {defaults: {model: gpt-5.2}}\n")
    assert list(resolve(run)["agents"]) == ["main"]


def test_each_agent_has_the_credentials_of_its_own_store_and_order(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", "some-long-value-of-mine")
    write_store(profiles(anthropic_own=KEY), "coder")
    write_store(profiles(openai_one=KEY, openai_two=KEY), "writer")
    document = resolve(run)
    assert first(document, "writer")["credential"] == {
        "kind": "env",
        "label": "ANTHROPIC_API_KEY",
        "health": "static",
        "mayGo": True,
        "why": None,
    }
    assert first(document, "far")["credential"]["label"] == "openai:one"
    assert first(document, "coder", "small")["credential"]["kind"] == "missing"
    assert first(document, "coder")["credential"]["mayGo"] is False
    assert first(document, "writer", "small")["credential"]["label"] == "openai:one"


def test_secrets_are_not_shown(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LAB_HEADER", "value-of-the-header")
    done = run("resolve", "--json")
    assert "not-for-you" not in done.out
    assert "value-of-the-header" not in done.out
    assert first(json.loads(done.out), "coder")["headers"] == {"X-Key": "${LAB_HEADER}", "X-Secret": None}


def test_document_without_credentials_is_equal_on_every_machine(tmp_path: Path) -> None:
    """From another directory, through a link, in a copy elsewhere, for another user with other keys."""
    here, copy, link = tmp_path / "here", tmp_path / "else" / "where", tmp_path / "link"
    for place in (here, copy):
        (place / "models").mkdir(parents=True)
        (place / ".git").mkdir()
        shutil.copy(tmp_path / "text2llm.yaml", place / "models")
        shutil.copytree(tmp_path / "agents", place / "models" / "agents")
    link.symlink_to(here / "models")
    keys = {"ANTHROPIC_API_KEY": "some-long-value", "AZURE_OPENAI_RESOURCE_NAME": "mine", "LAB_HEADER": "x"}
    calls: list[tuple[Path, list[str], dict[str, str]]] = [
        (here / "models", [], {}),
        (here / "models" / "agents", [], keys),
        (copy / "models", [], {"TEXT2LLM_HOME": str(tmp_path / "other")}),
        (tmp_path, ["--config", "link/text2llm.yaml"], {"NO_COLOR": "1"}),
        (tmp_path, ["--config", str(copy / "models" / "text2llm.yaml")], {"TZ": "Asia/Tokyo", "LC_ALL": "C"}),
    ]
    outputs = set()
    for folder, arguments, environ in calls:
        program = [sys.executable, "-m", "text2llm", "resolve", "--json", "--no-credential", *arguments]
        done = subprocess.run(program, cwd=folder, env={**os.environ, **environ}, capture_output=True, check=True)
        outputs.add(done.stdout)
    (output,) = outputs
    document = json.loads(output)
    assert_valid(document, "outputs/resolved")
    assert "credential" not in first(document, "far")
    assert first(document, "far")["source"] == {
        "path": "models/agents/far.yaml",
        "line": 2,
        "column": 8,
        "layer": "included",
    }


def test_credentials_change_nothing_else(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", "some-long-value-of-mine")
    document = resolve(run)
    for agent in document["agents"].values():
        for role in agent["roles"].values():
            for entry in role["chain"]:
                del entry["credential"]
    assert document == resolve(run, "--no-credential")


def test_unusable_store_is_an_error(run: Run) -> None:
    write_store(profiles(openai_one=KEY), "coder").write_text("{")
    assert run("resolve", "--agent", "coder", "--json").code == 1
    assert run("resolve", "--no-credential").code == 0


def test_file_in_the_place_of_the_agents_is_an_error(run: Run) -> None:
    place = Path(os.environ["TEXT2LLM_HOME"], "data", "agents")
    place.parent.mkdir(parents=True)
    place.write_text("")
    done = run("resolve")
    assert (done.code, "a file is where its directory should be" in done.err) == (1, True)


def test_environment_is_an_option_or_a_variable(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    layer = "version: 1\nenvironment: prod\nagents: {defaults: {model: openai/gpt-5.2}}\n"
    (tmp_path / "text2llm.prod.yaml").write_text(layer)
    document = resolve(run, "--env", "prod", "--no-credential")
    assert (document["environment"], first(document, "writer")["ref"]) == ("prod", "openai/gpt-5.2")
    assert first(document, "writer")["source"]["layer"] == "environment"
    assert first(document, "writer")["source"]["path"] == "text2llm.prod.yaml"
    monkeypatch.setenv("TEXT2LLM_ENV", "prod")
    done = run("resolve", "--json", "--no-credential")
    assert json.loads(done.out) == document
    assert "environment: prod (TEXT2LLM_ENV)" in done.err
    assert run("resolve", "--env", "staging").code == 1


def test_table_answers_which_model_each_agent_uses(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", "some-long-value-of-mine")
    assert run("resolve").out.splitlines() == [
        "Agent   Role   Model                      Falls back to     Credential",
        "writer  main   anthropic/claude-opus-4-5  lab/m1 (missing)  ANTHROPIC_API_KEY",
        "writer  small  openai/gpt-5.4-mini        -                 missing",
        "coder   main   lab/m1                     lab/m1 (missing)  missing",
        "coder   small  openai/gpt-5.4-mini        -                 missing",
        "far     main   openai/gpt-5.2             lab/m1 (missing)  missing",
        "far     small  openai/gpt-5.4-mini        -                 missing",
    ]


def test_table_without_credentials_has_no_column_for_them(run: Run) -> None:
    assert run("resolve", "--no-credential", "--agent", "writer").out.splitlines() == [
        "Agent   Role   Model                      Falls back to",
        "writer  main   anthropic/claude-opus-4-5  lab/m1",
        "writer  small  openai/gpt-5.4-mini        -",
    ]


def test_plain_has_one_line_per_entry(run: Run) -> None:
    assert run("resolve", "--plain", "--agent", "writer").out.splitlines() == [
        "writer\tmain\tanthropic/claude-opus-4-5",
        "writer\tmain\tlab/m1",
        "writer\tsmall\topenai/gpt-5.4-mini",
    ]


@pytest.mark.parametrize("words", ["--json --plain", "--agent coder --all"])
def test_options_that_contradict_each_other(run: Run, words: str) -> None:
    done = run("resolve", *words.split())
    assert (done.code, "cannot be combined" in done.err + done.out) == (64, True)


def test_invalid_configuration_is_an_error(run: Run, tmp_path: Path) -> None:
    (tmp_path / "text2llm.yaml").write_text("version: 1\nagent: {}\n")
    assert run("resolve").code == 1


def test_under_an_environment_each_entry_names_its_layer(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("text2llm.prod.yaml").write_text(
        "version: 1\nenvironment: prod\n"
        "agents: {entries: {coder: {model: openai/gpt-5.2}, far: {model: {fallbacks: []}}}}\n"
    )
    document = resolve(run, "--env", "prod", "--no-credential")
    assert document["environment"] == "prod"
    sources = {agent: first(document, agent)["source"] for agent in document["agents"]}
    assert {agent: (source["path"], source["line"], source["layer"]) for agent, source in sources.items()} == {
        "writer": ("text2llm.yaml", 5, "base"),
        "coder": ("text2llm.prod.yaml", 3, "environment"),
        "far": ("agents/far.yaml", 2, "included"),
    }
    monkeypatch.setenv("TEXT2LLM_ENV", "prod")
    done = run("resolve", "--json", "--no-credential")
    assert (json.loads(done.out) == document, done.err) == (True, "environment: prod (TEXT2LLM_ENV)\n")
