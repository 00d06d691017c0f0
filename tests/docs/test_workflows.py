"""The Action and the workflows of the documentation: no finding of high severity, no secret for pull requests."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.running import Run

ROOT = Path(__file__).parents[2]
ACTION, GITHUB, GITLAB = ROOT / "action.yml", ROOT / "docs" / "ci" / "github.yaml", ROOT / "docs" / "ci" / "gitlab.yaml"


def audit(*paths: Path) -> subprocess.CompletedProcess[str]:
    program = Path(sys.executable).parent / "zizmor"
    command = [str(program), "--offline", "--no-progress", "--min-severity", "high", *map(str, paths)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_nothing_of_high_severity_is_found() -> None:
    done = audit(ACTION, GITHUB)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_workflow_that_init_writes_has_nothing_either(run: Run, tmp_path: Path) -> None:
    assert run("init").code == 0
    done = audit(tmp_path / ".github" / "workflows" / "text2llm.yaml")
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_audit_can_fail(tmp_path: Path) -> None:
    careless = ACTION.read_text().replace('"$BASE"', "${{ inputs.base }}")
    (tmp_path / "action.yml").write_text(careless)
    assert "template-injection" in audit(tmp_path / "action.yml").stdout


@pytest.mark.parametrize("files", ["a.yaml b.yaml", "a.yaml\nb.yaml\n", " a.yaml  b.yaml"])
def test_the_action_checks_every_file_that_it_is_given(tmp_path: Path, files: str) -> None:
    (script,) = [
        step["run"] for step in yaml.safe_load(ACTION.read_text())["runs"]["steps"] if step["name"] == "Validate"
    ]
    told = tmp_path / "text2llm" / "bin" / "text2llm"
    told.parent.mkdir(parents=True)
    told.write_text('#!/bin/sh\necho "$@"\n')
    told.chmod(0o755)
    environ = {**os.environ, "FILES": files, "STRICT": "true", "RUNNER_TEMP": str(tmp_path)}
    shell = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script]
    done = subprocess.run(shell, env=environ, capture_output=True, text=True, check=True)
    assert done.stdout == "validate --format github --strict -- a.yaml b.yaml\n"


def jobs() -> dict[str, Any]:
    return yaml.safe_load(GITHUB.read_text())["jobs"]  # type: ignore[no-any-return]


def test_secrets_are_for_pushes_only() -> None:
    for job in jobs().values():
        has_secrets = "secrets." in yaml.safe_dump(job)
        assert has_secrets == (job.get("if") == "github.event_name == 'push'")


@pytest.mark.parametrize("path", [ACTION, GITHUB, GITLAB], ids=lambda path: path.name)
def test_every_command_takes_its_options(run: Run, path: Path) -> None:
    lines = path.read_text().replace("\\\n", " ")
    found = re.findall(r"text2llm\"? (validate|diff|probe)\b([^\n;]*)", lines)
    assert found
    for command, rest in found:
        options = set(re.findall(r" (--[a-z-]+)", f" {rest}"))
        assert options <= set(re.findall(r"(--[a-z-]+)", run(command, "--help").out)), command
