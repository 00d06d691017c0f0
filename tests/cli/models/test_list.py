from __future__ import annotations

import fcntl
import json
import os
import pty
import struct
import subprocess
import sys
import termios
from pathlib import Path
from typing import Any

import pytest

from tests.running import Run
from tests.status.world import KEY, assert_valid, profiles, write_store
from text2llm.catalog.bundle import load_bundle
from text2llm.catalog.cache import CACHE_NAME, Listing, write_listings
from text2llm.catalog.facts import ModelFacts
from text2llm.storage.places import find_places

CONFIG = """version: 1
agents:
  defaults:
    model: {primary: opus, fallbacks: [openrouter/moonshotai/kimi-k2, mini, opus]}
    imageModel: {primary: google/gemini-2.5-flash, fallbacks: [anthropic/claude-opus-4-5]}
    models:
      zai/glm-0: {}
      anthropic/claude-opus-4-5: {alias: [opus, big]}
      openai/gpt-5-mini: {alias: mini}
  entries:
    coder: {model: {primary: lab/m1, fallbacks: []}}
models:
  providers:
    lab:
      api: openai-completions
      baseUrl: http://127.0.0.1:8000/v1
      models: [{id: m1, name: Lab one, contextWindow: 900, maxTokens: 9, input: [text]}]
    box: {api: openai-completions, baseUrl: "https://box.local/v1", models: [{id: m2}]}
    far: {api: openai-completions, baseUrl: "https://far.example/v1", models: [{id: m3}]}
    groq: {baseUrl: "http://localhost:8000/v1"}
"""


@pytest.fixture(autouse=True)
def _config(tmp_path: Path) -> None:
    (tmp_path / "text2llm.yaml").write_text(CONFIG)


def rows(run: Run, *arguments: str) -> dict[str, dict[str, Any]]:
    done = run("models", "list", "--json", *arguments)
    assert done.code == 0, done.out
    document = json.loads(done.out)
    assert_valid(document, "outputs/models-list")
    assert document["count"] == len(document["models"])
    return {row["key"]: row for row in document["models"]}


def test_configured_models_come_in_the_order_of_their_roles(run: Run) -> None:
    assert {key: row["tags"] for key, row in rows(run).items()} == {
        "anthropic/claude-opus-4-5": ["default", "fallback#3", "img-fallback#1", "configured", "alias:opus,big"],
        "openrouter/moonshotai/kimi-k2": ["fallback#1"],
        "openai/gpt-5-mini": ["fallback#2", "configured", "alias:mini"],
        "google/gemini-2.5-flash": ["image"],
        "zai/glm-0": ["configured"],
        "lab/m1": ["configured"],
        "box/m2": ["configured"],
        "far/m3": ["configured"],
    }
    assert list(rows(run))[:4] == run("models", "list", "--plain").out.split("\n")[:4]


def test_a_model_that_is_configured_twice_is_tagged_once(run: Run, tmp_path: Path) -> None:
    (tmp_path / "text2llm.yaml").write_text(CONFIG.replace("zai/glm-0: {}", "lab/m1: {}"))
    assert rows(run)["lab/m1"]["tags"] == ["configured"]


def test_a_row_has_what_is_known(run: Run) -> None:
    found = rows(run)
    assert found["anthropic/claude-opus-4-5"] == {
        "key": "anthropic/claude-opus-4-5",
        "name": "claude-opus-4-5",
        "input": "text+image+pdf",
        "contextWindow": 200_000,
        "maxTokens": 64_000,
        "local": False,
        "available": False,
        "tags": ["default", "fallback#3", "img-fallback#1", "configured", "alias:opus,big"],
        "missing": False,
        "cost": {"input": 5, "output": 25},
    }
    assert found["openai/gpt-5-mini"]["retires"] == "2026-12-11"
    assert found["lab/m1"] == {
        "key": "lab/m1",
        "name": "Lab one",
        "input": "text",
        "contextWindow": 900,
        "maxTokens": 9,
        "local": True,
        "available": True,
        "tags": ["configured"],
        "missing": False,
    }


def test_only_a_model_of_a_covered_provider_can_be_missing(run: Run) -> None:
    assert [key for key, row in rows(run).items() if row["missing"]] == ["zai/glm-0"]


