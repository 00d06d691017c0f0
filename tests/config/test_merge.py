"""An environment is merged in expanded form, on canonical keys; every value keeps its file and line."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.config.layering import SPELLINGS, defaults, lay_over, place, under_prod
from text2llm.auth.agents import known_agents
from text2llm.auth.reading import read_meaning
from text2llm.config.document import drop_empty
from text2llm.config.load import load_document
from text2llm.config.merge import KeyNames, ValuePlace, merge_environment
from text2llm.config.model import Config
from text2llm.config.reader import read_document
from text2llm.config.resolve import build_resolver
from text2llm.providers.registry import load_registry
from text2llm.resolved.build import resolve_agents

MODEL = "agents: {defaults: {model: %s}}"


@pytest.mark.parametrize(
    ("base", "prod", "merged"),
    [
        ("a/x", "a/y", {"primary": "a/y"}),
        ("{primary: a/x, fallbacks: [a/z]}", "a/y", {"primary": "a/y", "fallbacks": ["a/z"]}),
        ("a/x", "{fallbacks: [a/z]}", {"primary": "a/x", "fallbacks": ["a/z"]}),
        ("{primary: a/x, fallbacks: [a/z]}", "{fallbacks: []}", {"primary": "a/x", "fallbacks": []}),
        ("{primary: a/x, fallbacks: [a/z]}", "{fallbacks: ~}", {"primary": "a/x"}),
        ("{primary: a/x, fallbacks: [a/z]}", "{fallbacks: }", {"primary": "a/x", "fallbacks": ["a/z"]}),
        ("a/x", "null", None),
        ("a/x", "", "a/x"),
        ("a/x", "{primary: ~}", {}),
    ],
)
def test_a_plain_string_stands_for_a_primary(base: str, prod: str, merged: object) -> None:
    assert defaults(under_prod(MODEL % base, MODEL % prod), "model") == merged


def test_what_the_base_does_not_have_is_added_without_what_it_removes() -> None:
    config = under_prod("", "agents: {defaults: {model: {primary: a/x, fallbacks: ~}}, entries: {a: ~, b: {}}}")
    assert config.data == {"version": 1, "agents": {"defaults": {"model": {"primary": "a/x"}}, "entries": {"b": {}}}}


def test_maps_merge_and_lists_and_scalars_replace() -> None:
    base = "models: {providers: {gw: {baseUrl: 'https://a.example', models: [{id: x}, {id: y}]}}}\nprobe: {timeout: 8s}"
    prod = "models: {providers: {gw: {api: openai-completions, models: [{id: z}]}}}\nprobe: {timeout: 9s}"
    config = under_prod(base, prod)
    gateway = config.providers["gw"]
    assert (gateway.base_url, gateway.api) == ("https://a.example", "openai-completions")
    assert [model.id for model in gateway.models] == ["z"]
    assert config.probe.timeout == 9000


def test_keys_are_the_same_in_every_spelling() -> None:
    base = """
models: {providers: {z.ai: {headers: {X-Team: a}}}}
auth: {order: {z.ai: [one]}}
agents:
  defaults: {models: {anthropic/opus-4.5: {params: {temperature: 1}}}}
  entries: {Coder: {model: a/x}}
"""
    prod = """
models: {providers: {ZAI: {headers: {x-team: b}}}}
auth: {order: {zai: [two]}}
agents:
  defaults: {models: {claude-opus-4-5: {params: {seed: 1}}}}
  entries: {coder: {imageModel: a/y}}
