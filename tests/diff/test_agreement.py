"""What of a comparison concerns the models that agents use."""

from __future__ import annotations

from tests.diff.readings import read
from text2llm.diff.agreement import compare_resolved
from text2llm.diff.both import Both


def test_roles_that_resolve_differently_are_told_without_a_change_that_explains_it() -> None:
    sides = Both(*(read(f"version: 1\nagents: {{defaults: {{model: {model}}}}}\n") for model in ("a/big", "a/small")))
    assert [change.message for change in compare_resolved(sides, ())] == [
        "agent main: the models of the role main resolve differently"
    ]
