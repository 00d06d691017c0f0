from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from text2llm.usage.parse import PARSERS, parse_usage

RESET = "2026-11-23T00:00:00+00:00"
RESET_MS = 1_795_392_000_000


@pytest.mark.parametrize(
    ("provider", "body", "plan", "windows"),
    [
        (
            "anthropic",
            {
                "five_hour": {"utilization": 42.5, "resets_at": RESET},
                "seven_day": {"utilization": 7, "resets_at": None},
                "seven_day_opus": None,
            },
            None,
            [("5h", 42.5, RESET_MS), ("week", 7.0, None)],
        ),
        (
            "openrouter",
            {"data": {"limit": 20, "limit_remaining": 5, "is_free_tier": False}},
            None,
            [("key limit", 75.0, None)],
        ),
        ("openrouter", {"data": {"limit": None, "limit_remaining": None, "is_free_tier": True}}, "free tier", []),
        (
            "zai",
            {
                "code": 200,
                "success": True,
                "data": {
                    "planName": "GLM Coding Pro",
                    "limits": [
                        {"type": "TOKENS_LIMIT", "unit": 3, "number": 5, "percentage": 12, "nextResetTime": RESET_MS},
                        {"type": "TIME_LIMIT", "unit": 5, "number": 1, "percentage": 3},
                        {"type": "CREDIT_LIMIT", "percentage": 1},
                    ],
                },
            },
            "GLM Coding Pro",
            [("tokens, 5h", 12.0, RESET_MS), ("tools, month", 3.0, None), ("tokens", 1.0, None)],
        ),
        (
            "openai-codex",
            {
                "plan_type": "prolite",
                "rate_limit": {
                    "primary_window": {"used_percent": 9, "limit_window_seconds": 18000, "reset_at": RESET_MS // 1000},
                    "secondary_window": {"used_percent": 80, "limit_window_seconds": 604800, "reset_at": 0},
                },
            },
            "prolite",
            [("5h", 9.0, RESET_MS), ("week", 80.0, None)],
        ),
        (
            "openai-codex",
            {
                "rate_limit": {
                    "primary_window": {"used_percent": 1, "limit_window_seconds": 172800},
                    "secondary_window": {"used_percent": 2},
                }
            },
            None,
            [("2d", 1.0, None), ("limit", 2.0, None)],
        ),
    ],
)
def test_known_responses(provider: str, body: Any, plan: str | None, windows: list[Any]) -> None:
    usage = parse_usage(provider, body)
    assert usage is not None
    assert (usage.plan, [tuple(window) for window in usage.windows]) == (plan, windows)


@pytest.mark.parametrize(
    ("provider", "body"),
    [
        ("anthropic", {"type": "error"}),
        ("anthropic", []),
        ("openrouter", {"data": {}}),
        ("zai", {"success": False, "data": {"limits": []}}),
        ("openai-codex", {"rate_limit": None}),
        ("groq", {"five_hour": {}}),
    ],
)
def test_other_response_has_no_usage(provider: str, body: Any) -> None:
    assert parse_usage(provider, body) is None


@pytest.mark.parametrize("value", [True, "12", -1, 1e9, None, {}])
def test_a_number_that_is_none_is_left_out(value: Any) -> None:
    usage = parse_usage("anthropic", {"five_hour": {"utilization": value, "resets_at": "yesterday"}})
    assert usage is not None
    assert usage.windows == ()


@pytest.mark.parametrize("moment", ["2026-11-23T00:00:00", "9999-99-99", 5, "0001-01-01T00:00:00+00:00"])
def test_a_moment_that_is_none_is_left_out(moment: Any) -> None:
    usage = parse_usage("anthropic", {"five_hour": {"utilization": 1, "resets_at": moment}})
    assert usage is not None
    assert usage.windows[0].resets_at is None


@pytest.mark.parametrize(
    ("provider", "body"),
    [
        ("openrouter", {"data": {"limit": 1, "limit_remaining": -(10**399)}}),
        ("openrouter", {"data": {"limit": 10**399, "limit_remaining": 1e-300}}),
        ("zai", {"success": True, "data": {"limits": [{"unit": 3, "number": 10**399, "percentage": 10**399}]}}),
        ("openai-codex", {"rate_limit": {"primary_window": {"limit_window_seconds": 10**399, "reset_at": 10**399}}}),
    ],
)
def test_numbers_of_hundreds_of_digits_break_nothing(provider: str, body: Any) -> None:
    usage = parse_usage(provider, body)
    assert usage is not None
    assert usage.windows == ()


def test_a_plan_that_is_no_word_is_left_out() -> None:
    body = {"plan_type": "\x1b[2J", "rate_limit": {"primary_window": {"used_percent": 1}}}
    usage = parse_usage("openai-codex", body)
    assert usage is not None
    assert usage.plan is None


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "data",
                    "limits",
                    "limit",
                    "limit_remaining",
                    "success",
                    "five_hour",
                    "utilization",
                    "rate_limit",
                    "primary_window",
                    "used_percent",
                    "limit_window_seconds",
                    "number",
                    "unit",
                    "percentage",
                    "reset_at",
                ]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(provider=st.sampled_from(sorted(PARSERS)), body=_JSON)
def test_no_response_breaks_a_parser(provider: str, body: Any) -> None:
    usage = parse_usage(provider, body)
    assert usage is None or all(0 <= window.used <= 10_000 for window in usage.windows)
