from __future__ import annotations

import pytest

from text2llm.sandbox.behaviors import BEHAVIORS
from text2llm.sandbox.keys import Role, key_role, parse_role
from text2llm.secret import Secret
from text2llm.trust.public import is_public_value


@pytest.mark.parametrize(
    ("text", "role"),
    [
        ("ok", Role("ok")),
        ("ok-7f3k", Role("ok")),
        ("slow-500", Role("slow", 500)),
        ("slow-999999999", Role("slow", 600_000)),
        ("error-200", Role("error-200")),
        ("error-200-3", Role("error-200", 3)),
        ("error200", Role("error-200")),
        ("wrong-model-a", Role("other-model")),
        ("redirect-away", Role("redirect-away")),
        ("redirect-home", Role("redirect")),
        ("nonsense", None),
        ("nonsense-ok", None),
        ("ok-a-b", None),
        ("ok-", None),
        ("OK", None),
        ("ok\n", None),
        ("ok-٣", None),
        ("", None),
    ],
)
def test_role(text: str, role: Role | None) -> None:
    assert parse_role(text, BEHAVIORS) == role


@pytest.mark.parametrize("key", ["ok", "sk-ok", "xsandbox-ok", "sandboxok", "sandbox-"])
def test_key_of_another_provider(key: str) -> None:
    assert key_role(key, BEHAVIORS) is None


@pytest.mark.parametrize("name", BEHAVIORS)
def test_every_key_is_a_public_value_that_needs_no_grant(name: str) -> None:
    assert is_public_value(Secret(f"sandbox-{name}"))
    assert is_public_value(Secret(f"sandbox-{name}-4f9k2m1x8q0z"))  # as issued by a login
    assert key_role(f"sandbox-{name}", BEHAVIORS) == Role(name)
