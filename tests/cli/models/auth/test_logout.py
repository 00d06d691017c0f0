from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tests.auth.file_keyring import entries
from tests.running import Run
from tests.status.world import NOW, assert_valid, freeze_clock, profiles, write_config, write_store

KEY = {"type": "api_key", "key": "key-of-forty-characters-or-something-ok"}


@pytest.fixture(autouse=True)
def _clock(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    freeze_clock(monkeypatch)


def write_settings(text: str) -> None:
    path = Path(os.environ["TEXT2LLM_HOME"], "config", "settings.yaml")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o600)


def test_logout_without_any_configuration(run: Run) -> None:
    path = write_store({**profiles(zai_a=KEY, zai_b=KEY), "order": {"zai": ["zai:a", "zai:b"]}})
    done = run("models", "auth", "logout", "zai:a")
    assert (done.code, done.out, done.err) == (0, f"removed zai:a from {path}\n", "")
    assert json.loads(path.read_text()) == {**profiles(zai_b=KEY), "order": {"zai": ["zai:b"]}}


def test_what_still_names_it_is_told(run: Run) -> None:
    path = write_store(profiles(zai_a=KEY))
    declared = {"zai:a": {"provider": "zai", "mode": "api_key"}, "zai:b": {"provider": "zai", "mode": "api_key"}}
    write_config({"auth": {"profiles": declared, "order": {"z.ai": ["zai:b", "zai:a"], "lab": []}}})
    done = run("models", "auth", "logout", "zai:a")
    config = os.path.abspath("text2llm.yaml")
    assert done.out == (
        f"removed zai:a from {path}\n"
        f"still named at {config}:5:4: auth.profiles\n"
        f"still named at {config}:17:5: auth.order of z.ai\n"
    )


def test_logout_as_json(run: Run) -> None:
    write_store(profiles(zai_a={**KEY, "email": "me@example.com"}))
    write_config({"auth": {"order": {"zai": ["zai:a"]}}})
    document = json.loads(run("models", "auth", "logout", "zai:a", "--json").out)
    assert_valid(document, "outputs/auth-change")
    assert (document["action"], document["provider"], document["source"]) == ("removed", "zai", "store")
    assert document["fingerprint"] is None
    assert [(item["line"], item["text"]) for item in document["mentions"]] == [(6, "auth.order of zai")]


def test_mention_of_an_absent_profile_goes_too(run: Run) -> None:
    path = write_store({"version": 1, "profiles": {}, "order": {"zai": ["zai:gone"]}})
    document = json.loads(run("models", "auth", "logout", "zai:gone", "--json").out)
    assert_valid(document, "outputs/auth-change")
    assert (document["provider"], document["type"], document["source"]) == (None, None, None)
    assert json.loads(path.read_text()) == {"version": 1, "profiles": {}}


def test_grant_that_a_new_one_would_inherit_is_told(run: Run) -> None:
    write_store(profiles(zai_a=KEY))
    write_settings('trust:\n  - {credential: "profile:zai:a", origin: "https://llm.corp.example"}\n')
    done = run("models", "auth", "logout", "zai:a")
    assert done.code == 0
    assert done.err == (
        "warning: a new zai:a may be sent to https://llm.corp.example, too; to revoke that, run "
        "`text2llm trust revoke --credential profile:zai:a`\n"
    )


def test_broken_settings_keep_nobody_logged_in(run: Run) -> None:
    path = write_store(profiles(zai_a=KEY))
    write_settings("trust: [nonsense]\n")
    done = run("models", "auth", "logout", "zai:a")
    assert done.code == 0
    assert done.err.startswith("warning: unknown whether a grant names it: ")
    assert json.loads(path.read_text())["profiles"] == {}


def test_entry_of_the_keyring_goes_with_it(run: Run, kept_in_file: Path) -> None:
    run("models", "auth", "paste-api-key", "--provider", "litellm", "--keyring", stdin="sk-some-key-of-theirs")
    assert len(entries()) == 1
    done = run("models", "auth", "logout", "litellm:manual", "--json")
    assert json.loads(done.out)["source"] == "keyring"
    assert entries() == {}


def test_logout_of_what_another_agent_lends(run: Run) -> None:
    write_config({"agents": {"entries": {"coder": {}}}})
    path = write_store(profiles(zai_a=KEY))
    before = path.read_bytes()
    done = run("models", "auth", "logout", "zai:a", "--agent", "coder")
    assert (done.code, path.read_bytes()) == (1, before)
    assert "hint: leave --agent out to change it there" in done.err


def test_unknown_id_is_not_repeated(run: Run) -> None:
    write_store(profiles(zai_a=KEY))
    done = run("models", "auth", "logout", "pasted:By-mistake")
    assert (done.code, "pasted" in done.err) == (1, False)
    assert "hint: stored profiles: zai:a" in done.err


def test_cooldown_is_cleared_and_the_rest_stays(run: Run) -> None:
    stats = {"zai:a": {"cooldownUntil": NOW + 5, "errorCount": 2, "lastUsed": 1}, "zai:b": {"cooldownUntil": NOW + 5}}
    path = write_store({**profiles(zai_a=KEY, zai_b=KEY), "usageStats": stats})
    done = run("models", "auth", "clear-cooldown", "zai:a")
    assert (done.code, done.out, done.err) == (0, f"cleared the cooldown of zai:a in {path}\n", "")
    assert json.loads(path.read_text())["usageStats"] == {"zai:b": {"cooldownUntil": NOW + 5}, "zai:a": {"lastUsed": 1}}


def test_nothing_to_clear_changes_nothing(run: Run) -> None:
    path = write_store(profiles(zai_a=KEY))
    before = path.read_bytes()
    done = run("models", "auth", "clear-cooldown", "zai:a")
    assert (done.code, done.out) == (0, "nothing to do: zai:a is in no cooldown\n")
    document = json.loads(run("models", "auth", "clear-cooldown", "zai:a", "--json").out)
    assert_valid(document, "outputs/auth-change")
    assert (document["action"], document["profileId"]) == ("none", "zai:a")
    assert path.read_bytes() == before
