from __future__ import annotations

from pathlib import Path

import pytest

from text2llm.config import schema_files
from text2llm.config.schema_files import inline_refs, read_tree, schema_names, schema_text
from text2llm.errors import UsageError

ROOT = Path(__file__).parents[2]


def test_a_checkout_uses_the_schemas_at_its_top() -> None:
    assert schema_text("outputs/findings") == (ROOT / "schemas" / "outputs" / "findings.schema.json").read_text()
    assert {"config", "agent", "outputs/error"} <= set(schema_names())
    assert schema_names() == sorted(schema_names())


@pytest.mark.parametrize(
    "name", ["", "nosuch", "../pyproject", "outputs/../config", "/etc/passwd", "config\0", "Config", "a/b/c", "outputs"]
)
def test_names_lead_to_schemas_only(name: str) -> None:
    with pytest.raises(UsageError, match="there is no such schema"):
        schema_text(name)


def test_a_wheel_uses_the_schemas_inside_the_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "config.schema.json").write_text("{}")
    monkeypatch.setattr(schema_files, "_FOLDERS", (str(tmp_path / "in"), str(ROOT / "schemas")))
    assert schema_names() == ["config"]
    assert schema_text("config") == "{}"


def test_references_are_replaced_and_what_stands_beside_them_wins() -> None:
    schema = {
        "items": {"$ref": "#/$defs/a", "title": "mine"},
        "examples": [[1]],
        "$defs": {"a": {"title": "its", "type": "string", "properties": {"default": {"$ref": "#/$defs/b"}}}, "b": {}},
    }
    assert inline_refs(schema) == {
        "items": {"title": "mine", "type": "string", "properties": {"default": {}}},
        "examples": [[1]],
    }


def test_a_schema_is_read_once_for_all_files() -> None:
    assert read_tree(schema_text("config")) is read_tree(schema_text("config"))
