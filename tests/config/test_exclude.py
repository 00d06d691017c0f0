from __future__ import annotations

import time

import pytest

from text2llm.config.exclude import drop_excluded, list_excluded
from text2llm.config.nodes import Value

PATHS = ["text2llm.yaml", "a/text2llm.yaml", "a/b/text2llm.yaml", "c/b/text2llm.yaml", "c/bad/text2llm.yaml"]


@pytest.mark.parametrize(
    ("pattern", "dropped"),
    [
        ("a", [1, 2]),
        ("a/", [1, 2]),
        ("./a/text2llm.yaml", [1]),
        ("a/b", [2]),
        ("*/b", [2, 3]),
        ("c/b*", [3, 4]),
        ("**/b", [2, 3]),
        ("**/text2llm.yaml", [0, 1, 2, 3, 4]),
        ("a/**/text2llm.yaml", [1, 2]),
        ("a/**", [1, 2]),
        ("**", [0, 1, 2, 3, 4]),
        ("c/**/**/bad", [4]),
        ("b", []),
        ("a/b/text2llm.yaml/more", []),
        (".", []),
    ],
)
def test_a_pattern_is_a_file_or_a_folder_with_all_in_it(pattern: str, dropped: list[int]) -> None:
    assert drop_excluded(PATHS, [pattern]) == [path for at, path in enumerate(PATHS) if at not in dropped]


def test_each_pattern_counts() -> None:
    assert drop_excluded(PATHS, ["a", "c"]) == ["text2llm.yaml"]
    assert drop_excluded(PATHS, []) == PATHS


def test_a_hostile_pattern_takes_no_time() -> None:
    begin = time.process_time()
    assert drop_excluded(["a/" * 500 + "b"], ["/".join(["**/a"] * 100) + "/**/c", "*a" * 200 + "c"]) != []
    assert time.process_time() - begin < 1


@pytest.mark.parametrize(
    ("data", "patterns"),
    [
        ({"validate": {"exclude": ["a", 5, "b"]}}, ("a", "b")),
        ({"validate": {"exclude": "a"}}, ()),
        ({"validate": None}, ()),
        ({}, ()),
        ([], ()),
    ],
)
def test_patterns_are_read_from_any_data(data: Value, patterns: tuple[str, ...]) -> None:
    assert list_excluded(data) == patterns
