from __future__ import annotations

import pytest

from text2llm.errors import UsageError
from text2llm.login.methods import choose_method, offered_methods
from text2llm.providers.oauth import load_logins
from text2llm.providers.registry import load_registry

ALL = ("pkce-loopback", "paste-code", "device-code", "api-key")


@pytest.mark.parametrize(
    ("provider_id", "methods"),
    [
        ("anthropic", ("pkce-loopback", "paste-code", "setup-token", "api-key")),
        ("openrouter", ("pkce-loopback", "paste-code", "api-key")),
        ("github-copilot", ("device-code", "api-key")),
        ("groq", ("api-key",)),
        ("my-gateway", ("api-key",)),
        ("amazon-bedrock", ("api-key",)),
    ],
)
def test_methods_come_from_the_descriptor(provider_id: str, methods: tuple[str, ...]) -> None:
    assert offered_methods(load_registry().get(provider_id), load_logins().get(provider_id)) == methods


def test_methods_of_a_plugin_stand_before_keys() -> None:
    assert offered_methods(None, None, ("acme-ticket",)) == ("acme-ticket", "api-key")


@pytest.mark.parametrize(
    ("offered", "browser", "method"),
    [
        (ALL, True, "pkce-loopback"),
        (ALL, False, "device-code"),
        (("pkce-loopback", "paste-code"), False, "paste-code"),
        (("api-key",), False, "api-key"),
    ],
)
def test_without_a_wish_the_best_that_works_here(offered: tuple[str, ...], *, browser: bool, method: str) -> None:
    assert choose_method(None, offered, terminal=True, browser=browser) == method


def test_requested_method_is_used() -> None:
    assert choose_method("paste-code", ALL, terminal=True, browser=True) == "paste-code"
    assert choose_method("device-code", ALL, terminal=False, browser=False) == "device-code"


@pytest.mark.parametrize(
    ("asked", "offered", "terminal", "says"),
    [
        ("magic", ALL, True, "it offers: pkce-loopback, paste-code, device-code, api-key"),
        (None, ALL, False, "choose one that is not interactive: --method device-code or --method api-key"),
        (None, ("pkce-loopback",), False, "run it where you can answer"),
        ("pkce-loopback", ALL, False, "run it where you can answer"),
        (None, (), True, "its credentials come from its own tools"),
        (None, (), False, "its credentials come from its own tools"),
        ("api-key", (), False, "its credentials come from its own tools"),
    ],
)
def test_refusals_say_what_would_work(
    asked: str | None, offered: tuple[str, ...], *, terminal: bool, says: str
) -> None:
    with pytest.raises(UsageError) as caught:
        choose_method(asked, offered, terminal=terminal, browser=True)
    assert says in str(caught.value.hint)
