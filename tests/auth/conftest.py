from __future__ import annotations

from pathlib import Path

import keyring
import pytest

from tests.auth import file_keyring


@pytest.fixture
def kept_in_file(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The system keyring of this test: a file."""
    path = tmp_path_factory.mktemp("keyring") / "entries.json"
    monkeypatch.setenv(file_keyring.VARIABLE, str(path))
    monkeypatch.setattr(keyring.core, "_keyring_backend", file_keyring.FileKeyring())
    return path
