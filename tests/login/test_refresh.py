"""What a refresh does to the store, whatever the provider, the disk and other programs do."""

from __future__ import annotations

import json
import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.login.answering import Replies, Reply, asked
from tests.login.refreshing import NoSecrets
from tests.login.terms_of import make_terms, trust_facts
from tests.net.hostile import Listener, Script, listen
from text2llm.auth.store_file import read_store
from text2llm.errors import StoreError, Text2llmError, WriteError
from text2llm.login.clock import Clock
from text2llm.login.refresh import (
    Dead,
    Failed,
    Outcome,
    Refreshed,
    Renewer,
    SecretStore,
    StillFresh,
    refresh_lead,
    refresh_profile,
)
from text2llm.providers.oauth import OAuthFacts, Refresh, load_logins
from text2llm.refs import Spellings
from text2llm.secret import RefSource, Secret, SecretRef
from text2llm.trust.bindings import Bindings, Trust

NOW = 1_700_000_000_000
HOW = Refresh("form", ("grant_type", "client_id", "refresh_token"), ("invalid_grant",), 300)
PROFILE: dict[str, Any] = {"type": "oauth", "provider": "corp", "access": "at-1", "refresh": "rt-1", "expires": NOW - 1}
RENEWED: Reply = (200, {"access_token": "at-2", "refresh_token": "rt-2", "expires_in": 3600})
GONE: Reply = (400, {"error": "invalid_grant", "error_description": "revoked"})


class Drawer:
    """A keyring that may be read-only, or break after some writes."""

    def __init__(self, *, writes: int = 99, **values: str) -> None:
        self.values, self.writes = values, writes

    def read(self, ref: SecretRef) -> Secret:
        assert ref.source is RefSource.KEYRING
        return Secret(self.values[ref.id])

    def write(self, ref: SecretRef, secret: Secret) -> None:
        if self.writes == 0:
            raise Text2llmError("the keyring is read-only", hint="unlock it")
        self.writes -= 1
        self.values[ref.id] = secret.reveal()


class Bench:
    """A store with one profile, a provider and what happens to both."""

    def __init__(self, folder: Path, server: Listener) -> None:
        self.path, self.folder, self.server = folder / "auth-profiles.json", folder, server
        self.facts = OAuthFacts("corp", (), token_url=f"{server.origin}/token", refresh=HOW, scopes=("llm",))

    def write(self, profile: dict[str, Any], **more: Any) -> None:
        self.path.write_text(json.dumps({"version": 1, "profiles": {"corp:ada": profile}, **more}))
        self.path.chmod(0o600)

    def empty(self) -> None:
        self.path.write_text('{"version": 1, "profiles": {}}')

    def read(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.path.read_bytes())
        return found

    def profile(self) -> Any:
        return self.read()["profiles"]["corp:ada"]

    def refresh(
        self, seen: str | None = None, *, secrets: SecretStore | None = None, trust: Trust | None = None
    ) -> Outcome:
        renewer = Renewer(
            str(self.path),
            trust or trust_facts(self.facts),
            secrets or NoSecrets(),
            Spellings({"the-corp": "corp"}),
            clock=Clock(lambda: NOW),
        )
        terms = make_terms(self.facts)
        return refresh_profile("corp:ada", terms, renewer, None if seen is None else Secret(seen))


@contextmanager
def bench_with(folder: Path, script: Script) -> Iterator[Bench]:
    with listen(script) as server:
        bench = Bench(folder, server)
        bench.write(PROFILE)
        yield bench


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Callable[..., Bench]]:
    from contextlib import ExitStack

    with ExitStack() as stack:
        yield lambda *replies: stack.enter_context(bench_with(tmp_path, Replies(list(replies))))


def test_expired_token_is_renewed_and_stored(bench: Callable[..., Bench]) -> None:
    here = bench(RENEWED)
    here.write({**PROFILE, "note": "kept"}, usageStats={"corp:ada": {"lastUsed": 5}})

    outcome = here.refresh()

    assert isinstance(outcome, Refreshed)
    assert outcome.profile == read_store(str(here.path)).profiles["corp:ada"]
    tokens = {"access": "at-2", "refresh": "rt-2", "expires": NOW + 3_600_000}
    assert here.profile() == {**PROFILE, **tokens, "note": "kept"}
    assert asked(here.server) == {
        "grant_type": "refresh_token",
        "client_id": "text2llm-tests",
        "refresh_token": "rt-1",
    }
    assert here.path.stat().st_mode & 0o777 == 0o600
    assert sorted(os.listdir(here.folder)) == ["auth-profiles.json"]