def test_a_provider_that_is_pointed_elsewhere_may_have_other_models(run: Run, tmp_path: Path) -> None:
    (tmp_path / "text2llm.yaml").write_text(CONFIG.replace("groq: {", "zai: {"))
    assert not rows(run)["zai/glm-0"]["missing"]


def test_an_agent_has_models_of_its_own(run: Run) -> None:
    found = rows(run, "--agent", "CODER")
    assert next(iter(found)) == "lab/m1"
    assert found["lab/m1"]["tags"] == ["default", "configured"]
    assert run("models", "list", "--agent", "nobody").err.startswith("error: there is no agent 'nobody'")


def test_a_model_is_available_with_a_credential(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    write_store(profiles(anthropic_default=KEY))
    monkeypatch.setenv("OPENAI_API_KEY", "k")
    available = {key for key, row in rows(run).items() if row["available"]}
    assert available == {"anthropic/claude-opus-4-5", "openai/gpt-5-mini", "lab/m1"}


def test_a_credential_that_may_not_go_there_makes_no_model_available(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    write_store(profiles(far_default=KEY))
    assert rows(run)["far/m3"]["available"] is False
    assert rows(run)["far/m3"]["refused"] == "may not be sent to https://far.example"
    (row,) = [line for line in run("models", "list").out.splitlines() if line.startswith("far/m3")]
    assert row.split()[-2:] == ["refused", "configured"]
    monkeypatch.setenv("TEXT2LLM_TRUSTED_ORIGINS", "profile:far:default=https://far.example")
    assert (rows(run)["far/m3"]["available"], "refused" in rows(run)["far/m3"]) == (True, False)


def test_local_models_are_those_of_this_machine_and_of_its_neighbours(run: Run) -> None:
    assert list(rows(run, "--local")) == ["lab/m1", "box/m2"]
    everything = rows(run, "--local", "--all")
    assert {key.partition("/")[0] for key in everything} == {"lab", "box", "groq"}


@pytest.mark.parametrize("spelling", ["zai", "Z.AI", "glm"])
def test_a_provider_can_be_named_in_any_spelling(spelling: str, run: Run) -> None:
    assert list(rows(run, "--provider", spelling)) == ["zai/glm-0"]
    assert {"zai/glm-0", "zai/glm-4.7"} <= set(rows(run, "--provider", spelling, "--all"))


def test_a_configured_provider_can_be_named(run: Run) -> None:
    assert list(rows(run, "--provider", "LAB")) == ["lab/m1"]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (
            "--provider antropic",
            "--provider: 'antropic' is neither built in nor configured\nhint: did you mean anthropic",
        ),
        ("--provider 12345", "--provider: '12345' is neither built in nor configured\nhint: name a built-in one"),
        ("--json --plain", "--json and --plain cannot be combined"),
    ],
)
def test_wrong_usage(arguments: str, says: str, run: Run) -> None:
    done = run("models", "list", *arguments.split())
    assert done.code == 64
    assert says.splitlines()[0] in done.out + done.err
    assert says.splitlines()[-1] in done.out + done.err


def test_without_a_configuration_there_is_the_catalog_alone(run: Run, tmp_path: Path) -> None:
    (tmp_path / "text2llm.yaml").unlink()
    assert run("models", "list").err == run("models", "status").err
    assert run("models", "list").code == 1
    assert "anthropic/claude-opus-4-5" in rows(run, "--all", "--provider", "anthropic")
    assert run("models", "list", "--all", "--config", "text2llm.yaml").code == 1


def test_nothing_is_assumed(run: Run, tmp_path: Path) -> None:
    (tmp_path / "text2llm.yaml").write_text("version: 1\n")
    assert rows(run) == {}
    assert run("models", "list", "--plain").out == ""
    assert run("models", "list").out == "no models\n"


def test_all_lists_the_catalog_by_name(run: Run) -> None:
    found = rows(run, "--all")
    assert list(found) == sorted(found, key=lambda key: key.split("/", 1))
    assert len(found) > 1000
    assert {"anthropic/claude-opus-4-5", "zai/glm-0", "far/m3", "xai/grok-4.7"} <= set(found)
    assert found["openai/gpt-5-mini"]["tags"] == ["fallback#2", "configured", "alias:mini"]


def test_what_had_retired_is_listed_only_where_somebody_names_it(run: Run, tmp_path: Path) -> None:
    assert load_bundle().providers["anthropic"]["claude-2.1"].retires == "2025-07-21"
    assert "anthropic/claude-2.1" not in rows(run, "--all")
    (tmp_path / "text2llm.yaml").write_text("version: 1\nagents: {defaults: {model: anthropic/claude-2.1}}\n")
    assert rows(run, "--all")["anthropic/claude-2.1"]["retires"] == "2025-07-21"


