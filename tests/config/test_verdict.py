"""Remembered verdicts: right when they count, harmless in whatever state the cache is."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from text2llm.config import verdict
from text2llm.config.document import Document
from text2llm.config.reader import read_document
from text2llm.config.schema import check_schema
from text2llm.config.verdict import cached_check, check_with_verdict, is_remembered, remember, verdict_key
from text2llm.diagnostics import Diagnostic

VALID = b"version: 1\n"
KEY = "0" * 64


def document(data: bytes = VALID) -> Document:
    return read_document("c.yaml", data)


@pytest.fixture
def checks(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The kinds that were really checked."""
    done: list[str] = []

    def check(subject: Document, kind: str) -> list[Diagnostic]:
        done.append(kind)
        return check_schema(subject, kind)

    monkeypatch.setattr(verdict, "check_schema", check)
    return done


def test_a_valid_document_is_checked_once(tmp_path: Path, checks: list[str]) -> None:
    check = cached_check(str(tmp_path / "cache"))
    assert check(document(), "config") == check(document(), "config") == []
    assert checks == ["config"]


def test_findings_are_not_remembered(tmp_path: Path, checks: list[str]) -> None:
    check = cached_check(str(tmp_path))
    assert len(check(document(b"version: 0\n"), "config")) == len(check(document(b"version: 0\n"), "config")) == 1
    assert checks == ["config", "config"]


def test_bytes_kind_schema_and_version_count(monkeypatch: pytest.MonkeyPatch) -> None:
    keys = [verdict_key(document(), "config"), verdict_key(document(b"version: 1"), "config")]
    keys.append(verdict_key(document(), "agent"))
    monkeypatch.setattr(verdict, "__version__", "99")
    keys.append(verdict_key(document(), "config"))
    monkeypatch.setattr(verdict, "schema_text", lambda _: "{}")
    keys.append(verdict_key(document(), "config"))
    assert len(set(keys)) == 5


def test_the_verdict_is_private_to_its_user(tmp_path: Path) -> None:
    remember(str(tmp_path / "verdicts"), KEY)
    assert (tmp_path / "verdicts").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "verdicts" / KEY).stat().st_mode & 0o777 == 0o600
    assert is_remembered(str(tmp_path / "verdicts"), KEY)


def _plant_other_content(entry: Path) -> None:
    entry.write_text("1" * 64)


def _plant_longer_content(entry: Path) -> None:
    entry.write_text(KEY + KEY)


def _open_to_others(entry: Path) -> None:
    entry.chmod(0o622)


def _open_folder_to_others(entry: Path) -> None:
    entry.parent.chmod(0o777)


def _plant_link(entry: Path) -> None:
    target = entry.parent / "elsewhere"
    entry.rename(target)
    entry.symlink_to(target)


def _plant_folder(entry: Path) -> None:
    entry.unlink()
    entry.mkdir()


def _plant_pipe(entry: Path) -> None:
    entry.unlink()
    os.mkfifo(entry, 0o600)


def _remove(entry: Path) -> None:
    entry.unlink()


@pytest.mark.parametrize(
    "spoil",
    [
        _plant_other_content,
        _plant_longer_content,
        _open_to_others,
        _open_folder_to_others,
        _plant_link,
        _plant_folder,
        _plant_pipe,
        _remove,
    ],
)
def test_a_spoiled_verdict_does_not_count(tmp_path: Path, spoil: object) -> None:
    folder = tmp_path / "verdicts"
    remember(str(folder), KEY)
    assert callable(spoil)
    spoil(folder / KEY)
    assert not is_remembered(str(folder), KEY)


def test_a_cache_of_another_user_does_not_count(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    remember(str(tmp_path / "verdicts"), KEY)
    monkeypatch.setattr(os, "geteuid", lambda: 4711)
    assert not is_remembered(str(tmp_path / "verdicts"), KEY)


def test_a_cache_that_cannot_be_written_costs_nothing(tmp_path: Path) -> None:
    (tmp_path / "verdicts").write_text("a file where the folder should be")
    assert cached_check(str(tmp_path))(document(), "config") == []
    assert (tmp_path / "verdicts").read_text() == "a file where the folder should be"


def test_the_oldest_verdicts_go_when_there_are_too_many(tmp_path: Path) -> None:
    folder = tmp_path / "verdicts"
    folder.mkdir(mode=0o700)
    (folder / "not-ours").write_text("")
    for number in range(512):
        entry = folder / f"{number:064x}"
        entry.write_text("")
        os.utime(entry, (number, number))
    remember(str(folder), "f" * 64)
    left = sorted(each.name for each in folder.iterdir())
    assert len(left) == 385
    assert {"f" * 64, "not-ours", f"{511:064x}"} <= set(left)
    assert f"{0:064x}" not in left


def test_the_users_cache_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEXT2LLM_HOME", str(tmp_path))
    assert check_with_verdict(document(), "config") == []
    assert [each.name for each in (tmp_path / "cache" / "verdicts").iterdir()] == [verdict_key(document(), "config")]


@pytest.mark.parametrize("warm", [False, True])
def test_checking_a_valid_file_does_not_import_jsonschema(tmp_path: Path, *, warm: bool) -> None:
    (tmp_path / "text2llm.yaml").write_bytes(VALID)
    program = "import sys; from text2llm.cli.main import main; from text2llm.cli.boundary import run_guarded; "
    program += "code = run_guarded(main, ['validate']); print(code, 'jsonschema' in sys.modules)"
    environ = {**os.environ, "TEXT2LLM_HOME": str(tmp_path / "home")}
    for _ in range(1 + warm):
        done = subprocess.run(
            [sys.executable, "-c", program], cwd=tmp_path, env=environ, capture_output=True, text=True, check=True
        )
    assert done.stdout == "0 False\n"
