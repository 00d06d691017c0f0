"""A model that a command names: refused if it is known to be wrong, a warning if nobody knows it."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.running import Run
from text2llm.auth.reading import read_meaning
from text2llm.catalog.bundle import load_bundle
from text2llm.catalog.facts import Catalog, ModelFacts
from text2llm.config.load import load_file
from text2llm.diagnostics import Diagnostic
from text2llm.plan.arguments import NameFault, judge_name
from text2llm.providers.registry import load_registry
from text2llm.storage.places import find_places

CONFIG = """version: 1
agents:
  defaults: {model: anthropic/claude-opus-4-5, models: {openai/gpt-5.2: {alias: "openai:big"}}}
  entries: {coder: {}}
models:
  providers:
    gw: {api: openai-completions, baseUrl: "https://gw.example/v1", models: [{id: Large}]}
    groq: {baseUrl: "https://proxy.example/openai/v1"}
    zai: {baseUrl: "https://api.z.ai/api/coding/paas/v4"}
"""


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "text2llm.yaml"
    path.write_text(CONFIG)
    return path


@pytest.mark.parametrize(
    ("command", "error", "meant"),
    [
        ("set gpt-5.2", "'gpt-5.2' is a model of another provider, not of anthropic", "set openai/gpt-5.2"),
        (
            "set openai:gpt-5.2 --agent coder",
            "'openai:gpt-5.2' has a ':' between the provider and the model, where a '/' belongs",
            "set openai/gpt-5.2 --agent coder",
        ),
        (
            "set-image openrouter:x-ai/grok-4",
            "'openrouter:x-ai/grok-4' has a ':' between the provider and the model, where a '/' belongs",
            "set-image openrouter/x-ai/grok-4",
        ),
        (
            "fallbacks add openai/GPT-5.2 --role small",
            "openai/GPT-5.2 differs from the known model openai/gpt-5.2 only in case or punctuation",
            "fallbacks add --role small openai/gpt-5.2",
        ),
        (
            "image-fallbacks add claude-opus-4.6",
            (
                "anthropic/claude-opus-4.6 differs from the known model anthropic/claude-opus-4-6"
                " only in case or punctuation"
            ),
            "image-fallbacks add anthropic/claude-opus-4-6",
        ),
        (
            "aliases add glm zai/GLM-4-7",
            "zai/GLM-4-7 differs from the known model zai/glm-4.7 only in case or punctuation",
            "aliases add glm zai/glm-4.7",
        ),
        ("set x-ai/grok-4", "'x-ai' is a publisher on OpenRouter, not a provider", "set openrouter/x-ai/grok-4"),
        (
            "set x-ai/grok-4.7",
            "'x-ai' is a publisher on OpenRouter, not a provider",
            "set openrouter/x-ai/grok-4.7` (or xai/grok-4.7)",
        ),
    ],
)
def test_what_is_known_to_be_wrong_is_refused(run: Run, config: Path, command: str, error: str, meant: str) -> None:
    done = run("models", *command.split(), "--config", str(config))
    assert (done.code, done.err.splitlines()[0]) == (1, f"error: {error}")
    assert f"hint: run `text2llm models {meant}" in done.err
    assert config.read_text() == CONFIG


def test_empty_name_is_no_reference(run: Run, config: Path) -> None:
    assert "invalid model reference: ' '" in run("models", "set", " ").err


@pytest.mark.parametrize("name", ["gpt-5.2", "openai:gpt-5.2", "openai/GPT-5.2", "claude-opus-4.6"])
def test_force_insists(run: Run, config: Path, name: str) -> None:
    assert "--force insists" in run("models", "set", name).err
    done = run("models", "set", name, "--force")
    assert (done.code, "warning: " in done.err, name in config.read_text()) == (0, True, True)


def test_force_cannot_make_a_provider(run: Run, config: Path) -> None:
    assert "--force" not in run("models", "set", "x-ai/grok-4").err
    assert "unknown-provider" in run("models", "set", "x-ai/grok-4", "--force").err
    assert config.read_text() == CONFIG


@pytest.mark.parametrize(
    "name", ["openai:big", "gw/large", "groq/OPENAI/gpt-oss-120b", "openai/gpt-7", "gw/x:free", "openai:nothing"]
)
def test_other_names_are_not_refused(run: Run, config: Path, name: str) -> None:
    """An alias, an id at another origin, and what is only unknown."""
    assert run("models", "set", name, "--dry-run").code == 0


@pytest.mark.parametrize(
    ("name", "provider", "slug"),
    [
        ("moonshotai/kimi-k2", "moonshot", "moonshotai/kimi-k2"),
        ("nvidia/nemotron:free", "nvidia", "nvidia/nemotron:free"),
    ],
)
def test_warning_names_the_model_at_openrouter(run: Run, config: Path, name: str, provider: str, slug: str) -> None:
    done = run("models", "set", name, "--dry-run")
    model = name.partition("/")[2]
    assert done.err.startswith(
        f"warning: '{model}' is not known as a model of {provider}\nhint: at OpenRouter it is openrouter/{slug}\n"
    )
    assert done.err.count("warning") == 1


def judge(config: Path, name: str, *, chat: bool = True, **lists: list[str]) -> NameFault | Diagnostic | None:
    """What is wrong with a name where the catalog has a list of OpenRouter's, and ``lists`` were fetched."""
    bundle = load_bundle()
    routed = {"openrouter": {"qwen/qwen3:free": ModelFacts(), "unheard/of": ModelFacts(), "xai/grok-9": ModelFacts()}}
    providers: Mapping[str, Mapping[str, ModelFacts]] = {**bundle.providers, **routed}
    catalog: Catalog = bundle._replace(providers=providers)
    reading = read_meaning(load_file(str(config)).require(), load_registry(), catalog).with_lists(lists)
    return judge_name(reading, reading.resolver.resolve(name), chat=chat)


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("qwen/qwen3:free", ("openrouter/qwen/qwen3:free",)),
        ("unheard/of", ("openrouter/unheard/of",)),
        ("xai/grok-9", ("openrouter/xai/grok-9",)),
    ],
)
def test_list_of_openrouter_says_what_was_meant(config: Path, name: str, meant: tuple[str, ...]) -> None:
    found = judge(config, name)
    assert isinstance(found, NameFault)
    assert found.meant == meant


