"""An environment's resolved document is that of the merged file, written by hand."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from text2llm.auth.agents import known_agents
from text2llm.auth.reading import read_meaning
from text2llm.config.environment import apply_environment
from text2llm.config.load import Loaded, assemble
from text2llm.config.merge import KeyNames
from text2llm.config.reader import read_document
from text2llm.config.roles import MAIN
from text2llm.params.spelling import read_params
from text2llm.providers.registry import load_registry
from text2llm.report.resolved.json_document import resolved_json
from text2llm.resolved.build import resolve_agents
from text2llm.resolved.document import ResolvedDocument

REGISTRY = load_registry()
_MODELS = st.sampled_from(["anthropic/claude-opus-4-5", "openai/gpt-5.2", "lab/m", "nobody/x"])
_PARAMS = st.dictionaries(st.sampled_from(["temperature", "topK", "effort"]), st.sampled_from([None, 0.5, 7, "low"]))


def _layers(*, null: bool) -> st.SearchStrategy[dict[str, Any]]:
    """A base, or an environment, in which each value can also be ``null``; in expanded form."""

    def some(**keys: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
        parts = {key: st.one_of(part, st.none()) if null else part for key, part in keys.items()}
        return st.fixed_dictionaries({}, optional=parts)

    choice = some(primary=_MODELS, fallbacks=st.lists(_MODELS, max_size=2))
    roles = st.dictionaries(st.sampled_from(["small", "own"]), choice, max_size=2)
    agent = some(model=choice, imageModel=choice, roles=roles, params=_PARAMS)
    own = some(api=st.just("openai-completions"), baseUrl=st.sampled_from(["https://a.example", "http://b.example/v1"]))
    entries = st.dictionaries(st.sampled_from(["ops", "coder"]), agent, max_size=2)
    agents = some(defaults=agent, entries=entries)
    return some(agents=agents, models=some(providers=st.fixed_dictionaries({}, optional={"lab": own, "openai": own})))


def lay_over(base: dict[str, Any], layer: dict[str, Any] | None = None) -> Loaded:
    loaded = assemble(read_document("text2llm.yaml", json.dumps({"version": 1, **base}).encode()), ())
    if layer is None:
        return loaded
    text = json.dumps({"version": 1, "environment": "prod", **layer})
    document = read_document("text2llm.prod.yaml", text.encode())
    return apply_environment(loaded, "prod", document, KeyNames(REGISTRY.spellings(), read_params))


def resolve(loaded: Loaded) -> ResolvedDocument:
    config = loaded.require()
    return resolve_agents(read_meaning(config, REGISTRY), known_agents(config), {})


def mean(loaded: Loaded) -> Any:
    """What the document says, without places."""
    agents = json.loads("".join(resolved_json(resolve(loaded))))["agents"]
    for agent in agents.values():
        for role in agent["roles"].values():
            for entry in role["chain"]:
                del entry["source"]
    return agents


def merge(base: Any, layer: Any, *, inside: bool = False) -> Any:
    """The merged file; a ``null`` removes, but among parameters (``inside``) it is a value."""
    if not isinstance(layer, dict):
        return layer
    merged = dict(base) if isinstance(base, dict) else {}
    for key, value in layer.items():
        if value is None and not inside:
            merged.pop(key, None)
        else:
            merged[key] = merge(merged.get(key), value, inside=key == "params")
    return merged


@given(_layers(null=False), _layers(null=True))
def test_environment_resolves_as_the_merged_file(base: dict[str, Any], layer: dict[str, Any]) -> None:
    assert mean(lay_over(base, layer)) == mean(lay_over(merge(base, layer)))


def test_document_names_the_environment_and_the_layers() -> None:
    base = {"agents": {"defaults": {"model": {"primary": "openai/gpt-5.2", "fallbacks": ["lab/m"]}}}}
    document = resolve(lay_over(base, {"agents": {"defaults": {"model": {"primary": "anthropic/claude-opus-4-5"}}}}))
    primary, fallback = document.agents["main"][MAIN]
    assert document.environment == "prod"
    assert (primary.layer, primary.source.path) == ("environment", "text2llm.prod.yaml")
    assert (fallback.layer, fallback.source.path) == ("base", "text2llm.yaml")
