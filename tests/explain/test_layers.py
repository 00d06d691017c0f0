"""The layers that say something about a value, each with its line."""

from __future__ import annotations

import json

import pytest

from tests.config.layering import under_prod
from text2llm.auth.reading import read_meaning
from text2llm.config.nodes import Pointer
from text2llm.config.schema_files import inline_refs, schema_text
from text2llm.explain.explain import explain_subject
from text2llm.explain.explanation import Kind, Step, StepSource
from text2llm.explain.layers import trace_layers
from text2llm.explain.subject import SubjectError, find_subject
from text2llm.providers.registry import load_registry

BASE = """
agents:
  defaults:
    model: a/x
    models:
      a/x: {alias: [one, two]}
  entries:
    ops: {default: true, model: {primary: a/o, fallbacks: [a/p]}}
models: {providers: {lab: {apiKey: "${LAB}", models: [{id: m}]}}}
"""
PROD = """
agents:
  defaults:
    model: a/y
    models: {a/z: {alias: ONE}}
  entries:
    ops: {model: ~}
    dev: {default: true}
models: {providers: {lab: {apiKey: "${PROD}", baseUrl: "https://lab.example"}}}
"""


@pytest.mark.parametrize(
    ("pointer", "steps"),
    [
        (
            ("agents", "defaults", "model", "primary"),
            ["prod sets a/y [text2llm.prod.yaml:6]", "hidden: the configuration sets a/x [text2llm.yaml:5]"],
        ),
        (
            ("agents", "entries", "ops", "model", "primary"),
            ["prod removes it [text2llm.prod.yaml:9]", "removed: the configuration sets a/o [text2llm.yaml:9]"],
        ),
        (
            ("agents", "entries", "ops", "model", "fallbacks", 0),
            ["prod removes it [text2llm.prod.yaml:9]", "removed: the configuration sets a/p [text2llm.yaml:9]"],
        ),
        (
            ("agents", "entries", "ops", "default"),
            [
                "prod gives it to another [text2llm.prod.yaml:10]",
                "taken over: the configuration sets true [text2llm.yaml:9]",
            ],
        ),
        (
            ("agents", "entries", "dev", "default"),
            ["prod sets true [text2llm.prod.yaml:10]", "taken over from agents.entries.ops.default [text2llm.yaml:9]"],
        ),
        (
            ("agents", "defaults", "models", "a/z", "alias"),
            [
                "prod sets ONE [text2llm.prod.yaml:7]",
                "taken over from agents.defaults.models['a/x'].alias[0] [text2llm.yaml:7]",
            ],
        ),
        (
            ("models", "providers", "lab", "apiKey"),
            ["prod sets it [text2llm.prod.yaml:11]", "hidden: the configuration sets it [text2llm.yaml:10]"],
        ),
        (("models", "providers", "lab", "baseUrl"), ["prod sets it [text2llm.prod.yaml:11]"]),
        (("models", "providers", "lab"), ["prod changes a part of it [text2llm.prod.yaml:11]"]),
        (("models", "providers", "lab", "models", 3), []),
        (("auth",), []),
    ],
)
def test_each_layer_that_says_something_has_a_step(pointer: Pointer, steps: list[str]) -> None:
    found = trace_layers(pointer, under_prod(BASE, PROD))
    assert [f"{step.text} [{step.place.path}:{step.place.line}]" for step in found if step.place] == steps


def test_a_value_below_what_the_base_has_as_text_is_not_there() -> None:
    config = under_prod("probe: {timeout: 8s}", "auth: {order: {a: []}}\nprobe: ~")
    steps = trace_layers(("probe", "timeout", "x"), config)
    assert [step.text for step in steps] == ["prod removes it"]


GONE = """
agents: {defaults: {params: {temperature: ~, effort: low}, models: {a/x: ~}}, entries: {OPS: ~, nobody: ~}}
models: {providers: {Lab: ~}}
probe: ~
"""


@pytest.mark.parametrize(
    ("word", "pointer"),
    [
        ("ops", ("agents", "entries", "ops")),
        ("agent:Ops", ("agents", "entries", "ops")),
        ("agents.entries.ops", ("agents", "entries", "ops")),
        ("agents.entries.ops.model.primary", ("agents", "entries", "ops", "model", "primary")),
        ("agents.entries.nobody", ("agents", "entries", "nobody")),
        ("lab", ("models", "providers", "lab")),
        ("Two", ("agents", "defaults", "models", "a/x", "alias")),
        ("models.providers.lab.apiKey", ("models", "providers", "lab", "apiKey")),
        ("agents.defaults.params.reasoning_effort", ("agents", "defaults", "params", "reasoning_effort")),
        ("agents.defaults.params.temperature", ("agents", "defaults", "params", "temperature")),
    ],
)
def test_what_an_environment_removes_can_be_named(word: str, pointer: Pointer) -> None:
    base = BASE.replace("defaults:", "defaults:\n    params: {temperature: 1, reasoning_effort: high}")
    reading = read_meaning(under_prod(base, GONE), load_registry())
    subject = find_subject(word, reading, inline_refs(json.loads(schema_text("config"))))
    assert (subject.kind, subject.key and subject.key.pointer) == (Kind.KEY, pointer)
    parts = explain_subject(subject, reading, Step("", StepSource.DEFAULT)).parts
    first = "prod sets none" if word.endswith("temperature") else "prod removes it"
    assert {part.steps[0].text for part in parts[:-1]} == {first}


def test_what_nobody_removes_is_not_found() -> None:
    reading = read_meaning(under_prod(BASE, GONE), load_registry())
    for word in ("opps", "labs"):
        with pytest.raises(SubjectError):
            find_subject(word, reading, {})
