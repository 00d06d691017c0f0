"""The proof of an edit: what it catches when the splice is wrong, and what a second reader has to say."""

from __future__ import annotations

from typing import Any

import pytest

from text2llm.config.reader import read_document
from text2llm.edit.change import Action, DataChange
from text2llm.edit.yaml import verify
from text2llm.errors import EditError

CHANGE = DataChange(Action.SET, ("a",), 2)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ("a: 2\nb: 2\n", "would also change another value"),
        ("a: 2.0\nb: 1\n", "would also change another value"),
        ("a: [2\nb: 1\n", "cannot be read"),
    ],
)
def test_wrong_text_is_refused(monkeypatch: pytest.MonkeyPatch, wrong: str, message: str) -> None:
    monkeypatch.setattr(verify, "patch_text", lambda _document, _change: wrong)
    with pytest.raises(EditError, match=message):
        verify.edit_document(read_document("c.yaml", b"a: 1\nb: 1\n"), [CHANGE])


def test_second_reader_that_disagrees_stops_the_edit(monkeypatch: pytest.MonkeyPatch) -> None:
    def read_otherwise(text: str) -> Any:
        return {"a": text.count("2")}

    monkeypatch.setattr(verify, "_read_with_ruamel", read_otherwise)
    with pytest.raises(EditError, match="second YAML reader"):
        verify.edit_document(read_document("c.yaml", b"a: 1\nb: 22\n"), [CHANGE])


def test_second_reader_that_took_the_old_file_otherwise_too_is_heard_on_the_difference_only() -> None:
    # ruamel.yaml takes 1_000 for a number.
    document = read_document("c.yaml", b"a: 1\nb: 1_000\n")
    assert verify.edit_document(document, [CHANGE]).text == "a: 2\nb: 1_000\n"


def test_large_file_is_not_read_by_the_slow_reader(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(verify, "_read_with_ruamel")
    document = read_document("c.yaml", b"a: 1\n" + b"# remark\n" * 32_000)
    assert verify.edit_document(document, [CHANGE]).text.startswith("a: 2\n")
