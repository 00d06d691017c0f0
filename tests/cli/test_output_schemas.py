"""Every JSON document that an editing command prints obeys its published schema."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from tests.running import Run

SCHEMAS = Path(__file__).parents[2] / "schemas"
CONFIG = """version: 1
agents:
  defaults:
    model: {primary: anthropic/claude-opus-4-5, fallbacks: [openai/gpt-5.2]}
    models: {anthropic/claude-opus-4-5: {alias: opus}}
"""


def obey(name: str, text: str) -> None:
    schema = json.loads((SCHEMAS / f"{name}.schema.json").read_text())
    Draft202012Validator(schema).validate(json.loads(text))


@pytest.mark.parametrize(
    ("schema", "arguments"),
    [
        ("edit", "models set openai/gpt-5.1"),
        ("edit", "models set-image opus --dry-run"),
        ("edit", "models set opus"),
        ("edit", "models fallbacks remove openai/gpt-5.2"),
        ("edit", "models fallbacks clear"),
        ("edit", "models aliases add big opus"),
        ("edit", "models aliases remove opus"),
        ("fallbacks", "models fallbacks list"),
        ("fallbacks", "models image-fallbacks list"),
        ("aliases", "models aliases list"),
        ("error", "models fallbacks remove a/b"),
        ("error", "models set"),
        ("error", "models set opus --config absent.yaml"),
        ("error", "apply absent.json"),
        ("error", "models nonsense"),
    ],
)
def test_json_of_a_command_obeys_its_schema(run: Run, tmp_path: Path, schema: str, arguments: str) -> None:
    (tmp_path / "text2llm.yaml").write_text(CONFIG)
    obey(f"outputs/{schema}", run(*arguments.split(), "--json").out)


def test_json_of_plan_and_apply_and_the_plan_file_obey_their_schemas(run: Run, tmp_path: Path) -> None:
    (tmp_path / "text2llm.yaml").write_text(CONFIG)
    planned = run("plan", "-", "--out", "p.json", "--json", stdin="agents: {defaults: {model: openai/gpt-5.2}}")
    obey("outputs/edit", planned.out)
    obey("plan", (tmp_path / "p.json").read_text())
    obey("outputs/edit", run("apply", "p.json", "--yes", "--json").out)
    obey("outputs/edit", run("apply", "p.json", "--yes", "--json").out)
