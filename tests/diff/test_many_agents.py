"""What agents inherit is resolved once: a comparison costs agents plus fallbacks, not their product."""

from __future__ import annotations

import json

import pytest

from tests.diff.readings import pair
from text2llm.config import resolve
from text2llm.config.nodes import Pointer
from text2llm.diff.compare import compare_meaning
from text2llm.redaction.forms import Forms

FALLBACKS = [f"a/f{number}" for number in range(30)]


def write(agents: int, fallbacks: list[str], first: str = "a/one") -> str:
    entries = {f"a{number}": {"model": f"a/m{number}"} for number in range(agents)} | {"a0": {"model": first}}
    defaults = {"model": {"primary": "a/big", "fallbacks": fallbacks}}
    return json.dumps({"version": 1, "agents": {"defaults": defaults, "entries": entries}})


@pytest.mark.parametrize("added", [False, True], ids=["an edit", "added agents"])
def test_inherited_fallbacks_are_not_resolved_for_each_agent(monkeypatch: pytest.MonkeyPatch, *, added: bool) -> None:
    calls: list[str] = []
    sides = pair(write(0 if added else 40, FALLBACKS), write(40, FALLBACKS, "a/two"))
    whole = resolve.Resolver.resolve

    def count(self: resolve.Resolver, name: str, pointer: Pointer = ()) -> resolve.Resolved:
        calls.append(name)
        return whole(self, name, pointer)

    monkeypatch.setattr(resolve.Resolver, "resolve", count)
    assert len(compare_meaning(sides)) == (40 if added else 1)
    assert sum(name in FALLBACKS for name in calls) <= 2 * 2 * len(FALLBACKS)


def test_the_names_of_heirs_are_redacted_once_for_all_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    texts: list[str] = []
    sides, whole = pair(write(20, []), write(20, FALLBACKS)), Forms.redact

    def count(self: Forms, text: str) -> str:
        texts.append(text)
        return whole(self, text)

    monkeypatch.setattr(Forms, "redact", count)
    changes = compare_meaning(sides)
    assert [len(change.agents) for change in changes] == [20] * 30
    assert texts.count("a7") == 1


def test_an_added_agent_names_the_first_of_many_inherited_fallbacks() -> None:
    (change,) = compare_meaning(pair(write(1, FALLBACKS[:12]), write(2, FALLBACKS[:12])))
    shown = ", ".join(FALLBACKS[:10])
    assert f"; fallbacks {shown} and 2 more (inherited)" in change.message