def test_descriptor_may_want_the_scope_and_json(bench: Callable[..., Bench]) -> None:
    here = bench(RENEWED)
    here.facts = here.facts._replace(refresh=HOW._replace(encoding="json", parameters=("refresh_token", "scope")))
    assert isinstance(here.refresh(), Refreshed)
    assert asked(here.server) == {"refresh_token": "rt-1", "scope": "llm"}


def test_refresh_token_that_stays_is_kept(bench: Callable[..., Bench]) -> None:
    here = bench((200, {"access_token": "at-2", "expires_in": 60}))
    here.refresh()
    assert (here.profile()["access"], here.profile()["refresh"]) == ("at-2", "rt-1")


def test_token_that_is_good_is_left_alone(bench: Callable[..., Bench]) -> None:
    here = bench(RENEWED)
    here.write({**PROFILE, "expires": NOW + 3_600_000})
    assert isinstance(here.refresh(), StillFresh)
    assert here.server.connections == 0


def test_forced_refresh_renews_a_good_token_that_was_not_replaced(bench: Callable[..., Bench]) -> None:
    here = bench(RENEWED)
    here.write({**PROFILE, "expires": NOW + 3_600_000})
    assert isinstance(here.refresh(seen="at-0"), StillFresh)
    assert here.server.connections == 0
    assert isinstance(here.refresh(seen="at-1"), Refreshed)
    assert here.server.connections == 1


def test_forced_refresh_tries_what_failed_before_and_success_forgets_it(bench: Callable[..., Bench]) -> None:
    here = bench(RENEWED)
    here.write(PROFILE, usageStats={"corp:ada": {"refreshFailedAt": 5}})
    assert isinstance(here.refresh(), StillFresh)
    assert isinstance(here.refresh(seen="at-1"), Refreshed)
    assert "usageStats" not in here.read()


def test_dead_login_is_noted(bench: Callable[..., Bench]) -> None:
    here = bench(GONE)
    here.write(PROFILE, usageStats={"corp:ada": {"lastUsed": 5}})

    outcome = here.refresh()

    assert outcome == Dead(
        "the provider no longer accepts the refresh token: invalid_grant",
        "log in again: text2llm models auth login --provider corp --profile-id corp:ada",
        " (revoked)",
    )
    assert here.profile() == PROFILE
    assert here.read()["usageStats"] == {"corp:ada": {"lastUsed": 5, "refreshFailedAt": NOW}}
    assert here.server.connections == 1


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        ((400, {"error": "invalid_client"}), "did not renew the token: invalid_client"),
        ((429, {"error": "invalid_grant"}), "did not renew the token: invalid_grant"),
        ((503, {}), "did not renew the token: HTTP 503"),
        ((200, []), "is not a JSON object"),
        ((200, {"access_token": ""}), "no usable `access_token`"),
        (b"", "connection"),
    ],
)
def test_other_failures_are_reported_and_leave_the_store_alone(
    bench: Callable[..., Bench], reply: Reply, reason: str
) -> None:
    here = bench(reply)
    before = here.path.read_bytes()

    outcome = here.refresh()

    assert isinstance(outcome, Failed)
    assert reason in outcome.reason
    assert here.path.read_bytes() == before
    assert here.server.connections == 1
    assert sorted(os.listdir(here.folder)) == ["auth-profiles.json"]


def test_refresh_token_goes_where_the_login_is_bound_to_only(bench: Callable[..., Bench]) -> None:
    here = bench(RENEWED)
    outcome = here.refresh(trust=Trust(Bindings()))
    assert isinstance(outcome, Failed)
    assert "login:corp is not bound to" in outcome.reason
    assert outcome.refused
    assert here.server.connections == 0


@pytest.mark.parametrize(
    ("profile", "reason"),
    [
        ({**PROFILE, "refresh": ""}, "cannot be renewed"),
        ({"type": "token", "provider": "corp", "token": "t"}, "cannot be renewed"),
        ({**PROFILE, "provider": "other"}, "is for other, not for corp"),
    ],
)
def test_profile_that_cannot_be_renewed_is_reported(
    bench: Callable[..., Bench], profile: dict[str, Any], reason: str
) -> None:
    here = bench(RENEWED)
    here.write(profile)
    outcome = here.refresh(seen="at-1")
    assert isinstance(outcome, Failed)
    assert reason in outcome.reason
    assert here.server.connections == 0


