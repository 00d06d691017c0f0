"""A case is a folder of ``fixtures/diffs``: what is between ``before.yaml`` and ``after.yaml`` is ``changes.txt``."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.diff.readings import pair
from text2llm.diff.change import Change, Level
from text2llm.diff.compare import compare_meaning

CASES = sorted((Path(__file__).parents[2] / "fixtures" / "diffs").iterdir())
MODEL = "version: 1\nagents: {defaults: {model: %s}}\n"


def tell(change: Change) -> str:
    facts = "".join(f"\n    {fact.name}: {fact.old} → {fact.new}" for fact in change.facts)
    places = " → ".join(f"{place.line}:{place.column}" for place in change.places if place is not None)
    agents = f"\n    inherited by {', '.join(change.agents)}" if change.agents else ""
    texts = f"\n    {change.texts.old} → {change.texts.new}" + (f" at {places}" if places else "")
    return f"{change.level.value} {change.kind} [{change.subject}] {change.message}{texts}{facts}{agents}\n"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_change_is_told_by_its_meaning(case: Path) -> None:
    sides = pair((case / "before.yaml").read_text(), (case / "after.yaml").read_text())
    assert "".join(map(tell, compare_meaning(sides))) == (case / "changes.txt").read_text()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_configuration_does_not_differ_from_itself_and_no_literal_is_told(case: Path) -> None:
    text = (case / "after.yaml").read_text()
    assert compare_meaning(pair(text, text)) == ()
    assert "literal-secret" not in (case / "changes.txt").read_text()


def test_a_new_configuration_is_told_as_one() -> None:
    first, *others = compare_meaning(pair(None, MODEL % "a/big"))
    assert (first.kind, first.message, str(first.places.new)) == (
        "config-added",
        "new configuration",
        "text2llm.yaml:1:1",
    )
    assert [change.message for change in others] == ["default model: not set → a/big"]
    assert others[0].places.old is None


def test_a_configuration_that_is_gone_is_worth_a_warning() -> None:
    first, *others = compare_meaning(pair(MODEL % "a/big", None))
    assert (first.kind, first.level) == ("config-removed", Level.WARNING)
    assert [change.message for change in others] == ["default model: a/big → not set"]


def test_one_agent_is_told_what_it_uses_wherever_that_comes_from() -> None:
    old = "version: 1\nagents: {defaults: {model: a/big}, entries: {ops: {}, dev: {model: a/one}}}\n"
    changes = compare_meaning(pair(old, old.replace("a/big", "a/two").replace("a/one", "a/three")), "ops")
    assert [change.message for change in changes] == ["agent ops model: a/big (inherited) → a/two (inherited)"]


def test_a_long_text_is_cut_after_its_secrets_are_hidden() -> None:
    secret = "sk-proj-" + "a1B2c3D4" * 8
    new = MODEL.replace("model: %s", "models: {a/big: {params: {note: %s}}}") % json.dumps("x" * 975 + " " + secret)
    (_listed, change) = compare_meaning(pair("version: 1\n", new))
    assert change.texts.new is not None
    assert change.texts.new.endswith("x [secret]")
    assert len(change.message) == 1000
    assert "sk-proj" not in change.message


EVERYTHING = Path(__file__).parents[2] / "fixtures" / "configs" / "valid" / "everything.yaml"
#: What a value may become without leaving the schema; others become another word.
OTHERS: dict[Any, Any] = {
    "anthropic": "openai",
    "openai-completions": "openai-responses",
    "api_key": "oauth",
    "oauth": "token",
    "http://127.0.0.1:8000/v1": "http://127.0.0.1:8000/v2",
    "24h": "25h",
    "8s": "9s",
    "error": "off",
    "warning": "off",
    "inconclusive": "failure",
    "200d": "100d",
    "high": "low",
    "xhigh": "low",
    "ok": "deny",
}
#: Nothing follows from these: there is one version, that rule cannot be lowered, and `main` is the default anyway.
SILENT = {("version",), ("rules", "secret-in-config"), ("agents", "entries", "main", "default")}


def leaves(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], Any]]:
    if isinstance(value, dict | list):
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from leaves(inner, (*at, key))
    else:
        yield at, value


def mutate(data: Any, at: tuple[Any, ...], value: Any) -> str:
    data = copy.deepcopy(data)
    inner = data
    for step in at[:-1]:
        inner = inner[step]
    if value is None or isinstance(value, bool) or isinstance(at[-1], int):
        del inner[at[-1]]
    elif isinstance(value, int | float):
        inner[at[-1]] = value + 1
    else:
        inner[at[-1]] = OTHERS.get(value, f"{value.rstrip('*')}x")
    return json.dumps(data)


def everything() -> Any:
    from tests.diff.readings import parse

    return parse(EVERYTHING.read_text()).data


@pytest.mark.parametrize("at", [at for at, _ in leaves(everything()) if at not in SILENT], ids=str)
def test_no_key_changes_unnoticed(at: tuple[Any, ...]) -> None:
    data = everything()
    value = dict(leaves(data))[at]
    assert compare_meaning(pair(json.dumps(data), mutate(data, at, value)))
