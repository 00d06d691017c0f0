"""The parameters of an entry: merged, in the wire's words, and without credentials."""

from __future__ import annotations

from tests.resolved.test_build import read
from text2llm.config.roles import MAIN, Role
from text2llm.params.translate import EffectiveParams
from text2llm.resolved.build import resolve_agents
from text2llm.resolved.document import ResolvedDocument

CONFIG = """version: 1
agents:
  defaults:
    model: {primary: anthropic/claude-opus-4-5, fallbacks: [openai/gpt-5.2]}
    params: {temperature: 0.2, topK: 40, effort: low}
    roles: {small: {primary: openai/gpt-5.2, params: {effort: minimal}}}
    models: {anthropic/claude-opus-4-5: {params: {context1m: true, temperature: null}}}
  entries:
    coder: {params: {reasoning_effort: high, "metadata": {"api_key": "a-secret-that-stands-here"}}}
    other: {}
"""


def resolve() -> ResolvedDocument:
    return resolve_agents(read(CONFIG), ("main", "coder", "other"), {})


def params_of(agent: str, role: Role = MAIN, position: int = 0) -> EffectiveParams:
    params = resolve().agents[agent][role][position].model.params
    assert params is not None
    return params


def test_parameters_are_merged_and_translated() -> None:
    opus, gpt = params_of("main"), params_of("main", position=1)
    assert opus.params == {"temperature": None, "topK": 40, "effort": "low", "context1m": True}
    assert opus.request == {"top_k": 40, "output_config": {"effort": "low"}}
    assert opus.headers == {"anthropic-beta": "context-1m-2025-08-07"}
    assert (gpt.request, gpt.dropped) == ({"temperature": 0.2, "reasoning": {"effort": "low"}}, {"topK": 40})


def test_role_and_agent_have_parameters_of_their_own() -> None:
    found = resolve().agents
    assert params_of("main", Role("small")).params["effort"] == "minimal"
    assert params_of("coder").params["effort"] == "high"
    assert found["other"][MAIN] is found["main"][MAIN]


def test_credential_in_parameters_is_hidden() -> None:
    params = params_of("coder")
    assert params.params["metadata"] == {"api_key": "value hidden"}
    assert params.request["metadata"] == {"api_key": "value hidden"}


def test_model_without_any_has_none() -> None:
    text = "version: 1\nagents: {defaults: {model: gpt-5.2, models: {other: {params: {seed: 1}}}}}\n"
    assert resolve_agents(read(text), ["main"], {}).agents["main"][MAIN][0].model.params is None
