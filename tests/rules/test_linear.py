"""The time of a check grows with the length of the file: steps are counted, which no busy machine changes."""

from __future__ import annotations

import cProfile
import gc
import pstats
from collections.abc import Callable
from functools import partial

import pytest

from text2llm.config.load import Loaded, load_document
from text2llm.config.reader import read_document
from text2llm.providers.registry import load_registry
from text2llm.rules import catalog
from text2llm.rules.check_config import check_config
from text2llm.rules.run import limit_findings

FEW = 150
#: Four times as long takes four times the steps, and a little more: each sort takes n log n.
MOST = 4.6
CUSTOM = "{api: openai-completions, baseUrl: 'https://lab.example/v1'"


def each(count: int, template: str, between: str = "") -> str:
    """The template so many times, with a number in place of each ``@``."""
    return between.join(template.replace("@", str(number)) for number in range(count))


def write(count: int, entry: str, defaults: str = "", rest: str = "") -> str:
    """A configuration with so many agents."""
    head = f"version: 1\nagents:\n  defaults:\n    {defaults or 'model: openai/gpt-5.2'}\n"
    return f"{head}  entries:\n" + each(count, f"    a@: {entry}\n") + rest


SHAPES: dict[str, Callable[[int], str]] = {
    "bare names": lambda n: write(n, "{model: gpt-5.@}"),
    "unknown models": lambda n: write(n, "{model: openai/gpt-5.@}"),
    "unknown providers": lambda n: write(n, "{model: lab@/m}"),
    "mistyped aliases": lambda n: write(n, "{model: two@}", f"models: {{{each(n, 'openai/m@: {alias: one@}', ', ')}}}"),
    "a policy": lambda n: write(
        n,
        "{model: openai/gpt-5.@}",
        f"modelPolicy: {{allow: [{each(n, 'lab/m@, openai/m@*', ', ')}]}}",
    ),
    "patterns of a policy": lambda n: write(
        n,
        "{model: openai/gpt-5.@}",
        rest=f"policy: {{models: {{allow: [{each(n, 'lab/m@, openai/m@*', ', ')}, x/*]}}}}\n",
    ),
    "policies of agents": lambda n: write(
        n, "{model: openai/gpt-5.2, policy: {price: {input: 1}, chain: {models: 2}}}"
    ),
    "inherited fallbacks under a policy": lambda n: write(
        n,
        "{model: openai/gpt-5.2}",
        f"model: {{primary: google/gemini-2.5-pro, fallbacks: [{each(n, 'openai/gpt-@', ', ')}]}}",
        "policy: {chain: {models: 1000, providers: 9}, price: {input: 1}}\n",
    ),
    "custom providers": lambda n: write(
        n,
        "{model: lab@/x}",
        rest="models:\n  providers:\n" + each(n, f"    lab@: {CUSTOM}, models: [{{id: m}}]}}\n"),
    ),
    "custom models": lambda n: write(
        n,
        "{model: lab/x@}",
        rest=f"models: {{providers: {{lab: {CUSTOM}, models: [{each(n, '{id: m@}', ', ')}]}}}}}}\n",
    ),
    "inherited fallbacks": lambda n: write(
        n,
        "{model: openai/gpt-5.2}",
        f"model: {{primary: google/gemini-2.5-pro, fallbacks: [{each(n, 'openai/gpt-@', ', ')}]}}",
    ),
    "keys in the text": lambda n: write(
        n,
        "{model: lab@/abcdefgh@x}",
        rest="models:\n  providers:\n"
        + each(n, f"    lab@: {CUSTOM}, apiKey: abcdefgh@x}}\n")
        + "".join(f"# {number:032x}.ab{number:014d}\n# sk-{number:040d}a\n" for number in range(n)),
    ),
    "ignore comments": lambda n: write(n, "{model: openai/x} # text2llm: ignore[unknown-model] y"),
    "orders": lambda n: write(n, "{auth: {order: {lab@: [p@]}}}"),
    "unknown keys": lambda n: write(n, "{modle: a/b}"),
}


def load(text: str) -> Loaded:
    return load_document(read_document("text2llm.yaml", text.encode()))


def judge(loaded: Loaded) -> None:
    found = [] if loaded.config is None else check_config(loaded.config, load_registry())
    assert limit_findings([*loaded.findings, *found])


def check(text: str) -> None:
    judge(load(text))


def count_steps(call: Callable[[], None]) -> int:
    """The calls, to functions in C also, that a call makes."""
    profile = cProfile.Profile()
    gc.disable()
    try:
        profile.runcall(call)
    finally:
        gc.enable()
    return int(pstats.Stats(profile).total_calls)  # type: ignore[attr-defined]


@pytest.mark.parametrize("shape", SHAPES)
def test_four_times_the_text_takes_four_times_the_steps(shape: str) -> None:
    check(SHAPES[shape](FEW))  # what is loaded once does not count
    few, many = (count_steps(partial(check, SHAPES[shape](count))) for count in (FEW, 4 * FEW))
    assert many <= MOST * few


def test_what_many_agents_use_by_an_alias_is_judged_once() -> None:
    shared = f"model: &all {{primary: lab/m, fallbacks: [{each(300, 'lab@/m', ', ')}]}}"
    loaded = [load(write(agents, "{model: *all}", shared)) for agents in (1, 9, 90)]
    _, few, many = (count_steps(partial(judge, each)) for each in loaded)
    assert many <= 2 * few


@pytest.mark.parametrize(
    ("value", "lines"), [("lab/m", [4, 6, 7, 8]), ("{primary: lab/m}", [4]), ("{fallbacks: [lab/m]}", [4])]
)
def test_a_finding_is_told_at_each_place_where_it_is_written(value: str, lines: list[int]) -> None:
    blind = f"models: {{providers: {{lab: {CUSTOM}, models: [{{id: m, input: [text]}}]}}}}}}\n"
    loaded = load(write(3, "{imageModel: *one}", f"imageModel: &one {value}", blind))
    found = limit_findings(check_config(loaded.require(), load_registry()))[0]
    assert [each.location.line for each in found if each.rule == "image-model-cannot-see"] == lines


@pytest.mark.parametrize(("model", "lines"), [("&one gpt-x", [4, 6, 7, 8]), ("&one {primary: gpt-x}", [4])])
def test_a_bare_name_is_told_at_each_place_where_it_is_written(model: str, lines: list[int]) -> None:
    found = check_config(load(write(3, "{model: *one}", f"model: {model}")).require(), load_registry())
    assert [each.location.line for each in found if each.rule == "bare-reference"] == lines


def test_smaller_fallbacks_that_many_agents_inherit_are_told_up_to_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalog, "_MOST_INHERITED", 1)
    small = "fallbacks: [openai/gpt-5.2, anthropic/claude-opus-4-5]"
    loaded = load(write(3, "{model: google/gemini-2.5-pro}", f"model: {{primary: openai/gpt-5.2, {small}}}"))
    found = check_config(loaded.require(), load_registry())
    lines = [each.location.line for each in found if each.rule == "fallback-smaller-context"]
    assert lines == [4, 6, 6, 7, 8]


def test_a_smaller_fallback_that_is_inherited_twice_is_told_once() -> None:
    twice = "model: {primary: lab/x, fallbacks: [openai/gpt-5.2, openai/gpt-5.2]}"
    found = check_config(load(write(1, "{model: google/gemini-2.5-pro}", twice)).require(), load_registry())
    assert [each.location.line for each in found if each.rule == "fallback-smaller-context"] == [6]
