"""The installer: when it installs, and what it says where it cannot. What it installs: ``tests/integration``."""

from __future__ import annotations

import importlib.util
import shutil
import sys
from collections import namedtuple
from pathlib import Path
from types import ModuleType

import pytest

TOOL = Path(__file__).parents[1] / "tools" / "install.py"


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the program, with little in it."""
    for name in ("text2llm/__init__.py", "text2llm/deep/data.bin", "schemas/a.json", "requirements/run.txt"):
        (tmp_path / "copy" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "copy" / name).write_bytes(b"\xff one\r\n")
    (tmp_path / "copy" / "tools").mkdir()
    shutil.copy(TOOL, tmp_path / "copy" / "tools")
    return tmp_path / "copy"


@pytest.fixture
def tool(copy: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The installer of that copy, which notes that it would install in ``installed``."""
    spec = importlib.util.spec_from_file_location("install", copy / "tools" / "install.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)

    def install(target: str) -> None:
        (Path(target) / "bin").mkdir(exist_ok=True)
        (Path(target) / "bin" / "python").touch()
        installed.append(target)

    installed: list[str] = []
    monkeypatch.setattr(module, "installed", installed, raising=False)
    monkeypatch.setattr(module, "_install", install)
    return module


def test_a_copy_is_installed_once(tool: ModuleType, tmp_path: Path) -> None:
    target = str(tmp_path / "env")
    tool.main([target])
    tool.main([target])
    assert tool.installed == [target]


@pytest.mark.parametrize(
    "change", ["text2llm/deep/data.bin", "text2llm/new.py", "schemas/a.json", "requirements/run.txt"]
)
def test_a_copy_that_changed_is_installed_again(tool: ModuleType, copy: Path, tmp_path: Path, change: str) -> None:
    tool.main([str(tmp_path / "env")])
    (copy / "text2llm" / "__init__.pyc").touch()
    tool.main([str(tmp_path / "env")])
    (copy / change).write_bytes(b"\xfe one\r\n")
    tool.main([str(tmp_path / "env")])
    assert len(tool.installed) == 2


def test_an_environment_whose_interpreter_is_gone_is_made_again(tool: ModuleType, tmp_path: Path) -> None:
    tool.main([str(tmp_path / "env")])
    (tmp_path / "env" / "bin" / "python").unlink()
    tool.main([str(tmp_path / "env")])
    assert len(tool.installed) == 2


def test_nothing_of_an_earlier_environment_is_left(tool: ModuleType, copy: Path, tmp_path: Path) -> None:
    env = tmp_path / "env"
    tool.main([str(env)])
    (env / "lib" / "python3.10").mkdir(parents=True)
    (env / "lib64").symlink_to("lib")
    (env / "bin" / "python").unlink()
    (env / "bin" / "python").symlink_to("/nonexistent/python3.10")
    (copy / "schemas" / "a.json").touch()
    tool.main([str(env)])
    assert sorted(path.name for path in env.rglob("*")) == [".text2llm-lock", "bin", "python", "text2llm-installed"]
    assert not (env / "bin" / "python").is_symlink()


def test_a_copy_that_comes_back_after_an_interrupted_one_is_installed_again(
    tool: ModuleType, copy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tool.main([str(tmp_path / "env")])
    first = (copy / "schemas" / "a.json").read_bytes()
    (copy / "schemas" / "a.json").write_bytes(b"two")
    with monkeypatch.context() as broken:
        broken.setattr(tool, "_install", lambda _target: sys.exit("pip ended with 1"))
        with pytest.raises(SystemExit):
            tool.main([str(tmp_path / "env")])
    (copy / "schemas" / "a.json").write_bytes(first)
    tool.main([str(tmp_path / "env")])
    assert len(tool.installed) == 2


def test_a_folder_that_has_something_else_in_it_is_refused(tool: ModuleType, tmp_path: Path) -> None:
    (tmp_path / ".local" / "bin").mkdir(parents=True)
    with pytest.raises(SystemExit, match=r"^error: .*/\.local contains other files: nothing was installed\nhint: "):
        tool.main([str(tmp_path / ".local")])
    assert [path.name for path in (tmp_path / ".local").rglob("*")] == ["bin"]
    assert tool.installed == []


def test_a_folder_that_cannot_be_made_is_an_error_without_a_traceback(tool: ModuleType, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(SystemExit, match=r"^error: text2llm cannot be installed into .*/file/env: Not a directory$"):
        tool.main([str(tmp_path / "file" / "env")])


def test_an_interrupted_installation_is_not_taken_for_a_whole_one(
    tool: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(tool, "_install", lambda _target: sys.exit("pip ended with 1"))
        with pytest.raises(SystemExit):
            tool.main([str(tmp_path / "env")])
    tool.main([str(tmp_path / "env")])
    assert len(tool.installed) == 1


Version = namedtuple("Version", "major minor micro")  # noqa: PYI024 - as old as what it stands for


def test_an_old_python_is_named(tool: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "version_info", Version(3, 9, 6))
    with pytest.raises(SystemExit, match=r"^error: text2llm needs Python 3\.11 or newer, and "):
        tool.main(["env"])
    assert tool.installed == []


def test_a_python_without_ensurepip_is_told_which_package_has_it(
    tool: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "ensurepip", None)
    version = "{}.{}".format(*sys.version_info)
    with pytest.raises(SystemExit, match=rf"which has no ensurepip\nhint: .*: apt install python{version}-venv$"):
        tool.main(["env"])


def test_without_a_directory_the_usage_is_shown(tool: ModuleType) -> None:
    with pytest.raises(SystemExit, match=r"^usage: python3 -I tools/install\.py DIRECTORY$"):
        tool.main([])


def test_pip_is_told_its_mirror_and_no_other_place(
    tool: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    python = tmp_path / "python"
    python.write_text("#!/bin/sh\nenv >environ\n")
    python.chmod(0o755)
    elsewhere = ("PIP_DRY_RUN", "PIP_PREFIX", "PIP_PYTHON", "PIP_ROOT", "PIP_TARGET")
    for name in ("PYTHONPATH", "PIP_REQUIRE_HASHES", "PIP_INDEX_URL", *elsewhere):
        monkeypatch.setenv(name, "1")
    tool._pip(str(python))
    told = (tmp_path / "environ").read_text().splitlines()
    assert not [line for line in told if line.startswith(("PYTHON", *elsewhere))]
    assert {"PIP_INDEX_URL=1", "PIP_REQUIRE_HASHES=0"} <= set(told)
