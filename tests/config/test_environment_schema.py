"""The schema of environments is built from that of configurations."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from text2llm.config.schema_files import inline_refs, schema_text
from text2llm.config.schema_quick import is_valid

ROOT = Path(__file__).parents[2]
TOOL = ROOT / "tools" / "build_environment_schema.py"


def build(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, TOOL, *arguments], env={"PYTHONPATH": str(ROOT)}, text=True, capture_output=True, check=False
    )


def test_the_committed_schema_is_that_of_the_configuration() -> None:
    assert build("--check").returncode == 0


def test_a_stale_one_is_built_again(tmp_path: Path) -> None:
    config = json.loads(schema_text("config"))
    config["properties"]["new"] = {"title": "New", "type": "string"}
    (tmp_path / "config.schema.json").write_text(json.dumps(config))
    stale = build("--check", "--schemas", tmp_path)
    assert (stale.returncode, "run python tools/build_environment_schema.py" in stale.stderr) == (1, True)
    assert build("--schemas", tmp_path).returncode == 0
    built = json.loads((tmp_path / "environment.schema.json").read_text())
    assert built["properties"]["new"]["type"] == ["string", "null"]
    assert build("--check", "--schemas", tmp_path).returncode == 0


def test_nothing_is_required_but_inside_of_lists() -> None:
    tree = inline_refs(json.loads(schema_text("environment")))
    assert not {"include", "abstract"} & set(tree["properties"])
    right: list[object] = [{}, {"auth": {"profiles": {"a": {}}}}, {"environment": "prod"}]
    models: dict[str, object] = {"models": {"providers": {"a": {"models": [{}]}}}}
    wrong: list[object] = [models, {"environment": None}, {"environment": "Prod"}]
    assert [is_valid(tree, data) for data in right + wrong] == [True] * 3 + [False] * 3
