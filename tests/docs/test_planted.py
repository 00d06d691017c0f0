"""Steps that CI systems run in a checkout run none of its files: whoever proposes a change must not run code there."""

from __future__ import annotations

import os
import runpy
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.git.repository import Repo
from tests.running import Run
from tests.sandbox.test_guide import FILES

ROOT = Path(__file__).parents[2]
CONFIG = "version: 1\nagents: {defaults: {model: anthropic/claude-opus-4-5}}\n"
MODULES = ("click", "ensurepip", "hatchling", "json", "pip", "re", "sitecustomize", "text2llm", "venv", "yaml")
PLANTED = [*(f"{name}.py" for name in MODULES), "__pypackages__/3.11/lib/click.py", "setup.py", "planted_backend.py"]
SETTINGS = {
    "pip.conf": "[global]\nindex-url = https://planted.example/simple\n",
    "pyproject.toml": '[build-system]\nrequires = []\nbuild-backend = "planted_backend"\nbackend-path = ["."]\n',
}
JOBS = ["action", "github", "gitlab", "rehearsal-github", "rehearsal-gitlab", "init-git", "init-release"]
# An interpreter that says where it was started, and how.
SPY = """#!/bin/sh
printf '%s\\t%s\\n' "$(pwd -P)" "$*" >>"$CALLS"
if [ "$2 $3" = "-m venv" ]; then mkdir -p "$4/bin" && cp "$0" "$4/bin/python"; fi
"""


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A folder with a hostile ``checkout``; what ran of it says so in ``ran``."""
    repo = Repo(tmp_path / "checkout")
    for name in PLANTED:
        path = repo.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"with open({str(tmp_path / 'ran')!r}, 'a') as file:\n    file.write('{name} ')\n")
    for name, text in {**SETTINGS, "text2llm.yaml": CONFIG}.items():
        (repo.path / name).write_text(text)
    (repo.path / "tools").mkdir()
    (repo.path / "tools" / "text2llm").symlink_to(ROOT)
    repo.commit()
    (tmp_path / "bin").mkdir()
    (tmp_path / "ran").touch()
    return tmp_path


def read_steps(path: Path) -> list[dict[str, Any]]:
    jobs = yaml.safe_load(path.read_text())["jobs"]
    return [step for job in jobs.values() for step in job["steps"]]


def find_script(steps: list[dict[str, Any]], name: str) -> str:
    (script,) = [step["run"] for step in steps if step.get("name") == name]
    return str(script)


def write_with_init(run: Run, place: Path, source: str) -> list[dict[str, Any]]:
    folder = place / "written"
    folder.mkdir()
    os.chdir(folder)
    assert run("init", "--source", source).code == 0
    return read_steps(folder / ".github/workflows/models.yaml")


def copy_source(place: Path) -> str:
    """A repository with what installs text2llm; how it is named as a source."""
    repo = Repo(place / "source-of-text2llm")
    (repo.path / "tools").mkdir()
    (repo.path / "tools" / "install.py").write_text((ROOT / "tools" / "install.py").read_text())
    return f"git+file://{repo.path}@{repo.commit()}"


def script_of(job: str, run: Run, place: Path) -> str:
    """What a job types to install text2llm."""
    if job.startswith("init"):
        source = "text2llm==0.1.0" if job == "init-release" else copy_source(place)
        return find_script(write_with_init(run, place, source), "Install text2llm")
    if job.endswith("gitlab"):
        text = FILES["gitlab/rehearsal.yaml"] if job != "gitlab" else (ROOT / "docs/ci/gitlab.yaml").read_text()
        found = yaml.safe_load(text)
        lines = found["rehearse:models"]["script"][:2] if job != "gitlab" else found[".text2llm"]["before_script"]
        return "\n".join(lines).replace("/opt/text2llm", str(place / "text2llm"))
    if job == "action":
        return find_script(yaml.safe_load((ROOT / "action.yml").read_text())["runs"]["steps"], "Install text2llm")
    if job == "github":
        return find_script(read_steps(ROOT / "docs/ci/github.yaml"), "Install text2llm")
    steps = yaml.safe_load(FILES[".github/workflows/rehearsal.yaml"])["jobs"]["rehearse"]["steps"]
    return find_script(steps, "Install text2llm")


def play(script: str, place: Path, **environ: str) -> subprocess.CompletedProcess[str]:
    """Run a step in the checkout as a runner does, on a machine whose ``PYTHONPATH`` has an empty entry."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("GIT_", "PIP_", "PYTHON"))}
    checkout = str(place / "checkout")
    runner = {
        "PATH": f"{place / 'bin'}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": os.pathsep,
        "GITHUB_WORKSPACE": checkout,
        "CI_PROJECT_DIR": checkout,
        "GITHUB_ACTION_PATH": str(ROOT),
        "GITHUB_STEP_SUMMARY": str(place / "summary.md"),
        "RUNNER_TEMP": str(place),
        "CALLS": str(place / "calls"),
    }
    shell = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script]
    return subprocess.run(
        shell,
        cwd=checkout,
        env={**clean, **runner, **environ},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def write_program(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)


@pytest.mark.parametrize("job", JOBS)
def test_every_interpreter_is_isolated_and_starts_outside_of_the_checkout(job: str, run: Run, place: Path) -> None:
    write_program(place / "bin" / "python3", SPY)
    script = script_of(job, run, place)
    done = play(script, place)
    assert done.returncode == 0, done.stdout + done.stderr
    calls = [line.split("\t") for line in (place / "calls").read_text().splitlines()]
    assert calls
    for folder, arguments in calls:
        assert not Path(folder).is_relative_to(place / "checkout")
        assert arguments.startswith("-I ")


@pytest.mark.slow
def test_no_planted_file_runs_while_the_action_installs(run: Run, place: Path) -> None:
    write_program(place / "bin" / "python3", f'#!/bin/sh\nexec {sys._base_executable} "$@"\n')  # type: ignore[attr-defined]
    done = play(script_of("action", run, place), place, PIP_NO_INDEX="1", PIP_FIND_LINKS=str(place / "bin"))
    assert "No matching distribution found for " in done.stderr  # so pip ran, and had nothing to install
    assert "planted.example" not in done.stdout + done.stderr
    assert (place / "ran").read_text() == ""


@pytest.mark.parametrize("step", ["action Validate", "action Show what the change means", "init-git", "init-release"])
def test_no_planted_file_runs_while_it_checks(step: str, run: Run, place: Path) -> None:
    launcher = runpy.run_path(str(ROOT / "tools" / "install.py"))["_COMMAND"]
    script = (Path(sys.executable).parent / "text2llm").read_text()
    write_program(place / "text2llm/bin/python", f'#!/bin/sh\nexec {sys.executable} "$@"\n')
    write_program(
        place / "text2llm/bin/text2llm", script if step == "init-release" else launcher.format(python=sys.executable)
    )
    if step.startswith("init"):
        source = "text2llm==0.1.0" if step == "init-release" else copy_source(place)
        script = find_script(write_with_init(run, place, source), "Validate")
    else:
        steps = yaml.safe_load((ROOT / "action.yml").read_text())["runs"]["steps"]
        script = find_script(steps, step.removeprefix("action "))
    done = play(script, place, FILES="", STRICT="true", BASE="HEAD")
    assert (place / "ran").read_text() == ""
    assert done.returncode == 0, done.stdout + done.stderr
