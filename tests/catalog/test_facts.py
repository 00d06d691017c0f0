"""Facts in reports."""

from __future__ import annotations

import pytest

from text2llm.catalog.facts import show_price


@pytest.mark.parametrize(
    ("price", "shown"),
    [
        (0, "$0"),
        (5.0, "$5"),
        (4.5, "$4.50"),
        (0.75, "$0.75"),
        (0.075, "$0.075"),
        (12.125, "$12.125"),
        (0.00001, "$1e-05"),
        (1e9, "$1e+09"),
    ],
)
def test_prices_are_written_as_in_price_lists(price: float, shown: str) -> None:
    assert show_price(price) == shown
