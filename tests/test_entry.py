"""The console script's first step."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from text2llm.entry import forbid_core_dumps

_START = "from text2llm.entry import run; run()"
# Ctrl-C at the moment when a module is looked for.
_STOP_AT = """
import os, signal, sys
{before}
class Stop:
    def find_spec(self, name, *_):
        if name == "{module}":
            os.kill(os.getpid(), signal.SIGINT)
sys.meta_path.insert(0, Stop())
"""


def start(before: str, *arguments: str, stderr: int = subprocess.PIPE) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", before + _START, *arguments]
    return subprocess.run(command, stdout=subprocess.PIPE, stderr=stderr, text=True, timeout=30, check=False)


@pytest.mark.parametrize("module", ["text2llm.cli.main", "click", "click.core", "text2llm.cli.boundary"])
def test_interrupt_while_it_is_imported_is_no_traceback(module: str) -> None:
    done = start(_STOP_AT.format(module=module, before=""), "schema")
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "interrupted\n")


def test_interrupt_while_a_command_is_imported_is_told_by_the_program() -> None:
    done = start(_STOP_AT.format(module="text2llm.cli.schema", before=""), "schema")
    assert (done.returncode, done.stdout, done.stderr.strip()) == (130, "", "interrupted")


def test_interrupt_that_the_starter_ignores_is_ignored() -> None:
    ignored = "signal.signal(signal.SIGINT, signal.SIG_IGN)"
    done = start(_STOP_AT.format(module="text2llm.cli.main", before=ignored), "--version")
    assert (done.returncode, done.stderr) == (0, "")


def test_exit_code_is_the_programs() -> None:
    assert start("", "--version").returncode == 0
    assert start("", "nonsense").returncode == 64


def test_interrupt_of_the_last_moment_is_no_traceback() -> None:
    late = "import text2llm.cli.main as main\ndef late():\n    raise KeyboardInterrupt\nmain.run = late\n"
    done = start(late)
    assert (done.returncode, done.stderr) == (130, "interrupted\n")


@pytest.fixture
def planted(tmp_path: Path) -> Path:
    """A folder with modules that end the process when they are imported."""
    for name in ("click", "jinja2", "ruamel", "signal", "yaml"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit('a module of the repository was imported')\n")
    return tmp_path


@pytest.mark.parametrize("python_path", [None, "", ":{}", "{}:", "{0}::{0}", ".", "lib:."])
@pytest.mark.parametrize(
    "command", [[str(Path(sys.executable).parent / "text2llm")], [sys.executable, "-m", "text2llm"]]
)
def test_nothing_is_imported_from_the_working_directory(
    planted: Path, tmp_path_factory: pytest.TempPathFactory, command: list[str], python_path: str | None
) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    environ = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    if python_path is not None:
        environ["PYTHONPATH"] = python_path.format(elsewhere)
    done = subprocess.run(
        [*command, "init", "--only-config"],
        cwd=planted, env=environ, capture_output=True, text=True, timeout=30, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (0, "created text2llm.yaml\n"), done.stderr


_ABORT = """
import os, resource
_, hard = resource.getrlimit(resource.RLIMIT_CORE)
resource.setrlimit(resource.RLIMIT_CORE, (hard, hard))
import text2llm.cli.main as main
main.run = os.abort
"""


def test_a_crash_leaves_no_core_dump(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    start(_ABORT + "os.abort()\n")
    if not list(tmp_path.iterdir()):
        pytest.skip("this machine writes no core dump into the working directory")
    for dump in tmp_path.iterdir():
        dump.unlink()
    assert start(_ABORT).returncode < 0
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("hard", "limit"), [(0, 0), (1 << 20, 1), (resource.RLIM_INFINITY, 1)])
def test_core_dumps_are_limited_to_nothing(hard: int, limit: int, monkeypatch: pytest.MonkeyPatch) -> None:
    limits: list[tuple[int, int]] = []
    monkeypatch.setattr(resource, "getrlimit", lambda _: (hard, hard))
    monkeypatch.setattr(resource, "setrlimit", lambda _, both: limits.append(both))
    forbid_core_dumps()
    assert limits == [(limit, hard)]
