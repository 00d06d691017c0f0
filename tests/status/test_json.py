from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.running import Run
from tests.status.world import KEY, NOW, assert_valid, freeze_clock, profiles, with_model, write_config, write_store

HOUR = 3_600_000


@pytest.fixture
def status(run: Run, monkeypatch: pytest.MonkeyPatch) -> Any:
    freeze_clock(monkeypatch)

    def call(*arguments: str) -> dict[str, Any]:
        done = run("models", "status", "--json", *arguments)
        assert (done.code, done.err) == (0, "")
        report: dict[str, Any] = json.loads(done.out)
        assert_valid(report, "outputs/status")
        return report

    return call


def test_nothing_is_assumed(status: Any) -> None:
    write_config({})
    report = status()
    assert (report["defaultModel"], report["resolvedDefault"], report["imageModel"]) == (None, None, None)
    assert (report["fallbacks"], report["routes"], report["aliases"], report["allowed"]) == ([], [], {}, [])
    assert report["configPath"] == str(Path("text2llm.yaml").resolve())
    assert report["auth"]["providers"] == []


def test_chain_is_resolved_and_the_default_told_as_written_too(status: Any) -> None:
    models = {"anthropic/claude-opus-4-5": {"alias": ["opus", "best"]}, "openai/gpt-5-mini": {"alias": "Fast"}}
    config = with_model("opus", "fast", "z.ai/glm-5")
    config["agents"]["defaults"] |= {"models": models, "modelPolicy": {"allow": ["anthropic/*", "zai/glm-5"]}}
    write_config(config)
    report = status()
    assert (report["defaultModel"], report["resolvedDefault"]) == ("opus", "anthropic/claude-opus-4-5")
    assert report["fallbacks"] == ["openai/gpt-5-mini", "zai/glm-5"]
    assert list(report["aliases"].items()) == [
        ("opus", "anthropic/claude-opus-4-5"),
        ("best", "anthropic/claude-opus-4-5"),
        ("Fast", "openai/gpt-5-mini"),
    ]
    assert report["allowed"] == ["anthropic/*", "zai/glm-5"]
    assert report["auth"]["missingProvidersInUse"] == ["anthropic", "openai", "zai"]


