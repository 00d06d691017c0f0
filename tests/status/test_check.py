"""The rule of ``--check``: a route fails only when no usable credential is left for it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.running import Run
from tests.status.world import KEY, NOW, freeze_clock, profiles, with_model, write_config, write_store

HOUR = 3_600_000
_STALE = {"type": "token", "token": "t", "expires": NOW - HOUR}
_SOON = {"type": "token", "token": "t", "expires": NOW + HOUR}
_LATER = {"type": "token", "token": "t", "expires": NOW + 48 * HOUR}
_LOGIN = {"type": "oauth", "access": "a", "refresh": "r", "expires": NOW - HOUR}
_OPUS = with_model("anthropic/claude-opus-4-5")


@pytest.mark.parametrize(
    ("config", "store", "environ", "code"),
    [
        pytest.param(_OPUS, profiles(), {}, 1, id="nothing"),
        pytest.param(_OPUS, profiles(anthropic_default=KEY), {}, 0, id="key"),
        pytest.param(_OPUS, profiles(), {"ANTHROPIC_API_KEY": "k"}, 0, id="variable"),
        pytest.param(_OPUS, profiles(anthropic_a=_STALE), {}, 1, id="stale"),
        pytest.param(_OPUS, profiles(anthropic_a=_STALE, anthropic_b=KEY), {}, 0, id="stale-beside-healthy"),
        pytest.param(_OPUS, profiles(anthropic_a=_STALE), {"ANTHROPIC_API_KEY": "k"}, 0, id="stale-beside-variable"),
        pytest.param(_OPUS, profiles(anthropic_a=_SOON), {}, 2, id="expiring"),
        pytest.param(with_model("amazon-bedrock/x"), profiles(), {"AWS_PROFILE": "p"}, 2, id="looked-at-by-nobody"),
        pytest.param(with_model("google-vertex/x"), profiles(), {"GOOGLE_APPLICATION_CREDENTIALS": "/f"}, 2, id="adc"),
        pytest.param(
            with_model("amazon-bedrock/x"),
            profiles(),
            {"AWS_PROFILE": "p", "AWS_BEARER_TOKEN_BEDROCK": "k"},
            0,
            id="key-beside-identity",
        ),
        pytest.param(_OPUS, profiles(anthropic_a=_SOON, anthropic_b=_LATER), {}, 0, id="expiring-beside-healthy"),
        pytest.param(_OPUS, profiles(anthropic_a=_LOGIN), {}, 0, id="stale-access-token-that-can-refresh"),
        pytest.param(with_model("anthropic/x", "openai/y"), profiles(anthropic_a=KEY), {}, 1, id="missing-fallback"),
        pytest.param(with_model("anthropic/x", "openai/y"), profiles(anthropic_a=_SOON), {}, 1, id="worst-counts"),
        pytest.param(with_model("ollama/llama3"), profiles(), {}, 0, id="needs-no-key"),
        pytest.param(_OPUS, profiles(anthropic_a=KEY, openai_a=_STALE), {}, 0, id="stale-but-unused"),
        pytest.param({}, profiles(), {}, 0, id="no-model-set"),
        pytest.param({**_OPUS, "auth": {"warnAfter": "30m"}}, profiles(anthropic_a=_SOON), {}, 0, id="warn-later"),
        pytest.param(
            {**_OPUS, "auth": {"order": {"anthropic": ["anthropic:a"]}}},
            profiles(anthropic_a=_STALE, anthropic_b=KEY),
            {},
            1,
            id="healthy-one-is-not-in-the-order",
        ),
        pytest.param(
            {"agents": {"defaults": {"imageModel": "google/gemini-2.5-flash"}}}, profiles(), {}, 1, id="image-model"
        ),
        pytest.param(
            {"agents": {"defaults": {"model": "opus", "models": {"openai/gpt-5.2": {"alias": "opus"}}}}},
            profiles(anthropic_a=KEY),
            {},
            1,
            id="alias-is-resolved-first",
        ),
    ],
)
def test_check(  # noqa: PLR0917 - pytest passes them by name
    config: dict[str, Any],
    store: dict[str, Any],
    environ: dict[str, str],
    code: int,
    run: Run,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    freeze_clock(monkeypatch)
    write_config(config)
    write_store(store)
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    assert run("models", "status", "--check").code == code
    assert run("models", "status", "--check", "--json").code == code
    assert run("models", "status").code == 0
