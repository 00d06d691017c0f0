from __future__ import annotations

import pytest

from text2llm.config.suggest import list_names


@pytest.mark.parametrize(
    ("count", "listed"),
    [(0, ""), (2, "p0, p1"), (20, ", ".join(f"p{n}" for n in range(20)))],
)
def test_few_names_are_all_listed(count: int, listed: str) -> None:
    assert list_names([f"p{n}" for n in range(count)]) == listed


def test_of_many_names_the_rest_is_counted() -> None:
    assert list_names({f"p{n}": n for n in range(10_000)}).endswith("p18, p19 and 9980 more")
