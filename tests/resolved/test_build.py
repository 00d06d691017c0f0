"""The resolved document of a configuration: which models each agent uses in each role, and how."""

from __future__ import annotations

import pytest

from text2llm.auth.reading import Reading, read_meaning
from text2llm.config.document import Document
from text2llm.config.parse import build_config
from text2llm.config.reader import read_document
from text2llm.config.roles import IMAGE, MAIN, Role
from text2llm.diagnostics import Location
from text2llm.errors import UsageError
from text2llm.providers.registry import load_registry
from text2llm.resolved import build
from text2llm.resolved.build import resolve_agents
from text2llm.resolved.document import ChainEntry, ResolvedDocument

CONFIG = """version: 1
agents:
  defaults:
    model: {primary: opus, fallbacks: [lab/m1]}
    roles: {small: openai/gpt-5.4-mini}
    models:
      anthropic/claude-opus-4-5: {alias: opus, params: {temperature: 0.1, seed: null}}
  entries:
    coder: {model: {primary: nobody/m}, roles: {review: [opus]}, imageModel: azure/gpt-5}
    other: {}
models:
  providers:
    lab:
      api: openai-completions
      baseUrl: https://LAB.example/v1/
      headers: {X-Team: "${LAB_TEAM}", X-Plain: words}
      models: [{id: m1, contextWindow: 900}]
    odd: {baseUrl: "ftp://lab.example", api: openai-completions}
""".replace("review: [opus]", "review: {fallbacks: [opus]}")


def read(text: str, **included: str) -> Reading:
    files = {name: read_document(f"agents/{name}.yaml", each.encode()) for name, each in included.items()}
    return read_meaning(build_config(read_document("text2llm.yaml", text.encode()), files), load_registry())


def resolve(text: str = CONFIG, *agents: str, **included: str) -> ResolvedDocument:
    return resolve_agents(read(text, **included), agents or ("main", "coder", "other"), {})


def refs(entries: tuple[ChainEntry, ...]) -> list[str]:
    return [str(entry.model.ref) for entry in entries]


def test_every_agent_has_its_chains_by_role() -> None:
    found = resolve().agents
    assert {role.name: refs(entries) for role, entries in found["main"].items()} == {
        "main": ["anthropic/claude-opus-4-5", "lab/m1"],
        "image": [],
        "small": ["openai/gpt-5.4-mini"],
    }
    assert {role.name: refs(entries) for role, entries in found["coder"].items()} == {
        "main": ["nobody/m", "lab/m1"],
        "image": ["azure-openai/gpt-5"],
        "small": ["openai/gpt-5.4-mini"],
        "review": ["anthropic/claude-opus-4-5"],
    }


def test_equal_chains_are_one_value() -> None:
    found = resolve().agents
    assert found["main"][MAIN] is found["other"][MAIN]
    assert found["main"][MAIN][1] is found["coder"][MAIN][1]


def test_entry_has_the_way_of_a_request_the_facts_and_the_place() -> None:
    opus, lab = resolve().agents["main"][MAIN]
    assert (opus.model.api, opus.model.base_url) == ("anthropic-messages", "https://api.anthropic.com")
    assert opus.model.params is not None
    assert lab.model.params is None
    assert opus.model.params.params == {"temperature": 0.1, "seed": None}
    assert opus.model.params.request == {"temperature": 0.1}
    assert (opus.model.facts.context_window, opus.model.origin) == (200_000, "catalog")
    assert opus.source == Location("text2llm.yaml", 4, 22)
    assert (opus.layer, opus.credential) == ("base", None)
    assert (lab.model.base_url, lab.model.facts.context_window) == ("https://lab.example/v1", 900)
    assert lab.model.origin == "configuration"


def test_headers_are_references_only() -> None:
    assert resolve().agents["main"][MAIN][1].model.headers == {"X-Team": "${LAB_TEAM}", "X-Plain": None}


def test_unknown_provider_has_no_api_address_or_facts() -> None:
    model = resolve().agents["coder"][MAIN][0].model
    assert (model.api, model.base_url, model.origin) == (None, None, None)
    assert model.facts.context_window is None


def test_address_that_each_user_fills_in_has_its_placeholder() -> None:
    url = resolve().agents["coder"][IMAGE][0].model.base_url
    assert url is not None
    assert "{resource}" in url


def test_address_that_cannot_be_used_is_not_repeated() -> None:
    found = resolve(CONFIG.replace("primary: opus", "primary: odd/m")).agents["main"][MAIN][0].model
    assert (found.api, found.base_url) == ("openai-completions", None)


def test_agent_file_is_a_layer() -> None:
    found = resolve(CONFIG, "writer", writer="id: writer\nmodel: gpt-5.2\nroles: {small: opus}\n").agents["writer"]
    assert (found[MAIN][0].layer, str(found[MAIN][0].source)) == ("included", "agents/writer.yaml:2:8")
    assert (found[MAIN][1].layer, str(found[MAIN][1].source)) == ("base", "text2llm.yaml:4:40")
    assert refs(found[Role("small")]) == ["anthropic/claude-opus-4-5"]


def test_names_through_anchors_are_located_where_they_are_written() -> None:
    text = "version: 1\nagents:\n  defaults: {model: &it {primary: gpt-5.2}}\n  entries: {coder: {model: *it}}\n"
    found = resolve(text, "coder").agents["coder"][MAIN][0]
    assert str(found.source) == "text2llm.yaml:3:35"


def test_name_without_a_node_is_located_at_its_file() -> None:
    reading = read(CONFIG)
    bare = Document("text2llm.yaml", "", bom=False, root=None, data=reading.config.document.data)
    config = reading.config._replace(document=bare)
    found = resolve_agents(read_meaning(config, load_registry()), ("main",), {"text2llm.yaml": "a/text2llm.yaml"})
    assert str(found.agents["main"][MAIN][0].source) == "a/text2llm.yaml:1:1"


def test_too_many_entries_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(build, "MAX_ENTRIES", 5)
    assert len(resolve(CONFIG, "main").agents) == 1
    with pytest.raises(UsageError, match="more than 5 entries"):
        resolve()
