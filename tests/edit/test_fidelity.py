"""Whatever the style of a file, an edit changes only the lines that it must, and the data become the expected ones."""

from __future__ import annotations

import difflib
import os
import re
from random import Random
from typing import Any

import yaml
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from tests.edit.styles import write_config
from text2llm.config.document import Document
from text2llm.config.nodes import Pointer
from text2llm.config.reader import read_document
from text2llm.edit.change import Action, DataChange, apply_changes
from text2llm.edit.yaml.verify import edit_document, same_data
from text2llm.errors import EditError

REFS = [
    "anthropic/claude-opus-4-5",
    "openrouter/moonshotai/kimi-k2",
    "openai/gpt-5.2",
    "ollama/llama3:8b",
    "z/no",
    "kimi",
]
ALIASES = ["opus", "fast", "a.b_c:d-e", "no", "on", "1e3", "K2", "012", "null"]
TEXTS = ["two words", "a line\nand more\n", "no end:\n\n  #deeper", "kept\n\n", "  in\n here\n"]
EXAMPLES = int(os.environ.get("FIDELITY_EXAMPLES", "400"))


def random_choice(random: Random) -> Any:
    if random.random() < 0.2:
        return random.choice(REFS)
    choice: dict[str, Any] = {}
    if random.random() < 0.9:
        choice["primary"] = random.choice(REFS)
    if random.random() < 0.8:
        choice["fallbacks"] = random.choices(REFS, k=random.choice([0, 1, 1, 2, 3]))
    return choice or None


def random_data(random: Random) -> dict[str, Any]:
    defaults: dict[str, Any] = {"model": random_choice(random)}
    if random.random() < 0.6:
        defaults["imageModel"] = random_choice(random)
    models = {
        ref: random.choice([None, {}, {"alias": "x"}, {"alias": ["y", "z"], "params": {"t": 0.5}}])
        for ref in random.sample(REFS, 2)
    }
    if random.random() < 0.7:
        defaults["models"] = models
    data: dict[str, Any] = {"version": 1, "agents": {"defaults": defaults}}
    if random.random() < 0.5:
        data["agents"]["entries"] = {"main": {"default": True}, "coder": {"model": random_choice(random)}}
    if random.random() < 0.5:
        model = {"id": "m1", "contextWindow": 32000, "input": ["text"]}
        data["models"] = {
            "providers": {"lab": {"apiKey": "${LAB_API_KEY}", "models": random.choice([[], [model], [model, model]])}}
        }
    for place in (data, defaults, *([data["models"]["providers"]["lab"]] if "models" in data else [])):
        if random.random() < 0.3:
            place["note"] = random.choice(TEXTS)
    if random.random() < 0.2:
        data["notes"] = random.choices(TEXTS[:1] + REFS, k=2)
    entries = list(data.items())
    random.shuffle(entries)
    return dict(entries)


def pointers(data: Any, prefix: Pointer = ()) -> list[tuple[Pointer, Any]]:
    found: list[tuple[Pointer, Any]] = [(prefix, data)] if prefix else []
    items = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for step, value in items:
        found += pointers(value, (*prefix, step))
    return found


def random_change(data: dict[str, Any], random: Random) -> DataChange:
    value: Any
    places = pointers(data)
    new = random.choice(REFS + ALIASES)
    kind = random.random()
    lists = [pointer for pointer, value in places if isinstance(value, list)]
    maps: list[Pointer] = [pointer for pointer, value in places if isinstance(value, dict) or value is None]
    scalars = [pointer for pointer, value in places if not isinstance(value, dict | list)]
    if kind < 0.3 and lists:
        pointer = random.choice(lists)
        size = len(_value_at(data, pointer))
        return DataChange(Action.INSERT, (*pointer, random.choice([size, size, random.randint(0, size)])), new)
    keys = [pointer for pointer, _value in places if isinstance(pointer[-1], str)]
    if kind < 0.4:
        # A name with one more letter, which the map does not have; some need quotes.
        pointer = random.choice(keys)
        return DataChange(Action.RENAME, pointer, str(random.choice([f"{pointer[-1]}x", "no", "1e3", "a: b", "new"])))
    if kind < 0.6:
        return DataChange(Action.REMOVE, random.choice([pointer for pointer, _value in places]))
    if kind < 0.75 and maps:
        value = random.choice([new, [new], {"primary": new}, {"alias": "q", "fallbacks": [new, new]}, []])
        return DataChange(Action.SET, (*random.choice(maps), "added"), value)
    if kind < 0.85 and maps:
        return DataChange(Action.SET, (*random.choice(maps), "deep", "deeper"), new)
    value = random.choice([new, new, {"primary": new, "fallbacks": [new]}])
    return DataChange(Action.SET, random.choice(scalars if random.random() < 0.8 else [p for p, _ in places]), value)


