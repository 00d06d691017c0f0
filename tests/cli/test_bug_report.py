"""When text2llm itself is wrong: exit 3, a log with the traceback, and no secret anywhere."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path

import click
import pytest

from text2llm.cli.boundary import run_guarded
from text2llm.errors import ExitCode

KEY = "sk-ant-api03-" + "A1b2" * 24 + "AA"


@click.command()
@click.option("--json", "as_json", is_flag=True)
def broken(*, as_json: bool) -> None:
    raise RuntimeError(f"as_json={as_json} near {KEY}")


def logs() -> list[Path]:
    return list((Path(os.environ["TEXT2LLM_HOME"]) / "state" / "bugs").iterdir())


def test_bug_is_logged_for_its_owner_alone_with_secrets_masked(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_guarded(broken, []) == ExitCode.BUG
    (log,) = logs()
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "a bug in text2llm (RuntimeError)" in shown.err
    assert str(log) in shown.err
    text = log.read_text()
    assert "RuntimeError: as_json=False near [secret]" in text
    assert KEY not in text + shown.err
    assert stat.S_IMODE(log.stat().st_mode) == 0o600


def test_bug_is_one_json_document_with_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_guarded(broken, ["--json"]) == ExitCode.BUG
    error = json.loads(capsys.readouterr().out)["error"]
    assert error["code"] == "bug"
    assert str(logs()[0]) in error["hint"]


def test_bug_that_cannot_be_logged_says_so(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("TEXT2LLM_HOME", str(tmp_path / "file"))
    assert run_guarded(broken, []) == ExitCode.BUG
    assert "nowhere: Not a directory" in capsys.readouterr().err
