"""What ``plan FILE`` makes of partial files of every shape, and of edits that nothing should let through."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.running import Run

KEY = "sk-ant-api03-" + "A1b2" * 24 + "AA"
CONFIG = """version: 1
agents:
  defaults:
    model: {primary: anthropic/claude-opus-4-5, fallbacks: [openai/gpt-5.2]}
    models:
      z.ai/glm-4.7: {alias: [glm, g]}
  entries:
    coder: {}
    Writer: {default: true}
probe: {require: [primary, image]}
"""


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "text2llm.yaml"
    path.write_text(CONFIG)
    return path


def meanings(run: Run, part: str) -> list[str]:
    done = run("plan", "-", "--json", stdin=part)
    assert done.code == 0, done.out
    return [change["message"] for change in json.loads(done.out)["meaning"]]


@pytest.mark.parametrize(
    ("part", "expected"),
    [
        (
            "agents: {defaults: {model: {fallbacks: [groq/llama]}}}",
            [
                "default fallback added at position 1: groq/llama (unknown model)",
                "default fallback removed: openai/gpt-5.2 (was at position 1)",
            ],
        ),
        (
            "agents: {defaults: {model: {fallbacks: []}}}",
            ["default fallback removed: openai/gpt-5.2 (was at position 1)"],
        ),
        ("agents: {defaults: {models: }}", []),
        ("agents: {defaults: {models: , model: {fallbacks: }}}", []),
        ("agents: {entries: {nobody: ~, coder: {model: null}}}", []),
        (
            "agents: {entries: {Coder: ~}}",
            ["agent coder removed: model anthropic/claude-opus-4-5 (inherited); fallbacks openai/gpt-5.2 (inherited)"],
        ),
        (
            "agents: {defaults: {model: {fallbacks: null}}}",
            ["default fallback removed: openai/gpt-5.2 (was at position 1)"],
        ),
        (
            "agents: {defaults: {models: {zai/glm-4.7: {alias: ~}}}}",
            ["alias removed: glm (was zai/glm-4.7)", "alias removed: g (was zai/glm-4.7)"],
        ),
        (
            "agents: {entries: {WRITER: {model: glm}}}",
            ["agent writer model: anthropic/claude-opus-4-5 (inherited) → zai/glm-4.7"],
        ),
        (
            "agents: {defaults: {models: {Zai/glm-4.7: {params: {t: 1}}}}}",
            ["parameter of zai/glm-4.7: t: not set → 1"],
        ),
        (
            "agents: {entries: {CODER: {params: {topP: null}, models: {Z.AI/glm-4.7: {params: {seed: 1}}}}}}",
            [
                "parameter of agent coder: topP: not set → not sent",
                "parameter of agent coder for zai/glm-4.7: seed: not set → 1",
            ],
        ),
        ("auth: {warnAfter: 2h}", ["expiry warning: 1d → 2h"]),
        (
            "auth: {warnAfter: 2h}\nprobe: {timeout: 5s}\nversion: 1",
            ["expiry warning: 1d → 2h", "probe timeout: 8s → 5s"],
        ),
        (
            "probe: {require: [primary]}",
            ["required routes: primary, image → primary, a weaker gate: image no longer required"],
        ),
        (
            "agents: {entries: {a: {}, b: {}, c: {}, d: {}, writer: {}}}",
            [
                f"agent {name} added: model anthropic/claude-opus-4-5 (inherited); fallbacks openai/gpt-5.2 (inherited)"
                for name in "abcd"
            ],
        ),
        (
            "models: {providers: {openai: {baseUrl: 'https://elsewhere.example/v1'}}}",
            [
                (
                    "provider openai: origin changed, requests and credentials would be sent elsewhere: "
                    "https://api.openai.com → https://elsewhere.example"
                )
            ],
        ),
        (
            "auth: {warnAfter: 1h, cooldowns: {billingMaxHours: 2, billingBackoffHours: 1}}",
            [
                "expiry warning: 1d → 1h",
                "auth.cooldowns.billingBackoffHours: 5 → 1",
                "auth.cooldowns.billingMaxHours: 24 → 2",
            ],
        ),
        ("{}", []),
    ],
)
def test_partial_file_means_these_changes(run: Run, config: Path, part: str, expected: list[str]) -> None:
    assert config.exists()
    assert meanings(run, part) == expected


def test_one_model_in_two_spellings_is_refused(run: Run, config: Path) -> None:
    assert config.exists()
    done = run("plan", "-", stdin="agents: {defaults: {models: {zai/glm-4.7: {}, z-ai/glm-4.7: {}}}}")
    assert done.code == 1
    assert "two spellings" in done.err


def test_maps_and_lists_of_a_change_are_data_in_json(run: Run, config: Path) -> None:
    assert config.exists()
    part = "models: {providers: {lab: {baseUrl: 'http://127.0.0.1:1/v1', models: [{id: m}]}}}"
    change = json.loads(run("plan", "-", "--json", stdin=part).out)["changes"][0]
    assert change["value"] == {"providers": {"lab": {"baseUrl": "http://127.0.0.1:1/v1", "models": [{"id": "m"}]}}}


@pytest.mark.parametrize(
    ("part", "message"),
    [
        (f"models: {{providers: {{lab: {{baseUrl: 'https://x.example/v1', apiKey: {KEY}}}}}}}", "credential"),
        ("version: 2", ""),
    ],
)
def test_part_that_no_configuration_may_have_is_refused(run: Run, config: Path, part: str, message: str) -> None:
    done = run("plan", "-", stdin=part)
    assert done.code == 1
    assert message in done.err
    assert KEY not in done.out + done.err
    assert config.read_text() == CONFIG


def test_changes_of_two_files_are_refused(run: Run, config: Path, tmp_path: Path) -> None:
    config.write_text(CONFIG.replace("version: 1\n", "version: 1\ninclude: [x.yaml]\n"))
    (tmp_path / "x.yaml").write_text("id: tester\nmodel: glm\n")
    done = run("plan", "-", stdin="agents: {defaults: {provider: openai}, entries: {tester: {model: openai/gpt-5.2}}}")
    assert done.code == 1
    assert "this touches two files, text2llm.yaml and x.yaml" in done.err


def test_plan_that_would_repeat_a_credential_is_not_saved(run: Run, config: Path, tmp_path: Path) -> None:
    config.write_text(CONFIG.replace("z.ai/glm-4.7", f"openai/{KEY}"))
    done = run("models", "aliases", "remove", "g", "--out", "p.json")
    assert done.code == 1
    assert KEY not in done.out + done.err
    assert not (tmp_path / "p.json").exists()


def test_nothing_to_do_is_an_empty_json_result(run: Run, config: Path) -> None:
    assert config.exists()
    result = json.loads(run("models", "set", "anthropic/claude-opus-4-5", "--json").out)
    assert (result["applied"], result["changes"], result["diff"]) == (False, [], "")


def test_third_alias_joins_the_list(run: Run, config: Path) -> None:
    assert run("models", "aliases", "add", "z", "glm").code == 0
    assert "{alias: [glm, g, z]}" in config.read_text()


def test_agent_that_inherits_fallbacks_can_drop_one(run: Run, config: Path) -> None:
    assert run("models", "fallbacks", "remove", "openai/gpt-5.2", "--agent", "coder").code == 0
    assert "coder: {model: {fallbacks: []}}" in config.read_text()


def test_default_agent_need_not_be_listed(run: Run, config: Path) -> None:
    config.write_text("version: 1\n")
    assert run("models", "set", "openai/gpt-5.2", "--agent", "main").code == 0
    assert "main:\n      model:\n        primary: openai/gpt-5.2\n" in config.read_text()


def test_another_meaning_of_an_alias_names_what_it_changes(run: Run, config: Path) -> None:
    config.write_text(CONFIG.replace("coder: {}", "coder: {model: {primary: GLM, fallbacks: [g]}}"))
    done = run("models", "aliases", "add", "glm", "openai/gpt-5.2", "--force", "--dry-run")
    assert done.code == 0
    assert "warning  alias repointed: glm: zai/glm-4.7 → openai/gpt-5.2\n" in done.out
    assert "change   agent coder model: zai/glm-4.7 (alias GLM) → openai/gpt-5.2 (alias GLM)\n" in done.out
    assert (
        "change   alias added: fast → openai/gpt-5.2\n" in run("models", "aliases", "add", "fast", "openai/gpt-5.2").out
    )


def test_a_refused_edit_names_the_line_that_is_there(run: Run, config: Path) -> None:
    policy = "    modelPolicy: {allow: [anthropic/*, openai/*]}\n"
    text = CONFIG.replace("  entries:\n", f"{policy}  entries:\n")
    config.write_text(text)
    done = run("models", "fallbacks", "add", "google/gemini-2.5-flash", "--agent", "Writer")
    line = text.splitlines().index(policy.rstrip("\n")) + 1
    assert done.code == 1
    assert f"add 'google/gemini-2.5-flash' to it at {config.name}:{line}:" in done.err.replace(f"{config.parent}/", "")


def test_a_key_without_a_value_is_told(run: Run, config: Path) -> None:
    done = run("plan", "-", stdin="agents:\n  defaults:\n    models:\n")
    assert (done.code, "<stdin>:3:5: this key has no value" in done.err) == (0, True)
    assert config.read_text() == CONFIG


def test_fallbacks_of_a_model_written_alone_keep_it(run: Run, config: Path) -> None:
    config.write_text("version: 1\nagents: {defaults: {model: openai/gpt-5.2}}\n")
    part = "agents: {defaults: {model: {fallbacks: [google/gemini-2.5-pro]}}}"
    assert meanings(run, part) == ["default fallback added at position 1: google/gemini-2.5-pro"]
    assert meanings(run, "agents: {defaults: {model: {fallbacks: ~}}}") == []


def test_a_null_among_parameters_is_a_value(run: Run, config: Path) -> None:
    diff = run("plan", "-", stdin="agents: {defaults: {models: {zai/glm-4.7: {params: {seed: null}}}}}").out
    assert "params: {seed: null}" in diff
    assert config.read_text() == CONFIG
