"""The lock of a file, and the limit of waiting for it."""

from __future__ import annotations

from pathlib import Path

import pytest

from text2llm.errors import WriteError
from text2llm.storage import lock
from text2llm.storage.lock import hold_lock


def test_a_lock_that_is_kept_is_given_up_with_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lock, "PATIENCE", 0.1)
    told: list[str] = []
    with hold_lock("config", str(tmp_path)):
        with pytest.raises(WriteError) as caught, hold_lock("config", str(tmp_path), lambda: told.append("waiting")):
            pass
        with hold_lock("other", str(tmp_path)):
            assert told == ["waiting"]
    (held,) = (path for path in (tmp_path / "locks").iterdir() if str(path) in str(caught.value.hint))
    assert held.suffix == ".lock"
    assert "another text2llm has locked config for 0.1 seconds" in caught.value.message
    with hold_lock("config", str(tmp_path)):
        pass
