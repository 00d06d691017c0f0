from __future__ import annotations

import pytest

from tests.scan.making import listed
from text2llm.listing.parse import ListedModel
from text2llm.scan.select import Filters, is_free, read_size, select

NOW = 1_800_000_000
DAY = 86_400
MODELS = {
    "acorn/a-8b:free": listed(created=NOW - 10 * DAY),
    "acorn/a-70b:free": listed(created=NOW - 100 * DAY),
    "Birch/b:free": listed("Birch 405B (free)", created=NOW - 30 * DAY),
    "cedar/c:free": listed(),
    "cedar/paid-70b": listed(prices=(1.0, 2.0), created=NOW),
}


@pytest.mark.parametrize(
    ("model", "entry", "free"),
    [
        ("m:free", listed(), True),
        ("m:free", listed(prices=(0.0, None)), True),
        ("m:free", listed(prices=(1.0, 1.0)), False),
        ("m:free", listed()._replace(charges=True), False),
        ("m", listed(prices=(0.0, 0.0))._replace(charges=True), False),
        ("m", listed(prices=(0.0, 0.0)), True),
        ("m", listed(prices=(0.0, 0.1)), False),
        ("m", listed(prices=(0.1, 0.0)), False),
        ("m", listed(prices=(0.0, None)), False),
        ("m", listed(), False),
        ("m:free-ish", listed(), False),
        ("free", listed(), False),
    ],
)
def test_free_is_what_says_so_or_has_no_price(model: str, entry: ListedModel, free: bool) -> None:  # noqa: FBT001
    assert is_free(model, entry) is free


@pytest.mark.parametrize(
    ("model", "name", "params"),
    [
        ("llama-3.1-8b-instruct", None, 8),
        ("qwen2.5-1.5b", None, 1.5),
        ("m", "Big 405B", 405),
        ("qwen3-235b-a22b", None, 235),
        ("a-7b", "A 70B", 70),
        ("mixtral-8x7b", None, 7),
        ("qwen3:8b", None, 8),
        ("gpt-5", None, None),
        ("m-8bit", None, None),
        ("claude-3b2", None, None),
        ("m", None, None),
    ],
)
def test_size_is_the_largest_that_id_or_name_has(model: str, name: str | None, params: float | None) -> None:
    assert read_size(model, listed(name)) == params


@pytest.mark.parametrize(
    ("filters", "left"),
    [
        (Filters(), ["acorn/a-8b:free", "acorn/a-70b:free", "Birch/b:free", "cedar/c:free"]),
        (Filters(min_params=0), ["acorn/a-8b:free", "acorn/a-70b:free", "Birch/b:free", "cedar/c:free"]),
        (Filters(min_params=70), ["acorn/a-70b:free", "Birch/b:free"]),
        (Filters(min_params=70.5), ["Birch/b:free"]),
        (Filters(max_age_days=30), ["acorn/a-8b:free", "Birch/b:free"]),
        (Filters(max_age_days=29.9), ["acorn/a-8b:free"]),
        (Filters(prefix="birch/"), ["Birch/b:free"]),
        (Filters(prefix="ACORN"), ["acorn/a-8b:free", "acorn/a-70b:free"]),
        (Filters(10, 200, "acorn"), ["acorn/a-70b:free"]),
        (Filters(prefix="nobody"), []),
    ],
)
def test_filters(filters: Filters, left: list[str]) -> None:
    selection = select("lab", MODELS, filters, NOW, lambda _: True)
    assert [each.ref.model for each in selection.candidates] == left
    assert (selection.listed, selection.free, selection.forbidden) == (5, 4, 0)


def test_what_the_configuration_forbids_is_counted_and_left_out() -> None:
    selection = select("lab", MODELS, Filters(prefix="acorn"), NOW, lambda ref: "70b" not in ref.model)
    assert [each.ref.model for each in selection.candidates] == ["acorn/a-8b:free"]
    assert (selection.free, selection.forbidden) == (4, 1)
