"""plan, --out and apply: a saved plan is what it shows, or it is refused."""

from __future__ import annotations

import io
import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.running import Run
from text2llm.plan.saved import format_plan

CONFIG = """version: 1
agents:
  defaults:
    model:
      primary: anthropic/claude-opus-4-5
      fallbacks:
        # cheap
        - openai/gpt-5-mini
        - fast
    models:
      groq/llama: {alias: fast}
"""


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "text2llm.yaml"
    path.write_text(CONFIG)
    return path


@pytest.fixture
def saved(run: Run, config: Path, tmp_path: Path) -> Path:
    assert config.exists()
    assert run("models", "set", "openai/gpt-5.2", "--out", "p.json").code == 0
    return tmp_path / "p.json"


def test_out_saves_and_changes_nothing(saved: Path, config: Path) -> None:
    assert config.read_text() == CONFIG
    plan = json.loads(saved.read_text())
    assert [file["path"] for file in plan["files"]] == ["text2llm.yaml"]
    assert plan["environment"] is None
    assert plan["meaning"] == ["default model: anthropic/claude-opus-4-5 → openai/gpt-5.2"]


def test_apply_needs_yes_without_a_terminal(run: Run, saved: Path, config: Path) -> None:
    assert saved.exists()
    done = run("apply", "p.json")
    assert done.code == 64
    assert "--yes" in done.err
    assert config.read_text() == CONFIG


def test_apply_writes_and_a_second_apply_has_nothing_to_do(run: Run, saved: Path, config: Path) -> None:
    assert saved.exists()
    assert run("apply", "p.json", "--yes").code == 0
    assert config.read_text() == CONFIG.replace("anthropic/claude-opus-4-5", "openai/gpt-5.2")
    again = run("apply", "p.json", "--yes")
    assert (again.code, again.out) == (0, "no changes: this plan has been applied already\n")


def test_plan_is_refused_when_the_config_changed(run: Run, saved: Path, config: Path) -> None:
    assert saved.exists()
    config.write_text(CONFIG + "# one more line\n")
    done = run("apply", "p.json", "--yes")
    assert done.code == 4
    assert "stale: text2llm.yaml changed" in done.err


def tampered(saved: Path, key: str, value: Any) -> None:
    plan = json.loads(saved.read_text())
    (plan["files"][0] if key in ("path", "before", "result") else plan)[key] = value
    saved.write_text(json.dumps(plan))


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("result", "0" * 64),
        ("diff", "nothing to see\n"),
        ("before", "0" * 64),
        ("before", "absent"),
        ("path", "../elsewhere.yaml"),
        ("files", []),
        ("environment", "prod"),
        ("changes", [{"action": "set", "pointer": ["agents", "defaults", "model", "primary"], "value": "evil/x"}]),
        ("changes", []),
        ("meaning", ["harmless"]),
    ],
)
def test_tampered_plan_is_refused(run: Run, saved: Path, config: Path, key: str, value: Any) -> None:
    tampered(saved, key, value)
    assert run("apply", "p.json", "--yes").code == 4
    assert config.read_text() == CONFIG


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"kind": "text2llm-plan"}', "[" * 100_000, "not json"])
def test_what_is_no_plan_is_refused(run: Run, config: Path, tmp_path: Path, text: str) -> None:
    (tmp_path / "p.json").write_text(text)
    done = run("apply", "p.json", "--yes")
    assert done.code == 1
    assert "not a saved plan" in done.err
    assert config.read_text() == CONFIG


def test_plan_of_another_version_is_refused(run: Run, saved: Path) -> None:
    tampered(saved, "version", 1)
    done = run("apply", "p.json", "--yes")
    assert (done.code, "its format is version 1, and this text2llm reads version 2" in done.err) == (1, True)


def test_plan_is_not_saved_over_the_config(run: Run, config: Path) -> None:
    done = run("models", "set", "openai/gpt-5.2", "--out", "text2llm.yaml")
    assert done.code == 1
    assert config.read_text() == CONFIG


def test_plan_of_a_partial_file_changes_the_keys_it_names(run: Run, config: Path, tmp_path: Path) -> None:
    (tmp_path / "wanted.yaml").write_text(
        "agents:\n  defaults:\n    provider: openai\n"
        "    model: {primary: Anthropic/opus-4.5, fallbacks: [groq/llama, openai/gpt-5.2]}\n"
    )
    done = run("plan", "wanted.yaml", "--detailed-exitcode", "--out", "p.json")
    assert done.code == 2
    assert config.read_text() == CONFIG
    assert run("apply", "p.json", "--yes").code == 0
    assert config.read_text() == CONFIG.replace(
        "        - openai/gpt-5-mini\n        - fast\n", "        - fast\n        - openai/gpt-5.2\n"
    ).replace("      groq/llama: {alias: fast}\n", "      groq/llama: {alias: fast}\n    provider: openai\n")
    assert run("plan", "wanted.yaml", "--detailed-exitcode").code == 0


