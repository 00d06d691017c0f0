"""Install text2llm into its own environment: ``python3 -I tools/install.py DIRECTORY``.

Run and build dependencies come from the locks in ``requirements/``: exactly those versions, checked against their
hashes, and as wheels only, so that nothing else is resolved or built. The command is ``DIRECTORY/bin/text2llm``; its
interpreter is isolated, so that no variable or file in the working directory changes what it imports. An environment
that has this exact copy is kept, any other is recreated; one process at a time works on it. A folder with other files
is refused.
"""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from typing import TextIO

_ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
#: The paths in a checkout that are installed.
_PARTS = ("pyproject.toml", "requirements", "schemas", "text2llm")
#: Written last, with the fingerprint of the copy that was installed.
_DONE = "text2llm-installed"
#: The first file in the folder: it marks everything in the folder as installed by this program.
_LOCK = ".text2llm-lock"
#: The variables that make pip install elsewhere, or not at all.
_ELSEWHERE = ("PIP_DRY_RUN", "PIP_PREFIX", "PIP_PYTHON", "PIP_ROOT", "PIP_TARGET")
# A shell starts it: a `#!` line has a limited length and passes a single argument.
_COMMAND = """#!/bin/sh
exec {python} -I -c 'from text2llm.entry import run; run()' "$@"
"""


def main(arguments: list[str]) -> None:
    """Install into the given directory, unless it is up to date."""
    if len(arguments) != 1:
        sys.exit("usage: python3 -I tools/install.py DIRECTORY")
    _require_python()
    target = os.path.abspath(arguments[0])
    try:
        _prepare(target)
        with _lock(target):
            _bring_up(target, fingerprint(_ROOT))
    except OSError as error:
        sys.exit(f"error: text2llm cannot be installed into {target}: {error.strerror or error}")


def _prepare(target: str) -> None:
    os.makedirs(target, exist_ok=True)
    found = os.listdir(target)
    if found and _LOCK not in found:
        hint = "use an empty or new directory, such as ~/.local/share/text2llm"
        sys.exit(f"error: {target} contains other files: nothing was installed\nhint: {hint}")


def _bring_up(target: str, copy: str) -> None:
    if _read(os.path.join(target, _DONE)) == copy and os.path.exists(os.path.join(target, "bin", "python")):
        return
    _clear(target)
    _install(target)
    _write(os.path.join(target, _DONE), copy, 0o644)


def _clear(target: str) -> None:
    """Remove an earlier installation: another copy, another Python, or an incomplete one."""
    import shutil

    for name in sorted(os.listdir(target), key=lambda name: name != _DONE):  # first the file that marks it as complete
        path = os.path.join(target, name)
        if os.path.isdir(path) and not os.path.islink(path):
            shutil.rmtree(path)
        elif name != _LOCK:
            os.remove(path)


def _require_python() -> None:
    running = f"{sys.executable} is Python {sys.version.split()[0]}"
    if sys.version_info < (3, 11):  # noqa: UP036 - older versions can start this file too
        sys.exit(f"error: text2llm needs Python 3.11 or newer, and {running}")
    try:
        import ensurepip  # noqa: F401 - only to check that it exists
    except ImportError:
        package = "python{}.{}-venv".format(*sys.version_info)
        sys.exit(f"error: {running}, which has no ensurepip\nhint: on Debian and Ubuntu: apt install {package}")


def _lock(target: str) -> TextIO:
    """Wait until no other process installs into the directory; the lock ends with the file or the process."""
    import fcntl

    file = open(os.path.join(target, _LOCK), "w", encoding="utf-8")  # noqa: SIM115 - the caller closes it
    fcntl.flock(file, fcntl.LOCK_EX)
    return file


def _install(target: str) -> None:
    import venv

    print(f"installing text2llm into {target} ...", file=sys.stderr)
    venv.create(target, with_pip=True, symlinks=True)
    python = os.path.join(target, "bin", "python")
    locks = [f"--requirement={_ROOT}/requirements/{name}.txt" for name in ("run", "build")]
    _pip(python, "--require-hashes", "--only-binary=:all:", *locks)
    _pip(python, "--no-build-isolation", _ROOT)
    _write(os.path.join(target, "bin", "text2llm"), _COMMAND.format(python=shlex.quote(python)), 0o755)


def fingerprint(root: str) -> str:
    """A digest of the names and contents of the files to install."""
    import hashlib

    digest = hashlib.sha256()
    for part in _PARTS:
        for path in _list_files(os.path.join(root, part)):
            digest.update(os.path.relpath(path, root).encode() + b"\0" + _read(path).encode() + b"\0")
    return digest.hexdigest()


def _list_files(path: str) -> list[str]:
    walked = [os.path.join(folder, name) for folder, _, names in os.walk(path) for name in names]
    return sorted(name for name in walked or [path] if not name.endswith(".pyc"))


def _read(path: str) -> str:
    """The text of a file, whatever its bytes; empty if there is no such file."""
    try:
        with open(path, encoding="latin-1", newline="") as file:
            return file.read()
    except FileNotFoundError:
        return ""


def _pip(python: str, *arguments: str) -> None:
    """Install with the user's pip configuration, but into this environment and from a folder without a hash.

    Child interpreters get no ``PYTHON…`` variable.
    """
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    environ = {**{name: value for name, value in kept.items() if name not in _ELSEWHERE}, "PIP_REQUIRE_HASHES": "0"}
    command = [python, "-I", "-m", "pip", "install", "-qq", "--disable-pip-version-check", "--no-user", "--no-deps"]
    code = subprocess.run([*command, *arguments], cwd=os.path.dirname(python), env=environ, check=False).returncode
    if code:
        sys.exit(f"error: text2llm could not be installed: pip ended with {code}")


def _write(path: str, text: str, mode: int) -> None:
    with open(path + ".new", "w", encoding="utf-8") as file:
        file.write(text)
    os.chmod(path + ".new", mode)
    os.replace(path + ".new", path)


if __name__ == "__main__":
    main(sys.argv[1:])
