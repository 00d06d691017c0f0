"""Many processes, one rotating token: a provider that revokes a login when a token comes twice must never do so."""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from collections import Counter
from pathlib import Path

import pytest

from tests.login.oidc_server import Provider
from tests.login.refreshing import (
    PROFILE,
    force_refresh,
    make_renewer,
    refresh_in_rounds,
    refresh_once,
    save_profile,
    stored,
)
from tests.login.terms_of import make_gateway, trust_gateway, with_client
from tests.login.test_real_provider import gateway_terms, log_in, oauth_of
from text2llm.auth.store_file import read_store
from text2llm.login.refresh import Dead, Refreshed, Renewer
from text2llm.secret import Secret

PROCESSES = 16
ROUNDS = 20


@pytest.fixture
def renewer(oidc: Provider, tmp_path: Path) -> Renewer:
    terms = gateway_terms(oidc)
    obtained = with_client(trust_gateway(make_gateway(oidc.issuer)), lambda client: log_in(terms, client))
    made = make_renewer(oidc.issuer, tmp_path)
    save_profile(made, oauth_of(obtained))
    return made


def access_of(renewer: Renewer) -> Secret:
    access = stored(renewer).access
    assert isinstance(access, Secret)
    return access


@pytest.mark.slow
def test_sixteen_processes_ask_for_one_token_each_round(oidc: Provider, renewer: Renewer, tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    barrier, results = context.Barrier(PROCESSES), context.Queue()
    before = oidc.ask("/stats")
    arguments = (oidc.issuer, tmp_path, ROUNDS, barrier, results)
    processes = [context.Process(target=refresh_in_rounds, args=arguments) for _ in range(PROCESSES)]
    for process in processes:
        process.start()
    outcomes = Counter(results.get(timeout=120) for _ in range(PROCESSES * ROUNDS))
    for process in processes:
        process.join(timeout=60)

    after = oidc.ask("/stats")
    assert [process.exitcode for process in processes] == [0] * PROCESSES
    assert outcomes == {"Refreshed": ROUNDS, "StillFresh": (PROCESSES - 1) * ROUNDS}
    assert after["token"] - before["token"] == ROUNDS
    assert after["revoked"] == before["revoked"]
    assert after["refused"] == before["refused"]
    assert isinstance(force_refresh(renewer, oidc.issuer, access_of(renewer)), Refreshed)


def test_killed_refresh_lets_the_next_one_through(oidc: Provider, renewer: Renewer, tmp_path: Path) -> None:
    held = oidc.ask("/hold")["held"]
    process = multiprocessing.get_context("spawn").Process(target=refresh_once, args=(oidc.issuer, tmp_path))
    process.start()
    end = time.monotonic() + 30
    while oidc.ask("/stats")["held"] == held:
        assert time.monotonic() < end
        time.sleep(0.02)
    assert process.pid is not None
    os.kill(process.pid, signal.SIGKILL)
    process.join(timeout=10)
    old = access_of(renewer)

    outcome = force_refresh(renewer, oidc.issuer, old)

    assert isinstance(outcome, Refreshed)
    assert access_of(renewer) != old
    assert sorted(os.listdir(tmp_path)) == ["auth-profiles.json"]


def test_login_that_the_provider_ended_is_noted(oidc: Provider, renewer: Renewer) -> None:
    used = stored(renewer)
    assert isinstance(force_refresh(renewer, oidc.issuer, access_of(renewer)), Refreshed)
    save_profile(renewer, used)

    outcome = force_refresh(renewer, oidc.issuer, access_of(renewer))

    assert isinstance(outcome, Dead)
    assert outcome.reason.startswith("the provider no longer accepts the refresh token: invalid_grant")
    noted = read_store(renewer.path).stats(PROFILE).refresh_failed_at
    assert noted is not None
    assert abs(noted - time.time() * 1000) < 60_000
