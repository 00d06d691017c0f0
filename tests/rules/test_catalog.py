from __future__ import annotations

import pytest

from tests.running import Run
from text2llm.config.load import load_document
from text2llm.config.reader import read_document
from text2llm.providers.registry import load_registry
from text2llm.rules.check_config import check_config

RETIRING = "version: 1\nagents: {defaults: {model: openai/gpt-5-mini}}\n"  # from 2026-12-11 on


def find(text: str, as_of: str | None = None) -> list[tuple[str, str]]:
    loaded = load_document(read_document("c.yaml", text.encode()))
    return [(each.rule, each.message) for each in check_config(loaded.require(), load_registry(), as_of)]


@pytest.mark.parametrize(
    ("as_of", "says"),
    [
        ("2026-10-12", []),
        ("2026-10-13", ["openai/gpt-5-mini will not be served from 2026-12-11 on"]),
        ("2026-12-10", ["openai/gpt-5-mini will not be served from 2026-12-11 on"]),
        ("2026-12-11", ["openai/gpt-5-mini has not been served since 2026-12-11"]),
        ("9999-12-31", ["openai/gpt-5-mini has not been served since 2026-12-11"]),
        ("0001-01-01", []),
    ],
)
def test_retirement_is_judged_sixty_days_ahead_of_a_day_that_is_given(as_of: str, says: list[str]) -> None:
    assert [message for _rule, message in find(RETIRING, as_of)] == says


def test_a_rule_that_is_off_and_a_model_that_nobody_covers_have_no_finding() -> None:
    assert find(f"{RETIRING}rules: {{deprecated-model: off}}\n") == []
    assert find("version: 1\nagents: {defaults: {model: openrouter/any/thing}}\n") == []


def test_windows_that_people_call_the_same_are_the_same() -> None:
    text = "version: 1\nagents: {defaults: {model: {primary: google/gemini-2.5-flash, fallbacks: [anthropic/%s]}}}\n"
    assert find(text % "claude-opus-4-6") == []
    assert [rule for rule, _ in find(text % "claude-opus-4-5")] == ["fallback-smaller-context"]


def test_what_the_config_says_of_a_model_goes_before_the_catalog() -> None:
    text = """version: 1
agents:
  defaults:
    model: {primary: anthropic/claude-opus-4-6, fallbacks: [anthropic/claude-opus-4-5, openai/gpt-5.4]}
    imageModel: openai/gpt-5.4
models:
  providers:
    anthropic: {models: [{id: claude-opus-4-5, contextWindow: 1000000}]}
    openai: {models: [{id: gpt-5.4, input: [text]}]}
"""
    assert [rule for rule, _ in find(text)] == ["image-model-cannot-see"]


def test_a_bare_id_of_the_catalog_needs_no_provider_and_retires_like_any_other() -> None:
    assert find("version: 1\nagents: {defaults: {model: claude-opus-4-5}}\n") == []
    bare = "version: 1\nagents: {defaults: {provider: openai, model: gpt-5-mini}}\n"
    assert [rule for rule, _ in find(bare)] == ["deprecated-model"]


def test_the_day_of_the_facts_is_the_day_of_judgement_unless_one_is_given(run: Run) -> None:
    assert run("validate", "-", stdin=RETIRING).out.startswith("<stdin>:2:28: warning deprecated-model: ")
    assert run("validate", "-", "--as-of", "2026-01-01", stdin=RETIRING).out == ""


@pytest.mark.parametrize("day", ["20261231", "2026-02-30", "soon", "2026-1-1", "", "2026-12-31 "])
def test_a_day_is_a_day(day: str, run: Run) -> None:
    done = run("validate", "-", "--as-of", day, stdin=RETIRING)
    assert done.code == 64
    assert "write a date as YYYY-MM-DD" in done.err


GATEWAY = """version: 1
agents:
  defaults: {provider: gw, model: {primary: claude-opus-4-5, fallbacks: [gw/%s, openai/gpt-5.4]}}
models: {providers: {gw: {baseUrl: https://llm.example.com/v1, catalog: anthropic, models: [{id: extra}]}}}
"""


def test_a_gateway_has_the_models_of_its_catalog_and_its_own() -> None:
    assert find(GATEWAY % "extra") == []
    assert find(GATEWAY % "claude-opus-45") == [
        ("unknown-model", "'claude-opus-45' is not a model of gw, nor of its catalog at c.yaml:4:73")
    ]


def test_a_gateway_may_serve_a_model_longer_than_its_provider() -> None:
    text = "version: 1\nagents: {defaults: {model: gw/gpt-5-mini}}\nmodels: {providers: {gw: {catalog: openai, %s}}}\n"
    address = "baseUrl: 'https://h.example/v1'"
    assert find(text % address, "2027-01-01") == []
    assert find(text % f"{address}, models: [{{id: gpt-5-mini, sameAs: openai/gpt-5-mini}}]", "2027-01-01") == []


def test_a_list_of_a_built_in_provider_makes_no_other_model_unknown() -> None:
    text = """version: 1
agents: {defaults: {model: {primary: openrouter/a/b, fallbacks: ["synthetic/hf:x/y", openai/gpt-5.4]}}}
models:
  providers:
    openrouter: {models: [{id: google/gemma-4-31b-it, contextWindow: 131072}]}
    synthetic: {baseUrl: "https://api.synthetic.new/anthropic", models: [{id: "hf:a/b"}]}
    openai: {models: [{id: my-fine-tune}]}
"""
    assert find(text) == []
