"""``models auth refresh``: each login for itself; and what a log may hear of a provider that says no."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.cli.pseudo_terminal import open_terminal
from tests.login.answering import Replies, Reply
from tests.net.hostile import listen
from tests.running import Run
from text2llm.login.refresh import Failed
from text2llm.report.auth_refresh import login_refresh_text

STALE = {"type": "oauth", "access": "at-1", "refresh": "rt-1", "expires": 1}
GOOD = {**STALE, "expires": 99_999_999_999_999}
NO = (400, {"error": "invalid_grant", "error_description": "revoked by ::error::Ada"})


def home() -> Path:
    return Path(os.environ["TEXT2LLM_HOME"])


def write(path: str, text: str) -> None:
    file = home() / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    file.chmod(stat.S_IRUSR | stat.S_IWUSR)


def store(**profiles: Any) -> None:
    named = {f"{name}:ada": {"provider": name, **profile} for name, profile in profiles.items()}
    write("data/agents/main/agent/auth-profiles.json", json.dumps({"version": 1, "profiles": named}))


@contextmanager
def issuing(reply: Reply) -> Iterator[str]:
    """An OpenID provider that gives its document, and then ``reply``; twice."""
    replies = Replies([])
    with listen(replies) as server:
        issuer = str(server.origin)
        document = {
            "issuer": issuer,
            "authorization_endpoint": f"{issuer}/auth",
            "token_endpoint": f"{issuer}/token",
            "device_authorization_endpoint": f"{issuer}/device",
        }
        replies.replies = [(200, document), reply, (200, document), reply]
        yield issuer


@pytest.mark.parametrize("arguments", [(), ("--force",)])
def test_a_secret_that_is_missing_fails_its_own_login_only(run: Run, arguments: tuple[str, ...]) -> None:
    with issuing((200, {"access_token": "at-2", "expires_in": 3600})) as issuer:
        corp = f"issuer: '{issuer}', clientId: me"
        other = f"{corp}, clientSecret: {{source: env, id: NO_SUCH_SECRET}}"
        write("config/settings.yaml", f"oidc:\n  other: {{{other}}}\n  corp: {{{corp}}}\n")
        store(other=STALE, corp=STALE)
        done = run("models", "auth", "refresh", *arguments)
    assert (done.code, done.err) == (1, "")
    assert "other:ada: failed: the variable NO_SUCH_SECRET is not set\n  hint: set NO_SUCH_SECRET" in done.out
    assert done.out.endswith("corp:ada: refreshed\n")


def test_a_login_without_a_client_is_no_failure_before_it_is_due(run: Run) -> None:
    store(anthropic=GOOD)
    assert run("models", "auth", "refresh")[:2] == (0, "anthropic:ada: still good\n")
    done = run("models", "auth", "refresh", "--force")
    assert (done.code, "anthropic:ada: failed: anthropic serves registered clients only" in done.out) == (1, True)


def test_a_store_without_logins_says_so(run: Run) -> None:
    assert run("models", "auth", "refresh")[:2] == (0, "no stored logins to refresh\n")


def test_a_failure_that_nothing_helps_against_has_no_hint() -> None:
    assert (
        login_refresh_text({"corp:ada": Failed("it was removed meanwhile")})
        == "corp:ada: failed: it was removed meanwhile\n"
    )


@pytest.mark.parametrize("terminal", [False, True])
def test_the_words_of_a_provider_reach_a_terminal_and_no_log(run: Run, *, terminal: bool) -> None:
    with issuing(NO) as issuer:
        write("config/settings.yaml", f"oidc:\n  corp: {{issuer: '{issuer}', clientId: me}}\n")
        store(corp=STALE)
        if terminal:
            with open_terminal("models", "auth", "refresh") as screen:
                assert screen.finish() == 1
                told = " ".join(screen.shown.split())
        else:
            told = run("models", "auth", "refresh").out
    assert "corp:ada: dead: the provider no longer accepts the refresh token: invalid_grant" in told
    assert "hint: log in again: text2llm models auth login --provider corp --profile-id corp:ada" in told
    assert ("revoked by" in told) is terminal


def test_the_words_of_a_provider_that_refuses_a_login_reach_no_log(run: Run) -> None:
    login = ("models", "auth", "login", "--provider", "corp", "--method", "device-code", "--no-keyring")
    with issuing(NO) as issuer:
        write("config/settings.yaml", f"oidc:\n  corp: {{issuer: '{issuer}', clientId: me}}\n")
        done = run(*login)
        with open_terminal(*login) as screen:
            assert screen.finish() == 1
    assert (done.code, done.err.splitlines()[0]) == (1, "error: the provider refused: invalid_grant")
    assert "error: the provider refused: invalid_grant (revoked by ::error::Ada)" in screen.shown
