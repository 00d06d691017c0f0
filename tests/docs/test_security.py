"""The threat model in SECURITY.md names tests that exist, and covers every attacker."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
_ROW = re.compile(
    r"^\| (?P<who>[^|]+) \| (?P<threat>[^|]+) \| (?P<defense>[^|]+) \| (?P<tests>[^|]+) \|$", re.MULTILINE
)
ROWS = [match.groupdict() for match in _ROW.finditer(TEXT)][1:]
ATTACKERS = (
    *(
        "hostile repository",
        "pull request",
        "another user",
        "hostile provider",
        "network",
        "plugin",
        "another container",
    ),
)


@cache
def list_tests(path: str) -> frozenset[str]:
    tree = ast.parse((ROOT / "tests" / path).read_text(encoding="utf-8"))
    return frozenset(node.name for node in tree.body if isinstance(node, ast.FunctionDef))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["threat"])
def test_each_defense_names_tests_that_exist(row: dict[str, str]) -> None:
    named = re.findall(r"`([a-z0-9_/]+\.py)::(test_\w+)`", row["tests"])
    assert named
    assert row["tests"] == ", ".join(f"`{path}::{name}`" for path, name in named)
    assert [f"{path}::{name}" for path, name in named if name not in list_tests(path)] == []


@pytest.mark.parametrize("attacker", ATTACKERS)
def test_each_attacker_has_a_row(attacker: str) -> None:
    assert any(attacker in row["who"] for row in ROWS)


def test_every_row_is_read() -> None:
    assert len(ROWS) == sum(line.startswith("| ") for line in TEXT.splitlines()) - 1


def test_reports_are_private_and_need_no_invented_address() -> None:
    assert "private vulnerability reporting" in TEXT
    assert not re.search(r"\S@\S", TEXT)
