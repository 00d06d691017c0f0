"""Standard streams that are closed, full, or that nobody reads: a clear word and code, never a traceback."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import click
import pytest

from tests.git.repository import Repo
from tests.running import Run
from text2llm.cli.boundary import run_guarded

CONFIG = "version: 1\nagents: {defaults: {model: anthropic/claude-opus-4-5}}\n"
PROGRAM = f"{sys.executable} -c 'from text2llm.cli.main import run; run()'"


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "text2llm.yaml"
    path.write_text(CONFIG)
    return path


def shell(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    script = f'text2llm() {{ {PROGRAM} "$@"; }}\n{command}'
    return subprocess.run(["sh", "-c", script], cwd=folder, capture_output=True, text=True, timeout=30, check=False)


def test_closed_streams_lead_nowhere(config: Path) -> None:
    done = shell("text2llm models set openai/gpt-5.2 <&- >&- 2>&-", config.parent)
    assert done.returncode == 0
    assert "openai/gpt-5.2" in config.read_text()


def test_closed_standard_input_is_an_empty_plan(config: Path) -> None:
    done = shell("text2llm plan - <&-", config.parent)
    assert (done.returncode, done.stderr.splitlines()[0]) == (1, "error: <stdin>:1:1: the file is empty")


needs_full = pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no /dev/full here")


@needs_full
@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ("models set openai/gpt-5.2", "the diff could not be shown (No space left on device)"),
        ("models set /", "invalid model reference"),
        ("models set / --json", "invalid model reference"),
        ("models aliases list", "No space left on device"),
    ],
)
def test_full_output_is_told_and_nothing_is_written(config: Path, arguments: str, words: str) -> None:
    done = shell(f"text2llm {arguments} >/dev/full", config.parent)
    assert done.returncode == 1
    assert words in done.stderr
    assert "Traceback" not in done.stderr
    assert config.read_text() == CONFIG


@needs_full
def test_nobody_to_tell_still_gives_the_code(config: Path) -> None:
    assert shell("text2llm models set / >/dev/full 2>/dev/full", config.parent).returncode == 1


def unread(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run the program with a pipe as its output that nobody reads."""
    reader, writer = os.pipe()
    os.close(reader)
    try:
        command = [sys.executable, "-c", "from text2llm.cli.main import run; run()", *arguments]
        return subprocess.run(
            command, cwd=folder, stdout=writer, stderr=subprocess.PIPE, text=True, timeout=30, check=False
        )
    finally:
        os.close(writer)


def test_edit_whose_diff_nobody_reads_is_not_made(config: Path) -> None:
    done = unread("models", "set", "openai/gpt-5.2", folder=config.parent)
    assert done.returncode == 1
    assert "the diff could not be shown (its reader has gone), so nothing was changed" in done.stderr
    assert config.read_text() == CONFIG


@pytest.mark.parametrize("flags", [[], ["--json"]])
@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["probe"], 1),
        (["validate", "bad.yaml"], 1),
        (["models", "status", "--check"], 1),
        (["diff", "--exit-code"], 1),
        (["plan", "part.yaml", "--detailed-exitcode"], 2),
        (["models", "refresh", "--provider", "anthropic"], 1),
    ],
    ids=lambda value: value[0] if isinstance(value, list) else str(value),
)
def test_a_verdict_that_nobody_reads_stays_what_it_is(
    config: Path, arguments: list[str], code: int, flags: list[str]
) -> None:
    repo = Repo(config.parent)
    repo.write(bad="version: 1\nx: 1\n", part="agents: {defaults: {model: openai/gpt-5.2}}\n")
    repo.commit()
    config.write_text(CONFIG.replace("opus", "haiku"))
    done = unread(*arguments, *flags, folder=config.parent)
    assert (done.returncode, "Traceback" in done.stderr) == (code, False)


@pytest.mark.parametrize("command", ["probe", "validate"])
def test_a_report_is_written_although_nobody_reads_the_output(config: Path, command: str) -> None:
    unread(command, "--report", "junit=report.xml", folder=config.parent)
    assert (config.parent / "report.xml").read_text().startswith("<?xml")
    if os.path.exists("/dev/full"):
        (config.parent / "report.xml").unlink()
        assert shell(f"text2llm {command} --json --report junit=report.xml >/dev/full", config.parent).returncode == 1
        assert (config.parent / "report.xml").read_text().startswith("<?xml")


def test_a_working_directory_that_is_gone_is_told(tmp_path: Path) -> None:
    done = shell("mkdir gone; cd gone; rmdir ../gone; text2llm models status", tmp_path)
    assert (done.returncode, done.stderr.splitlines()[0]) == (1, "error: the working directory is gone")


def test_a_plan_that_nobody_reads_is_not_applied(config: Path) -> None:
    assert shell("text2llm models set openai/gpt-5.2 --out saved.plan >/dev/null", config.parent).returncode == 0
    done = unread("apply", "saved.plan", "--yes", folder=config.parent)
    assert (done.returncode, config.read_text()) == (1, CONFIG)
    assert "the diff could not be shown" in done.stderr


def test_list_that_nobody_reads_is_no_error(config: Path) -> None:
    done = unread("models", "aliases", "list", folder=config.parent)
    assert (done.returncode, done.stderr) == (0, "")


def test_an_error_that_nobody_reads_as_json_is_told_in_words(config: Path) -> None:
    done = unread("models", "set", "/", "--json", folder=config.parent)
    assert (done.returncode, done.stderr.splitlines()[0].split(":")[0]) == (1, "error")


def test_a_pipe_that_breaks_elsewhere_is_no_success() -> None:
    @click.command()
    def send() -> None:
        raise BrokenPipeError(32, "Broken pipe")

    assert run_guarded(send, []) == 1


@pytest.mark.parametrize(
    ("argument", "shown"),
    [
        ("q9Wk3Jd8Vn2Xb6Lm1Tz5Rc7Y", "[secret]"),
        ("--q9Wk3Jd8Vn2Xb6Lm1Tz5Rc7Y", "[secret]"),
        ("q9wk3jd8vn2xb6lm1tz5rc7y", "[secret]"),
        ("sk-ant-api03-" + "A1b2" * 24, "[secret]"),
        ("openai/gpt-5.2", "openai/gpt-5.2"),
        ("claude-3-5-sonnet-20241022", "claude-3-5-sonnet-20241022"),
    ],
)
def test_argument_that_looks_like_a_key_is_not_repeated(run: Run, argument: str, shown: str) -> None:
    done = run("models", "set", "openai/gpt-5.2", argument)
    assert done.code == 64
    assert shown in done.err
    assert argument == shown or argument not in done.err
