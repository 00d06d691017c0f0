"""The glossary in docs/concepts.md and the names of classes use the same terms."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "text2llm"
_ENTRY = re.compile(r"^- (?P<terms>\*\*.+?\*\*(?:, \*\*.+?\*\*)*)(?: \((?P<synonyms>[^)]+)\))?: \S", re.MULTILINE)
_HUMP = re.compile(r"[A-Z]+(?![a-z])|[A-Z][a-z0-9]*")

#: Head nouns of class names that a glossary need not define, by the reason.
PLAIN_WORDS = {
    "words of HTTP, OAuth, TLS and cryptography": (
        "auth body code device encoding header json method poll redirect scheme scope stream transport"
    ),
    "words of Python, files, git and command lines": (
        "argument bytes clock command commit dir directory doc entry file flag folder group link listener number "
        "object option part range release repository row set stat state text tree var walk"
    ),
    "plain English for the data of one function or report": (
        "ability action address book both call case check choice context cost demand destination dialogue evidence "
        "excerpt fault filter ground item kind level limit line list mention name note page paste person phrase piece "
        "problem proposal query reader result selection shape sister site skip snapshot suggestion term topic view "
        "window word"
    ),
    "a variant of a union, named by the condition that it stands for": "dead fresh invalid lazy success unreadable via",
    "a step, or its doer": "checker renewer replace scan validation",
}
#: Names that say nothing to a reader, and what to write in their place.
POETIC = {
    "purse": "credentials",
    "asker": "access",
    "wish": "request, options",
    "veil": "redaction",
    "blackout": "redaction",
    "world": "workspace, reading",
    "voice": "dialect",
    "fence": "limit",
    "rim": "workspace",
}
_PLURAL_LIKE = ("ss", "us", "is", "ias")


def _singular(word: str) -> str:
    if word.endswith("ies"):
        return f"{word[:-3]}y"
    if word.endswith(("sses", "xes", "choes")):
        return word[:-2]
    return word[:-1] if word.endswith("s") and not word.endswith(_PLURAL_LIKE) and len(word) > 3 else word


def read_entries() -> list[list[str]]:
    """The entries of the glossary: the terms of each with its synonyms, in lower case."""
    text = " ".join((ROOT / "docs" / "concepts.md").read_text(encoding="utf-8").split("\n  "))
    entries = list(_ENTRY.finditer(text))
    assert len(entries) == len(re.findall(r"^- ", text, re.MULTILINE)), "every list item is an entry"
    return [
        [term.lower() for term in (*re.findall(r"\*\*(.+?)\*\*", entry["terms"]), *_split(entry["synonyms"]))]
        for entry in entries
    ]


def _split(synonyms: str | None) -> list[str]:
    return synonyms.split(", ") if synonyms else []


def read_classes() -> list[tuple[str, str]]:
    """The public classes of the program, each with the file that defines it."""
    return [
        (node.name, str(path.relative_to(ROOT)))
        for path in sorted(PACKAGE.rglob("*.py"))
        if "sandbox" not in path.relative_to(PACKAGE).parts
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_")
    ]


def find_head(name: str) -> str:
    """The head noun of a class name: its last word, singular and in lower case."""
    return _singular(_HUMP.findall(name)[-1].lower())


def is_participle(word: str) -> bool:
    """Whether a class is named for the completed step that it is the result of, such as ``Refreshed``."""
    return word.endswith("ed") or word in {"found", "kept"}


ENTRIES = read_entries()
TERMS = [term for entry in ENTRIES for term in entry]
CLASSES = read_classes()
HEADS = {_singular(term.split()[-1]) for term in TERMS}
PLAIN = {_singular(word) for words in PLAIN_WORDS.values() for word in words.split()}


@pytest.mark.parametrize(("name", "path"), CLASSES, ids=lambda value: value.replace("/", "."))
def test_class_is_named_by_a_term(name: str, path: str) -> None:
    head = find_head(name)
    assert head in HEADS | PLAIN or is_participle(head), (
        f"{path}: define {head!r} in docs/concepts.md, or rename {name}"
    )


@pytest.mark.parametrize(("name", "path"), CLASSES, ids=lambda value: value.replace("/", "."))
def test_class_has_no_poetic_name(name: str, path: str) -> None:
    assert name != "Word", f"{path}: name the class for what the words mean"
    found = {word.lower() for word in _HUMP.findall(name)} & set(POETIC)
    assert not found, f"{path}: rename {name}: {', '.join(POETIC[word] for word in found)}"


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry[0])
def test_term_is_used_by_the_code(entry: list[str], source: str) -> None:
    assert any(_pattern(term).search(source) for term in entry), f"the code does not use {entry[0]!r}"


def _pattern(term: str) -> re.Pattern[str]:
    words = r"[\s_-]*".join(re.escape(_singular(word)) for word in term.split())
    return re.compile(rf"(?<![a-z]){words}(?:e?s)?(?![a-z])", re.IGNORECASE)


@pytest.fixture(scope="module")
def source() -> str:
    return "\n".join(path.read_text(encoding="utf-8") for path in PACKAGE.rglob("*.py"))


def test_every_term_is_defined_once() -> None:
    assert sorted(TERMS) == sorted(set(TERMS))


def test_a_term_is_not_a_plain_word() -> None:
    assert sorted(HEADS & PLAIN) == []
