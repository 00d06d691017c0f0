"""The credential of an entry: which one, and whether it may be sent."""

from __future__ import annotations

import pytest

from tests.resolved.test_build import read
from text2llm.auth.reading import Reading
from text2llm.auth.sources import SourceKind
from text2llm.config.roles import MAIN
from text2llm.providers.registry import load_registry
from text2llm.resolved.build import resolve_agents
from text2llm.resolved.document import CredentialState

CONFIG = "version: 1\nagents: {{defaults: {{model: {model}}}}}\nmodels: {{providers: {providers}}}\n"
AWAY = '{anthropic: {baseUrl: "https://gw.example"}}'
WANTING = '{lab: {api: openai-completions, baseUrl: "https://lab.example", apiKey: "${LAB_KEY}"}}'


def judge(model: str, providers: str, **environ: str) -> CredentialState:
    config = read(CONFIG.format(model=model, providers=providers)).config
    meaning, view = (
        read(CONFIG.format(model=model, providers=providers)),
        Reading(config, None, environ, load_registry(), 0),
    )
    state = resolve_agents(meaning, ["main"], {}, {"main": view}).agents["main"][MAIN][0].credential
    assert state is not None
    return state


def test_credential_that_may_be_sent_has_nothing_to_explain() -> None:
    state = judge("anthropic/claude-opus-4-5", "{}", ANTHROPIC_API_KEY="some-long-value")
    assert (state.kind, state.label, state.health.value) == (SourceKind.ENV, "ANTHROPIC_API_KEY", "static")
    assert (state.may_go, state.trouble, state.why) == (True, None, None)


@pytest.mark.parametrize(
    ("model", "providers", "environ", "trouble", "why"),
    [
        ("anthropic/m", "{}", {}, "missing", "there is no credential"),
        ("lab/m", WANTING, {}, "missing", "${LAB_KEY}: the variable LAB_KEY is not set"),
        ("anthropic/m", AWAY, {"ANTHROPIC_API_KEY": "x" * 20}, "refused", "may not be sent to https://gw.example"),
        (
            "azure/gpt-5",
            "{}",
            {"AZURE_OPENAI_API_KEY": "x" * 20},
            "no address",
            "its base URL has a placeholder that must be filled in",
        ),
    ],
)
def test_trouble_is_explained(model: str, providers: str, environ: dict[str, str], trouble: str, why: str) -> None:
    state = judge(model, providers, **environ)
    assert (state.may_go, state.trouble, state.why) == (False, trouble, why)


def test_model_and_credential_of_several_places_are_one_value() -> None:
    meaning = read("version: 1\nagents: {entries: {one: {model: gpt-5.2}, two: {model: gpt-5.2}}}\n")
    agents = resolve_agents(meaning, ["one", "two"], {}, {"one": meaning, "two": meaning}).agents
    first, second = agents["one"][MAIN][0], agents["two"][MAIN][0]
    assert first.source != second.source
    assert first.model is second.model
    assert first.credential is second.credential
