from __future__ import annotations

import pytest

from text2llm.probe.backoff import LONGEST, plan_pause


@pytest.mark.parametrize(
    ("attempt", "header", "pause"),
    [
        (1, None, 0.5),
        (2, None, 1.0),
        (3, None, 2.0),
        (9, None, LONGEST),
        (1, "3", 3.0),
        (1, " 1.5 ", 1.5),
        (3, "1", 2.0),
        (1, "86400", LONGEST),
        (1, "Wed, 21 Oct 2026 07:28:00 GMT", 0.5),
        (1, "-5", 0.5),
        (1, "nan", 0.5),
    ],
)
def test_pause_doubles_and_obeys_the_server_up_to_a_limit(attempt: int, header: str | None, pause: float) -> None:
    assert plan_pause(attempt, header) == pause
