from __future__ import annotations

from typing import Any

import pytest

from text2llm.policy.loosening import compare_policies
from text2llm.providers.registry import load_registry

SPELLINGS = load_registry().spellings()


def compare(old: dict[str, Any], new: dict[str, Any]) -> list[tuple[str, bool]]:
    return [(each.text, each.loose) for each in compare_policies(old, new, SPELLINGS)]


@pytest.mark.parametrize(
    ("old", "new", "loose", "tight"),
    [
        (
            {"models": {"allow": ["a/*"]}},
            {"models": {"allow": ["a/*", "b/*"]}},
            "models.allow: b/* is now allowed",
            "models.allow: b/* is no longer allowed",
        ),
        (
            {"models": {"deny": ["*-X*"]}},
            {"models": {}},
            "models.deny: *-x* is no longer denied",
            "models.deny: *-x* is now denied",
        ),
        (
            {"providers": {"allow": []}},
            {},
            "providers.allow is no longer limited (before: nothing)",
            "providers.allow now allows only nothing",
        ),
        ({"price": {"input": 5}}, {"price": {"input": 6}}, "price.input: 5 → 6", "price.input: 6 → 5"),
        ({"context": 2}, {"context": 1}, "context: 2 → 1", "context: 1 → 2"),
        ({"retirement": "60d"}, {"retirement": "9d"}, "retirement: 60d → 9d", "retirement: 9d → 60d"),
        ({"chain": {"models": 2}}, {"chain": {"models": 1}}, "chain.models: 2 → 1", "chain.models: 1 → 2"),
        (
            {"chain": {"providers": 2}},
            {"chain": {}},
            "chain.providers is no longer limited (before: 2)",
            "chain.providers is now limited: 2",
        ),
        ({"effort": "low"}, {"effort": "max"}, "effort: low → max", "effort: max → low"),
        ({"stages": ["stable"]}, {"stages": []}, None, "stages: stable is no longer allowed"),
        ({"context": 1, "unknown": "deny"}, {"context": 1}, "unknown: deny → warn", "unknown: warn → deny"),
    ],
)
def test_what_allows_more_is_loose_and_its_reverse_is_not(
    old: dict[str, Any], new: dict[str, Any], loose: str | None, tight: str
) -> None:
    if loose is not None:
        assert compare(old, new) == [(loose, True)]
        assert compare(new, old) == [(tight, False)]
    else:
        assert compare(old, new) == [(tight, False)]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ({"models": {"allow": ["a/*"]}}, {"models": {"allow": ["a/*", "a/b*"]}}),
        ({"providers": {"allow": ["z.ai"]}}, {"providers": {"allow": ["zai", "ZAI"]}}),
        ({"models": {"deny": ["*-Preview"]}}, {"models": {"deny": ["*-preview"]}}),
        ({"origins": {"allow": ["https://a.example:443/"]}}, {"origins": {"allow": ["https://A.example"]}}),
        ({}, {"unknown": "ok"}),
    ],
)
def test_another_way_to_say_the_same_is_no_change(old: dict[str, Any], new: dict[str, Any]) -> None:
    assert compare(old, new) == []
