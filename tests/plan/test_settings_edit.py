"""The rim of edits of settings: locked, shown before it is written, refused when the file changed meanwhile."""

from __future__ import annotations

import os
import threading
from functools import partial
from pathlib import Path

import pytest

from text2llm.edit.change import Action, DataChange
from text2llm.edit.file_change import FileChange
from text2llm.edit.pipeline import change_file
from text2llm.errors import EditError, WriteError
from text2llm.plan.grants import GrantEdit, Grants
from text2llm.plan.settings_edit import allow_edit, grant_origin, plan_settings, settings_file
from text2llm.settings.load import load_settings
from text2llm.settings.model import SettingsError
from text2llm.trust.bindings import CredentialKind, CredentialName, Grant
from text2llm.trust.origin import Origin, parse_origin

CORP = parse_origin("https://llm.corp.example")


def name(text: str) -> CredentialName:
    return CredentialName(CredentialKind.ENV, text)


@pytest.fixture
def settings() -> Path:
    return Path(os.environ["TEXT2LLM_HOME"], "config", "settings.yaml")


def test_grant_of_a_login_is_stored_and_found(settings: Path) -> None:
    plan = grant_origin(name("LAB"), CORP, os.environ)
    assert plan.after.path == str(settings)
    assert [str(grant) for grant in load_settings(os.environ).grants] == ["env:LAB=https://llm.corp.example"]
    assert grant_origin(name("LAB"), CORP, os.environ).is_empty


def test_parallel_grants_all_land() -> None:
    threads = [
        threading.Thread(target=grant_origin, args=(name(f"K{number}"), CORP, os.environ)) for number in range(12)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {grant.credential.id for grant in load_settings(os.environ).grants} == {f"K{number}" for number in range(12)}


@pytest.mark.parametrize("before", [None, "plugins: []\n"])
def test_file_that_an_editor_saved_meanwhile_is_not_overwritten(settings: Path, before: str | None) -> None:
    if before is not None:
        settings.parent.mkdir(parents=True)
        settings.write_text(before)

    def save(_change: FileChange) -> None:
        settings.parent.mkdir(parents=True, exist_ok=True)
        settings.write_text("plugins: [other]\n")

    edit = allow_edit(Grant(name("LAB"), CORP))
    with pytest.raises(EditError, match="changed while this edit was made"):
        change_file(settings_file(os.environ), partial(plan_settings, os.environ, edit), save)
    assert settings.read_text() == "plugins: [other]\n"
    assert os.listdir(settings.parent) == ["settings.yaml"]


def test_edit_that_would_break_the_settings_is_refused(settings: Path) -> None:
    def breaks(_context: Grants) -> GrantEdit:
        return GrantEdit((DataChange(Action.SET, ("trust",), [{"credential": "nobody", "origin": "x"}]),), ("",))

    with pytest.raises(EditError, match="this edit would break the file") as caught:
        plan_settings(os.environ, breaks)
    assert str(caught.value.location).startswith(f"{settings}:5:")
    assert not settings.exists()


def test_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "config").write_text("")
    environ = {"TEXT2LLM_HOME": str(tmp_path)}
    with pytest.raises(WriteError) as caught:
        grant_origin(name("LAB"), CORP, environ)
    assert "is not a directory" in caught.value.message
    assert "TEXT2LLM_HOME" in str(caught.value.hint)


def test_settings_that_others_can_write_are_not_edited(settings: Path) -> None:
    settings.parent.mkdir(parents=True)
    settings.write_text("plugins: []\n")
    settings.chmod(0o666)
    with pytest.raises(SettingsError, match="can be written by others"):
        plan_settings(os.environ, lambda _context: GrantEdit())
    assert settings.read_text() == "plugins: []\n"


def test_linked_settings_stay_a_link(settings: Path, tmp_path: Path) -> None:
    settings.parent.mkdir(parents=True)
    (tmp_path / "dotfiles.yaml").write_text("# mine\n")
    settings.symlink_to(tmp_path / "dotfiles.yaml")
    grant_origin(name("LAB"), Origin("https", "a.example", 443), os.environ)
    assert settings.is_symlink()
    assert (tmp_path / "dotfiles.yaml").read_text().startswith("# mine\ntrust:\n")
