"""The locks have all that is needed, with hashes, name no host, and are installed in their versions on any day."""

from __future__ import annotations

import base64
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from importlib import metadata
from pathlib import Path

import pytest
from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
LOCKS = sorted((ROOT / "requirements").glob("*.txt"))
FILE = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PROJECT = FILE["project"]
RUNTIME = PROJECT["dependencies"]
WANTED = {
    "dev": RUNTIME + PROJECT["optional-dependencies"]["dev"],
    "run": RUNTIME,
    "keyring": RUNTIME + PROJECT["optional-dependencies"]["keyring"],
    "build": FILE["build-system"]["requires"],
}


HERE = {name: str(value) for name, value in default_environment().items()}


def read_pins(lock: str) -> list[Requirement]:
    text = (ROOT / "requirements" / f"{lock}.txt").read_text(encoding="utf-8")
    return [Requirement(line.rstrip("\\ ")) for line in re.findall(r"^[\w.-]+.*$", text, re.MULTILINE)]


def read_version(pin: Requirement) -> str:
    (specifier,) = pin.specifier
    assert specifier.operator == "=="
    return specifier.version


def is_for(requirement: Requirement, environment: dict[str, str], extras: set[str] | None = None) -> bool:
    return requirement.marker is None or any(
        requirement.marker.evaluate(dict(environment, extra=extra)) for extra in {"", *(extras or ())}
    )


def describe_environment(python: str, platform: str) -> dict[str, str]:
    system = {"linux": "Linux", "darwin": "Darwin"}[platform]
    return HERE | {
        "python_version": python,
        "python_full_version": f"{python}.1",
        "sys_platform": platform,
        "platform_system": system,
    }


@pytest.mark.parametrize("lock", WANTED)
@pytest.mark.parametrize("platform", ["linux", "darwin"])
@pytest.mark.parametrize("python", ["3.11", "3.12", "3.13", "3.14"])
def test_lock_has_all_that_it_needs(lock: str, platform: str, python: str) -> None:
    environment = describe_environment(python, platform)
    pins = {canonicalize_name(pin.name): pin for pin in read_pins(lock) if is_for(pin, environment)}
    open_ones = [(Requirement(wanted), set[str]()) for wanted in WANTED[lock]]
    done = set()
    while open_ones:
        requirement, extras = open_ones.pop()
        if str(requirement) in done or not is_for(requirement, environment, extras):
            continue
        done.add(str(requirement))
        pin = pins[canonicalize_name(requirement.name)]
        assert read_version(pin) in requirement.specifier
        assert requirement.extras <= pin.extras
        needed = metadata.distribution(requirement.name).requires if is_installed(requirement.name) else ()
        open_ones += [(Requirement(one), requirement.extras) for one in needed or ()]


def is_installed(name: str) -> bool:
    try:
        metadata.distribution(name)
    except metadata.PackageNotFoundError:
        return False
    return True


@pytest.mark.parametrize("lock", ["run", "build"])
def test_lock_has_the_versions_that_are_tested(lock: str) -> None:
    tested = {pin.name: read_version(pin) for pin in read_pins("dev")}
    assert {pin.name: read_version(pin) for pin in read_pins(lock)}.items() <= tested.items()


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.stem)
def test_every_pin_has_hashes(lock: Path) -> None:
    entries = re.split(r"^(?=\w)", lock.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    assert entries
    assert all(re.match(r"[\w.-]+(\[[\w, -]+\])?==\S+[^\n]*\\\n    --hash=sha256:", entry) for entry in entries)


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.stem)
def test_lock_names_no_host(lock: Path) -> None:
    text = lock.read_text(encoding="utf-8")
    assert "://" not in text
    assert not re.search(r"^\s*--(index|extra|find|trusted)", text, re.MULTILINE)


