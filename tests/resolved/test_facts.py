"""The facts of an entry: what the configuration says, what it takes from elsewhere, and their source."""

from __future__ import annotations

import pytest

from tests.resolved.test_build import read
from text2llm.config.roles import MAIN
from text2llm.resolved.build import resolve_agents
from text2llm.resolved.document import ResolvedModel

CONFIG = """version: 1
agents: {{defaults: {{model: {model}}}}}
models:
  providers:
    gw: {{api: anthropic-messages, baseUrl: "https://gw.example", catalog: anthropic, models: [
      {{id: large, sameAs: anthropic/claude-opus-4-5, wire: claude-opus-on-premises}},
      {{id: own, contextWindow: 900, cost: {{input: 1, output: 2, cacheRead: 0.5}}}},
      {{id: sparse, name: Sparse}},
    ]}}
    lab: {{api: openai-completions, baseUrl: "http://lab.example/v1", models: [{{id: m, sameAs: openai/no-such}}]}}
"""


def describe(model: str) -> ResolvedModel:
    return resolve_agents(read(CONFIG.format(model=model)), ["main"], {}).agents["main"][MAIN][0].model


@pytest.mark.parametrize(
    ("model", "wire", "origin", "window", "price"),
    [
        ("gw/large", "claude-opus-on-premises", "list price of anthropic", 200_000, 5),
        ("gw/claude-opus-4-5", "claude-opus-4-5", "list price of anthropic", 200_000, 5),
        ("gw/own", "own", "configuration", 900, 1),
        ("gw/sparse", "sparse", None, None, None),
        ("lab/m", "m", None, None, None),
        ("anthropic/claude-opus-4-5", "claude-opus-4-5", "catalog", 200_000, 5),
        ("anthropic/no-such", "no-such", None, None, None),
    ],
)
def test_facts_have_their_source(
    model: str, wire: str, origin: str | None, window: int | None, price: float | None
) -> None:
    found = describe(model)
    assert (found.wire, found.origin, found.facts.context_window, found.facts.input_price) == (
        *(wire, origin, window, price),
    )


def test_gateway_may_serve_longer_and_is_asked_over_plain_http() -> None:
    assert describe("gw/large").facts.retires is None
    assert describe("lab/m").base_url == "http://lab.example/v1"