def test_fetched_list_of_openrouter_counts_too(config: Path) -> None:
    found = judge(config, "xai/grok-10", openrouter=["xai/grok-10"])
    assert isinstance(found, NameFault)
    assert "OpenRouter has it" in found.message


def test_known_model_and_one_of_the_fetched_list_are_fine(config: Path) -> None:
    assert judge(config, "openai/gpt-5.2") is None
    assert judge(config, "openai/GPT-5.2", openai=["GPT-5.2"]) is None


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("nvidia/nosuch", "'nosuch' is not in the list that `text2llm models refresh` fetched of nvidia"),
        (
            "nosuch",
            (
                "'nosuch' is neither an alias nor a known model, nor in its provider's fetched list;"
                " resolved to anthropic/nosuch"
            ),
        ),
    ],
)
def test_warning_says_that_the_own_list_lacks_it(config: Path, name: str, message: str) -> None:
    found = judge(config, name, nvidia=["a"], anthropic=["a"])
    assert isinstance(found, Diagnostic)
    assert found.message == message


def test_unknown_provider_is_left_to_its_rule(config: Path) -> None:
    assert judge(config, "unknown/x") is None


def test_model_that_answers_no_chat_is_not_looked_for_in_lists(config: Path) -> None:
    assert judge(config, "nvidia/embed", chat=False, nvidia=["a"]) is None


def test_model_at_a_gateway_is_not_refused_for_its_spelling(config: Path) -> None:
    assert judge(config, "groq/qwen:free") is None


def test_list_that_was_refreshed_is_the_one_of_the_warning(run: Run, config: Path) -> None:
    cache = Path(find_places(os.environ).cache)
    cache.mkdir(parents=True)
    head = {"version": 1, "listings": [["openrouter", "https://openrouter.ai/api/v1/models", 1]]}
    (cache / "listings.jsonl").write_text(f"{json.dumps(head)}\n{json.dumps({'some/model': []})}\n")
    done = run("models", "set", "openrouter/some/other", "--dry-run")
    assert "'some/other' is not in the list that `text2llm models refresh` fetched of openrouter" in done.err
    assert run("models", "set", "openrouter/some/model", "--dry-run").err == "not applied\n"
