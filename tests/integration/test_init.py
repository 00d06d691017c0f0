"""What ``init`` writes, as it is: the hook under the real pre-commit, the workflow's steps under bash.

The source is the project itself: a commit of a repository, or a release that is found in a folder of wheels.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.integration.conftest import Call, Project, call_in
from tests.integration.test_pre_commit import BAD, GOOD, WARNS, call, commit, install, pytestmark
from text2llm import __version__

__all__ = ["call", "pytestmark"]
WORKFLOW = ".github/workflows/models.yaml"


@pytest.fixture(scope="session", params=["git", "release"])
def source(request: pytest.FixtureRequest, project: Project, tmp_path_factory: pytest.TempPathFactory) -> str:
    """What ``--source`` says. A release is where the user's pip looks for it."""
    if request.param == "git":
        return project.source
    wheels = tmp_path_factory.mktemp("wheels")
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(wheels)]
    subprocess.run(build, cwd=project.folder, check=True, capture_output=True)
    os.environ["PIP_FIND_LINKS"] = f"{os.environ.get('PIP_FIND_LINKS', '')} {wheels}".strip()
    return f"text2llm=={__version__}"


def run_workflow(folder: Path, runner: Path) -> tuple[bool, str]:
    """Run the steps of the workflow as a runner does; whether they passed, and what they printed."""
    told = ""
    for step in yaml.safe_load((folder / WORKFLOW).read_text())["jobs"]["validate"]["steps"]:
        if "run" not in step or (step["name"].startswith("Install") and (runner / "text2llm").exists()):
            continue
        bash = call_in(folder, RUNNER_TEMP=str(runner), PYTHONPATH=os.pathsep)
        done = bash("bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"])
        told += done.stdout + done.stderr
        if done.returncode:
            return False, told
    return True, told


def test_hook_and_workflow_agree_on_every_commit(
    call: Call, source: str, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    runner = tmp_path_factory.mktemp("runner")
    assert call("text2llm", "init", "--source", source).returncode == 0
    install(call)
    passed, shown = commit(call)
    assert passed, shown
    assert "1 file checked: no errors, no warnings" in shown  # the hook speaks where it passes, too
    passed, shown = run_workflow(tmp_path, runner)
    assert passed, shown
    assert shown.endswith("1 file checked: no errors, no warnings\n")

    for name, text, told in (
        ("text2llm.yaml", WARNS, "warning include"),
        ("text2llm.staging.yaml", BAD, "error schema: [*] unknown key 'modle'"),
    ):
        (tmp_path / name).write_text(text)
        passed, shown = commit(call)
        assert (passed, told in shown) == (False, True), shown
        passed, shown = run_workflow(tmp_path, runner)
        assert (passed, told in shown) == (False, True), shown
        (tmp_path / name).write_text(GOOD)
