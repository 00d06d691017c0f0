from __future__ import annotations

import pytest

from text2llm.usage.headers import read_limits

NOW = 1_000_000


def usual(kind: str, limit: str, remaining: str, reset: str) -> dict[str, str]:
    """The three headers that most providers send."""
    values = {"limit": limit, "remaining": remaining, "reset": reset}
    return {f"x-ratelimit-{name}-{kind}": value for name, value in values.items()}


@pytest.mark.parametrize(
    ("provider", "headers", "windows"),
    [
        (
            "openai",
            usual("requests", "100", "75", "1h2m3s"),
            [("requests", 25.0, NOW + 3_723_000)],
        ),
        (
            "openai",
            usual("tokens", "10", "0", "12ms"),
            [("tokens", 100.0, NOW + 12)],
        ),
        (
            "anthropic",
            {
                "anthropic-ratelimit-input-tokens-limit": "50",
                "anthropic-ratelimit-input-tokens-remaining": "49",
                "anthropic-ratelimit-input-tokens-reset": "1970-01-01T00:20:00Z",
            },
            [("input tokens", 2.0, 1_200_000)],
        ),
        (
            "venice",
            usual("requests", "4", "3", "1795392000") | usual("tokens", "4", "4", "7.5"),
            [("requests", 25.0, 1_795_392_000_000), ("tokens", 0.0, NOW + 7500)],
        ),
        (
            "groq",
            usual("requests", "2", "1", "7s"),
            [("requests", 50.0, None)],
        ),
        (
            "openai",
            usual("requests", "2", "9", "soon"),
            [("requests", 0.0, None)],
        ),
        (
            "venice",
            usual("requests", "2", "1", "x") | usual("tokens", "2", "1", ""),
            [("requests", 50.0, None), ("tokens", 50.0, None)],
        ),
        ("openai", {"x-ratelimit-limit-requests": "0", "x-ratelimit-remaining-requests": "0"}, []),
        ("openai", {"x-ratelimit-limit-requests": "many", "x-ratelimit-remaining-requests": "0"}, []),
        ("openai", {}, []),
    ],
)
def test_limits_of_an_answer(
    provider: str, headers: dict[str, str], windows: list[tuple[str, float, int | None]]
) -> None:
    assert [tuple(window) for window in read_limits(provider, headers, NOW)] == windows
