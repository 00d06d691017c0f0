from __future__ import annotations

import json
import os
import stat
from pathlib import Path

import pytest

from tests.usage.asking import NOW, TOKEN, make_query
from text2llm.trust.origin import parse_origin
from text2llm.usage.cache import LIFETIME, CachedUsage, find_key, keep, read_cache, restore, write_cache
from text2llm.usage.parse import UsageSnapshot, UsageWindow

ORIGIN = parse_origin("https://api.anthropic.com")
KEPT = CachedUsage(NOW, (UsageWindow("5h", 42.0, NOW + 1), UsageWindow("week", 7.5)), "Pro", None)
FAILED = CachedUsage(NOW, (), None, "HTTP 403")


@pytest.fixture
def path(tmp_path: Path) -> str:
    return str(tmp_path / "made" / "usage.json")


@pytest.mark.parametrize(
    ("later", "found"), [(0, True), (LIFETIME - 1, True), (LIFETIME, False), (-1, False), (10**15, False)]
)
def test_cached_usage_is_valid_for_a_minute(path: str, later: int, *, found: bool) -> None:
    write_cache(path, {"a": KEPT, "b": FAILED})
    assert read_cache(path, NOW + later) == ({"a": KEPT, "b": FAILED} if found else {})


def test_snapshot_is_restored_as_it_was() -> None:
    query = make_query(ORIGIN)
    snapshot = UsageSnapshot(query.provider, query.label, NOW, KEPT.windows, "Pro")
    assert restore(query, keep(snapshot)) == snapshot


def test_file_is_private_and_replaced_whole(path: str) -> None:
    write_cache(path, {"a": KEPT})
    os.chmod(path, 0o644)
    write_cache(path, {"b": FAILED})
    assert stat.S_IMODE(os.stat(path).st_mode) == 0o600
    assert stat.S_IMODE(os.stat(os.path.dirname(path)).st_mode) == 0o700
    assert os.listdir(os.path.dirname(path)) == ["usage.json"]
    assert read_cache(path, NOW) == {"b": FAILED}


def test_key_differs_with_all_that_matters_and_has_no_part_of_the_token() -> None:
    queries = [
        make_query(ORIGIN),
        make_query(ORIGIN, token=TOKEN + "2"),
        make_query(ORIGIN, label="anthropic:other"),
        make_query(parse_origin("https://other.example")),
        make_query(ORIGIN, token="short"),
        make_query(ORIGIN, label="\udcff"),
    ]
    keys = [find_key(query) for query in queries]
    assert len(set(keys)) == len(keys)
    assert find_key(make_query(ORIGIN)) == keys[0]
    fingerprint = queries[0].credential.credential.secret.fingerprint()
    assert fingerprint is not None
    assert fingerprint not in keys[0]


def test_short_secrets_have_no_guessable_key() -> None:
    assert find_key(make_query(ORIGIN, token="short")) == find_key(make_query(ORIGIN, token="other"))


_ENTRY = {"takenAt": NOW, "windows": [["5h", 1, None]], "plan": None, "error": None}


@pytest.mark.parametrize(
    "entry",
    [
        None,
        [],
        {},
        {**_ENTRY, "takenAt": "now"},
        {**_ENTRY, "windows": None},
        {**_ENTRY, "windows": [[1, 2, 3]]},
        {**_ENTRY, "windows": [["5h", 1]]},
        {**_ENTRY, "windows": [["5h", -1, None]]},
        {**_ENTRY, "windows": [["5h", 10**300, None]]},
        {**_ENTRY, "windows": [["5h", 1, 10**300]]},
        {**_ENTRY, "windows": [["5h", 1, 0.5]]},
        {**_ENTRY, "plan": 5},
        {**_ENTRY, "error": []},
    ],
)
def test_entry_of_another_shape_is_none(tmp_path: Path, entry: object) -> None:
    file = tmp_path / "usage.json"
    file.write_text(json.dumps({"version": 1, "entries": {"a": entry, "b": _ENTRY}}))
    assert read_cache(str(file), NOW) == {"b": CachedUsage(NOW, (UsageWindow("5h", 1),), None, None)}


@pytest.mark.parametrize(
    "data",
    [b"", b"\xff", b"{", b"[]", b'{"version": 2, "entries": {}}', b'{"version": 1, "entries": []}', b"[" * 70_000],
)
def test_file_that_is_no_cache_is_none(tmp_path: Path, data: bytes) -> None:
    file = tmp_path / "usage.json"
    file.write_bytes(data)
    assert read_cache(str(file), NOW) == {}


def test_only_a_regular_file_is_read(tmp_path: Path) -> None:
    fifo, link, real = tmp_path / "fifo", tmp_path / "link", tmp_path / "real"
    os.mkfifo(fifo)
    write_cache(str(real), {"a": KEPT})
    link.symlink_to(real)
    assert [read_cache(str(each), NOW) for each in (fifo, link, tmp_path, tmp_path / "absent")] == [{}, {}, {}, {}]
    assert read_cache(str(real), NOW) == {"a": KEPT}


def test_place_that_cannot_be_written_is_no_failure(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    write_cache(str(tmp_path / "file" / "usage.json"), {"a": KEPT})
    (tmp_path / "usage.json").mkdir()
    write_cache(str(tmp_path / "usage.json"), {"a": KEPT})
    assert sorted(os.listdir(tmp_path)) == ["file", "usage.json"]