def test_endpoint_that_nothing_can_be_sent_to_is_reported(bench: Callable[..., Bench]) -> None:
    here = bench(RENEWED)
    here.facts = here.facts._replace(token_url="https://corp.example/token#here")
    assert here.refresh(trust=Trust(Bindings())) == Failed(
        "the URL has a fragment", "leave out everything from the `#`"
    )


def test_provider_that_renews_nothing_is_reported(bench: Callable[..., Bench]) -> None:
    here = bench(RENEWED)
    here.facts = here.facts._replace(refresh=None)
    assert isinstance(here.refresh(), Failed)


def test_profile_that_is_not_stored_is_reported(bench: Callable[..., Bench]) -> None:
    here = bench(RENEWED)
    here.empty()
    outcome = here.refresh()
    assert isinstance(outcome, Failed)
    assert "there is no profile 'corp:ada'" in outcome.reason


def test_other_spelling_of_the_provider_is_the_provider(bench: Callable[..., Bench]) -> None:
    here = bench(RENEWED)
    here.write({**PROFILE, "provider": "the-corp"})
    assert isinstance(here.refresh(), Refreshed)
    assert here.profile()["provider"] == "the-corp"


def test_unreadable_store_stays_as_it_is_and_nothing_is_sent(bench: Callable[..., Bench]) -> None:
    here = bench(RENEWED)
    here.path.write_text('{"version": 1, "profiles": {"cor')
    with pytest.raises(StoreError, match="is not readable JSON"):
        here.refresh()
    assert here.path.read_text() == '{"version": 1, "profiles": {"cor'
    assert here.server.connections == 0


def test_store_that_cannot_be_written_stops_the_refresh_before_it_is_sent(bench: Callable[..., Bench]) -> None:
    here = bench(RENEWED)
    here.path.chmod(0o400)
    with pytest.raises(WriteError, match="it is read-only"):
        here.refresh()
    assert here.server.connections == 0