def make_wheel(folder: Path, name: str, version: str) -> str:
    """Write a wheel of this name and version that needs what the installed distribution needs; give its digest."""
    stem = f"{canonicalize_name(name).replace('-', '_')}-{version}"
    installed = metadata.metadata(name)
    needs = [f"Requires-Dist: {need}" for need in installed.get_all("Requires-Dist") or ()]
    extras = [f"Provides-Extra: {extra}" for extra in installed.get_all("Provides-Extra") or ()]
    files = {
        "METADATA": "\n".join(["Metadata-Version: 2.1", f"Name: {name}", f"Version: {version}", *extras, *needs, ""]),
        "WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    target = folder / f"{stem}-py3-none-any.whl"
    with zipfile.ZipFile(target, "w") as wheel:
        rows = ""
        for file, text in files.items():
            wheel.writestr(f"{stem}.dist-info/{file}", text)
            digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()
            rows += f"{stem}.dist-info/{file},sha256={digest},{len(text.encode())}\n"
        wheel.writestr(f"{stem}.dist-info/RECORD", f"{rows}{stem}.dist-info/RECORD,,\n")
    return hashlib.sha256(target.read_bytes()).hexdigest()


def make_index(folder: Path, lock: str) -> str:
    """Make a folder of wheels and an index of them: each locked distribution, and a newer release of it.

    Returns:
        The lock, with the digests of these wheels.
    """
    (folder / "wheels").mkdir()
    lines = []
    for pin in read_pins(lock):
        if not is_for(pin, HERE):
            continue
        digest = make_wheel(folder / "wheels", pin.name, read_version(pin))
        make_wheel(folder / "wheels", pin.name, "9999.0")
        place = folder / "index" / canonicalize_name(pin.name)
        place.mkdir(parents=True)
        links = (folder / "wheels").glob(f"{place.name.replace('-', '_')}-*.whl")
        (place / "index.html").write_text(
            "\n".join(f'<a href="../../wheels/{one.name}">{one.name}</a>' for one in links)
        )
        lines.append(f"{pin} --hash=sha256:{digest}")
    return "\n".join(lines) + "\n"


@pytest.mark.slow
@pytest.mark.parametrize("settings", ["index-url = {folder}/index", "no-index = true\nfind-links = {folder}/wheels"])
def test_lock_decides_where_there_are_newer_releases(tmp_path: Path, settings: str) -> None:
    checkout = tmp_path / "a checkout"
    (checkout / "requirements").mkdir(parents=True)
    (checkout / "requirements" / "dev.txt").write_text(make_index(tmp_path, "dev"))
    shutil.copy(ROOT / "Makefile", checkout)
    shutil.copy(ROOT / "pyproject.toml", checkout)
    shutil.copytree(ROOT / "tools", checkout / "tools")
    (tmp_path / "pip.conf").write_text(f"[global]\nuser = true\n{settings.format(folder=tmp_path.as_uri())}\n")
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("PIP_", "MAKE", "INSTALLER"))
    }
    environment |= {"PIP_CONFIG_FILE": str(tmp_path / "pip.conf"), "PIP_TARGET": str(tmp_path / "elsewhere")}
    command = ["make", "--no-print-directory", f"PYTHON={sys.executable}", ".venv/.locked"]
    done = subprocess.run(command, cwd=checkout, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    places = [str(place) for place in (checkout / ".venv").glob("lib/python*/site-packages")]
    installed = {canonicalize_name(found.name): found.version for found in metadata.distributions(path=places)}
    locked = [pin for pin in read_pins("dev") if is_for(pin, HERE)]
    assert installed.items() >= {canonicalize_name(pin.name): read_version(pin) for pin in locked}.items()


@pytest.mark.parametrize(
    ("python", "installer", "error"),
    [
        ("#!/bin/sh\nexit 1\n", "pip", "text2llm needs Python 3.11 or newer"),
        ('#!/bin/sh\ncase "$*" in *ensurepip*) exit 1;; esac\nexec {python} "$@"\n', "pip", "-venv; or use uv"),
        ("", "conda", "use pip or uv"),
        ("", "uv", "the command uv is not found"),
    ],
)
def test_what_is_missing_for_an_environment_is_said(tmp_path: Path, python: str, installer: str, error: str) -> None:
    interpreter = tmp_path / "python"
    interpreter.write_text(python.format(python=sys.executable))
    interpreter.chmod(0o700)
    environment = {"PATH": "/usr/bin:/bin", "PYTHON": str(interpreter), "INSTALLER": installer}
    if python == "":
        environment["PYTHON"] = sys.executable
    command = ["sh", str(ROOT / "tools" / "create_environment.sh"), str(tmp_path / "new")]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.startswith("error: ")
    assert error in done.stderr
    assert not (tmp_path / "new").exists()