def test_plan_reads_standard_input_and_keeps_fallbacks_beside_a_plain_model(run: Run, config: Path) -> None:
    assert config.exists()
    done = run("plan", "-", "--json", stdin="agents: {defaults: {model: openai/gpt-5.2}}")
    assert [change["pointer"][-1] for change in json.loads(done.out)["changes"]] == ["primary"]


def test_plan_of_an_invalid_part_is_refused(run: Run, config: Path) -> None:
    assert config.exists()
    done = run("plan", "-", stdin="agents: {default: {}}")
    assert done.code == 1
    assert "<stdin>:1:10" in done.err


LAB = (
    "models: {providers: {lab: {api: openai-completions, baseUrl: 'http://127.0.0.1:9/v1', apiKey: hunter2hunter2}}}\n"
)


def test_out_replaces_a_plan_and_nothing_else(run: Run, config: Path) -> None:
    notes, empty = config.with_name("notes.json"), config.with_name("empty")
    notes.write_text('{"my": "notes"}')
    empty.touch()
    for path in ("empty", "empty"):
        assert run("models", "set", "openai/gpt-5.2", "--out", path).code == 0
    done = run("models", "set", "openai/gpt-5.2", "--out", "notes.json")
    assert (done.code, "notes.json already exists, and is not a saved plan" in done.err) == (1, True)
    assert notes.read_text() == '{"my": "notes"}'
    assert run("models", "set", "openai/gpt-5.2", "--out", str(config.parent)).code == 1
    assert run("models", "set", "openai/gpt-5.2", "--out", "-").code == 64


def test_out_goes_to_a_pipe_that_the_shell_opened(run: Run, config: Path) -> None:
    reader, writer = os.pipe()
    assert run("models", "set", "openai/gpt-5.2", "--out", f"/dev/fd/{writer}").code == 0
    os.close(writer)
    with open(reader, encoding="utf-8") as pipe:
        assert json.load(pipe)["kind"] == "text2llm-plan"


@pytest.mark.parametrize("target", [None, "/dev/zero", "/dev/tty"])
def test_out_refuses_fifos_and_devices_at_once(run: Run, config: Path, target: str | None) -> None:
    if target is None:
        os.mkfifo(config.with_name("fifo"))
    done = run("models", "set", "openai/gpt-5.2", "--out", target or "fifo")
    assert (done.code, "it is not a regular file" in done.err) == (1, True)


#: What a shell would run, if it were not for the form of a plan.
HOSTILE = (
    *("$(touch owned)", "`touch owned`", "${x:=$(touch owned)}", '"; touch owned; "', "'; touch owned; '"),
    *("\\", "\\$(touch owned)", '\\"; touch owned; "', "# é\\", "!touch owned", "| touch owned & touch owned > owned"),
)


@pytest.fixture
def shadowed(tmp_path: Path) -> dict[str, str]:
    """An environment in which the words of a plan are the names of programs."""
    (tmp_path / "bin").mkdir()
    for name in ("owned", "agents", "defaults", "models", "model", "primary", "openai", "set"):
        (tmp_path / "bin" / name).write_text("#!/bin/sh\n: >owned\n")
        (tmp_path / "bin" / name).chmod(0o755)
    return {"PATH": f"{tmp_path}/bin:{os.environ['PATH']}"}


@pytest.mark.parametrize("shell", ["sh", "bash", "dash", "zsh", "ksh", "mksh", "fish", "csh"])
def test_plan_that_a_shell_reads_runs_nothing(
    run: Run, config: Path, tmp_path: Path, shadowed: dict[str, str], shell: str
) -> None:
    program = shutil.which(shell)
    if program is None:
        pytest.skip(f"{shell} is not installed")
    for text in HOSTILE:
        config.write_text(
            f"version: 1\nagents:\n  # {text}\n  defaults: {{model: anthropic/claude-opus-4-5}}\n", "utf-8"
        )
        assert run("models", "set", "openai/gpt-5.2", "--out", "plan.json").code == 0
        assert f"  # {text}\n" in json.loads((tmp_path / "plan.json").read_text())["diff"]
        command = [program, "plan.json"]
        subprocess.run(command, cwd=tmp_path, env=shadowed, capture_output=True, check=False, timeout=20)
        assert not (tmp_path / "owned").exists(), text


def test_saved_text_holds_only_what_no_shell_acts_on() -> None:
    words = [*HOSTILE, "\t\n\r\0é\U0001f600"]
    text = format_plan({"kind": "text2llm-plan", "meaning": words})
    assert json.loads(text) == {"kind": "text2llm-plan", "meaning": words}
    assert text.isascii()
    assert not set("$`!'\\") & set(re.sub(r"\\u[0-9a-f]{4}|\\[tnr]|'", "", text))
    assert [line.split(":")[0] for line in text.splitlines()] == ["{", '  "kind"', '  "meaning"', "}"]


