from __future__ import annotations

import pytest

from text2llm.probe.runner import LONGEST_PAUSE, plan_pause, read_retry_after

NOW = 1_792_567_677_500  # Wed, 21 Oct 2026 07:27:57.5 GMT


@pytest.mark.parametrize(
    ("attempt", "asked", "pause"),
    [
        (1, None, 0.5),
        (2, None, 1.0),
        (3, None, 2.0),
        (9, None, LONGEST_PAUSE),
        (1, 3.0, 3.0),
        (3, 1.0, 2.0),
        (1, 86400.0, LONGEST_PAUSE),
        (1, -5.0, 0.5),
    ],
)
def test_pause_doubles_and_obeys_the_server_up_to_a_limit(attempt: int, asked: float | None, pause: float) -> None:
    assert plan_pause(attempt, asked) == pause


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, None),
        ("", None),
        ("3", 3.0),
        (" 1.5 ", 1.5),
        ("Wed, 21 Oct 2026 07:28:00 GMT", 2.5),
        ("Wednesday, 21-Oct-26 07:28:00 GMT", 2.5),
        ("Wed, 21 Oct 2026 07:27:00 GMT", -57.5),
        ("-5", None),
        ("nan", None),
        ("soon", None),
        ("Wed, 99 Oct 2026 07:28:00 GMT", None),
    ],
)
def test_retry_after_is_a_number_or_a_date(header: str | None, seconds: float | None) -> None:
    assert read_retry_after(header, NOW) == seconds
