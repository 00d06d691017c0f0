"""The walk of ``include`` patterns: what it finds, what it does not enter, and that it ends."""

from __future__ import annotations

import pytest

from tests.config.test_tree import TREE
from text2llm.config.include import resolve_includes
from text2llm.config.parse import empty_config
from text2llm.config.reader import read_document
from text2llm.config.tree import Entry, OutsideError, Tree
from text2llm.config.walk import MAX_COMPARED, Skipped, TooMuchError, Walk
from text2llm.diagnostics import Diagnostic


def match(pattern: str, folder: str = "") -> list[str]:
    return list(Walk(TREE, folder).match(pattern).places)


@pytest.mark.parametrize(
    ("pattern", "matches"),
    [
        ("c.yaml", ["c.yaml"]),
        ("none.yaml", []),
        ("a/*.yaml", ["a/x.yaml"]),
        ("a/.*.yaml", ["a/.h.yaml"]),
        ("*/x.yaml", ["a/x.yaml"]),
        ("a/[xy].yaml", ["a/x.yaml"]),
        ("a/[!x].yaml", []),
        ("c.yaml/*", []),
        ("*.yaml/x", []),
        ("c.yaml/", []),
        ("c.yaml/../c.yaml", []),
        ("a/", ["a"]),
        ("./a/./x.yaml", ["a/x.yaml"]),
        ("**/y.yaml", ["a/deep/y.yaml"]),
        ("**/**/**/y.yaml", ["a/deep/y.yaml"]),
        ("a/deep/**", ["a/deep/self", "a/deep/y.yaml"]),
        ("a/../c.yaml", ["a/../c.yaml"]),
        ("*/../c.yaml", ["a/../c.yaml"]),
        ("a/dir/*.yaml", ["a/dir/y.yaml"]),
        ("a/loop", ["a/loop"]),
    ],
)
def test_patterns_name_files(pattern: str, matches: list[str]) -> None:
    assert match(pattern) == matches


def test_patterns_are_relative_to_a_folder() -> None:
    assert match("deep/*.yaml", "a") == ["deep/y.yaml"]
    assert match("../c.yaml", "a") == ["../c.yaml"]
    assert match("*", "none") == []


@pytest.mark.parametrize("pattern", ["../*", "a/abs", "a/high", "m/*", "m/x.yaml", "a/../../*"])
def test_patterns_lead_nowhere_else(pattern: str) -> None:
    found = Walk(TREE, "").match(pattern)
    assert (found.places, found.outside is None) == ({}, False)


def test_a_folder_outside_has_no_files() -> None:
    found = Walk(TREE, "..").match("*")
    assert (found.places, found.outside) == ({}, "leads out of the repository")


def test_a_link_that_matches_is_followed_to_its_file_and_no_further() -> None:
    found = Walk(TREE, "").match("a/[bdl]*")
    where = {spelled: None if place is None else place.path for spelled, place in found.places.items()}
    assert where == {"a/back": "c.yaml", "a/deep": "a/deep", "a/dir": "a/deep", "a/loop": None}


@pytest.mark.parametrize(
    ("pattern", "skipped"),
    [
        ("a/*/y.yaml", Skipped("a/abs", "is a link that leads out of the repository", is_link=True, is_inside=False)),
        ("a/d*/y.yaml", Skipped("a/dir", "is a link to a directory", is_link=True, is_inside=True)),
        ("a/deep/**", Skipped("a/deep/self", "is a link to a directory", is_link=True, is_inside=True)),
        ("m*/*.yaml", Skipped("m", TREE.elsewhere, is_link=False, is_inside=False)),
        ("a/back*/*.yaml", None),
        ("a/loop*/*.yaml", None),
        ("a/d*", None),
    ],
)
def test_what_a_wildcard_does_not_enter_is_told(pattern: str, skipped: Skipped | None) -> None:
    assert Walk(TREE, "").match(pattern).skipped == skipped