@pytest.mark.parametrize("mode", [(), ("--json",), ("--out", "p.json")])
def test_literal_is_not_planned_even_where_one_stands_already(
    run: Run, config: Path, tmp_path: Path, mode: tuple[str, ...]
) -> None:
    config.write_text(CONFIG + LAB)
    done = run("plan", "-", *mode, stdin="models: {providers: {lab: {apiKey: swordfish99}}}")
    assert done.code == 1
    assert "this edit would write a credential" in done.out + done.err
    assert "swordfish99" not in done.out + done.err
    assert not (tmp_path / "p.json").exists()


def test_literal_is_replaced_by_a_reference(run: Run, config: Path) -> None:
    config.write_text(CONFIG + LAB)
    done = run("plan", "-", "--out", "p.json", stdin="models: {providers: {lab: {apiKey: '${LAB_API_KEY}'}}}")
    assert done.code == 0
    assert "hunter2" not in done.out
    assert run("apply", "p.json", "--yes").code == 0
    assert 'apiKey: "${LAB_API_KEY}"' in config.read_text()


KEY = "sk-ant-api03-" + "aB3dE5gH7jK9" * 5


def test_credential_in_place_of_a_name_is_neither_printed_nor_saved(run: Run, config: Path, tmp_path: Path) -> None:
    config.write_text(f"version: 1\nagents: {{defaults: {{model: openai/{KEY}}}}}\n")
    done = run("models", "fallbacks", "add", "openai/gpt-5.2", "--dry-run", "--json")
    assert json.loads(done.out)["changes"][0]["value"]["primary"] == "openai/[secret]"
    assert KEY not in done.out
    refused = run("models", "fallbacks", "add", "openai/gpt-5.2", "--out", "p.json")
    assert refused.code == 1
    assert "the saved plan would contain a credential" in refused.err
    assert not (tmp_path / "p.json").exists()


@pytest.mark.parametrize("part", ["agents:", "agents: {defaults: }", "agents: {defaults: {models: {groq/llama: }}}"])
def test_key_with_nothing_behind_it_names_nothing(run: Run, config: Path, part: str) -> None:
    assert config.exists()
    assert run("plan", "-", stdin=part).out == "no changes\n"


def test_agents_and_models_are_found_in_every_spelling(run: Run, config: Path) -> None:
    config.write_text(CONFIG + "  entries: {Coder: {model: openai/gpt-5.2}}\n")
    part = "agents: {entries: {CODER: {model: openai/gpt-5.1}}, defaults: {models: {Groq/llama: {alias: quick}}}}"
    changes = json.loads(run("plan", "-", "--json", stdin=part.replace("quick", "fast")).out)["changes"]
    assert [change["pointer"] for change in changes] == [["agents", "entries", "Coder", "model"]]
    twice = run("plan", "-", stdin="agents: {defaults: {models: {Groq/llama: {alias: a}, groq/llama: {alias: b}}}}")
    assert "agents.defaults.models['groq/llama'] is set twice" in twice.err


def test_include_that_a_plan_adds_must_be_there(run: Run, config: Path, tmp_path: Path) -> None:
    (tmp_path / "coder.yaml").write_text("id: coder\n")
    assert config.exists()
    done = run("plan", "-", stdin="include: [absent.yaml]")
    assert done.code == 1
    assert "there is no such file" in done.err
    assert run("plan", "-", "--out", "p.json", stdin="include: [coder.yaml]").code == 0
    assert run("apply", "p.json", "--yes").code == 0


@pytest.mark.parametrize("depth", [100, 800])
def test_plan_nested_too_deeply_is_refused(run: Run, saved: Path, config: Path, depth: int) -> None:
    plan = json.loads(saved.read_text())
    plan["changes"][0]["pointer"] += [0] * depth
    saved.write_text(json.dumps(plan))
    assert run("apply", "p.json", "--yes").code == 4
    assert config.read_text() == CONFIG


class Terminal(io.TextIOWrapper):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def _terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("io.TextIOWrapper", Terminal)


@pytest.mark.usefixtures("_terminal")
@pytest.mark.parametrize(("answer", "code"), [("n\n", 1), ("y\n", 0), ("", 130)])
def test_apply_asks_on_a_terminal(run: Run, saved: Path, config: Path, answer: str, code: int) -> None:
    assert saved.exists()
    done = run("apply", "p.json", "--json", stdin=answer)
    assert done.code == code
    assert "+      primary: openai/gpt-5.2" in done.err
    assert ("openai/gpt-5.2" in config.read_text()) is (code == 0)
    assert json.loads(done.out).get("applied") == {0: True, 1: False}.get(code)
