"""The published hooks under the real pre-commit, in a repository of their own: what is bad is not committed."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from tests.integration.conftest import Call, Project, call_in

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        "INTEGRATION" not in os.environ, reason="it installs the package: run it with `make integration`"
    ),
]

GOOD = "version: 1\nagents: {defaults: {model: anthropic/claude-opus-4-5}}\n"
#: A pattern that no file matches is a warning.
WARNS = f"{GOOD}include: [teams/*.yaml]\n"
BAD = GOOD.replace("model:", "modle:")


@pytest.fixture
def call(tmp_path: Path, hooks_home: Path) -> Call:
    """Commands in a repository; modules that are planted there end whatever imports them."""
    for name in ("click", "sitecustomize", "text2llm", "pip", "venv", "ensurepip"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit('a planted module was imported')\n")
    call = call_in(tmp_path, PRE_COMMIT_HOME=str(hooks_home))
    assert call("git", "init", "-q").returncode == 0
    return call


def install(call: Call) -> None:
    done = call("pre-commit", "install", "--install-hooks")
    assert done.returncode == 0, done.stdout + done.stderr


def commit(call: Call) -> tuple[bool, str]:
    call("git", "add", "--all")
    done = call("git", "commit", "-q", "-m", "change")
    return done.returncode == 0, done.stdout + done.stderr


def test_good_commit_passes_and_bad_ones_are_stopped(call: Call, project: Project, tmp_path: Path) -> None:
    wanted = "hooks: [{id: text2llm-validate}, {id: text2llm-no-secrets}]"
    repository = f"repo: 'file://{project.folder}', rev: '{project.commit}', {wanted}"
    (tmp_path / ".pre-commit-config.yaml").write_text(f"repos: [{{{repository}}}]\n")
    install(call)
    config = tmp_path / "text2llm.yaml"
    config.write_text(GOOD)
    passed, shown = commit(call)
    assert passed, shown
    first = call("git", "rev-parse", "HEAD").stdout

    config.write_text(BAD)
    passed, shown = commit(call)
    assert not passed
    assert "text2llm.yaml:2:21: error schema: [*] unknown key 'modle'" in shown
    assert "did you mean 'model'?" in shown

    config.write_text(f"{GOOD}include: [agents/*.yaml]\n")
    (tmp_path / "agents").mkdir()
    (tmp_path / "agents" / "coder.yaml").write_text("id: coder\nmodle: openai/gpt-5.2\n")
    (tmp_path / "values.yaml").write_text("nothing: of ours\n---\nmore: of it\n")
    passed, shown = commit(call)
    assert not passed
    assert "agents/coder.yaml:2:1: error schema: [*] unknown key 'modle'" in shown
    assert "values.yaml" not in shown
    shutil.rmtree(tmp_path / "agents")

    config.write_text(GOOD)
    (tmp_path / "--help").write_text("a name that could be an option\n")
    (tmp_path / "notes.txt").write_text("the key is sk-ant-api03-Zm9vYmFyYmF6cXV4MTIzNDU2Nzg5\n")
    passed, shown = commit(call)
    assert not passed
    assert "notes.txt:1:12: error secret-in-config: a credential (Anthropic API key) is written into the file" in shown
    assert "Zm9v" not in shown
    assert call("git", "rev-parse", "HEAD").stdout == first
