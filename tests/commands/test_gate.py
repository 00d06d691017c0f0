"""The gate without a command line: a workspace, a request, and a report with a verdict."""

from __future__ import annotations

from pathlib import Path

import pytest

from text2llm.commands import gate
from text2llm.errors import ExitCode
from text2llm.sandbox.server import serve
from text2llm.workspace import Workspace

CONFIG = """\
version: 1
agents: {{defaults: {{model: {{primary: lab/m1, fallbacks: [lab/m2]}}}}}}
models: {{providers: {{lab: {{api: openai-completions, baseUrl: "{url}/v1", apiKey: "${{LAB_KEY}}"}}}}}}
"""


@pytest.mark.parametrize(
    ("key", "request_", "verdict"),
    [
        ("sandbox-ok", gate.GateRequest(), ExitCode.OK),
        ("sandbox-auth", gate.GateRequest(), ExitCode.FAILURE),
        ("sandbox-rate-limit", gate.GateRequest(require=("fallbacks",), strict=True), ExitCode.FAILURE),
    ],
)
def test_gate_needs_no_command_line(key: str, request_: gate.GateRequest, verdict: ExitCode, tmp_path: Path) -> None:
    with serve() as sandbox:
        (tmp_path / "text2llm.yaml").write_text(CONFIG.format(url=sandbox.url))
        told: list[gate.Event] = []
        workspace = Workspace({"TEXT2LLM_HOME": str(tmp_path), "LAB_KEY": key}, str(tmp_path / "text2llm.yaml"))
        report = gate.run(workspace, request_, told.append)
    assert (report.verdict, len(report.outcomes), len(told)) == (verdict, 2, 2)
