"""A credential kept elsewhere is unverified until it is read; the report of a probe is about what it read."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.running import Run
from tests.status.world import assert_valid, profiles, write_config, write_store
from text2llm.sandbox.server import Sandbox, serve

_LAB = {"api": "openai-completions", "models": [{"id": "m"}]}


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with serve() as running:
        yield running


@pytest.fixture(autouse=True)
def trust(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(
        "TEXT2LLM_TRUSTED_ORIGINS", "profile:lab:t=https://lab.example profile:lab:s=https://lab.example"
    )


def write_world(url: str = "https://lab.example/v1", **entries: dict[str, Any]) -> None:
    write_config(
        {"agents": {"defaults": {"model": "lab/m"}}, "models": {"providers": {"lab": {**_LAB, "baseUrl": url}}}}
    )
    write_store(profiles(**entries))


def declare(source: str) -> None:
    settings = Path(os.environ["TEXT2LLM_HOME"], "config", "settings.yaml")
    settings.parent.mkdir(parents=True, exist_ok=True)
    settings.write_text(f"secrets: {{sources: {{{source}: {{command: [/bin/true]}}}}}}\n")
    settings.chmod(0o600)


def ask_all(run: Run) -> dict[str, tuple[str, ...]]:
    """What every command says of the only credential, in its own words."""
    document = json.loads(run("models", "status", "--json").out)
    assert_valid(document, "outputs/status")
    (row,) = json.loads(run("models", "list", "--json").out)["models"]
    (listed,) = json.loads(run("models", "auth", "list", "--json").out)["providers"]
    (profile,) = listed["credentials"]
    (part,) = (
        each
        for each in json.loads(run("explain", "lab/m", "--json").out)["parts"]
        if each["name"] == "credential for lab"
    )
    (health,) = (each["status"] for each in document["auth"]["oauth"]["providers"])
    return {
        "status": (document["routes"][0]["status"], profile["health"]["status"], health),
        "usable": (row["available"], profile["usable"], part["value"] is not None),
        "unverified": (row.get("unverified", False), "unverified" in (part["value"] or "")),
    }


@pytest.mark.parametrize(
    ("ref", "declared"),
    [
        ({"source": "exec", "provider": "vault", "id": "k2"}, True),
        ({"source": "file", "id": "/nonexistent"}, False),
        ({"source": "keyring", "id": "lab:t:1"}, False),
    ],
)
@pytest.mark.parametrize(("kind", "field"), [("token", "tokenRef"), ("api_key", "keyRef"), ("oauth", "access")])
def test_what_nobody_read_is_unverified_in_every_command(
    run: Run, ref: dict[str, str], kind: str, field: str, *, declared: bool
) -> None:
    write_world(lab_t={"type": kind, field: ref, **({"refresh": "r"} if kind == "oauth" else {})})
    if declared:
        declare("vault")
    assert ask_all(run) == {
        "status": ("unverified", "unverified", "unverified"),
        "usable": (True, True, True),
        "unverified": (True, True),
    }
    assert run("models", "status", "--check").code == 2
    assert "  Default         lab/m  unverified\n" in run("models", "status").out
    assert "unverified" in run("models", "list").out


def test_source_that_the_settings_do_not_have_is_known_to_give_nothing(run: Run) -> None:
    write_world(lab_t={"type": "token", "tokenRef": {"source": "exec", "provider": "nosuch", "id": "k2"}})
    assert ask_all(run) == {
        "status": ("missing", "missing", "missing"),
        "usable": (False, False, False),
        "unverified": (False, False),
    }
    done = run("models", "status", "--check")
    assert (done.code, "your settings have no secret source nosuch" in done.out) == (1, True)
    assert run("probe").code == 1


def test_expiry_of_what_was_not_read_is_shown(run: Run) -> None:
    ref = {"source": "file", "id": "/nonexistent"}
    write_world(lab_t={"type": "token", "token": ref, "expires": 4_000_000_000_000})
    assert "unverified (expires in " in run("models", "auth", "list").out


def test_second_credential_does_not_vouch_for_the_first(run: Run) -> None:
    write_world(
        lab_s={"type": "api_key", "key": "sandbox-ok"},
        lab_t={"type": "token", "tokenRef": {"source": "file", "id": "/nonexistent"}},
    )
    done = run("models", "status", "--check")
    assert (done.code, "  Default         lab/m  unverified\n" in done.out) == (2, True)


def test_after_a_probe_the_status_is_that_of_the_gate(run: Run, sandbox: Sandbox) -> None:
    write_world(
        f"{sandbox.url}/v1",
        lab_s={"type": "api_key", "key": "sandbox-ok"},
        lab_t={"type": "token", "tokenRef": {"source": "file", "id": "/nonexistent"}},
    )
    done = run("models", "status", "--probe", "--check", "--json")
    (route,) = json.loads(done.out)["routes"]
    (gated,) = json.loads(run("probe", "--json").out)["routes"]
    assert (done.code, route["credential"]["label"], route["status"]) == (0, "lab:s", "static")
    assert gated["probes"][0]["label"] == route["credential"]["label"]
    text = run("models", "status", "--probe").out
    assert "* lab:s  set (no expiry)  probe: ok" in text
    assert "  lab:t  not usable  probe: fail" in text


def test_probe_that_cannot_read_the_only_credential_fails_the_route(run: Run, sandbox: Sandbox) -> None:
    write_world(f"{sandbox.url}/v1", lab_t={"type": "token", "tokenRef": {"source": "file", "id": "/nonexistent"}})
    done = run("models", "status", "--probe", "--check")
    assert (done.code, "no usable credential" in done.out) == (1, True)


def test_model_whose_own_profile_is_missing_has_no_credential_in_the_list(run: Run) -> None:
    write_world(lab_t={"type": "api_key", "key": "some-secret-key-0123456789"})
    models = [{"id": "m"}, {"id": "own", "profile": "lab:gone"}]
    lab = {**_LAB, "baseUrl": "https://lab.example/v1", "models": models}
    write_config({"agents": {"defaults": {"model": "lab/m"}}, "models": {"providers": {"lab": lab}}})
    rows = json.loads(run("models", "list", "--json").out)["models"]
    assert {row["key"]: row["available"] for row in rows} == {"lab/m": True, "lab/own": False}
