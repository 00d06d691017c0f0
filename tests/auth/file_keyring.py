"""A keyring of the real package's API that keeps its entries in a file, for machines without a desktop."""

from __future__ import annotations

import json
import os
from pathlib import Path

from keyring.backend import KeyringBackend
from keyring.errors import PasswordDeleteError

#: Names the file.
VARIABLE = "TEST_KEYRING_FILE"


class FileKeyring(KeyringBackend):
    """Entries in the JSON file that the variable names; its text ``locked`` plays a keyring that nobody opens."""

    priority = 1

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]

    def get_password(self, service: str, username: str) -> str | None:
        return entries().get(f"{service}/{username}")

    def set_password(self, service: str, username: str, password: str) -> None:
        self._write({**entries(), f"{service}/{username}": password})

    def delete_password(self, service: str, username: str) -> None:
        held = entries()
        if held.pop(f"{service}/{username}", None) is None:
            raise PasswordDeleteError("no such entry")
        self._write(held)

    def _write(self, held: dict[str, str]) -> None:
        path().write_text(json.dumps(held))


def path() -> Path:
    return Path(os.environ[VARIABLE])


def entries() -> dict[str, str]:
    """What the file holds, by service and name."""
    text = path().read_text() if path().exists() else "{}"
    if text == "locked":
        raise RuntimeError(f"cannot unlock the collection {text}")
    held: dict[str, str] = json.loads(text)
    return held