def grow(*links: str) -> Tree:
    """An endless tree: each folder has two folders, a file and some links to itself."""
    entries = {
        "a": Entry("040000", "x"),
        "b": Entry("040000", "x"),
        "c.yaml": Entry("100644", "x"),
        **{link: Entry("120000", ".") for link in links},
    }
    return Tree("x", lambda _: entries, lambda oid, _: oid.encode())


@pytest.mark.parametrize(
    "pattern",
    [
        "**/*.yaml",
        "**/**/**/**/**/**/*.yaml",
        "**/a/**/b/**/a/**/b/**/*.yaml",
        "*/" * 400 + "x",
        "**/[ab]/../**/*.yaml",
    ],
)
@pytest.mark.parametrize("links", [(), ("l", "m", "n")])
def test_an_endless_tree_is_searched_up_to_the_bound(pattern: str, links: tuple[str, ...]) -> None:
    with pytest.raises(TooMuchError):
        Walk(grow(*links), "").match(pattern)


def test_the_error_names_the_bound() -> None:
    findings: list[Diagnostic] = []
    document = read_document("text2llm.yaml", b"include: ['**/*.yaml', '**/x']")
    assert resolve_includes(document, grow(), "", "text2llm.yaml", findings) == {}
    said = "the patterns of include search more than 200,000 files and directories"
    assert [(each.severity.value, each.message) for each in findings] == [("error", said)] * 2


def test_all_patterns_share_the_bound() -> None:
    entries = {f"n{number}": Entry("100644", "x") for number in range(MAX_COMPARED // 3)}
    walk = Walk(Tree("x", lambda _: entries, lambda *_: None), "")
    walk.match("a*")
    walk.match("b*")
    with pytest.raises(TooMuchError):
        walk.match("c*")


def test_what_is_written_out_is_found_in_a_folder_of_any_size() -> None:
    entries = {f"n{number}": Entry("100644", "x") for number in range(MAX_COMPARED + 1)}
    assert list(Walk(Tree("x", lambda _: entries, lambda *_: None), "").match("n7").places) == ["n7"]


def test_three_links_to_their_own_folder_make_no_difference() -> None:
    entries = {"c.yaml": Entry("100644", "x"), **{link: Entry("120000", ".") for link in "lmn"}}
    walk = Walk(Tree("x", lambda _: entries, lambda oid, _: oid.encode()), "")
    assert list(walk.match("**/*.yaml").places) == ["c.yaml"]
    assert list(walk.match("*/" * 400 + "c.yaml").places) == []


def test_a_path_longer_than_any_system_takes_is_not_searched() -> None:
    entries = {"a" * 250: Entry("040000", "x"), "c.yaml": Entry("100644", "x")}
    places = Walk(Tree("x", lambda _: entries, lambda *_: None), "").match("**/*.yaml").places
    assert max(map(len, places)) < 4500


def test_a_pattern_full_of_wildcards_is_linear_in_a_name() -> None:
    entries = {"a" * 250: Entry("100644", "x")}
    walk = Walk(Tree("x", lambda _: entries, lambda *_: None), "")
    assert list(walk.match("*a" * 300 + "*b").places) == []
    assert len(walk.match("*a" * 250).places) == 1


def test_a_file_that_is_read_no_more_is_a_link_that_leads_out() -> None:
    gone = Tree("root", lambda _: {"l": Entry("120000", "l")}, lambda *_: None)
    with pytest.raises(OutsideError):
        gone.find("l")


def test_an_absolute_link_into_the_working_tree_is_followed() -> None:
    entries = {
        "l": Entry("120000", "/work/repo/c.yaml"),
        "o": Entry("120000", "/work/repos"),
        "c.yaml": Entry("100644", "c"),
    }
    tree = Tree("root", lambda _: entries, lambda oid, _: oid.encode(), top="/work/repo")
    found = tree.find("l")
    assert found is not None
    assert found.path == "c.yaml"
    with pytest.raises(OutsideError):
        tree.find("o")


def test_a_place_that_is_not_there_is_no_place_seen_before() -> None:
    config, seen = empty_config(), set[int]()
    assert config.is_new(("agents", "defaults"), seen)
    assert config.is_new(("agents", "defaults"), seen)
