"""No output, in any format, has a command that a CI system would run, whatever a repository's texts say."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from tests.git.repository import Repo
from tests.running import Run

HOSTILE = "##vso[task.setvariable]##[error]##teamcity[x]section_start:1:x"
NAME = f"::error::{HOSTILE}"
CONFIG = f"""version: 1
include: ["agents/*.yaml", "{NAME}*.yml"]
agents:
  defaults:
    model: {{primary: "anthropic/{HOSTILE}", fallbacks: ["{NAME}"]}}
    models: {{openai/gpt-5.2: {{alias: "::error::"}}}}
    "{NAME}": 1
models: {{providers: {{lab: {{api: openai-completions, baseUrl: "http://127.0.0.1:9/{NAME}", apiKey: "${{{NAME}}}"}}}}}}
# text2llm: ignore[{NAME}] {NAME}
"""
VALID = CONFIG.replace(f'    "{NAME}": 1\n', "").replace(f"${{{NAME}}}", "${LAB_API_KEY}")
COMMANDS = [
    ("validate",),
    *(("validate", "--format", layout) for layout in ("json", "github", "sarif", "junit")),
    ("validate", f"{NAME}.yaml"),
    ("validate", "--format", "junit", f"{NAME}.yaml"),
    ("validate", f"--{NAME}"),
    ("validate", "--secrets-only", f"agents/{NAME}.yaml", "--format", "junit"),
    *(("diff", "HEAD", "--format", layout) for layout in ("text", "json", "markdown")),
    ("diff", NAME),
    ("diff", "--config", f"{NAME}.yaml"),
    *(("explain", "model", "--format", layout) for layout in ("text", "json", "markdown")),
    ("explain", NAME),
    ("models", "status"),
    ("models", "status", "--json"),
    ("models", "list"),
    ("models", "list", "--json"),
    ("models", "set", NAME, "--dry-run"),
    ("models", "aliases", "add", NAME, f"anthropic/{HOSTILE}", "--dry-run"),
    ("models", "aliases", "add", "opus", f"anthropic/{HOSTILE}", "--dry-run", "--json"),
    ("models", "auth", "list"),
    ("models", "auth", "logout", NAME),
    *(("probe", "--format", layout) for layout in ("text", "json", "github", "sarif", "junit", "markdown")),
    ("rule", NAME),
    ("schema", NAME),
    ("plan", f"{NAME}.yaml"),
    ("trust", "revoke", "--credential", f"env:{HOSTILE}", "--origin", f"https://{HOSTILE}"),
]


def assert_inert(text: str, ours: str = "") -> None:
    """No line is a command, but those that begin as ``ours`` do."""
    for line in text.splitlines():
        assert not re.search(r"##(?:vso|teamcity)?\[|section_(?:start|end)", line, re.IGNORECASE), line
        if line.lstrip().startswith("::"):
            assert ours, line
            assert re.match(ours, line), line


@pytest.fixture
def hostile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CI", "true")
    repo = Repo(tmp_path)
    (tmp_path / "agents").mkdir()
    (tmp_path / "agents" / f"{NAME}.yaml").write_text(f'id: "{NAME}"\nmodel: "{NAME}"\n"{NAME}": 1\n')
    (tmp_path / f"{NAME}.yaml").write_text(f"{NAME}: [\n")
    (tmp_path / "text2llm.yaml").write_text("version: 1\nagents: {defaults: {model: anthropic/claude-opus-4-5}}\n")
    repo.commit()
    (tmp_path / "text2llm.yaml").write_text(CONFIG)
    return tmp_path


@pytest.mark.parametrize("valid", [True, False])
@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_no_output_is_a_command(run: Run, hostile: Path, command: tuple[str, ...], *, valid: bool) -> None:
    if valid:
        (hostile / "agents" / f"{NAME}.yaml").write_text('id: good\nmodel: "opus"\n')
        (hostile / "text2llm.yaml").write_text(VALID)
    done = run(*command)
    ours = r"::(?:error|warning|notice) file=[^:]*,line=\d+,col=\d+,title=[^:]*::" if "github" in command else ""
    assert_inert(done.out, ours)
    assert_inert(done.err)
    if "junit" in command and done.out:
        ET.fromstring(done.out)
    if {"json", "sarif", "--json"} & set(command) and done.out:
        json.loads(done.out)


def test_junit_keeps_the_names(run: Run, hostile: Path) -> None:
    suites = ET.fromstring(run("validate", "--format", "junit", f"agents/{NAME}.yaml").out)
    assert suites[0].get("name") == f"agents/{NAME}.yaml"


def test_reports_are_inert_too(run: Run, hostile: Path) -> None:
    formats = ("json", "sarif", "junit")
    run("validate", *(part for each in formats for part in ("--report", f"{each}=report.{each}")))
    for each in formats:
        assert_inert((hostile / f"report.{each}").read_text())
