"""Every command tells the same order of credentials, and of one model the credential that requests for it use."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.running import Run
from tests.status.world import assert_valid, profiles, write_config, write_store
from text2llm.auth.order import OrderSource
from text2llm.sandbox.server import Sandbox, serve

_SOURCES = (OrderSource.AGENT_ORDER, OrderSource.MODEL_PROFILE, OrderSource.STORE_ORDER, OrderSource.CONFIG_ORDER)
#: The profile that each source names, besides the one that no source names.
_NAMED = dict(zip(_SOURCES, ("lab:own", "lab:pin", "lab:kept", "lab:set"), strict=True))


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with serve() as running:
        yield running


def write_world(present: dict[OrderSource, bool], url: str) -> None:
    order: dict[OrderSource, Any] = {
        source: {"order": {"lab": [name]}} if present[source] else {} for source, name in _NAMED.items()
    }
    pinned = {"profile": _NAMED[OrderSource.MODEL_PROFILE]} if present[OrderSource.MODEL_PROFILE] else {}
    models = [{"id": "sandbox-a", **pinned}, {"id": "sandbox-b"}]
    write_config(
        {
            "agents": {
                "defaults": {"model": {"primary": "lab/sandbox-a", "fallbacks": ["lab/sandbox-b"]}},
                "entries": {"main": {"default": True, "auth": order[OrderSource.AGENT_ORDER]}},
            },
            "auth": order[OrderSource.CONFIG_ORDER],
            "models": {"providers": {"lab": {"baseUrl": f"{url}/v1", "models": models}}},
        }
    )
    keys = {name.replace(":", "_"): {"type": "api_key", "key": "sandbox-ok"} for name in ("lab:a", *_NAMED.values())}
    write_store({**profiles(**keys), **order[OrderSource.STORE_ORDER]})


@pytest.mark.parametrize("flags", [*itertools.product((False, True), repeat=len(_SOURCES))], ids=str)
def test_all_commands_agree_on_the_order(flags: tuple[bool, ...], run: Run, sandbox: Sandbox) -> None:
    present = dict(zip(_SOURCES, flags, strict=True))
    write_world(present, sandbox.url)

    def read(*command: str) -> Any:
        return json.loads(run(*command, "--json").out)

    source = next((each for each in _SOURCES if present[each]), OrderSource.STORED)
    others = next(
        (each for each in _SOURCES if present[each] and each is not OrderSource.MODEL_PROFILE), OrderSource.STORED
    )
    one, other = _NAMED.get(source, "lab:a"), _NAMED.get(others, "lab:a")
    # Requests are what decides; whatever else tells of them must tell the same.
    probed = {each["model"]: each["probes"][0]["label"] for each in read("probe")["routes"]}
    assert probed == {"lab/sandbox-a": one, "lab/sandbox-b": other}
    status = read("models", "status")["routes"]
    assert {each["model"]: each["credential"]["label"] for each in status} == probed

    for ref, label in probed.items():
        used = [
            step["text"]
            for part in read("explain", ref)["parts"]
            for step in part["steps"]
            if step["text"].startswith("used: ")
        ]
        assert used == [f"used: profile {label} (api_key)"]

    order = read("models", "auth", "order", "get", "--provider", "lab")
    assert_valid(order, "outputs/auth-order")
    pinned = {"sandbox-a": one} if source is OrderSource.MODEL_PROFILE else {}
    assert (order["effective"]["source"], order["effective"]["usable"][0]) == (others.value, other)
    assert {model: found["usable"][0] for model, found in order["models"].items()} == pinned

    (listed,) = read("models", "auth", "list")["providers"]
    assert (listed["orderSource"], listed["effective"]) == (others.value, other)
    assert {model: each["label"] for each in listed["credentials"] for model in each["models"]} == pinned


def write_pinned(name: str, *stored: str) -> None:
    """A model whose own profile the order of its provider leaves out."""
    models = [{"id": "big", "profile": name}, {"id": "small"}]
    write_config(
        {
            "agents": {"defaults": {"model": {"primary": "lab/big", "fallbacks": ["lab/small"]}}},
            "auth": {"order": {"lab": ["lab:a"]}},
            "models": {"providers": {"lab": {"baseUrl": "https://lab.example/v1", "models": models}}},
        }
    )
    write_store(profiles(**{each.replace(":", "_"): {"type": "api_key", "key": "some-key"} for each in stored}))


def test_profile_of_one_model_is_shown_as_used_for_it(run: Run) -> None:
    write_pinned("lab:pin", "lab:a", "lab:pin")
    listed = run("models", "auth", "list").out
    assert "  lab:pin  api_key  set (no expiry)  used only for big\n" in listed
    order = run("models", "auth", "order", "get", "--provider", "lab").out
    assert "Tried           lab:a (by auth.order)\n" in order
    assert "Model big: lab:pin (by model's profile)\n" in order
    assert "not used" not in run("models", "status").out
    explained = run("explain", "agent:main").out
    assert "credential for lab/big: profile lab:pin (api_key)" in explained
    assert "credential for lab: profile lab:a (api_key)" in explained


def test_only_a_model_with_a_profile_of_its_own_has_a_credential(run: Run) -> None:
    write_pinned("lab:pin", "lab:pin")
    assert "lab  no usable credential for other models\n" in run("models", "auth", "list").out
    big, small = json.loads(run("models", "status", "--json").out)["routes"]
    assert (big["credential"]["label"], small["credential"]["kind"]) == ("lab:pin", "missing")


def test_check_fails_for_a_model_whose_own_profile_is_missing(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEXT2LLM_TRUSTED_ORIGINS", "profile:lab:a=https://lab.example")
    write_pinned("lab:gone", "lab:a")
    document = json.loads(run("models", "status", "--json").out)
    assert [each["credential"]["label"] for each in document["routes"]] == ["missing", "lab:a"]
    assert document["auth"]["missingProvidersInUse"] == ["lab"]
    assert run("models", "status", "--check").code == 1
    assert "lab:gone  not stored" in run("models", "auth", "list").out
    assert "Model big: no profile (by model's profile)\n" in run("models", "auth", "order", "get", "--provider=lab").out
