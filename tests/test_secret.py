from __future__ import annotations

import json
import pickle

import pytest

from text2llm.secret import Secret, forget_values, held_values

VALUE = "sk-ant-api03-canary-0123456789"


def test_value_shows_in_no_text_form() -> None:
    secret = Secret(VALUE)
    forms = [repr(secret), str(secret), f"{secret}", f"{secret:>40}", f"{secret!r}", "%s" % secret, repr([secret])]  # noqa: UP031
    assert not [form for form in forms if VALUE in form]


def test_value_is_revealed_on_purpose_only() -> None:
    assert Secret(VALUE).reveal() == VALUE


def test_secret_is_not_serialized() -> None:
    with pytest.raises(TypeError, match="never serialized"):
        pickle.dumps(Secret(VALUE))
    with pytest.raises(TypeError):
        json.dumps({"key": Secret(VALUE)})


def test_equality_is_that_of_the_values() -> None:
    assert Secret(VALUE) == Secret(VALUE)
    assert Secret(VALUE) != Secret("other")
    assert Secret(VALUE) != VALUE
    assert len({Secret(VALUE), Secret(VALUE)}) == 1


def test_emptiness_is_visible() -> None:
    assert Secret(VALUE)
    assert not Secret("")


def test_fingerprint_is_eight_hex_digits() -> None:
    assert Secret(VALUE).fingerprint() == "485d17dc"


def test_short_secret_has_no_fingerprint() -> None:
    assert Secret("0123456789012345678").fingerprint() is None


def test_values_of_a_run_are_known_until_the_next_one() -> None:
    forget_values()
    Secret(VALUE)
    assert list(held_values()) == [VALUE]
    forget_values()
    assert list(held_values()) == []
