from __future__ import annotations

import pytest

from text2llm.report.style import Style
from text2llm.report.usage import usage_json, usage_pieces
from text2llm.usage.parse import UsageSnapshot, UsageWindow

NOW = 1_795_376_000_000
HOUR = 3_600_000


def snapshot(*windows: UsageWindow, plan: str | None = None, error: str | None = None) -> UsageSnapshot:
    return UsageSnapshot("anthropic", "anthropic:me", NOW, windows, plan, error)


@pytest.mark.parametrize(
    ("told", "text"),
    [
        (
            snapshot(UsageWindow("5h", 42.4, NOW + 2 * HOUR), UsageWindow("week", 7), plan="Pro"),
            "usage: 5h 42 % (resets in 2h)|week 7 %|plan Pro",
        ),
        (snapshot(UsageWindow("5h", 42, NOW)), "usage: 5h 42 %"),
        (snapshot(plan="free tier"), "usage: plan free tier"),
        (snapshot(), "usage: no limit reported"),
        (snapshot(error="HTTP 403"), "usage: not known (HTTP 403)"),
    ],
)
def test_words(told: UsageSnapshot, text: str) -> None:
    assert "|".join(piece.text for piece in usage_pieces(told, Style(enabled=False))) == text


@pytest.mark.parametrize(("used", "colour"), [(79.9, "32"), (80, "33"), (99.9, "33"), (100, "31"), (250, "31")])
def test_colour_says_how_near_the_limit_is(used: float, colour: str) -> None:
    (piece,) = usage_pieces(snapshot(UsageWindow("5h", used)), Style(enabled=True))
    assert piece.paint("x") == f"\x1b[{colour}mx\x1b[0m"


def test_json() -> None:
    windows = (UsageWindow("5h", 100 / 3, NOW), UsageWindow("week", 7))
    assert usage_json(snapshot(*windows, plan="Pro")) == {
        "provider": "anthropic",
        "label": "anthropic:me",
        "takenAt": NOW,
        "windows": [{"label": "5h", "usedPercent": 33.33, "resetsAt": NOW}, {"label": "week", "usedPercent": 7}],
        "plan": "Pro",
    }
    assert usage_json(snapshot(error="HTTP 403"))["error"] == "HTTP 403"
