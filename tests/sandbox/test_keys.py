from __future__ import annotations

import pytest

from text2llm.sandbox.behaviors import BEHAVIORS
from text2llm.sandbox.keys import KeyBehavior, find_behavior, parse_behavior
from text2llm.secret import Secret
from text2llm.trust.public import is_public_value


@pytest.mark.parametrize(
    ("text", "role"),
    [
        ("ok", KeyBehavior("ok")),
        ("ok-7f3k", KeyBehavior("ok")),
        ("slow-500", KeyBehavior("slow", 500)),
        ("slow-999999999", KeyBehavior("slow", 600_000)),
        ("error-200", KeyBehavior("error-200")),
        ("error-200-3", KeyBehavior("error-200", 3)),
        ("error200", KeyBehavior("error-200")),
        ("wrong-model-a", KeyBehavior("other-model")),
        ("redirect-away", KeyBehavior("redirect-away")),
        ("redirect-home", KeyBehavior("redirect")),
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
def test_role(text: str, role: KeyBehavior | None) -> None:
    assert parse_behavior(text, BEHAVIORS) == role


@pytest.mark.parametrize("key", ["ok", "sk-ok", "xsandbox-ok", "sandboxok", "sandbox-"])
def test_key_of_another_provider(key: str) -> None:
    assert find_behavior(key, BEHAVIORS) is None


@pytest.mark.parametrize("name", BEHAVIORS)
def test_every_key_is_a_public_value_that_needs_no_grant(name: str) -> None:
    assert is_public_value(Secret(f"sandbox-{name}"))
    assert is_public_value(Secret(f"sandbox-{name}-4f9k2m1x8q0z"))  # as issued by a login
    assert find_behavior(f"sandbox-{name}", BEHAVIORS) == KeyBehavior(name)
