from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.auth.file_keyring import entries
from text2llm.auth.agents import AgentDirs
from text2llm.auth.credentials import ApiKey, OAuth
from text2llm.auth.secret_refs import SecretRefError
from text2llm.auth.stored import NewProfile, clear_profile, forget_profile, keep_profile
from text2llm.errors import StoreError, WriteError
from text2llm.refs import Spellings
from text2llm.secret import Secret

SPELLINGS = Spellings({"z.ai": "zai"})
KEY = "key-of-more-than-twenty-characters"


@pytest.fixture
def dirs(tmp_path: Path) -> AgentDirs:
    return AgentDirs(str(tmp_path / "main"), str(tmp_path / "main"))


@pytest.fixture
def coder(tmp_path: Path, dirs: AgentDirs) -> AgentDirs:
    return AgentDirs(str(tmp_path / "coder"), dirs.main)


def write(folder: str, store: dict[str, Any]) -> Path:
    path = Path(folder, "auth-profiles.json")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"version": 1, **store}))
    path.chmod(0o600)
    return path


def read(folder: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(Path(folder, "auth-profiles.json").read_text())
    return found


def keep(new: NewProfile, dirs: AgentDirs) -> Any:
    return keep_profile(new, dirs, SPELLINGS)


def key(profile_id: str = "zai:manual", *, value: str = KEY, keyring: bool = False) -> NewProfile:
    return NewProfile(profile_id, "zai", ApiKey(Secret(value)), keyring=keyring)


def test_first_credential_makes_a_private_store(dirs: AgentDirs) -> None:
    changed = keep(key(), dirs)
    path = Path(changed.path)
    assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    assert read(dirs.own) == {
        "version": 1,
        "profiles": {"zai:manual": {"type": "api_key", "provider": "zai", "key": KEY}},
    }
    assert (changed.before, changed.after.id, changed.hidden, changed.notes) == (None, "zai:manual", 0, ())


def test_replaced_one_is_reported(dirs: AgentDirs) -> None:
    keep(key(value="the-first-one"), dirs)
    changed = keep(key(), dirs)
    assert changed.before.credential == ApiKey(Secret("the-first-one"))
    assert changed.after.credential == ApiKey(Secret(KEY))


def test_id_of_another_providers_profile_is_refused(dirs: AgentDirs) -> None:
    path = write(dirs.own, {"profiles": {"zai:manual": {"type": "api_key", "provider": "openai", "key": "k"}}})
    before = path.read_bytes()
    with pytest.raises(StoreError, match="the stored profile zai:manual is for openai, not for zai"):
        keep(key(), dirs)
    assert path.read_bytes() == before


def test_own_store_of_an_agent_hides_the_main_agents(dirs: AgentDirs, coder: AgentDirs) -> None:
    write(dirs.own, {"profiles": {"zai:a": {"type": "token", "provider": "zai", "token": "t"}}})
    assert keep(key(), coder).hidden == 1
    assert keep(key("zai:second"), coder).hidden == 0
    assert list(read(coder.own)["profiles"]) == ["zai:manual", "zai:second"]


def test_keyring_has_the_value_and_the_store_a_reference(dirs: AgentDirs, kept_in_file: Path) -> None:
    keep(key(keyring=True), dirs)
    ((name, value),) = entries().items()
    assert (name.startswith("text2llm/zai:manual:"), value) == (True, KEY)
    reference = {"source": "keyring", "id": name.removeprefix("text2llm/")}
    assert read(dirs.own)["profiles"]["zai:manual"]["key"] == reference


def test_replaced_entry_of_the_keyring_goes(dirs: AgentDirs, kept_in_file: Path) -> None:
    keep(key(value="the-first-one", keyring=True), dirs)
    keep(key(keyring=True), dirs)
    assert list(entries().values()) == [KEY]
    keep(key(), dirs)
    assert entries() == {}


def test_entry_that_another_profile_uses_stays(dirs: AgentDirs, kept_in_file: Path) -> None:
    keep(key(keyring=True), dirs)
    stored = read(dirs.own)
    write(dirs.own, {"profiles": {**stored["profiles"], "zai:copy": stored["profiles"]["zai:manual"]}})
    forget_profile("zai:manual", dirs)
    assert list(entries().values()) == [KEY]
    forget_profile("zai:copy", dirs)
    assert entries() == {}


def test_store_that_cannot_be_written_leaves_nothing_in_the_keyring(
    dirs: AgentDirs, kept_in_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise WriteError("no space left")

    monkeypatch.setattr("text2llm.auth.stored.update_store", fail)
    login = OAuth(Secret("an-access-token"), Secret("a-refresh-token"), None, {})
    with pytest.raises(WriteError, match="no space left"):
        keep(NewProfile("zai:login", "zai", login, keyring=True), dirs)
    assert entries() == {}


def test_keyring_that_refuses_leaves_the_store_as_it_was(dirs: AgentDirs, kept_in_file: Path) -> None:
    kept_in_file.write_text("locked")
    with pytest.raises(SecretRefError, match="the keyring failed to write"):
        keep(key(keyring=True), dirs)
    assert not Path(dirs.own).exists()


def test_entry_that_cannot_be_removed_is_reported(dirs: AgentDirs, kept_in_file: Path) -> None:
    name = keep(key(keyring=True), dirs).after.raw["key"]["id"]
    kept_in_file.write_text("locked")
    changed = forget_profile("zai:manual", dirs)
    (note,) = changed.notes
    assert note.startswith(f"the keyring entry {name} is still there: the keyring failed to remove")
    assert read(dirs.own)["profiles"] == {}


def test_forgotten_profile_is_mentioned_nowhere(dirs: AgentDirs) -> None:
    profiles = {"zai:a": {"type": "token", "provider": "zai", "token": "t"}, "zai:b": {"type": "x", "provider": "zai"}}
    write(dirs.own, {"profiles": profiles, "order": {"zai": ["zai:a"]}, "lastGood": {"zai": "zai:a"}, "other": 1})
    changed = forget_profile("zai:a", dirs)
    assert (changed.before and changed.before.id, changed.after) == ("zai:a", None)
    assert read(dirs.own) == {"version": 1, "profiles": {"zai:b": profiles["zai:b"]}, "other": 1}


def test_mention_of_an_absent_profile_is_removed_too(dirs: AgentDirs) -> None:
    write(dirs.own, {"profiles": {}, "order": {"zai": ["zai:gone"]}})
    assert forget_profile("zai:gone", dirs).before is None
    assert read(dirs.own) == {"version": 1, "profiles": {}}


@pytest.mark.parametrize("change", [forget_profile, clear_profile])
def test_unknown_profile_makes_no_store_and_is_not_repeated(change: Any, dirs: AgentDirs) -> None:
    with pytest.raises(StoreError, match="has no such profile") as caught:
        change("sk-pasted-by-mistake", dirs)
    assert "pasted" not in f"{caught.value.message} {caught.value.hint}"
    assert not Path(dirs.own).exists()


@pytest.mark.parametrize("change", [forget_profile, clear_profile])
def test_profile_of_the_main_agent_is_changed_there_only(change: Any, dirs: AgentDirs, coder: AgentDirs) -> None:
    path = write(dirs.own, {"profiles": {"zai:a": {"type": "token", "provider": "zai", "token": "t"}}})
    before = path.read_bytes()
    with pytest.raises(StoreError, match="is in the store of the main agent") as caught:
        change("zai:a", coder)
    assert "leave --agent out" in str(caught.value.hint)
    assert (path.read_bytes(), Path(coder.own).exists()) == (before, False)


def test_cooldown_is_cleared_once(dirs: AgentDirs) -> None:
    profiles = {"zai:a": {"type": "token", "provider": "zai", "token": "t"}}
    write(dirs.own, {"profiles": profiles, "usageStats": {"zai:a": {"cooldownUntil": 9, "lastUsed": 1}}})
    assert clear_profile("zai:a", dirs).changed
    assert read(dirs.own)["usageStats"] == {"zai:a": {"lastUsed": 1}}
    assert not clear_profile("zai:a", dirs).changed
