from __future__ import annotations

import json
import os
import stat
from pathlib import Path
from typing import Any

import pytest

from text2llm.catalog.cache import Listing, read_listings, write_listings
from text2llm.catalog.facts import ModelFacts
from text2llm.errors import WriteError

NOW = 1_795_376_000_000
PLACE = "https://api.example/v1/models"
FULL = ModelFacts(
    *("M", 200000, 8192, ("text", "image")),
    tools=True,
    reasoning=False,
    input_price=0.25,
    output_price=1,
    released="2026-01-01",
    retires="2027-01-01",
)
LAB = Listing("lab", PLACE, NOW, {"m1": FULL, "m2": ModelFacts(), "m3": ModelFacts(context_window=4096)})
OTHER = Listing("other", "http://127.0.0.1:9/models", NOW - 1, {"x": ModelFacts()})


@pytest.fixture
def path(tmp_path: Path) -> str:
    return str(tmp_path / "made" / "listings.jsonl")


def read(path: str, *wanted: Listing) -> dict[str, Listing]:
    return read_listings(path, {each.provider: each.place for each in wanted})


def test_listings_are_read_as_they_were_written(path: str) -> None:
    write_listings(path, [LAB, OTHER])
    assert read(path, LAB, OTHER) == {"lab": LAB, "other": OTHER}
    assert LAB.date in {"2026-11-22", "2026-11-23"}


def test_listing_is_valid_only_for_the_place_it_came_from(path: str) -> None:
    write_listings(path, [LAB])
    assert read_listings(path, {"lab": "https://evil.example/v1/models"}) == {}
    assert read_listings(path, {"other": PLACE}) == {}
    moved = LAB._replace(place="https://gateway.example/models", models={})
    write_listings(path, [moved])
    assert (read(path, LAB), read(path, moved)) == ({"lab": LAB}, {"lab": moved})


def test_new_listing_takes_the_place_of_the_old_one_and_of_no_other(path: str) -> None:
    write_listings(path, [LAB, OTHER])
    newer = LAB._replace(taken_at=NOW + 5, models={"m9": ModelFacts()})
    write_listings(path, [newer])
    assert read(path, LAB, OTHER) == {"lab": newer, "other": OTHER}


def test_of_very_many_listings_the_newest_are_kept(path: str) -> None:
    many = [Listing(f"p{number}", PLACE, number, {}) for number in range(70)]
    write_listings(path, many)
    assert sorted(read(path, *many), key=lambda name: int(name[1:])) == [f"p{number}" for number in range(6, 70)]


def test_file_is_private_and_replaced_whole(path: str) -> None:
    write_listings(path, [LAB])
    os.chmod(path, 0o644)
    write_listings(path, [OTHER])
    assert stat.S_IMODE(os.stat(path).st_mode) == 0o600
    assert stat.S_IMODE(os.stat(os.path.dirname(path)).st_mode) == 0o700
    assert os.listdir(os.path.dirname(path)) == ["listings.jsonl"]


def write_raw(path: str, first: Any, *lines: Any) -> None:
    os.makedirs(os.path.dirname(path), exist_ok=True)
    texts = [each if isinstance(each, str) else json.dumps(each) for each in (first, *lines)]
    Path(path).write_text("\n".join(texts))


@pytest.mark.parametrize(
    "first",
    [
        "",
        "no json",
        [],
        {"version": 2, "listings": [["lab", PLACE, NOW]]},
        {"version": 1, "listings": {}},
        {"version": 1, "listings": ["lab"]},
        {"version": 1, "listings": [["lab", PLACE, "now"]]},
        {"version": 1, "listings": [["lab", PLACE, -1]]},
        {"version": 1, "listings": [["lab", PLACE, 10**30]]},
        {"version": 1, "listings": [["lab", PLACE, 1 << 52]]},
        {"version": 1, "listings": [["lab", PLACE, True]]},
    ],
)
def test_file_with_an_invalid_head_is_ignored(path: str, first: Any) -> None:
    write_raw(path, first, {"m1": []})
    assert read(path, LAB) == {}
    write_listings(path, [LAB])
    assert read(path, LAB) == {"lab": LAB}


@pytest.mark.parametrize(
    "models",
    [
        "no json",
        [],
        {"m1": {}},
        {"m1": ["x"] * 11},
        {"m1": [5]},
        {"m1": ["M", "many"]},
        {"m1": ["M", True]},
        {"m1": ["M", 1.5]},
        {"m1": ["M", -5]},
        {"m1": ["M", int("9" * 400)]},
        {"m1": ["M\ud800"]},
        {"m1": ["M\x1b[31m"]},
        {"m1": [None, None, None, None, None, None, -1.5]},
        {"m1": [None, None, None, None, None, None, 1e308]},
        {"m1": [None, None, None, None, None, None, None, None, None, "notadate"]},
        {"": []},
        {"m 1": []},
        {"m" * 201: []},
        {"m1": [None, None, None, "text"]},
        {"m1": [None, None, None, ["text", 5]]},
        {"m1": [None, None, None, None, 1]},
        {"m1": [None, None, None, None, None, None, True]},
        {"m1": [["M"]]},
    ],
)
def test_listing_that_is_broken_is_none_and_harms_no_other(path: str, models: Any) -> None:
    write_raw(path, {"version": 1, "listings": [["lab", PLACE, NOW], list(OTHER[:3])]}, models, {"x": []})
    assert read(path, LAB, OTHER) == {"other": OTHER}


def test_a_link_in_its_place_is_not_written_through(tmp_path: Path) -> None:
    path, precious = tmp_path / "listings.jsonl", tmp_path / "precious"
    precious.write_text("mine")
    path.symlink_to(precious)
    write_listings(str(path), [LAB])
    assert (precious.read_text(), path.is_symlink(), read(str(path), LAB)) == ("mine", False, {"lab": LAB})


def test_only_a_regular_file_is_a_cache(tmp_path: Path) -> None:
    path = tmp_path / "listings.jsonl"
    os.mkfifo(path)
    assert read(str(path), LAB) == {}
    path.unlink()
    (tmp_path / "real").write_text("{}")
    path.symlink_to(tmp_path / "real")
    assert read(str(path), LAB) == {}


def test_cache_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(WriteError, match="cannot write"):
        write_listings(str(tmp_path / "file" / "listings.jsonl"), [LAB])
