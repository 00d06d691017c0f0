"""Every command tells the same order of credentials, and of one model the credential that requests for it use."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.running import Run
from tests.status.world import KEY, assert_valid, profiles, with_model, write_config, write_store
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


def write_lab(order: list[str] | None, *stored: str, store_order: list[str] | None = None, **model: str) -> None:
    lab = {"baseUrl": "http://127.0.0.1:9/v1", "apiKey": "${LABK}", "models": [{"id": "m", **model}]}
    auth = {} if order is None else {"auth": {"order": {"lab": order}}}
    write_config({**with_model("lab/m"), "models": {"providers": {"lab": lab}}, **auth})
    kept = {} if store_order is None else {"order": {"lab": store_order}}
    write_store({**profiles(**{each.replace(":", "_"): KEY for each in stored}), **kept})


@pytest.fixture
def labk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LABK", KEY["key"])
    monkeypatch.setenv("TEXT2LLM_TRUSTED_ORIGINS", "env:LABK=http://127.0.0.1:9 profile:lab:a=http://127.0.0.1:9")


@pytest.mark.usefixtures("labk")
@pytest.mark.parametrize(
    ("order", "used", "tried"),
    [
        (["env", "lab:a"], "LABK", "env, lab:a (by auth.order)"),
        (["lab:a", "env"], "lab:a", "lab:a, env (by auth.order)"),
        (["lab:b", "env", "lab:a"], "LABK", "env, lab:a (by auth.order)"),
        (["lab:b", "lab:a"], "lab:a", "lab:a (by auth.order)"),
        (["lab:b"], None, "no profile (by auth.order)"),
        (["env"], "LABK", "env (by auth.order)"),
        (None, "lab:a", "lab:a (by stored profiles)"),
    ],
)
def test_env_means_the_variable_of_a_provider_of_ones_own(
    order: list[str] | None, used: str | None, tried: str, run: Run
) -> None:
    write_lab(order, "lab:a")
    (route,) = json.loads(run("models", "status", "--json").out)["routes"]
    assert route["credential"]["label"] == (used or "missing")
    (listed,) = json.loads(run("models", "auth", "list", "--json").out)["providers"]
    assert listed["effective"] == used
    assert f"Tried           {tried}\n" in run("models", "auth", "order", "get", "--provider", "lab").out
    words = tried.removesuffix(" (by auth.order)").replace("no profile", "none")
    assert order is None or f"auth.order applies: {words}" in run("explain", "lab/m").out
    (gated,) = json.loads(run("probe", "--json", "--timeout", "500").out)["routes"]
    assert gated["probes"][0]["label"] == route["credential"]["label"]
    assert run("models", "status", "--check").code == (0 if used else 1)


@pytest.mark.usefixtures("labk")
def test_order_that_is_set_shows_where_the_environment_is_tried(run: Run) -> None:
    write_lab(None, "lab:a")
    done = run("models", "auth", "order", "set", "--provider", "lab", "lab:a", "env")
    assert "Tried           lab:a, env (by store order)\n" in done.out


@pytest.mark.usefixtures("labk")
def test_order_without_env_says_how_to_allow_the_configured_key(run: Run) -> None:
    write_lab(["lab:gone"])
    out = run("models", "status").out
    assert "hint: add env to the auth.order for lab" in out
    write_lab(["env"])
    assert run("models", "status", "--check").code == 0


def test_unset_key_of_an_order_without_env_needs_both(run: Run) -> None:
    write_lab(["lab:gone"])
    parts = json.loads(run("explain", "lab/m", "--json").out)["parts"]
    (part,) = (each for each in parts if each["name"] == "credential for lab")
    assert part["hint"] == (
        "set the variable that the config names, ${LABK}, and add env to the auth.order for lab, "
        "or run `text2llm models auth add`, and name the profile lab:gone"
    )


@pytest.mark.usefixtures("labk")
@pytest.mark.parametrize("profile", [None, {"type": "token", "token": "t", "expires": 1}])
def test_nothing_stands_in_for_the_profile_of_a_model(profile: dict[str, Any] | None, run: Run) -> None:
    write_lab(None, profile="lab:p")
    write_store(profiles() if profile is None else profiles(lab_p=profile))
    done = run("models", "status", "--check")
    assert (done.code, "hint: remove the profile lab:p of the model m" in done.out) == (1, True)
    gate = run("probe", "--json")
    (route,) = json.loads(gate.out)["routes"]
    assert (gate.code, route["probes"][0]["label"]) == (1, "missing")
    explained = run("explain", "lab/m").out
    assert "the model's profile applies: lab:p, which cannot be used" in explained
    assert "not used: LABK: the model's profile for lab does not name it" in explained


def test_headers_do_not_stand_in_for_the_profile_of_a_model(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LABK", KEY["key"])
    lab = {
        "baseUrl": "https://lab.example/v1",
        "headers": {"x-key": "${LABK}"},
        "models": [{"id": "m", "profile": "lab:p"}],
    }
    write_config({**with_model("lab/m"), "models": {"providers": {"lab": lab}}})
    assert run("models", "status", "--check").code == 1


_LOGIN = {"type": "oauth", "access": "a" * 40, "refresh": "r" * 40, "accountId": "x"}


@pytest.mark.parametrize("order", [{}, {"openai-codex": ["openai:me"]}])
def test_chatgpt_login_kept_for_openai_can_be_ordered(order: dict[str, list[str]], run: Run) -> None:
    write_config({**with_model("openai-codex/gpt-5.3-codex", "openai/gpt-5.2"), "auth": {"order": order}})
    write_store(profiles(openai_me=_LOGIN))
    assert "order-wrong-provider" not in run("validate").out
    codex, openai = json.loads(run("models", "status", "--json").out)["routes"]
    assert (codex["credential"]["label"], openai["credential"]["kind"]) == ("openai:me", "missing")
    done = run("models", "auth", "order", "set", "--provider", "openai-codex", "openai:me")
    assert (done.code, "Tried           openai:me (by store order)\n" in done.out) == (0, True)
    done = run("models", "auth", "order", "set", "--provider", "openai", "openai:me")
    assert (done.code, "is for openai-codex, not for openai" in done.err) == (1, True)


def test_declared_chatgpt_login_pays_for_codex(run: Run) -> None:
    declared = {"profiles": {"openai:me": {"provider": "openai", "mode": "oauth"}}}
    write_config(
        {**with_model("openai-codex/gpt-5.3-codex"), "auth": {**declared, "order": {"openai-codex": ["openai:me"]}}}
    )
    write_store(profiles(openai_me=_LOGIN))
    assert run("validate").code == 0
    assert run("models", "status", "--check").code == 0


def test_remedies_for_an_order_that_names_a_login_of_another_provider_help(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = {**with_model("openai/gpt-5.2"), "auth": {"order": {"openai": ["openai:me"]}}}
    write_config(config)
    write_store(profiles(openai_me=_LOGIN))
    out = " ".join(run("models", "status").out.split())
    assert "hint: set OPENAI_API_KEY, and add env to the auth.order for openai" in out
    assert "or run `text2llm models auth add`, and add the profile to the auth.order for openai" in out
    monkeypatch.setenv("OPENAI_API_KEY", KEY["key"])
    write_config({**config, "auth": {"order": {"openai": ["openai:me", "env"]}}})
    assert run("models", "status", "--check").code == 0
