from __future__ import annotations

import json
from typing import Any

import pytest

from tests.running import Run
from tests.status.world import NOW, assert_valid, freeze_clock, profiles, with_model, write_config, write_store

KEY = "key-of-forty-characters-or-something-ok"
DAY = 86_400_000
LAB = {"lab": {"api": "openai-completions", "baseUrl": "https://lab.example", "apiKey": "${LAB_KEY}"}}


@pytest.fixture(autouse=True)
def _clock(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    freeze_clock(monkeypatch)


def listed(run: Run, *arguments: str) -> list[str]:
    """The lines about credentials, without the head."""
    done = run("models", "auth", "list", *arguments)
    assert (done.code, done.err) == (0, "")
    return done.out.splitlines()[3:]


def test_stranger_is_told_how_to_begin(run: Run) -> None:
    assert listed(run) == ["no credentials: `text2llm models auth add`"]


def test_provider_that_needs_none_lacks_none(run: Run) -> None:
    write_config(with_model("ollama/llama3"))
    assert listed(run) == ["ollama  needs no credential"]


def test_every_credential_says_what_it_is(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", KEY)
    monkeypatch.setenv("REFERRED", KEY)
    monkeypatch.setenv("LAB_KEY", "short")
    monkeypatch.setenv("TEXT2LLM_TRUSTED_ORIGINS", "env:LAB_KEY=https://lab.example")
    store = profiles(
        anthropic_login={"type": "oauth", "access": "x", "refresh": "r", "email": "me@example.com"},
        anthropic_soon={"type": "token", "token": KEY, "expires": NOW + 3 * 3_600_000},
        anthropic_later={"type": "token", "token": KEY, "expires": NOW + 30 * DAY},
        anthropic_gone={"type": "token", "token": KEY, "expires": NOW - 2 * DAY},
        anthropic_file={"type": "api_key", "key": {"source": "file", "id": "/run/secrets/a"}},
        anthropic_env={"type": "api_key", "key": {"source": "env", "id": "REFERRED"}},
        anthropic_ring={"type": "api_key", "key": {"source": "keyring", "id": "anthropic:ring:12"}},
    )
    write_store(store)
    write_config({"models": {"providers": LAB}, **with_model("ollama/llama3", "groq/llama")})
    assert listed(run) == [
        "anthropic",
        "* anthropic:login  oauth  me@example.com  set",
        "  anthropic:soon  token  sha256:524f5b5d  expires in 3h",
        "  anthropic:later  token  sha256:524f5b5d  set (expires in 30d)",
        "  anthropic:file  api_key, kept in the file /run/secrets/a  unverified",
        "  anthropic:env  api_key, kept in the variable REFERRED  sha256:524f5b5d",
        "    set (no expiry)",
        "  anthropic:ring  api_key, kept in the keyring entry anthropic:ring:12",
        "    unverified",
        "  ANTHROPIC_API_KEY  variable  sha256:524f5b5d  set (no expiry)",
        "  anthropic:gone  token  sha256:524f5b5d  expired 2d ago",
        "",
        "groq  no usable credential",
        "",
        "lab",
        "* LAB_KEY  apiKey of the config  set (no expiry)",
        "",
        "ollama  needs no credential",
        "",
        "* used by requests",
        "no usable credential: `text2llm models auth add`",
    ]


def test_credential_that_is_not_used_says_why(run: Run) -> None:
    key = {"type": "api_key", "key": KEY}
    odd = {"type": "passkey"}
    order = {"anthropic": ["anthropic:a", "anthropic:lost", "anthropic:odd"]}
    write_store({**profiles(anthropic_a=key, anthropic_b=key, anthropic_odd=odd), "order": order})
    write_config({"models": {"providers": LAB}})
    assert listed(run) == [
        "anthropic",
        "* anthropic:a  api_key  sha256:524f5b5d  set (no expiry)",
        "  anthropic:lost  not stored  not used: the store has no such profile",
        "  anthropic:odd  passkey",
        "    not used: its type passkey is not known to this release",
        "  anthropic:b  api_key  sha256:524f5b5d  set (no expiry)",
        "    not used: the store order for anthropic does not name it",
        "",
        "lab  no usable credential",
        "  ${LAB_KEY}  apiKey of the config  not used: the variable LAB_KEY is not set",
        "",
        "* used by requests",
        "no usable credential: `text2llm models auth add`",
    ]


@pytest.mark.parametrize(
    ("stats", "says"),
    [
        ({"cooldownUntil": NOW + 300_000}, "in cooldown for 5m"),
        ({"cooldownUntil": NOW + 300_000, "cooldownReason": "rate_limit"}, "in cooldown for 5m (rate_limit)"),
        (
            {"cooldownUntil": NOW + 300_000, "cooldownReason": "model_not_found", "cooldownModel": "small"},
            "in cooldown for 5m, only for small (model_not_found)",
        ),
        ({"disabledUntil": NOW + DAY, "disabledReason": "billing"}, "disabled for 1d (billing)"),
    ],
)
def test_what_a_tool_put_aside_says_how_to_clear_it(run: Run, stats: dict[str, Any], says: str) -> None:
    write_store({**profiles(anthropic_a={"type": "api_key", "key": KEY}), "usageStats": {"anthropic:a": stats}})
    assert listed(run)[2:4] == [
        f"    {says}",
        "    to use it at once: text2llm models auth clear-cooldown anthropic:a",
    ]


def test_narrow_terminal_breaks_between_facts(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("text2llm.cli.models.auth.stored.terminal_width", lambda: 40)
    write_store(profiles(anthropic_work={"type": "token", "token": KEY, "expires": NOW + 30 * DAY}))
    assert listed(run)[1:] == [
        "anthropic",
        "* anthropic:work  token  sha256:524f5b5d",
        "    set (expires in 30d)",
        "",
        "* used by requests",
    ]


def test_provider_narrows_the_list(run: Run) -> None:
    key = {"type": "api_key", "key": KEY}
    write_store(profiles(anthropic_a=key, lab_a=key, zai_a=key))
    assert listed(run, "--provider", "Z.AI")[:2] == ["zai", "* zai:a  api_key  sha256:524f5b5d  set (no expiry)"]
    assert listed(run, "--provider", "lab")[0] == "lab"
    assert listed(run, "--provider", "openai") == [
        "openai  no usable credential",
        "",
        "no usable credential: `text2llm models auth add`",
    ]
    done = run("models", "auth", "list", "--provider", "opnai")
    assert (done.code, "did you mean openai?" in done.err) == (64, True)


def test_list_of_an_agent(run: Run) -> None:
    write_config({"agents": {"entries": {"coder": {"model": "openai/gpt-5.2"}}}})
    write_store(profiles(zai_a={"type": "api_key", "key": KEY}))
    done = run("models", "auth", "list", "--agent", "Coder")
    assert done.out.splitlines()[0] == "Agent       coder"
    assert done.out.splitlines()[3:] == [
        "openai  no usable credential",
        "",
        "zai",
        "* zai:a  api_key  sha256:524f5b5d  set (no expiry)",
        "",
        "* used by requests",
        "no usable credential: `text2llm models auth add`",
    ]


def test_list_as_json(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "work")
    monkeypatch.setenv("LAB_KEY", KEY)
    stats = {"anthropic:a": {"cooldownUntil": NOW + 5}, "anthropic:b": {"disabledUntil": NOW + 5}}
    store = profiles(
        anthropic_a={"type": "token", "token": KEY, "expires": NOW + DAY, "email": "me@example.com"},
        anthropic_b={"type": "api_key", "key": {"source": "keyring", "id": "entry"}},
        anthropic_c={"type": "api_key", "key": ""},
    )
    path = write_store({**store, "usageStats": stats})
    write_config({"models": {"providers": LAB}, **with_model("amazon-bedrock/nova")})
    document = json.loads(run("models", "auth", "list", "--json").out)
    assert_valid(document, "outputs/auth-list")
    assert (document["agentId"], document["authStorePath"]) == ("main", str(path))
    bedrock, anthropic, lab = document["providers"]
    assert (bedrock["effective"], bedrock["credentials"][0]["source"]) == (
        "AWS_PROFILE",
        {"kind": "env", "id": "AWS_PROFILE"},
    )
    assert lab["credentials"][0]["source"] == {"kind": "config", "id": "LAB_KEY"}
    assert (anthropic["orderSource"], anthropic["needsCredential"], anthropic["effective"]) == (
        "stored profiles",
        True,
        "anthropic:a",
    )
    assert anthropic["credentials"][0] == {
        "kind": "profile",
        "label": "anthropic:a",
        "profileId": "anthropic:a",
        "type": "token",
        "email": "me@example.com",
        "source": {"kind": "store", "id": None},
        "fingerprint": "524f5b5d",
        "effective": True,
        "usable": True,
        "reason": None,
        "message": None,
        "models": [],
        "health": {"status": "expiring", "expiresAt": NOW + DAY, "remainingMs": DAY},
        "cooldown": {
            "kind": "cooldown",
            "model": None,
            "reason": None,
            "until": NOW + 5,
            "remainingMs": 5,
            "clear": "text2llm models auth clear-cooldown anthropic:a",
        },
    }
    second, third = anthropic["credentials"][1:]
    assert (second["source"], second["fingerprint"]) == ({"kind": "keyring", "id": "entry"}, None)
    assert second["cooldown"]["kind"] == "disabled"
    assert (third["usable"], third["reason"], third["message"]) == (False, "empty", "it holds no secret")


def test_empty_list_as_json(run: Run) -> None:
    document = json.loads(run("models", "auth", "list", "--json").out)
    assert_valid(document, "outputs/auth-list")
    assert document["providers"] == []


def test_names_from_outside_act_on_nothing(run: Run) -> None:
    key = {"type": "api_key", "provider": "zai", "key": KEY, "email": "\u202eme\x1b[31m"}
    write_store({"version": 1, "profiles": {"::error::\x1b[2J": key}})
    assert listed(run)[1] == "* ::error::\\x1b[2J  api_key  \\u202eme\\x1b[31m  sha256:524f5b5d  set (no expiry)"


def test_credential_that_may_not_go_where_requests_go_is_told(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LAB_KEY", "short")
    write_config({"models": {"providers": LAB}, **with_model("lab/small")})
    heading, hint, *_ = listed(run)
    assert heading == "lab  env:LAB_KEY may not be sent to https://lab.example"
    assert any(line.endswith("not used: may not be sent to https://lab.example") for line in listed(run))
    assert not any(line.startswith("*") for line in listed(run))
    assert hint.strip().startswith("hint: if you trust it, run `text2llm trust allow --credential env:LAB_KEY")
    done = run("models", "auth", "list", "--json")
    document = json.loads(done.out)
    assert_valid(document, "outputs/auth-list")
    (provider,) = document["providers"]
    assert provider["refused"] == "env:LAB_KEY may not be sent to https://lab.example"
    monkeypatch.setenv("TEXT2LLM_TRUSTED_ORIGINS", "env:LAB_KEY=https://lab.example")
    assert listed(run)[0] == "lab"
