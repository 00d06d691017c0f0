"""What `diff` says of policies: a looser one is a danger, with the models that it allows."""

from __future__ import annotations

from tests.diff.readings import pair
from text2llm.diff.change import Level
from text2llm.diff.compare import compare_meaning


def compare(old: str, new: str) -> list[tuple[Level, str]]:
    texts = (f"version: 1\n{text}" for text in (old, new))
    return [(each.level, each.message) for each in compare_meaning(pair(*texts))]


def test_a_looser_policy_is_a_danger_and_tells_which_models_it_newly_allows() -> None:
    assert compare("policy: {models: {allow: [anthropic/*]}}", "agents: {defaults: {model: a/big}}") == [
        (Level.DANGER, "policy: 6 catalogued models are newly allowed: a/big, a/small, a/old and 3 more"),
        (Level.DANGER, "policy loosened: models.allow is no longer limited (before: anthropic/*)"),
        (Level.CHANGE, "default model: not set → a/big"),
    ]


def test_a_tighter_policy_is_a_change() -> None:
    assert compare("policy: {price: {input: 9}}", "policy: {price: {input: 5}, unknown: deny}") == [
        (Level.CHANGE, "policy tightened: price.input: 9 → 5"),
        (Level.CHANGE, "policy tightened: unknown: warn → deny"),
    ]


def test_the_policy_of_an_agent_allows_no_model_that_the_wider_one_forbids() -> None:
    wide = "policy: {models: {allow: [anthropic/*, a/one]}}\nagents: {entries: {coder: %s}}"
    assert compare(wide % "{policy: {models: {deny: ['a/*']}}}", wide % "{}") == [
        (Level.DANGER, "policy of agent coder: 1 catalogued model is newly allowed: a/one"),
        (Level.DANGER, "policy of agent coder loosened: models.deny: a/* is no longer denied"),
    ]


def test_the_policy_of_an_agent_that_is_gone_is_not_looser() -> None:
    agents = "agents: {entries: {coder: {policy: {context: 9}}}}"
    assert compare(agents, "") == [(Level.CHANGE, "agent coder removed: no model")]


def test_a_policy_that_is_loosened_where_no_catalogued_model_is_names_none() -> None:
    loose = "policy: {models: {allow: [anthropic/*, lab/*]}}"
    assert compare("policy: {models: {allow: [anthropic/*]}}", loose) == [
        (Level.DANGER, "policy loosened: models.allow: lab/* is now allowed")
    ]


def test_the_places_are_those_of_the_keys() -> None:
    sides = pair("version: 1\npolicy: {context: 9}\n", "version: 1\n\npolicy:\n  context: 8\n")
    (change,) = (each for each in compare_meaning(sides) if each.kind == "policy-loosened")
    assert [(place.line, place.column) for place in change.places if place is not None] == [(2, 10), (4, 3)]
