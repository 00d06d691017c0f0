"""What runs in an identity library's place: it may block, raise anything, and start programs."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from text2llm.upstream.exchange.library import attempt, run_library, start_program

CANARY = "canary-0123456789-0123456789"


class OwnError(Exception):
    """As libraries have."""


@pytest.mark.parametrize("error", [OwnError, AttributeError, KeyError, TypeError, RecursionError, StopIteration])
def test_exception_of_a_library_is_told_by_its_type_alone(error: type[Exception]) -> None:
    def work() -> None:
        raise error(CANARY)

    verdict = attempt("it finds nothing", "look", work)
    assert verdict is not None
    assert (verdict.error, verdict.hint) == (f"it finds nothing: {error.__name__}", "look")
    assert CANARY not in str(verdict)


def end_after(seconds: float, work: Callable[[], object]) -> float:
    """The seconds that a run took whose library is awaited for so long."""

    async def main() -> None:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(seconds):
                await run_library(work)

    started = time.monotonic()
    asyncio.run(main())
    return time.monotonic() - started


def test_library_that_hangs_is_not_waited_for() -> None:
    assert end_after(0.2, lambda: time.sleep(10)) < 2


def test_programs_end_with_the_work_that_started_them(tmp_path: Path) -> None:
    script = f"(sleep 2; touch {tmp_path}/mark) & sleep 10"
    assert end_after(0.5, lambda: start_program(["/bin/sh", "-c", script], os.environ).wait()) < 2
    time.sleep(2)
    assert not (tmp_path / "mark").exists()


def test_program_is_not_started_after_the_work_is_over(tmp_path: Path) -> None:
    raised: list[bool] = []

    def work() -> None:
        time.sleep(0.5)
        try:
            start_program(["/bin/sh", "-c", f"touch {tmp_path}/mark"], os.environ)
        except TimeoutError:
            raised.append(True)

    end_after(0.1, work)
    time.sleep(0.8)
    assert (raised, (tmp_path / "mark").exists()) == ([True], False)


def test_work_and_its_verdict_come_back() -> None:
    assert asyncio.run(run_library(lambda: 7)) == 7
    assert attempt("p", "h", lambda: 7) == 7