"""
    config = under_prod(base, prod)
    assert config.data["models"] == {"providers": {"z.ai": {"headers": {"X-Team": "b"}}}}
    assert config.data["auth"] == {"order": {"z.ai": ["two"]}}
    assert defaults(config, "models") == {"anthropic/opus-4.5": {"params": {"temperature": 1, "seed": 1}}}
    assert config.value_at(("agents", "entries")) == {"Coder": {"model": "a/x", "imageModel": "a/y"}}


@pytest.mark.parametrize(
    ("base", "prod", "owner"),
    [
        ("", "", "anthropic"),
        ("provider: Openai, ", "", "openai"),
        ("provider: openai, ", "provider: groq, ", "groq"),
        ("provider: openai, ", "provider: ~, ", "anthropic"),
    ],
)
def test_a_model_without_a_provider_is_one_of_the_merged_default_provider(base: str, prod: str, owner: str) -> None:
    config = under_prod(
        f"agents: {{defaults: {{{base}models: {{{owner}/m: {{alias: a}}}}}}}}",
        f"agents: {{defaults: {{{prod}models: {{m: {{alias: b}}}}}}}}",
    )
    assert defaults(config, "models") == {f"{owner}/m": {"alias": "b"}}


def test_a_null_among_parameters_is_a_value() -> None:
    config = under_prod(
        "agents: {defaults: {models: {a/x: {params: {temperature: 1}}}}}",
        "agents: {defaults: {models: {a/x: {params: {temperature: ~, seed: }}, a/y: {params: {top_p: null}}}}}",
    )
    assert defaults(config, "models") == {"a/x": {"params": {"temperature": None}}, "a/y": {"params": {"top_p": None}}}


def test_a_parameter_in_other_words_is_the_same_one() -> None:
    config = under_prod(
        "agents: {defaults: {params: {effort: low, seed: 1, reasoning: {effort: low}, thinking: {type: x, y: z}}}}",
        "agents: {defaults: {params: {reasoning_effort: high}}}",
    )
    assert defaults(config, "params") == {"seed": 1, "thinking": {"type": "x", "y": "z"}, "reasoning_effort": "high"}
    assert config.environment is not None
    assert config.environment.removed[("agents", "defaults", "params", "effort")][-1] == "reasoning_effort"


ALIASES = "agents: {defaults: {models: {%s}}}"


def test_an_alias_is_taken_from_who_had_it() -> None:
    config = under_prod(
        ALIASES % "a/x: {alias: [One, two, three], params: {seed: 1}}, a/y: {alias: four}, a/z: , a/w: {alias: five}",
        ALIASES % "a/v: {alias: [one, FOUR]}",
    )
    assert {entry.alias: entry.model.text for entry in config.aliases} == {
        "two": "a/x",
        "three": "a/x",
        "five": "a/w",
        "one": "a/v",
        "FOUR": "a/v",
    }
    assert defaults(config, "models", "a/y") == {}
    assert place(config, "agents", "defaults", "models", "a/x", "alias", 1) == "text2llm.yaml:2"
    assert config.owner(("agents", "defaults", "models", "a/x", "alias", 1))[1][-1] == 2
    assert config.environment is not None
    assert set(config.environment.taken) == {
        ("agents", "defaults", "models", "a/x", "alias", 0),
        ("agents", "defaults", "models", "a/y", "alias"),
    }


def test_an_alias_within_one_layer_is_taken_from_nobody() -> None:
    config = under_prod("", ALIASES % "a/x: {alias: one}, a/y: {alias: ONE}")
    assert [entry.alias for entry in config.aliases] == ["one", "ONE"]


def test_the_mark_of_the_default_agent_is_taken_from_who_had_it() -> None:
    config = under_prod(
        "agents: {entries: {a: {default: true, model: m/x}, b: {default: false}, c: }}",
        "agents: {entries: {b: {default: true}}}",
    )
    assert config.default_id == "b"
    assert config.value_at(("agents", "entries", "a")) == {"model": "m/x"}


def test_every_value_keeps_its_place() -> None:
    config = under_prod(
        "agents:\n  defaults:\n    model: a/x\n    imageModel: a/i\n  entries:\n    ops: {model: a/o}\n",
        "agents:\n  defaults:\n    model: {fallbacks: [a/y]}\n    imageModel: a/j\n  entries:\n    new: {model: a/n}\n",
        "id: coder\nmodel: a/c\n",
    )
    agents = {
        ("defaults", "model", "primary"): "text2llm.yaml:4",
        ("defaults", "model", "fallbacks", 0): "text2llm.prod.yaml:5",
        ("defaults", "imageModel", "primary"): "text2llm.prod.yaml:6",
        ("entries", "ops", "model"): "text2llm.yaml:7",
        ("entries", "new", "model"): "text2llm.prod.yaml:8",
        ("entries", "coder", "model"): "agents/0.yaml:2",
    }
    assert {pointer: place(config, "agents", *pointer) for pointer in agents} == agents
    assert config.owner(("agents", "defaults", "model", "primary"))[1] == ("agents", "defaults", "model")
    assert config.owner(("agents", "defaults", "imageModel", "primary"))[1] == ("agents", "defaults", "imageModel")


def test_an_agent_file_is_below_the_environment() -> None:
    config = under_prod("", "agents: {entries: {coder: {model: {fallbacks: []}}}}", "id: Coder\nmodel: a/c\n")
    assert config.value_at(("agents", "entries", "coder")) == {"model": {"primary": "a/c", "fallbacks": []}}
    assert place(config, "agents", "entries", "coder", "model", "primary") == "agents/0.yaml:2"


def test_what_is_removed_has_its_place_in_the_environment() -> None:
    layer = under_prod("agents: {entries: {Ops: {model: a/o}}}", "agents: {entries: {ops: ~}}").environment
    assert layer is not None
    assert layer.removed == {("agents", "entries", "Ops"): ("agents", "entries", "ops")}


def test_two_spellings_of_one_key_in_an_environment_are_an_error() -> None:
    found = lay_over("models: {providers: {zai: {}}}", "models: {providers: {z.ai: ~, zai: {}}}")
    assert [(str(each.location), each.message) for each in found.findings] == [
        ("text2llm.prod.yaml:3:31", "this key and the one in line 3 are spellings of one name")
    ]


def test_a_merge_does_not_change_the_base() -> None:
    base: dict[str, Any] = {"agents": {"entries": {"a": {"default": True, "model": "m/x"}}}}
    before = json.dumps(base)
    text = b"environment: p\nagents: {entries: {a: {model: m/y}, b: {default: true}}}"
    merge_environment(base, "p", read_document("p", text), KeyNames(SPELLINGS))
    assert json.dumps(base) == before


@pytest.mark.parametrize(
    ("text", "data"),
    [
        ("a:\nb: ~\nc: null\nd: {e: , f: Null}\n", {"b": None, "c": None, "d": {"f": None}}),
        ("a: &x\nb: *x\nc: &y ~\nd: *y\n", {"c": None, "d": None}),
        ('{"a": null}', {"a": None}),
        ("[]", {}),
        ("", {}),
    ],
)
def test_only_a_written_null_is_one(text: str, data: object) -> None:
    assert drop_empty(read_document("x", text.encode())) == data


def test_a_way_leads_on_to_what_is_below() -> None:
    layer = under_prod("", "probe: {timeout: 9s}").environment
    assert layer is not None
    assert layer.find_place(("probe", "timeout")) == ValuePlace(own=True, inner=("probe", "timeout"))
    assert layer.find_place(("agents", "x")) == ValuePlace(own=False, inner=("agents", "x"))


# The laws, over random configurations.

_NAMES = st.sampled_from(["anthropic/opus-4.5", "anthropic/claude-opus-4-5", "claude-opus-4-5", "openai/gpt", "z.ai/g"])
_CHOICE = st.one_of(
    _NAMES, st.fixed_dictionaries({}, optional={"primary": _NAMES, "fallbacks": st.lists(_NAMES, max_size=2)})
)
_ALIAS = st.sampled_from(["one", "Two", "three"])
_ALIASES = st.one_of(_ALIAS, st.lists(_ALIAS, min_size=1, max_size=2, unique=True))


def _configs(*, null: bool) -> st.SearchStrategy[dict[str, Any]]:
    def value(part: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
        return st.one_of(part, st.none()) if null else part

    def some(**keys: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
        return st.fixed_dictionaries({}, optional={key: value(part) for key, part in keys.items()})

    entry = some(default=st.booleans(), model=_CHOICE, imageModel=_CHOICE)
    models = st.dictionaries(_NAMES, value(some(alias=_ALIASES)), max_size=3)
    agents = some(
        defaults=some(model=_CHOICE, models=models, provider=st.sampled_from(["openai", "Anthropic", "z.ai"])),
        entries=st.dictionaries(st.sampled_from(["ops", "coder", "Main"]), value(entry), max_size=3),
    )
    provider = some(baseUrl=st.sampled_from(["https://a.example", "https://b.example"]), models=st.just([{"id": "m"}]))
    providers = st.dictionaries(st.sampled_from(["zai", "lab", "gw"]), value(provider), max_size=3)
    return some(agents=agents, models=some(providers=providers), rules=some(**{"unknown-model": st.just("off")}))


def load(data: dict[str, Any]) -> Config:
    return load_document(read_document("c.yaml", json.dumps({"version": 1, **data}).encode())).require()


def apply(base: dict[str, Any], layer: dict[str, Any]) -> Config:
    return under_prod(_inside(base), _inside(layer))


def _inside(data: dict[str, Any]) -> str:
    return "".join(f"{key}: {json.dumps(value)}\n" for key, value in data.items())


def mean(config: Config) -> object:
    """What a configuration says, without places."""
    resolver = build_resolver(config, SPELLINGS)
    agents = (None, *sorted(agent.id for agent in config.agents))
    chains = {
        (agent, role.name): [str(member.ref) for member in resolver.chain(agent, role).members()]
        for agent in agents
        for role in config.roles
    }
    providers = {SPELLINGS.provider(each.id): each._replace(id="", pointer=()) for each in config.providers.values()}
    aliases = {name: str(ref) for name, ref in resolver.aliases.items()}
    return chains, providers, aliases, config.default_id, SPELLINGS.provider(config.default_provider), config.severities


def _expand(data: dict[str, Any], default: str) -> dict[str, Any]:
    """A configuration in expanded form, with canonical keys, as one would write it by hand."""

    def ref(name: str) -> str:
        return str(SPELLINGS.ref(*(name.split("/", 1) if "/" in name else (default, name))))

    def expand(entry: dict[str, Any]) -> dict[str, Any]:
        return {
            key: {"primary": value} if isinstance(value, str) and "odel" in key else value
            for key, value in entry.items()
        }

    expanded = json.loads(json.dumps(data))
    if defaults := dig(expanded, "agents", "defaults"):
        expanded["agents"]["defaults"] = expand(defaults)
    if models := dig(expanded, "agents", "defaults", "models"):
        expanded["agents"]["defaults"]["models"] = {ref(name): entry for name, entry in models.items()}
    if entries := dig(expanded, "agents", "entries"):
        expanded["agents"]["entries"] = {name.lower(): entry and expand(entry) for name, entry in entries.items()}
    return expanded  # type: ignore[no-any-return]


def dig(data: Any, *steps: str) -> Any:
    """The value at the end of these keys; ``None`` without one."""
    for step in steps:
        data = data.get(step) if isinstance(data, dict) else None
    return data


def _merge_by_hand(base: Any, layer: Any) -> Any:
    if not isinstance(layer, dict):
        return layer
    kept = {
        key: value for key, value in (base if isinstance(base, dict) else {}).items() if layer.get(key, 0) is not None
    }
    return kept | {key: _merge_by_hand(kept.get(key), value) for key, value in layer.items() if value is not None}


def _write_by_hand(base: dict[str, Any], layer: dict[str, Any]) -> dict[str, Any]:
    default = dig(_merge_by_hand(base, layer), "agents", "defaults", "provider") or "anthropic"
    below, above = (_expand(data, SPELLINGS.provider(default)) for data in (base, layer))
    named = (_as_list(dig(entry, "alias")) for entry in (dig(above, "agents", "defaults", "models") or {}).values())
    given = {alias.casefold() for aliases in named for alias in aliases}
    for entry in (dig(below, "agents", "defaults", "models") or {}).values():
        kept = [alias for alias in _as_list(entry.pop("alias", None)) if alias.casefold() not in given]
        entry.update({"alias": kept} if kept else {})
    if any(dig(entry, "default") for entry in (dig(above, "agents", "entries") or {}).values()):
        for entry in (dig(below, "agents", "entries") or {}).values():
            entry.pop("default", None)
    return _merge_by_hand(below, above)  # type: ignore[no-any-return]


def _as_list(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value or [])


def _is_single(*configs: dict[str, Any]) -> bool:
    """Whether no map has two spellings of one model: which of them counts is not the subject here."""
    for data in configs:
        names = dig(data, "agents", "defaults", "models") or {}
        for default in ("anthropic", "openai", "zai"):
            refs = {SPELLINGS.ref(*(name.split("/", 1) if "/" in name else (default, name))) for name in names}
            if len(refs) < len(names):
                return False
    return True


def resolve(config: Config) -> object:
    """The resolved document, without places."""
    document = resolve_agents(read_meaning(config, load_registry()), known_agents(config), {})
    return {
        agent: {role.name: [repr(entry.model) for entry in chain] for role, chain in roles.items()}
        for agent, roles in document.agents.items()
    }


@given(_configs(null=False), _configs(null=True))
def test_an_environment_equals_the_merged_file_written_by_hand(base: dict[str, Any], layer: dict[str, Any]) -> None:
    assume(_is_single(base, layer))
    config, written = apply(base, layer), load(_write_by_hand(base, layer))
    assert mean(config) == mean(written)
    assert resolve(config) == resolve(written)


@given(_configs(null=False))
def test_an_environment_that_says_nothing_changes_nothing(base: dict[str, Any]) -> None:
    config = apply(base, {})
    assert mean(config) == mean(load(base))
    assert config.data == load(base).data


@given(_configs(null=False), _configs(null=True))
def test_an_environment_laid_over_twice_is_as_laid_over_once(base: dict[str, Any], layer: dict[str, Any]) -> None:
    assume(_is_single(base, layer))
    once = apply(base, layer)
    data = {key: value for key, value in once.data.items() if key != "version"}
    assert mean(apply(data, layer)) == mean(once)


@given(_configs(null=False), _configs(null=True))
def test_every_value_stands_where_it_is_located(base: dict[str, Any], layer: dict[str, Any]) -> None:
    config = apply(base, layer)

    def check(value: Any, *at: str | int) -> None:
        if isinstance(value, dict):
            for key, item in value.items():
                check(item, *at, key)
        elif isinstance(value, list):
            for index, item in enumerate(value):
                check(item, *at, index)
        else:
            document, inner = config.owner(at)
            found: Any = document.data
            for step in inner:
                found = found[step]
            assert found == value

    check(dict(config.data))
