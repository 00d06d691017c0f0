from __future__ import annotations

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from tests.running import Run
from text2llm.config.schema_files import schema_names, schema_text

SCHEMAS = Path(__file__).parents[2] / "schemas"


@pytest.mark.parametrize("name", ["config", "outputs/error"])
def test_a_schema_is_printed_as_it_is_published(run: Run, name: str) -> None:
    assert run("schema", name).out == (SCHEMAS / f"{name}.schema.json").read_text()


def test_the_list_names_every_schema_with_its_title(run: Run) -> None:
    lines = run("schema").out.splitlines()
    assert [line.split()[0] for line in lines] == schema_names()
    assert "config" in lines[2]
    assert lines[2].endswith("text2llm configuration")


def test_the_list_as_json(run: Run) -> None:
    shown = json.loads(run("schema", "--json").out)
    Draft202012Validator(json.loads(schema_text("outputs/schemas"))).validate(shown)
    assert [each["name"] for each in shown["schemas"]] == schema_names()


@pytest.mark.parametrize(("name", "hint"), [("confg", "did you mean 'config'?"), ("../x", "`text2llm schema` lists")])
def test_an_unknown_name_is_a_usage_error(run: Run, name: str, hint: str) -> None:
    done = run("schema", name)
    assert done.code == 64
    assert hint in done.err