def _value_at(data: Any, pointer: Pointer) -> Any:
    for step in pointer:
        data = data[step]
    return data


def read(raw: bytes) -> Document:
    return read_document("text2llm.yaml", raw)


def line_changes(before: str, after: str) -> tuple[list[str], list[str]]:
    removed, added = [], []
    for line in difflib.ndiff(before.splitlines(), after.splitlines()):
        if line.startswith("- "):
            removed.append(line[2:])
        elif line.startswith("+ "):
            added.append(line[2:])
    return removed, added


def height(value: Any) -> int:
    """The most lines that a value can take in block style, its key included."""
    if isinstance(value, dict):
        return 1 + sum(map(height, value.values()))
    return 1 + sum(map(height, value)) if isinstance(value, list) else 1


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.integers(min_value=0, max_value=2**63))
def test_an_edit_changes_only_what_it_must(seed: int) -> None:
    # A seed spreads over the styles more evenly than hypothesis' own random does.
    random = Random(seed)
    data = random_data(random)
    document = read(write_config(data, random))
    assert same_data(document.data, data)
    change = random_change(data, random)
    event(f"{change.action}")

    try:
        edited = edit_document(document, [change])
    except EditError:
        event("refused")
        reasons = r"\*a\d|^\s*(?:- +)?\? "
        assert re.search(reasons, document.text, re.MULTILINE), "only a shared value or '? key' is a reason to refuse"
        return

    assert same_data(edited.data, apply_changes(data, [change]))
    assert_only_needed_lines(document, edited, change)
    if change.action in (Action.SET, Action.INSERT):
        assert _value_at(yaml.load(edited.text, yaml.CSafeLoader), change.pointer) == change.value


def assert_only_needed_lines(document: Document, edited: Document, change: DataChange) -> None:
    removed, added = line_changes(document.text, edited.text)
    if change.action is Action.RENAME:
        assert_only_the_key(document, edited, change)
        return
    if change.action is Action.INSERT and not re.search(r"\*a\d", "".join(removed)) and "<<" not in document.text:
        assert len(removed) <= 1
        assert len(added) <= 2
    elif change.action is Action.SET:
        assert len(added) <= height(change.value) + len(change.pointer) + 1
    if change.action is not Action.REMOVE and not isinstance(_old_value(document, change), dict | list):
        old = _old_value(document, change)
        own = len(old.split("\n")) + 1 if isinstance(old, str) and re.search(r"\s", old) else 1
        assert len(removed) <= own + ("&" in document.text)  # a definition may move to its first use
        assert comments(document.text) == comments(edited.text)
    assert edited.bom == document.bom
    if change.action is not Action.REMOVE:
        assert document.text.endswith("\n") == edited.text.endswith("\n")
    if "\r\n" in document.text and "\n" not in document.text.replace("\r\n", ""):
        assert edited.text.count("\n") == edited.text.count("\r\n")
    full_line = [line for line in removed if line.lstrip().startswith("#")]
    if change.action is not Action.SET and len(removed) <= 2:
        assert full_line == []


def assert_only_the_key(document: Document, edited: Document, change: DataChange) -> None:
    """One span of the text differs, no longer than the key; where an alias had to be written out, it does too."""
    old, new = document.text, edited.text
    start = count_equal(old, new)
    rest = count_equal(old[start:][::-1], new[start:][::-1])
    if "*a" not in document.text:
        assert len(old) - start - rest <= len(str(change.pointer[-1])) + 2
        assert len(new) - start - rest <= len(str(change.value)) + 2
    assert (edited.bom, comments(edited.text)) == (document.bom, comments(document.text))


def count_equal(one: str, other: str) -> int:
    return next(
        (at for at, pair in enumerate(zip(one, other, strict=False)) if pair[0] != pair[1]), min(len(one), len(other))
    )


def _old_value(document: Document, change: DataChange) -> Any:
    try:
        return _value_at(document.data, change.pointer)
    except (KeyError, IndexError, TypeError):
        return None


def comments(text: str) -> int:
    return text.count("# ")
