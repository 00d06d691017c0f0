"""``text2llm explain``, the command; what it explains is in ``tests/explain/test_explain.py``."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tests.cli.test_output_schemas import obey
from tests.running import Run
from tests.status.world import KEY, profiles, write_store

EVERYTHING = Path(__file__).parents[2] / "fixtures" / "configs" / "valid" / "everything.yaml"


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "text2llm.yaml"
    path.write_text(EVERYTHING.read_text())
    return path


def test_an_agents_model_is_explained_with_its_lines(run: Run, config: Path) -> None:
    done = run("explain", "agents.entries.writer_2.model.primary", "--config", str(config))
    assert (done.code, done.out.splitlines()) == (
        0,
        [
            "key agents.entries.Writer_2.model.primary",
            "model: anthropic/claude-opus-4-5",
            "  written as opus  [text2llm.yaml:22:23]",
            "  opus is an alias of anthropic/claude-opus-4-5  [text2llm.yaml:13:42]",
            "configuration: text2llm.yaml",
            "  set by the option  [option --config]",
        ],
    )


def test_an_agents_credentials_are_its_own(run: Run, config: Path) -> None:
    write_store(profiles(openai_mine=KEY), "coder")
    main = write_store(profiles(openai_main=KEY))
    out = run("explain", "coder").out
    assert "credential for openai: profile openai:mine (api_key)\n" in out
    assert "[environment TEXT2LLM_HOME]" in out
    assert "credential for openai: profile openai:main (api_key)\n" in run("explain", "openai").out
    assert "profile openai:mine" in run("explain", "openai", "--agent", "coder").out
    assert "the agent has no store of its own" in run("explain", "writer_2").out
    assert str(main) in run("explain", "writer_2").out
    assert KEY["key"] not in out
    assert config.read_text() == EVERYTHING.read_text()


@pytest.mark.parametrize(
    "word",
    ["opus", "coder", "lab", "agents.defaults.model", "probe.timeout", "auth.profiles", "openai/gpt-5.2", "main"],
)
def test_json_obeys_its_schema(run: Run, config: Path, word: str) -> None:
    assert config.exists()
    obey("outputs/explain", run("explain", word, "--json").out)


@pytest.mark.parametrize("flags", [[], ["--json"]])
def test_a_word_that_means_nothing_is_told(run: Run, config: Path, flags: list[str]) -> None:
    assert config.exists()
    done = run("explain", "opuss", *flags)
    assert done.code == 1
    assert "did you mean opus?" in done.out + done.err
    if flags:
        obey("outputs/error", done.out)


def test_what_chose_the_configuration_is_told(run: Run, config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert run("explain", "probe").out.endswith(
        "  the nearest text2llm.yaml from the working directory up  [default]\n"
    )
    own = Path(os.environ["TEXT2LLM_HOME"], "config", config.name)
    own.parent.mkdir(parents=True, exist_ok=True)
    config.rename(own)
    assert "your own: no text2llm.yaml" in run("explain", "probe").out
    monkeypatch.setenv("TEXT2LLM_CONFIG", str(own))
    assert run("explain", "probe").out.endswith("  set by the variable  [environment TEXT2LLM_CONFIG]\n")


def test_a_grant_is_told_with_its_line(run: Run, config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert config.exists()
    settings = Path(os.environ["TEXT2LLM_HOME"], "config", "settings.yaml")
    settings.parent.mkdir(parents=True, exist_ok=True)
    settings.write_text('trust:\n  - {credential: "env:LAB_TOKEN", origin: "http://127.0.0.1:8000"}\n')
    settings.chmod(0o600)
    for name in ("LAB_API_KEY", "LAB_TOKEN"):
        monkeypatch.setenv(name, "value-of-a-variable-0123456789")
    out = run("explain", "lab").out
    assert f"  granted to env:LAB_TOKEN  [{settings}:2:5]\n" in out


def test_an_environment_variable_is_named_never_its_value(
    run: Run, config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert config.exists()
    monkeypatch.setenv("GEMINI_API_KEY", "value-of-a-variable-0123456789")
    out = run("explain", "google").out
    assert "  used: variable GEMINI_API_KEY  [environment GEMINI_API_KEY]\n" in out
    assert "value-of-a-variable" not in out + run("explain", "google", "--json").out


def test_markdown_is_a_table_in_which_nothing_acts(run: Run, tmp_path: Path) -> None:
    text = 'version: 1\nagents: {defaults: {model: "a/@team|www.evil.example<b>"}}\nmodels: {providers: {a: {}}}\n'
    (tmp_path / "text2llm.yaml").write_text(text)
    out = run("explain", "agents.defaults.model.primary", "--format", "markdown").out
    name = "a/@\u200bteam\\|www\u200b.evil.example\\<b>"
    assert out == (
        "### key agents.defaults.model.primary\n\n| | value | why |\n|---|---|---|\n"
        f"| model | {name} | written as {name} \\[text2llm.yaml:2:28\\] |\n"
        "| configuration | text2llm.yaml | the nearest text2llm.yaml from the working directory up \\[default\\] |\n"
    )


def test_a_hint_stands_in_every_layout(run: Run, config: Path) -> None:
    assert config.exists()
    assert "  hint: set OPENAI_API_KEY, or run" in run("explain", "openai").out
    assert "hint: set OPENAI_API_KEY" in run("explain", "openai", "--format", "markdown").out
    assert json.loads(run("explain", "openai", "--json").out)["parts"][-2]["hint"].startswith("set OPENAI_API_KEY")


def test_a_configuration_that_is_not_valid_is_told(run: Run, tmp_path: Path) -> None:
    (tmp_path / "text2llm.yaml").write_text("version: 1\nx: 1\n")
    assert run("explain", "probe").code == 1


def test_nothing_is_run_and_nothing_written(run: Run, config: Path) -> None:
    before = sorted(os.listdir(config.parent))
    run("explain", "main")
    assert sorted(os.listdir(config.parent)) == before
