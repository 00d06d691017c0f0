from __future__ import annotations

import pytest

from text2llm.config.tree import Entry, OutsideError, Tree

_MODES = {"file": "100644", "link": "120000", "folder": "040000", "module": "160000"}
#: Folders by id; a name leads to the kind and the id, or for a link to where it leads.
FOLDERS = {
    "root": {"a": "folder agents", "c.yaml": "file c", "l": "link a/x.yaml", "up": "link ../out", "m": "module m"},
    "agents": {
        "x.yaml": "file x",
        ".h.yaml": "file h",
        "deep": "folder deep",
        "back": "link ../c.yaml",
        "abs": "link /etc/passwd",
        "loop": "link loop",
        "dir": "link deep",
        "high": "link ../../out",
    },
    "deep": {"y.yaml": "file y", "self": "link ../deep"},
}


def children(oid: str) -> dict[str, Entry]:
    pairs = {name: value.split() for name, value in FOLDERS[oid].items()}
    return {name: Entry(_MODES[kind], target) for name, (kind, target) in pairs.items()}


def read(oid: str, limit: int) -> bytes | None:
    return oid.encode() if len(oid) <= limit else None


TREE = Tree("root", children, read, top="/work/repo")


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("c.yaml", "c.yaml"),
        ("l", "a/x.yaml"),
        ("a/./back", "c.yaml"),
        ("a/../c.yaml", "c.yaml"),
        ("a/dir/y.yaml", "a/deep/y.yaml"),
        ("a//deep/self/self/y.yaml", "a/deep/y.yaml"),
        ("", ""),
        ("a/deep", "a/deep"),
    ],
)
def test_links_lead_to_files_of_the_same_commit(path: str, found: str) -> None:
    there = TREE.find(path)
    assert there is not None
    assert there.path == found


@pytest.mark.parametrize("path", ["none", "c.yaml/x", "a/loop", "a/none/x"])
def test_what_is_not_there_is_nothing(path: str) -> None:
    assert TREE.find(path) is None


@pytest.mark.parametrize("path", ["up", "a/abs", "a/high", "../x", "/c.yaml", "a/../../c.yaml", "m/x"])
def test_nothing_leads_out_of_the_repository(path: str) -> None:
    with pytest.raises(OutsideError):
        TREE.find(path)


def test_a_link_that_is_no_path_leads_out() -> None:
    long = Tree("root", lambda _: {"l": Entry("120000", "x" * 5000)}, read)
    with pytest.raises(OutsideError):
        long.find("l")


def test_the_kinds_of_entries() -> None:
    entries = children("root")
    assert [name for name, entry in entries.items() if entry.is_file] == ["c.yaml"]
    assert [name for name, entry in entries.items() if entry.is_folder] == ["a"]
