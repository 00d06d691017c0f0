"""The CI jobs of the guide. Its commands are tested in ``tests/docs``."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.docs.running import free_port
from tests.docs.test_workflows import audit

GUIDE = (Path(__file__).parents[2] / "docs" / "guides" / "rehearse-the-gate.md").read_text(encoding="utf-8")
FILES: dict[str, str] = dict(re.findall(r"```yaml\n# (\S+)\n(.*?)```", GUIDE, re.DOTALL))
GITHUB: Any = yaml.safe_load(FILES[".github/workflows/rehearsal.yaml"])["jobs"]["rehearse"]["steps"][-1]
GITLAB: Any = yaml.safe_load(FILES["gitlab/rehearsal.yaml"])["rehearse:models"]
INSTALLS = [
    '(cd / && python3 -I "$CI_PROJECT_DIR/tools/text2llm/tools/install.py" /opt/text2llm)',
    'PATH="/opt/text2llm/bin:$PATH"',
]
#: By CI system: the commands of the job after text2llm is installed, and its variables.
JOBS: Mapping[str, tuple[str, dict[str, str]]] = {
    "github": (GITHUB["run"], GITHUB["env"] | {"GITHUB_STEP_SUMMARY": "summary.md"}),
    "gitlab": ("\n".join(GITLAB["script"][len(INSTALLS) :]), GITLAB["variables"]),
}


def run_job(script: str, variables: Mapping[str, str], folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a job's script beside the configuration of the guide."""
    port = free_port()
    (folder / "rehearsal.yaml").write_text(FILES["rehearsal.yaml"].replace("8787", port))
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environ = {"PATH": path, "HOME": str(folder), "TEXT2LLM_HOME": str(folder), "RUNNER_TEMP": str(folder), **variables}
    typed = "trap 'kill $(jobs -p)' EXIT\n" + script.replace("8787", port)
    shell = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", typed]
    return subprocess.run(shell, env=environ, cwd=folder, capture_output=True, text=True, timeout=120, check=False)


@pytest.mark.slow
@pytest.mark.parametrize("system", JOBS)
def test_job_sees_every_reason(system: str, tmp_path: Path) -> None:
    done = run_job(*JOBS[system], tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.findall(r"Gate: (\w+)", done.stdout) == ["passed", "failed", "failed", "failed", "failed"]
    if system == "github":
        assert (tmp_path / "summary.md").read_text().startswith("### text2llm probe: passed\n")
    else:
        assert ET.parse(tmp_path / GITLAB["artifacts"]["reports"]["junit"]).getroot().attrib["failures"] == "0"


@pytest.mark.slow
@pytest.mark.parametrize("system", JOBS)
def test_job_fails_where_the_gate_sees_nothing(system: str, tmp_path: Path) -> None:
    script, variables = JOBS[system]
    done = run_job(script.replace("sandbox-$reason", "sandbox-ok"), variables, tmp_path)
    assert done.returncode == 1
    assert done.stdout.endswith("the gate misses revoked: exit 0\n")


def test_workflow_has_no_finding_of_high_severity(tmp_path: Path) -> None:
    (tmp_path / "rehearsal.yaml").write_text(FILES[".github/workflows/rehearsal.yaml"])
    done = audit(tmp_path / "rehearsal.yaml")
    assert done.returncode == 0, done.stdout + done.stderr


def test_first_lines_of_the_gitlab_job_are_what_installs() -> None:
    assert GITLAB["script"][: len(INSTALLS)] == INSTALLS
