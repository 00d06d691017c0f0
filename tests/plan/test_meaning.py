"""A plan that changes only how something is written is no change."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.running import Run
from text2llm.edit.change import Action, DataChange
from text2llm.plan.meaning import is_respelling

CONFIG = """version: 1
agents:
  defaults:
    model: openai/gpt-5.2
    imageModel: {primary: openai/gpt-5.2}
    roles: {small: openai/gpt-5.4-mini}
    models: {anthropic/claude-opus-4-6: {alias: opus}, openai/gpt-5.2: {alias: [big]}}
  entries: {coder: {}, empty: null, boss: {default: true}}
models:
  providers:
    lab: {api: openai-completions, baseUrl: "https://llm.example.com/v1", headers: {X-Team: a}, models: [{id: m}]}
auth:
  warnAfter: 2d
  profiles: {"o:1": {provider: openai, mode: api_key}}
  order: {OpenAI: ["o:1"]}
rules: {unknown-model: error}
probe: {timeout: 8s, concurrency: 4}
"""


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "text2llm.yaml"
    path.write_text(CONFIG)
    return path


@pytest.mark.parametrize(
    "part",
    [
        "agents: {defaults: {model: {primary: openai/gpt-5.2}}}",
        "agents: {defaults: {imageModel: openai/gpt-5.2}}",
        "agents: {defaults: {model: {primary: openai/gpt-5.2, fallbacks: []}}}",
        "agents: {defaults: {models: {anthropic/claude-opus-4-6: {alias: [opus]}, openai/gpt-5.2: {alias: big}}}}",
        "agents: {defaults: {models: {anthropic/claude-opus-4-6: {params: {}}}}}",
        "agents: {defaults: {roles: {small: {primary: openai/gpt-5.4-mini, fallbacks: []}}}}",
        "models: {providers: {LAB: {api: openai-completions, headers: {x-team: a}}}}",
        "auth: {order: {openai: ['o:1']}}",
        "agents: {defaults: {provider: anthropic, modelPolicy: {}}}",
        "agents: {entries: {coder: {default: false, model: {}}, empty: {}}}",
        "models: {providers: {lab: {baseUrl: 'https://llm.example.com/v1/', headers: {}}}}",
        "auth: {warnAfter: 48h, cooldowns: {billingMaxHours: 24}, profiles: {}}",
        "rules: {unknown-model: error, bare-reference: warning}",
        "probe: {timeout: 8000, attempts: 1, require: [primary, image]}",
        "include: []",
    ],
)
def test_another_spelling_is_no_change(run: Run, config: Path, part: str) -> None:
    done = run("plan", "-", "--detailed-exitcode", stdin=part)
    assert (done.code, done.out) == (0, "no changes\n"), done.out


@pytest.mark.parametrize(
    "part",
    [
        "agents: {defaults: {models: {anthropic/claude-opus-4-6: {alias: [opus, o]}}}}",
        "agents: {defaults: {models: {zai/glm-4.7: {}}}}",
        "agents: {entries: {coder: {model: {fallbacks: []}}}}",
        "agents: {entries: {coder: {roles: {small: {fallbacks: []}}}}}",
        "models: {providers: {lab: {headers: {x-team: b}}}}",
        "agents: {entries: {new: {}}}",
        "models: {providers: {lab: {models: [{id: m, input: [text]}]}}}",
        "models: {providers: {lab: {baseUrl: 'https://llm.example.com/v2/'}}}",
        "auth: {warnAfter: 24h}",
        "rules: {unknown-model: warning}",
        "probe: {timeout: 8001}",
        "probe: {concurrency: 8}",
        "probe: {require: [primary]}",
    ],
)
def test_another_meaning_is_a_change(run: Run, config: Path, part: str) -> None:
    assert run("plan", "-", "--detailed-exitcode", stdin=part).code == 2


@pytest.mark.parametrize(
    ("wanted", "line"),
    [
        ("{reasoning_effort: low, max_tokens: 9, top_p: 1}", ""),
        ("{reasoning: {effort: low}}", ""),
        ("{max_tokens: 20}", "{effort: low, maxTokens: 20, top_p: 1}"),
        ("{reasoning_effort: null}", "{effort: null, maxTokens: 9, top_p: 1}"),
        ("{topP: 0.5, seed: 7}", "{effort: low, maxTokens: 9, top_p: 0.5, seed: 7}"),
        ("{effort: high, reasoning_effort: low}", "{effort: high, maxTokens: 9, top_p: 1}"),
        ("{thinking: {type: disabled}}", "{effort: low, maxTokens: 9, top_p: 1, thinking: {type: disabled}}"),
    ],
)
def test_parameters_are_written_under_the_names_that_are_there(run: Run, config: Path, wanted: str, line: str) -> None:
    """A word beside the provider's own name for it takes precedence, so that the other would do nothing."""
    config.write_text("version: 1\nagents: {defaults: {params: {effort: low, maxTokens: 9, top_p: 1}}}\n")
    done = run("plan", "-", stdin=f"agents: {{defaults: {{params: {wanted}}}}}")
    assert (done.code, done.out == "no changes\n") == (0, not line), done.err
    assert f"+agents: {{defaults: {{params: {line}}}}}\n" in done.out or not line


def test_an_agent_may_be_called_as_a_key_is(run: Run, config: Path) -> None:
    config.write_text("version: 1\nagents: {entries: {params: {model: a/b, params: {seed: 1}}}}\n")
    done = run("plan", "-", stdin="agents: {entries: {params: {model: null, params: {seed: null}}}}")
    assert "+agents: {entries: {params: {params: {seed: null}}}}\n" in done.out


def test_only_what_has_another_meaning_is_written(run: Run, config: Path) -> None:
    done = run("plan", "-", stdin="probe: {timeout: 8000, concurrency: 9}")
    assert "+probe: {timeout: 8s, concurrency: 9}\n" in done.out


def test_removal_is_a_change() -> None:
    assert not is_respelling({"probe": {"timeout": "8s"}}, DataChange(Action.REMOVE, ("probe", "timeout")))
