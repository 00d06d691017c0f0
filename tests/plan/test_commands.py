"""The editing commands as people run them: what they say, refuse and leave alone."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.running import Run

CONFIG = """version: 1
agents:
  defaults:
    model:
      primary: opus  # the big one
      fallbacks: [fast]
    models:
      anthropic/claude-opus-4-5: {alias: opus}
      openai/gpt-5-mini: {alias: [fast, mini]}
  entries:
    main: {default: true}
    coder: {model: {primary: openai/gpt-5.2, fallbacks: []}}
"""


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "text2llm.yaml"
    path.write_text(CONFIG)
    return path


def test_set_shows_the_diff_and_its_meaning_then_applies(run: Run, config: Path) -> None:
    config.write_text(CONFIG.replace("fallbacks: [fast]", "fallbacks: []"))
    done = run("models", "set", "mini")
    assert done.code == 0
    assert "-      primary: opus  # the big one\n+      primary: openai/gpt-5-mini  # the big one\n" in done.out
    assert done.out.endswith(
        "warning  default model: anthropic/claude-opus-4-5 (alias opus) → openai/gpt-5-mini\n"
        "         input price: $5 → $0.25 per million tokens\n"
        "         output price: $25 → $2 per million tokens\n"
        "         context window: 200,000 → 272,000 tokens\n"
        "         maximum output: 64,000 → 128,000 tokens\n"
        "         retires: 2026-12-11\n"
        "         inherited by main\n"
        "applied to text2llm.yaml\n"
    )
    after = CONFIG.replace("primary: opus", "primary: openai/gpt-5-mini").replace("[fast]", "[]")
    assert config.read_text() == after


def test_same_model_in_another_spelling_is_no_change(run: Run, config: Path) -> None:
    before = config.stat()
    done = run("models", "set", "Anthropic/opus-4.5")
    assert (done.code, done.out) == (0, "no changes\n")
    assert config.stat().st_mtime_ns == before.st_mtime_ns


def test_dry_run_writes_nothing(run: Run, config: Path) -> None:
    done = run("models", "fallbacks", "add", "openai/gpt-5.2", "--dry-run")
    assert "change   default fallback added at position 2: openai/gpt-5.2\n" in done.out
    assert done.err == "not applied\n"
    assert config.read_text() == CONFIG


def test_dry_run_is_refused_where_the_file_cannot_be_written(run: Run, config: Path) -> None:
    config.chmod(0o444)
    done = run("models", "set", "openai/gpt-5.1", "--dry-run")
    assert (done.code, "+      primary: openai/gpt-5.1" in done.out) == (1, True)
    assert "error: cannot write text2llm.yaml: it is read-only" in done.err
    assert run("models", "set", "opus", "--dry-run").code == 0
    assert run("models", "set", "openai/gpt-5.1", "--out", "plan.json").code == 0


def test_json_result_has_the_changes_and_the_diff(run: Run, config: Path) -> None:
    result = json.loads(run("models", "set", "gpt-x", "--json").out)
    assert result["applied"] is True
    assert result["changes"] == [
        {
            "action": "set",
            "pointer": ["agents", "defaults", "model", "primary"],
            "value": "anthropic/gpt-x",
        }
    ]
    (meaning,) = result["meaning"]
    assert (meaning["kind"], meaning["level"]) == ("model", "warning")
    assert meaning["message"] == (
        "default model: anthropic/claude-opus-4-5 (alias opus) → anthropic/gpt-x (unknown model)"
    )
    assert meaning["facts"][0] == {"fact": "inputPrice", "old": 5, "new": None}
    assert result["diff"].startswith("--- text2llm.yaml\n+++ text2llm.yaml\n@@ ")
    assert result["warnings"][0]["rule"] == "bare-reference"
    assert "anthropic/gpt-x" in config.read_text()


def test_unknown_name_is_stored_with_a_warning_that_names_near_ones(run: Run, config: Path) -> None:
    done = run("models", "set", "opuss")
    assert done.code == 0
    assert done.err == (
        "warning: 'opuss' is neither an alias nor a known model; resolved to anthropic/opuss\n"
        "hint: did you mean opus?\n"
    )
    assert "anthropic/opuss" in config.read_text()


def test_unknown_name_is_refused_with_strict(run: Run, config: Path) -> None:
    done = run("models", "set", "opuss", "--strict")
    assert done.code == 1
    assert "did you mean opus?" in done.err
    assert config.read_text() == CONFIG


def test_an_edit_says_what_it_brings_in(run: Run, config: Path) -> None:
    done = run("models", "set", "openai/gpt-4-32k")
    assert (done.code, "openai/gpt-4-32k" in config.read_text()) == (0, True)
    assert done.err == "warning: the catalog has no model 'gpt-4-32k' of openai\nhint: did you mean 'openai/gpt-4o'?\n"
    assert run("models", "aliases", "add", "great", "openai/gpt-5.2").err == ""


def test_a_bare_name_is_told_of_once(run: Run, config: Path) -> None:
    assert run("models", "set", "opuss").err.count("warning:") == 1


def test_strict_refuses_what_an_edit_brings_in(run: Run, config: Path) -> None:
    done = run("models", "set", "openai/gpt-4-32k", "--strict", "--json")
    assert (done.code, json.loads(done.out)["error"]["code"]) == (1, "edit-refused")
    assert config.read_text() == CONFIG


def test_unknown_agent_is_refused_with_the_near_one(run: Run, config: Path) -> None:
    done = run("models", "set", "opus", "--agent", "codr")
    assert done.code == 1
    assert "did you mean 'coder'?" in done.err
    assert config.read_text() == CONFIG


def test_model_that_policy_forbids_is_refused_with_the_line(run: Run, config: Path) -> None:
    config.write_text(
        CONFIG.replace("    models:\n", "    modelPolicy: {allow: [anthropic/*, openai/*]}\n    models:\n")
    )
    before = config.read_text()
    done = run("models", "set", "groq/llama")
    assert done.code == 1
    assert "policy-violation" in done.err
    assert "text2llm.yaml:7" in done.err
    assert config.read_text() == before


def test_error_that_was_there_before_does_not_stop_an_edit(run: Run, config: Path) -> None:
    config.write_text(CONFIG.replace("fallbacks: [fast]", "fallbacks: [nowhere/x]"))
    assert run("models", "set", "mini").code == 0


def test_file_that_cannot_be_parsed_is_never_written(run: Run, config: Path) -> None:
    config.write_text(CONFIG + "  broken: [\n")
    before = config.read_bytes()
    done = run("models", "set", "mini")
    assert done.code == 1
    assert "text2llm.yaml:" in done.err
    assert config.read_bytes() == before


def test_schema_error_stops_an_edit(run: Run, config: Path) -> None:
    config.write_text(CONFIG.replace("fallbacks", "fallback"))
    done = run("models", "set", "mini")
    assert done.code == 1
    assert "text2llm.yaml:6:7: unknown key 'fallback'" in done.err


def test_alias_in_use_is_not_removed(run: Run, config: Path) -> None:
    done = run("models", "aliases", "remove", "OPUS")
    assert done.code == 1
    assert "'opus' is in use: text2llm.yaml:5" in done.err
    assert config.read_text() == CONFIG


def test_alias_that_points_there_already_is_no_change(run: Run, config: Path) -> None:
    assert run("models", "aliases", "add", "OPUS", "anthropic/opus-4.5").out == "no changes\n"
    assert config.read_text() == CONFIG


def test_alias_that_points_elsewhere_needs_force(run: Run, config: Path) -> None:
    done = run("models", "aliases", "add", "Mini", "openai/gpt-5.2")
    assert done.code == 1
    assert "already points to openai/gpt-5-mini" in done.err
    assert run("models", "aliases", "add", "Mini", "openai/gpt-5.2", "--force").code == 0
    assert "openai/gpt-5.2: {alias: Mini}" in config.read_text()
    assert "{alias: [fast]}" in config.read_text()


def test_removing_an_absent_fallback_or_alias_is_an_error(run: Run, config: Path) -> None:
    assert run("models", "fallbacks", "remove", "a/b").code == 1
    assert run("models", "aliases", "remove", "nope").code == 1
    assert config.read_text() == CONFIG


def test_clearing_twice_has_nothing_to_do(run: Run, config: Path) -> None:
    assert run("models", "fallbacks", "clear").code == 0
    assert run("models", "fallbacks", "clear").out == "no changes\n"
    assert "fallbacks: []" in config.read_text()


def test_agent_that_inherits_fallbacks_can_have_none(run: Run, config: Path) -> None:
    assert run("models", "fallbacks", "clear", "--agent", "main").code == 0
    assert "main: {default: true, model: {fallbacks: []}}" in config.read_text()


def test_agent_file_is_the_one_that_changes(run: Run, config: Path, tmp_path: Path) -> None:
    config.write_text(CONFIG.replace("version: 1\n", "version: 1\ninclude: [agents/*.yaml]\n"))
    (tmp_path / "agents").mkdir()
    writer = tmp_path / "agents" / "writer.yaml"
    writer.write_text("id: writer\nmodel: mini # quick\n")
    before = config.read_text()

    done = run("models", "set", "opus", "--agent", "Writer")

    assert done.out.endswith("applied to agents/writer.yaml\n")
    assert writer.read_text() == "id: writer\nmodel: anthropic/claude-opus-4-5 # quick\n"
    assert config.read_text() == before


def test_lists_in_every_form(run: Run, config: Path) -> None:
    assert config.exists()
    assert run("models", "fallbacks", "list").out == "1. openai/gpt-5-mini\n"
    assert run("models", "fallbacks", "list", "--agent", "coder").out == "no fallbacks\n"
    assert run("models", "fallbacks", "list", "--agent", "coder", "--plain").out == ""
    assert json.loads(run("models", "image-fallbacks", "list", "--json").out) == {"fallbacks": []}
    assert run("models", "aliases", "list", "--plain").out == (
        "opus anthropic/claude-opus-4-5\nfast openai/gpt-5-mini\nmini openai/gpt-5-mini\n"
    )
    assert "opus → anthropic/claude-opus-4-5\n" in run("models", "aliases", "list").out


def test_literal_secret_is_masked_in_the_diff(run: Run, config: Path) -> None:
    provider = "models:\n  providers:\n    lab: {baseUrl: 'https://x.example/v1', apiKey: hunter2hunter2}\n"
    config.write_text(CONFIG[: CONFIG.index("  entries")] + provider)
    done = run("models", "set-image", "mini")
    assert done.code == 0
    assert "hunter2" not in done.out + done.err


def test_wrong_usage_is_64_and_says_where_help_is(run: Run) -> None:
    done = run("models", "set")
    assert done.code == 64
    assert "hint: run `text2llm models set --help`" in done.err
    assert run("models", "sett", "x").code == 64
    assert "Did you mean 'set'?" in run("models", "sett").err


def test_errors_are_one_json_document_with_json(run: Run) -> None:
    done = run("models", "set", "opus", "--json")
    error = json.loads(done.out)["error"]
    assert done.code == 1
    assert error["code"] == "no-config"
    assert "text2llm init" in error["hint"]


@pytest.mark.parametrize("option", ["--out", "--config"])
def test_empty_option_is_an_unset_variable_and_not_the_absent_option(run: Run, config: Path, option: str) -> None:
    done = run("models", "set", "mini", option, "")
    assert done.code == 64
    assert "it is empty" in done.err
    assert config.read_text() == CONFIG


def test_file_named_by_two_includes_is_one_agent(run: Run, config: Path, tmp_path: Path) -> None:
    config.write_text(CONFIG.replace("version: 1\n", "version: 1\ninclude: [agents/*.yaml, ./agents/writer.yaml]\n"))
    (tmp_path / "agents").mkdir()
    (tmp_path / "agents" / "writer.yaml").write_text("id: writer\n")
    (tmp_path / "agents" / "link.yaml").symlink_to("writer.yaml")
    assert run("models", "set", "mini", "--agent", "writer").code == 0


@pytest.mark.parametrize(
    ("include", "words"),
    [
        ("'*.yaml'", "an include leads to this file itself"),
        ("agents/", "this is a directory; agents/*.yaml are the files in it"),
        ("absent.yaml", "there is no such file"),
        ("../*", "an include leads out of the repository"),
    ],
)
def test_include_that_leads_nowhere_useful(run: Run, config: Path, tmp_path: Path, include: str, words: str) -> None:
    (tmp_path / "agents").mkdir()
    config.write_text(CONFIG.replace("version: 1\n", f"version: 1\ninclude: [{include}]\n"))
    done = run("models", "set", "mini")
    assert done.code == 1
    assert f"text2llm.yaml:2:11: {words}" in done.err


def test_interruption_is_one_json_document_too(run: Run, config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_arguments: object, **_options: object) -> None:
        raise KeyboardInterrupt

    assert config.exists()
    monkeypatch.setattr("text2llm.commands.edit.change_file", interrupt)
    done = run("models", "set", "mini", "--json")
    assert done.code == 130
    assert json.loads(done.out)["error"]["code"] == "interrupted"


def test_reference_that_the_schema_refuses_is_not_written(run: Run, config: Path) -> None:
    done = run("models", "set", f"openai/{'x' * 300}")
    assert done.code == 1
    assert "text2llm.yaml:5:16: this edit would break the file: 'primary': expected" in done.err
    assert "in plain ASCII" in run("models", "set", "openai/é").err
    assert config.read_text() == CONFIG


def test_alias_of_a_model_written_without_its_provider(run: Run, config: Path) -> None:
    config.write_text(CONFIG.replace("openai/gpt-5-mini: {alias: [fast, mini]}", "sonnet-4.5: {alias: [fast]}"))
    assert run("models", "fallbacks", "list", "--plain").out == "anthropic/claude-sonnet-4-5\n"


def test_the_primary_is_no_fallback(run: Run, config: Path) -> None:
    before = config.read_text()
    run("models", "set", "openai/gpt-5.2")
    done = run("models", "fallbacks", "add", "openai/gpt-5.2")
    assert (done.code, done.out) == (0, "no changes\n")
    assert "openai/gpt-5.2 is already the primary of this chain, so it is not added as a fallback" in done.err
    assert run("models", "fallbacks", "add", "openai/gpt-5.2", "--strict").code == 1
    assert before != config.read_text()


@pytest.mark.parametrize(
    ("command", "message", "hint"),
    [
        ("add openai/gpt-5.4-mini mini2", "'openai/gpt-5.4-mini' is a model, not an alias", "the alias comes first"),
        ("remove mnii", "unknown alias: 'mnii'", "did you mean 'mini'?"),
        ("remove zzz", "unknown alias: 'zzz'", "`text2llm models aliases list` shows them"),
    ],
)
def test_a_slip_with_an_alias_is_told(run: Run, config: Path, command: str, message: str, hint: str) -> None:
    done = run("models", "aliases", *command.split())
    assert (done.code, message in done.err, hint in done.err) == (1, True, True), done.err
    assert config.read_text() == CONFIG