def test_full_disk_stops_the_refresh_before_it_is_sent(
    bench: Callable[..., Bench], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fill(*_: object) -> None:
        raise OSError(28, "No space left on device")

    here = bench(RENEWED)
    monkeypatch.setattr("text2llm.storage.atomic._make_room", fill)
    with pytest.raises(WriteError, match="No space left on device"):
        here.refresh()
    assert here.server.connections == 0
    assert here.profile() == PROFILE


def test_tokens_that_cannot_be_stored_are_reported_as_lost(
    bench: Callable[..., Bench], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: str) -> None:
        raise OSError(5, "Input/output error")

    here = bench(RENEWED)
    monkeypatch.setattr("text2llm.storage.atomic.sync_folder", refuse)
    with pytest.raises(WriteError, match="has given new tokens for 'corp:ada', and they cannot be stored") as caught:
        here.refresh()
    assert caught.value.hint is not None
    assert "only a new login helps" in caught.value.hint
    assert "at-2" not in caught.value.message


REF = {"source": "keyring", "id": "drawer"}


def test_new_refresh_token_goes_back_to_where_the_old_one_was(bench: Callable[..., Bench]) -> None:
    here = bench(RENEWED)
    here.write({**PROFILE, "refresh": REF})
    drawer = Drawer(drawer="rt-1")

    assert isinstance(here.refresh(secrets=drawer), Refreshed)

    assert asked(here.server)["refresh_token"] == "rt-1"
    assert drawer.values == {"drawer": "rt-2"}
    assert (here.profile()["access"], here.profile()["refresh"]) == ("at-2", REF)
    assert "rt-2" not in here.path.read_text()


def test_refresh_token_that_stays_stays_where_it_is(bench: Callable[..., Bench]) -> None:
    here = bench((200, {"access_token": "at-2", "expires_in": 60}))
    here.write({**PROFILE, "refresh": REF})
    drawer = Drawer(drawer="rt-1")
    assert isinstance(here.refresh(secrets=drawer), Refreshed)
    assert (drawer.values, here.profile()["refresh"]) == ({"drawer": "rt-1"}, REF)


def test_access_token_kept_elsewhere_goes_back_there_too(bench: Callable[..., Bench]) -> None:
    here = bench((200, {"access_token": "at-2", "expires_in": 60}))
    here.write({**PROFILE, "access": REF, "expires": NOW + 3_600_000})
    drawer = Drawer(drawer="at-1")

    assert isinstance(here.refresh("at-0", secrets=drawer), StillFresh)
    assert isinstance(here.refresh("at-1", secrets=drawer), Refreshed)

    assert drawer.values == {"drawer": "at-2"}
    assert (here.profile()["access"], here.profile()["refresh"]) == (REF, "rt-1")


def test_secret_that_cannot_be_written_back_is_not_used_up(bench: Callable[..., Bench]) -> None:
    here = bench(RENEWED)
    here.write({**PROFILE, "refresh": REF})
    outcome = here.refresh(secrets=Drawer(writes=0, drawer="rt-1"))
    assert outcome == Failed("the keyring is read-only", "unlock it")
    assert here.server.connections == 0


def test_secret_that_breaks_meanwhile_is_reported_as_lost(bench: Callable[..., Bench]) -> None:
    here = bench(RENEWED)
    here.write({**PROFILE, "refresh": REF})
    with pytest.raises(WriteError, match="they cannot be stored: the keyring is read-only"):
        here.refresh(secrets=Drawer(writes=1, drawer="rt-1"))


class Meanwhile(Replies):
    """Another program, which knows no lock, does something between request and answer."""

    def __init__(self, act: Callable[[], None]) -> None:
        super().__init__([GONE])
        self.act = act

    def __call__(self, connection: Any) -> None:
        self.act()
        super().__call__(connection)


def test_login_that_another_program_renewed_meanwhile_is_not_dead(tmp_path: Path) -> None:
    renewed = {**PROFILE, "access": "at-9", "refresh": "rt-9", "expires": NOW + 3_600_000}
    with bench_with(tmp_path, Meanwhile(lambda: here.write(renewed))) as here:
        outcome = here.refresh()
    assert isinstance(outcome, StillFresh)
    assert outcome.profile.raw == renewed
    assert "usageStats" not in here.read()


def test_secret_that_another_program_replaced_meanwhile_is_not_dead(tmp_path: Path) -> None:
    drawer = Drawer(drawer="rt-1")
    with bench_with(tmp_path, Meanwhile(lambda: drawer.values.update(drawer="rt-9"))) as here:
        here.write({**PROFILE, "refresh": REF})
        assert isinstance(here.refresh(secrets=drawer), StillFresh)
    assert "usageStats" not in here.read()


def test_profile_that_was_removed_meanwhile_stays_removed(tmp_path: Path) -> None:
    with bench_with(tmp_path, Meanwhile(lambda: here.empty())) as here:  # noqa: PLW0108 - it is not there yet
        outcome = here.refresh()
    assert outcome == Failed("the profile 'corp:ada' was removed meanwhile")
    assert here.read() == {"version": 1, "profiles": {}}


def test_interrupt_during_the_request_waits_for_the_write(tmp_path: Path) -> None:
    script = Meanwhile(lambda: os.kill(os.getpid(), signal.SIGINT))
    script.replies = [RENEWED]
    with bench_with(tmp_path, script) as here, pytest.raises(KeyboardInterrupt):
        here.refresh()
    assert here.profile()["access"] == "at-2"
    assert sorted(os.listdir(tmp_path)) == ["auth-profiles.json"]


def test_signal_that_ends_the_process_finds_the_store_unlocked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    locked: list[bool] = []
    script = Meanwhile(lambda: os.kill(os.getpid(), signal.SIGTERM))
    script.replies = [RENEWED]
    with bench_with(tmp_path, script) as here:
        monkeypatch.setattr(signal, "raise_signal", lambda _: locked.append(Path(f"{here.path}.lock").exists()))
        here.refresh()
    assert locked == [False]


def test_refresh_in_another_thread_leaves_signals_alone(bench: Callable[..., Bench]) -> None:
    here, before = bench(RENEWED), signal.getsignal(signal.SIGINT)
    outcomes: list[Outcome] = []
    thread = threading.Thread(target=lambda: outcomes.append(here.refresh()))
    thread.start()
    thread.join()
    assert isinstance(outcomes[0], Refreshed)
    assert signal.getsignal(signal.SIGINT) is before


def test_token_is_sent_while_the_store_is_locked(tmp_path: Path) -> None:
    locked: list[bool] = []
    script = Meanwhile(lambda: locked.append(Path(f"{here.path}.lock").exists()))
    with bench_with(tmp_path, script) as here:
        here.refresh()
    assert locked == [True]


def test_lead_is_the_longer_of_the_provider_s_two() -> None:
    how = Refresh("form", (), (), 120)
    assert refresh_lead(OAuthFacts("a", (), skew=60, refresh=how)) == 120
    assert refresh_lead(OAuthFacts("a", (), skew=200, refresh=how)) == 200
    assert refresh_lead(load_logins()["github-copilot"]) == 60
