from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.running import Run
from tests.status.world import KEY, assert_valid, freeze_clock, profiles, write_config, write_store


@pytest.fixture(autouse=True)
def _world(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    freeze_clock(monkeypatch)
    write_config({"agents": {"entries": {"coder": {}}}, "auth": {"order": {"zai": ["zai:a"]}}})


def test_set_shows_and_keeps_the_order(run: Run) -> None:
    path = write_store({**profiles(anthropic_a=KEY, anthropic_b=KEY), "kept": 1})
    done = run("models", "auth", "order", "set", "--provider", "Anthropic", "anthropic:b", "anthropic:a", "anthropic:b")
    assert (done.code, done.err) == (0, "")
    assert done.out == (
        "Agent           main\n"
        "Provider        anthropic\n"
        f"Auth store      {path}\n"
        "Order override  anthropic:b, anthropic:a\n"
        "Tried           anthropic:b, anthropic:a (by store order)\n"
    )
    stored = json.loads(path.read_text())
    assert stored["order"] == {"anthropic": ["anthropic:b", "anthropic:a"]}
    assert stored["kept"] == 1


def test_get_says_what_the_order_comes_to(run: Run) -> None:
    write_store(profiles(zai_a={"type": "token", "token": "t", "expires": 5}, zai_b=KEY))
    done = run("models", "auth", "order", "get", "--provider", "z.ai")
    assert done.out.splitlines()[3:] == [
        "Order override  none",
        "Tried           no profile (by auth.order)",
        "Not used        zai:a: it has expired",
        "Not used        zai:b: the auth.order for zai does not name it",
    ]


def test_get_as_json(run: Run) -> None:
    path = write_store({**profiles(anthropic_a=KEY, anthropic_b=KEY), "order": {"anthropic": ["anthropic:b"]}})
    document = json.loads(run("models", "auth", "order", "get", "--provider", "anthropic", "--json").out)
    assert_valid(document, "outputs/auth-order")
    assert document == {
        "agentId": "main",
        "agentDir": str(path.parent),
        "provider": "anthropic",
        "authStorePath": str(path),
        "order": ["anthropic:b"],
        "effective": {
            "source": "store order",
            "usable": ["anthropic:b"],
            "tried": ["anthropic:b"],
            "dropped": [
                {
                    "profileId": "anthropic:a",
                    "reason": "excluded_by_auth_order",
                    "message": "the store order for anthropic does not name it",
                }
            ],
        },
        "models": {},
    }


def test_clear_goes_back_to_the_usual_order(run: Run) -> None:
    path = write_store({**profiles(anthropic_a=KEY), "order": {"anthropic": ["anthropic:a"], "zai": ["zai:a"]}})
    done = run("models", "auth", "order", "clear", "--provider", "anthropic", "--json")
    assert json.loads(done.out)["order"] is None
    assert json.loads(path.read_text())["order"] == {"zai": ["zai:a"]}


def test_clear_of_nothing_makes_no_store(run: Run) -> None:
    done = run("models", "auth", "order", "clear", "--provider", "anthropic", "--json")
    assert done.code == 0
    assert not Path(json.loads(done.out)["authStorePath"]).exists()


def test_agents_own_order_does_not_hide_the_main_agents_profiles(run: Run) -> None:
    write_store(profiles(anthropic_a=KEY, anthropic_b=KEY))
    done = run("models", "auth", "order", "set", "--provider", "anthropic", "--agent", "Coder", "anthropic:b", "--json")
    document = json.loads(done.out)
    assert (document["agentId"], document["effective"]["usable"]) == ("coder", ["anthropic:b"])
    own = Path(document["authStorePath"])
    assert own.parts[-3:] == ("coder", "agent", "auth-profiles.json")
    assert json.loads(own.read_text()) == {"version": 1, "profiles": {}, "order": {"anthropic": ["anthropic:b"]}}
    main = json.loads(run("models", "auth", "order", "get", "--provider", "anthropic", "--json").out)
    assert main["order"] is None


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["set", "--provider", "anthropic", "anthropic:gone"], 1, "there is no profile 'anthropic:gone' in the store"),
        (["set", "--provider", "anthropic", "my-secret"], 1, "there is no such profile in the store"),
        (["set", "--provider", "anthropic", "zai:a"], 1, "the profile 'zai:a' is for zai, not for anthropic"),
        (["set", "--provider", "anthropic"], 64, "Missing argument 'PROFILE...'"),
        (["get"], 64, "Missing option '--provider'"),
        (["get", "--provider", " "], 64, "--provider is empty"),
        (["get", "--provider", "anthropic", "--agent", "nope"], 1, "there is no agent 'nope'"),
    ],
)
def test_refusals(arguments: list[str], code: int, says: str, run: Run) -> None:
    path = write_store(profiles(anthropic_a=KEY, zai_a=KEY))
    before = path.read_bytes()
    done = run("models", "auth", "order", *arguments)
    assert done.code == code
    assert says in done.err
    assert "hint:" in done.err
    assert path.read_bytes() == before


@pytest.mark.parametrize("agent", ["main", "coder"])
def test_agents_own_order_applies_also_to_the_default_agent(agent: str, run: Run) -> None:
    order = {"auth": {"order": {"zai": ["zai:b"]}}}
    write_config({"agents": {"entries": {"coder": order, "main": order}}, "auth": {"order": {"zai": ["zai:a"]}}})
    write_store(profiles(zai_a=KEY, zai_b=KEY))
    for named in ((), ("--agent", agent)):
        document = json.loads(run("models", "auth", "order", "get", "--provider", "zai", "--json", *named).out)
        assert_valid(document, "outputs/auth-order")
        effective = document["effective"]
        assert (effective["source"], effective["usable"]) == ("agent's auth.order", ["zai:b"])
        (listed,) = json.loads(run("models", "auth", "list", "--json", *named).out)["providers"]
        assert (listed["orderSource"], listed["effective"]) == ("agent's auth.order", "zai:b")
