"""What an edit writes into the file of an environment: the smallest change after which the whole is what was asked."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import partial
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.resolved.test_environment import REGISTRY, _layers, lay_over, mean, merge
from text2llm.auth.reading import Reading, read_meaning
from text2llm.config.document import Document
from text2llm.config.environment import apply_environment
from text2llm.config.load import Loaded
from text2llm.config.merge import KeyNames, merge_environment
from text2llm.config.model import Config
from text2llm.config.reader import read_document
from text2llm.config.roles import IMAGE, MAIN
from text2llm.diff.agreement import compare_resolved
from text2llm.diff.both import Both
from text2llm.diff.compare import compare_meaning
from text2llm.edit.yaml.verify import edit_document
from text2llm.errors import EditError
from text2llm.params.spelling import read_params
from text2llm.plan.checks import Checks
from text2llm.plan.compare import agree_with
from text2llm.plan.edits import Edit, add_alias, set_primary
from text2llm.plan.fallbacks import add_fallbacks, clear_fallbacks
from text2llm.plan.layer_changes import find_layer_changes
from text2llm.plan.layered import Layered
from text2llm.plan.plan import make_plan

NAMES = KeyNames(REGISTRY.spellings(), read_params)
CHECKS = Checks(lambda _: [], partial(read_meaning, registry=REGISTRY))
PATH = "text2llm.prod.yaml"


def document_of(layer: Mapping[str, Any], name: str = "prod") -> Document:
    text = json.dumps({"version": 1, "environment": name, **layer})
    return read_document(f"text2llm.{name}.yaml", text.encode())


def lay(base: Loaded, name: str, document: Document) -> Loaded:
    return apply_environment(base, name, document, NAMES)


def layered(base: dict[str, Any], chosen: str | None, **layers: dict[str, Any]) -> Layered:
    documents = {name: document_of(layer, name) for name, layer in layers.items()}
    if chosen is not None:
        documents = {chosen: documents[chosen]}
    return Layered(lay_over(base), documents, lay, NAMES, chosen)


_MODELS = st.sampled_from(["anthropic/claude-opus-4-5", "openai/gpt-5.2", "zai/glm-4.7"])
_AGENTS = st.sampled_from([None, "main", "ops", "coder"])
_ROLES = st.sampled_from([MAIN, IMAGE])
_EDITS: st.SearchStrategy[Edit] = st.one_of(
    st.builds(
        lambda name, role, agent: partial(set_primary, name=name, role=role, agent=agent), _MODELS, _ROLES, _AGENTS
    ),
    st.builds(
        lambda names, role, agent: partial(add_fallbacks, names=names, role=role, agent=agent),
        st.lists(_MODELS, min_size=1, max_size=2),
        _ROLES,
        _AGENTS,
    ),
    st.builds(lambda role, agent: partial(clear_fallbacks, role=role, agent=agent), _ROLES, _AGENTS),
    st.builds(lambda name: partial(add_alias, alias="fast", name=name, force=True), _MODELS),
    st.builds(lambda wanted: partial(agree_with, wanted=wanted), _layers(null=True)),
)


def edit_whole(base: dict[str, Any], layer: dict[str, Any], edit: Edit) -> Any:
    """What the edit makes of the merged file, written by hand; ``None`` where it refuses."""
    whole = lay_over(merge(base, layer))
    try:
        plan = make_plan(Layered(whole, {}, lay, NAMES), edit, CHECKS)
    except EditError:
        return None
    return mean(Loaded(plan.after, (), (), plan.config_after))


@given(_layers(null=False), _layers(null=True), _EDITS)
def test_an_edit_of_an_environment_means_what_it_means_in_the_merged_file(
    base: dict[str, Any], layer: dict[str, Any], edit: Edit
) -> None:
    wanted = edit_whole(base, layer, edit)
    view = layered(base, "prod", prod=layer)
    before, plan, refusal = view.base.document.text, None, ""
    try:
        plan = make_plan(view, edit, CHECKS)
    except EditError as error:
        refusal = error.message
    if plan is None:  # a parameter of a map that comes back cannot be removed alone
        assert wanted is None or "cannot say this" in refusal
    else:
        assert (plan.path, view.base.document.text) == (PATH, before)
        assert mean(Loaded(plan.after, (), (), plan.config_after)) == wanted


@given(_layers(null=False), _layers(null=True), _MODELS, _AGENTS)
def test_the_chain_is_what_was_asked(base: dict[str, Any], layer: dict[str, Any], name: str, agent: str | None) -> None:
    edit = partial(set_primary, name=name, role=MAIN, agent=agent, force=True)
    plan = make_plan(layered(base, "prod", prod=layer), edit, CHECKS)
    primary = CHECKS.read(plan.config_after).resolver.chain(agent, MAIN).primary
    assert primary is not None
    assert str(primary.ref) == name


@given(_layers(null=False), _layers(null=True), _EDITS)
def test_an_edit_of_the_configuration_leaves_what_an_environment_overrides(
    base: dict[str, Any], layer: dict[str, Any], edit: Edit
) -> None:
    view = layered(base, None, prod=layer)
    old = view.load("prod").require()
    try:
        plan = make_plan(view, edit, CHECKS)
    except EditError:
        return
    new = plan.others["prod"][1] if plan.others else old
    assert old.environment is not None
    for pointer, place in old.environment.places.items():
        if place.own:
            assert covers(new.value_at(pointer), old.value_at(pointer))
    for pointer in old.environment.removed:
        assert new.value_at(pointer) is None


def covers(new: Any, old: Any) -> bool:
    """Whether all that was there is there; the configuration can add to a map that only the environment had."""
    if isinstance(old, str) and isinstance(new, dict):
        return new.get("primary") == old
    if isinstance(old, dict) and isinstance(new, dict):
        return all(key in new and covers(new[key], value) for key, value in old.items())
    return bool(new == old)


def read_config(config: Config) -> Reading:
    return read_meaning(config, REGISTRY)


@given(_layers(null=False), _layers(null=True), _layers(null=True))
def test_nothing_differs_exactly_where_the_resolved_documents_agree(
    base: dict[str, Any], dev: dict[str, Any], prod: dict[str, Any]
) -> None:
    loaded = Both(lay_over(base, dev), lay_over(base, prod))
    sides = loaded.map(lambda each: read_config(each.require()))
    changes = compare_resolved(sides, compare_meaning(sides))
    assert (changes == ()) is (mean(loaded.old) == mean(loaded.new))


def say(base: str, prod: str, wanted: str) -> str:
    """The text of the environment after an edit to the data ``wanted``."""
    below = lay_over({}).document._replace(data=None)
    assert below.data is None
    data: Any = read_document("text2llm.yaml", f"version: 1\n{base}".encode()).data
    document = read_document(PATH, f"version: 1\nenvironment: prod\n{prod}".encode())
    whole: Any = read_document("x", f"version: 1\n{wanted}".encode()).data
    changes, _ = find_layer_changes(data, document, whole, NAMES, "prod")
    edited = edit_document(document, list(changes)) if changes else document
    merged, _ = merge_environment(data, "prod", edited, NAMES)
    again, _ = find_layer_changes(data, edited, whole, NAMES, "prod")
    assert again == (), merged
    return edited.text.removeprefix("version: 1\nenvironment: prod").lstrip()


@pytest.mark.parametrize(
    ("base", "prod", "wanted", "text"),
    [
        # a plain model stands for the primary
        (
            "agents: {defaults: {model: a/x}}",
            "",
            "agents: {defaults: {model: {primary: b/y}}}",
            "agents:\n  defaults:\n    model: b/y\n",
        ),
        (
            "agents: {defaults: {model: a/x}}",
            "agents: {defaults: {model: b/y}}",
            "agents: {defaults: {model: {primary: b/y, fallbacks: [c/z]}}}",
            "agents: {defaults: {model: {primary: b/y, fallbacks: [c/z]}}}",
        ),
        (
            "agents: {defaults: {model: {primary: a/x, fallbacks: [c/z]}}}",
            "agents: {defaults: {model: b/y}}",
            "agents: {defaults: {model: {fallbacks: [c/z]}}}",
            "agents: {defaults: {model: {primary: null}}}",
        ),
        (
            "agents: {defaults: {model: {fallbacks: [c/z]}}}",
            "agents: {defaults: {model: b/y}}",
            "agents: {defaults: {model: {fallbacks: [c/z]}}}",
            "",
        ),
        (
            "agents: {defaults: {model: {primary: a/x, fallbacks: [c/z]}}}",
            "agents: {defaults: {model: ~}}",
            "agents: {defaults: {model: b/y}}",
            "agents: {defaults: {model: {primary: b/y, fallbacks: null}}}",
        ),
        (
            "agents: {defaults: {model: a/x}}",
            "agents: {defaults: {model: b/y}}",
            "agents: {defaults: {model: {primary: b/y, params: {topK: 1}}}}",
            "agents: {defaults: {model: {primary: b/y, params: {topK: 1}}}}",
        ),
        (
            "agents: {defaults: {model: {primary: a/x, params: {topK: 1}}}}",
            "agents: {defaults: {model: b/y}}",
            "agents: {defaults: {model: {primary: b/y, params: {topK: 2}}}}",
            "agents: {defaults: {model: {primary: b/y, params: {topK: 2}}}}",
        ),
        # a removal of what was removed is taken back
        (
            "agents: {entries: {ops: {model: a/x}}}",
            "agents: {entries: {ops: ~}}",
            "agents: {entries: {ops: {model: a/x}}}",
            "",
        ),
        (
            "agents: {entries: {ops: {model: a/x}}}",
            "agents: {entries: {ops: ~}}",
            "agents: {entries: {ops: {}}}",
            "agents: {entries: {ops: {model: null}}}",
        ),
        # keys are found in every spelling
        (
            "agents: {entries: {ops: {model: a/x}}}",
            "agents: {entries: {OPS: {model: b/y}}}",
            "agents: {entries: {ops: {model: c/z}}}",
            "agents: {entries: {OPS: {model: c/z}}}",
        ),
        # an alias that falls back to whom it was taken from
        (
            "agents: {defaults: {models: {a/x: {alias: f}}}}",
            "agents: {defaults: {models: {b/y: {alias: f}}}}",
            "agents: {defaults: {models: {a/x: {alias: f}}}}",
            "",
        ),
        (
            "agents: {defaults: {models: {a/x: {alias: f}}}}",
            "agents: {defaults: {models: {b/y: {alias: f}}}}",
            "agents: {defaults: {models: {a/x: {}, b/y: {alias: g}}}}",
            "agents: {defaults: {models: {b/y: {alias: g}, a/x: {alias: null}}}}",
        ),
        # a key without any value says nothing
        ("probe: {attempts: 2}", "probe:\n  attempts:\n", "probe: {attempts: 3}", "probe:\n  attempts: 3\n"),
        (
            "probe: {attempts: 2}",
            "probe: {attempts: 3, timeout: 1}",
            "probe: {attempts: 2, timeout: 1}",
            "probe: {timeout: 1}",
        ),
    ],
)
def test_the_change_is_the_smallest(base: str, prod: str, wanted: str, text: str) -> None:
    assert say(base, prod, wanted).strip() == text.strip()


def test_what_a_file_cannot_say_is_refused() -> None:
    base = "agents: {defaults: {params: {topK: 1, temperature: 0}}}"
    with pytest.raises(EditError, match="cannot say this"):
        say(base, "", "agents: {defaults: {params: {topK: 1}}}")