def test_the_source_of_the_facts_is_told(run: Run) -> None:
    told = json.loads(run("models", "list", "--all", "--json").out)["catalog"]
    assert told == {"source": "litellm", "version": load_bundle().source.version, "date": load_bundle().source.date}


def test_a_table_shows_price_retirement_and_what_is_missing(run: Run) -> None:
    lines = {line.split()[0]: " ".join(line.split()[1:]) for line in run("models", "list").out.splitlines()}
    assert lines["Model"] == "Input Ctx Cost Local Auth Tags"
    assert lines["lab/m1"] == "text 900 - yes yes configured"
    assert lines["openai/gpt-5-mini"].endswith(
        "272k $0.25/$2 no no fallback#2, configured, alias:mini, retires 2026-12-11"
    )
    assert lines["zai/glm-0"] == "- - - no no configured, missing"


def test_a_long_name_is_never_cut(run: Run, tmp_path: Path) -> None:
    key = f"lab/{'long' * 40}"
    (tmp_path / "text2llm.yaml").write_text(CONFIG.replace("primary: opus", f"primary: {key}"))
    assert key in run("models", "list").out
    shown = at_terminal(tmp_path, 100)
    assert f"{key}\x1b[0m\r\n    local" in shown
    assert "    text  900  local  credential  configured\r\n" in shown


def at_terminal(folder: Path, columns: int) -> str:
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
    program = Path(sys.executable).parent / "text2llm"
    environ = {**os.environ, "TERM": "xterm"}
    process = subprocess.Popen([program, "models", "list"], cwd=folder, stdin=theirs, stdout=theirs, env=environ)
    os.close(theirs)
    shown = b""
    while True:
        try:
            read = os.read(ours, 65_536)
        except OSError:  # how Linux says that the other end is closed
            break
        if not read:
            break
        shown += read
    os.close(ours)
    assert process.wait() == 0
    return shown.decode()


@pytest.mark.parametrize("every", [[], ["--all"]])
def test_what_a_refresh_kept_goes_before_the_bundle(every: list[str], run: Run) -> None:
    cache = os.path.join(find_places(os.environ).cache, CACHE_NAME)
    facts = {"claude-opus-4-5": ModelFacts(name="Claude Opus 4.5", context_window=1234), "new": ModelFacts()}
    write_listings(cache, [Listing("anthropic", "https://api.anthropic.com/v1/models", 1, facts)])
    found = rows(run, *every)
    opus = found["anthropic/claude-opus-4-5"]
    assert (opus["name"], opus["contextWindow"], opus["maxTokens"]) == ("Claude Opus 4.5", 1234, 64_000)
    assert ("anthropic/new" in found) is bool(every)


GATEWAY = """version: 1
agents: {defaults: {model: gw/claude-opus-4-5}}
models:
  providers:
    gw: {baseUrl: "http://127.0.0.1:8000/v1", catalog: anthropic, models: [{id: large, sameAs: openai/gpt-5.2}]}
"""


def test_models_of_a_gateway_have_the_facts_of_its_catalog(run: Run, tmp_path: Path) -> None:
    (tmp_path / "text2llm.yaml").write_text(GATEWAY)
    found = rows(run)
    assert found["gw/claude-opus-4-5"]["cost"] == {"input": 5, "output": 25, "source": "list price of anthropic"}
    assert found["gw/large"]["cost"]["source"] == "list price of openai"
    assert "gw/claude-sonnet-4-5" in rows(run, "--all", "--provider", "gw")


def test_a_listing_of_the_lender_is_used_too(run: Run, tmp_path: Path) -> None:
    (tmp_path / "text2llm.yaml").write_text(GATEWAY)
    facts = {"claude-newest": ModelFacts(context_window=7, input_price=1.0)}
    cache = os.path.join(find_places(os.environ).cache, CACHE_NAME)
    write_listings(cache, [Listing("anthropic", "https://api.anthropic.com/v1/models", 1, facts)])
    row = rows(run, "--all", "--provider", "gw")["gw/claude-newest"]
    assert (row["contextWindow"], row["cost"]["source"]) == (7, "list price of anthropic")