def test_route_says_where_it_is_written_and_what_pays(status: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", "short")
    write_store(profiles(anthropic_a={"type": "token", "token": "t", "expires": 1}))
    Path("text2llm.yaml").write_text("version: 1\nagents:\n  defaults: {model: anthropic/claude-opus-4-5}\n")
    (route,) = status()["routes"]
    assert route == {
        "role": "main",
        "slot": "model",
        "position": 0,
        "model": "anthropic/claude-opus-4-5",
        "written": "anthropic/claude-opus-4-5",
        "location": {"path": str(Path("text2llm.yaml").resolve()), "line": 3, "column": 21},
        "credential": {"kind": "env", "label": "ANTHROPIC_API_KEY"},
        "status": "static",
        "rejected": [{"label": "anthropic:a", "reason": "expired", "message": "it has expired"}],
    }


def test_secrets_are_told_apart_by_fingerprint_and_short_ones_by_name(
    status: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "0123456789012345678")  # 19 characters
    monkeypatch.setenv("GROQ_API_KEY", "01234567890123456789")
    monkeypatch.setenv("ANTHROPIC_OAUTH_TOKEN", "01234567890123456789")
    monkeypatch.setenv("LAB_KEY", "01234567890123456789")
    write_store(
        profiles(
            mistral_a={"type": "api_key", "key": "01234567890123456789"},
            mistral_b={"type": "api_key", "key": {"source": "env", "id": "LAB_KEY"}},
            mistral_c={"type": "token", "token": "short"},
            mistral_d={"type": "oauth", "access": "01234567890123456789", "refresh": "r"},
            mistral_e={"type": "oauth", "access": "01234567890123456789", "email": "me@example.com"},
            mistral_f={"type": "mtls"},
        )
    )
    lab = {"api": "openai-completions", "baseUrl": "https://lab.example/v1", "apiKey": "${LAB_KEY}"}
    write_config({"models": {"providers": {"lab": lab}}})
    auth = status()["auth"]
    by_id = {entry["provider"]: entry for entry in auth["providers"]}
    assert by_id["openai"]["env"] == {"value": "set", "source": "env: OPENAI_API_KEY"}
    assert by_id["openai"]["effective"] == {"kind": "env", "detail": "set"}
    assert by_id["groq"]["env"]["value"] == "sha256:4e76ad83"
    assert by_id["anthropic"]["effective"] == {"kind": "env", "detail": "OAuth (env)"}
    assert by_id["lab"]["effective"] == {"kind": "config", "detail": "sha256:4e76ad83"}
    assert by_id["lab"]["config"]["source"] == f"{Path('text2llm.yaml').resolve()}: LAB_KEY"
    assert by_id["mistral"]["profiles"] == {
        "count": 6,
        "oauth": 2,
        "token": 1,
        "apiKey": 2,
        "labels": [
            "mistral:a=api_key (sha256:4e76ad83)",
            "mistral:b=api_key (env:LAB_KEY)",
            "mistral:c=token",
            "mistral:d=OAuth",
            "mistral:e=OAuth (me@example.com)",
            "mistral:f=mtls (unknown type)",
        ],
    }
    assert auth["providersWithOAuth"] == ["anthropic (1)", "mistral (3)"]


def test_agent_has_its_own_models_and_says_where_they_come_from(status: Any) -> None:
    config = with_model("anthropic/claude-opus-4-5", "openai/gpt-5.2")
    config["agents"]["entries"] = {"coder": {"model": "openai/gpt-5.2"}, "writer": {"model": {"fallbacks": []}}}
    write_config(config)
    assert status("--agent", "coder")["modelConfig"] == {"defaultSource": "agent", "fallbacksSource": "defaults"}
    report = status("--agent", "Writer")
    assert (report["agentId"], report["fallbacks"]) == ("writer", [])
    assert report["modelConfig"] == {"defaultSource": "defaults", "fallbacksSource": "agent"}
    assert "modelConfig" not in status()


def test_agent_without_a_store_shows_the_main_agents(status: Any) -> None:
    config = with_model("anthropic/claude-opus-4-5")
    config["agents"]["entries"] = {"coder": {}}
    write_config(config)
    path = write_store(profiles(anthropic_default=KEY))
    report = status("--agent", "coder")
    assert report["auth"]["storePath"] == str(path)
    assert report["agentDir"].endswith("/agents/coder/agent")
    assert report["auth"]["missingProvidersInUse"] == []


def test_cooldown_of_one_model_names_it(status: Any, run: Run) -> None:
    store = profiles(anthropic_a=KEY, anthropic_b=KEY)
    cooldown = {"cooldownUntil": NOW + HOUR, "cooldownReason": "model_not_found", "cooldownModel": "small"}
    store["usageStats"] = {"anthropic:a": cooldown, "anthropic:b": {"disabledUntil": NOW + HOUR}}
    write_store(store)
    write_config(with_model("anthropic/large"))
    aside, other = status()["auth"]["unusableProfiles"]
    assert (aside["model"], aside["reason"]) == ("small", "model_not_found")
    assert "model" not in other
    (listed,) = json.loads(run("models", "auth", "list", "--json").out)["providers"]
    assert_valid(json.loads(run("models", "auth", "list", "--json").out), "outputs/auth-list")
    assert [each["cooldown"]["model"] for each in listed["credentials"]] == ["small", None]
    out = run("models", "status").out
    assert "in cooldown for small\n" in out
    assert "  disabled\n" in out
    assert status()["routes"][0]["credential"]["label"] == "anthropic:a"


def test_profiles_set_aside_by_other_tools_are_shown_and_respected(status: Any) -> None:
    store = profiles(anthropic_a=KEY, anthropic_b=KEY)
    store["usageStats"] = {
        "anthropic:a": {"cooldownUntil": NOW + 5 * HOUR},
        "anthropic:b": {"disabledUntil": NOW + HOUR, "disabledReason": "billing"},
        "gone:x": {"cooldownUntil": NOW + 9 * HOUR},
        "anthropic:c": {"cooldownUntil": NOW},
    }
    write_store(store)
    write_config(with_model("anthropic/claude-opus-4-5"))
    report = status()
    assert report["auth"]["unusableProfiles"] == [
        {
            "profileId": "anthropic:b",
            "provider": "anthropic",
            "kind": "disabled",
            "reason": "billing",
            "until": NOW + HOUR,
            "remainingMs": HOUR,
        },
        {
            "profileId": "anthropic:a",
            "provider": "anthropic",
            "kind": "cooldown",
            "until": NOW + 5 * HOUR,
            "remainingMs": 5 * HOUR,
        },
        {"profileId": "gone:x", "kind": "cooldown", "until": NOW + 9 * HOUR, "remainingMs": 9 * HOUR},
    ]
    assert report["routes"][0]["credential"]["label"] == "anthropic:b"
    labels = report["auth"]["providers"][0]["profiles"]["labels"]
    assert [label.partition(" [")[2] for label in labels] == ["cooldown]", "disabled]"]


def test_provider_is_expired_when_all_it_has_is(status: Any) -> None:
    write_store(profiles(anthropic_a={"type": "token", "token": "t", "expires": NOW - HOUR}, anthropic_b={"type": "x"}))
    write_config(with_model("anthropic/claude-opus-4-5"))
    report = status()
    (health,) = report["auth"]["oauth"]["providers"]
    assert (health["status"], health["remainingMs"]) == ("expired", -HOUR)
    assert report["routes"][0]["status"] == "expired"
    assert report["auth"]["missingProvidersInUse"] == ["anthropic"]
    assert report["auth"]["providers"][0]["effective"] == {"kind": "missing", "detail": "missing"}


def test_healthy_profile_outside_the_order_does_not_make_its_provider_healthy(status: Any) -> None:
    write_store(profiles(anthropic_a=KEY))
    write_config({**with_model("anthropic/x"), "auth": {"order": {"anthropic": ["anthropic:gone"]}}})
    assert status()["routes"][0]["status"] == "missing"


def test_provider_that_needs_no_key_is_told(status: Any) -> None:
    write_config(with_model("ollama/llama3"))
    auth = status()["auth"]
    assert auth["providers"][0]["effective"] == {"kind": "none", "detail": "needs no credential"}
    assert auth["oauth"]["providers"] == [{"provider": "ollama", "status": "static", "profiles": []}]


def test_sdk_credentials_are_told(status: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "work")
    write_config(with_model("amazon-bedrock/anthropic.claude"))
    assert status()["routes"][0]["credential"] == {"kind": "sdk", "label": "AWS_PROFILE"}


def test_what_models_keys_name_is_in_view(status: Any) -> None:
    write_config({"agents": {"defaults": {"models": {"groq/llama-4": {"params": {"temperature": 0}}}}}})
    assert [entry["provider"] for entry in status()["auth"]["oauth"]["providers"]] == ["groq"]


def test_no_secret_appears(status: Any, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    canary = "canary-7f3a9-canary-7f3a9"
    monkeypatch.setenv("OPENAI_API_KEY", canary)
    monkeypatch.setenv("LAB_KEY", canary)
    write_store(
        profiles(
            anthropic_a={"type": "api_key", "key": canary},
            anthropic_b={"type": "oauth", "access": canary, "refresh": canary, "idToken": canary},
            anthropic_c={"type": "token", "token": canary},
        )
    )
    lab = {"api": "openai-completions", "baseUrl": "https://lab.example/v1", "apiKey": "${LAB_KEY}"}
    write_config({**with_model("lab/x", "openai/y"), "models": {"providers": {"lab": lab}}})
    shown = json.dumps(status()) + run("models", "status").out
    assert not [part for part in ("canary", "7f3a9", canary[:4], canary[-4:]) if part in shown]


def test_credential_that_is_passed_over_is_still_told(status: Any, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MY_KEY", KEY["key"])
    write_store(profiles(anthropic_a=KEY))
    write_config({**with_model("anthropic/x"), "models": {"providers": {"anthropic": {"apiKey": "${MY_KEY}"}}}})
    (provider,) = status()["auth"]["providers"]
    source = f"{Path('text2llm.yaml').resolve()}: MY_KEY"
    assert provider["config"] == {"value": "sha256:524f5b5d", "source": source}
    told = run("models", "status").out
    assert (
        "                    MY_KEY  sha256:524f5b5d\n"
        "                  not used: may not be sent to https://api.anthropic.com\n"
    ) in told


PARAMS = """version: 1
agents:
  defaults:
    model: anthropic/claude-opus-4-5
    params: {temperature: 0.2, seed: 3, context1m: true, api_key: hunt}
    roles: {small: {primary: lab/m, params: {effort: low, stop: null}}}
  entries: {coder: {models: {LAB/m: {params: {max_tokens: 9}}}}}
models: {providers: {lab: {baseUrl: "http://127.0.0.1:9/v1", params: {topK: 4}, models: [{id: m}]}}}
"""
KEYS = ("params", "request", "requestHeaders", "dropped")


def test_a_route_has_the_parameters_that_it_sends_without_a_credential(status: Any) -> None:
    Path("text2llm.yaml").write_text(PARAMS)
    main, small = status("--agent", "coder")["routes"]
    assert {key: main.get(key) for key in KEYS} == {
        "params": {"temperature": 0.2, "context1m": True, "api_key": "value hidden"},
        "request": {"temperature": 0.2, "api_key": "value hidden"},
        "requestHeaders": {"anthropic-beta": "context-1m-2025-08-07"},
        "dropped": {"seed": 3},
    }
    shared = {"temperature": 0.2, "seed": 3, "api_key": "value hidden"}
    assert small["params"] == {"topK": 4, **shared, "effort": "low", "stop": None, "maxTokens": 9}
    assert small["request"] == {"top_k": 4, **shared, "reasoning_effort": "low", "max_tokens": 9}
    assert (small.get("requestHeaders"), small["dropped"]) == (None, {"context1m": True})


def test_a_listed_model_has_the_parameters_of_its_first_role(run: Run) -> None:
    Path("text2llm.yaml").write_text(PARAMS)
    listed = json.loads(run("models", "list", "--json").out)
    assert_valid(listed, "outputs/models-list")
    assert [model["params"].get("effort") for model in listed["models"]] == [None, "low"]
    assert [model["dropped"] for model in listed["models"]] == [{"seed": 3}, {"context1m": True}]
    every = json.loads(run("models", "list", "--all", "--json").out)["models"]
    assert [model["key"] for model in every if "params" in model] == ["anthropic/claude-opus-4-5", "lab/m"]


def test_without_parameters_a_route_has_no_word_of_them(status: Any) -> None:
    Path("text2llm.yaml").write_text("version: 1\nagents: {defaults: {model: anthropic/claude-opus-4-5, params: {}}}\n")
    assert not set(status()["routes"][0]) & set(KEYS)
    text = "{version: 1, agents: {defaults: {model: anthropic/claude-opus-4-5, models: {lab/m: {params: {seed: 1}}}}}}"
    Path("text2llm.yaml").write_text(text)
    assert not set(status()["routes"][0]) & set(KEYS)


def test_every_agent_is_there_with_its_main_model(status: Any) -> None:
    agents: dict[str, Any] = {"coder": {"model": "best"}, "writer": {}, "main": {"imageModel": "openai/gpt-5.2"}}
    config = with_model("openai/gpt-5.2")
    config["agents"]["defaults"]["models"] = {"anthropic/claude-opus-4-5": {"alias": "best"}}
    write_config(config | {"agents": {**config["agents"], "entries": agents}})
    expected = {"main": "openai/gpt-5.2", "coder": "anthropic/claude-opus-4-5", "writer": "openai/gpt-5.2"}
    assert status()["agents"] == expected
    assert list(status("--agent", "writer")["agents"].items()) == list(expected.items())


def test_thousands_of_agents_have_a_line_each(run: Run) -> None:
    write_config({"agents": {"entries": {f"a{number}": {"model": "lab/x"} for number in range(2000)}}})
    out = run("models", "status", "--json").out
    assert '    "a7": "lab/x",\n    "a8": "lab/x",\n' in out
    assert_valid(json.loads(out), "outputs/status")
