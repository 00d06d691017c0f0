"""Every spelling of a secret is found in any text, and a JSON document stays valid."""

from __future__ import annotations

import base64
import json
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from text2llm.redaction.values import Values, is_public, spell

KEY = 'sk-proj-A1b2C3d4+/E5f6="G7h8'
ODD = "Pässwörd 1\n\\x?"


def known(*values: str) -> Values:
    return Values(values)


@pytest.mark.parametrize("value", [KEY, ODD, "q9Wk3Jd8Vn2Xb6Lm1Tz5Rc7Y"])
@pytest.mark.parametrize(
    "spelled",
    [
        str,
        lambda value: value[::-1],
        str.swapcase,
        str.lower,
        quote,
        quote_plus,
        lambda value: quote(value, safe=""),
        lambda value: quote(value, safe="").lower(),
        lambda value: base64.b64encode(value.encode()).decode().rstrip("="),
        lambda value: base64.urlsafe_b64encode(value.encode()).decode().rstrip("="),
        lambda value: value.encode().hex(),
        lambda value: value.encode().hex().upper(),
        lambda value: json.dumps(value)[1:-1],
        lambda value: json.dumps(value, ensure_ascii=False)[1:-1],
        lambda value: repr(value)[1:-1],
        lambda value: "".join(f"\\u{ord(character):04X}" for character in value),
        lambda value: value.encode("ascii", "backslashreplace").decode(),
    ],
)
def test_each_spelling_is_taken_out(value: str, spelled: object) -> None:
    assert callable(spelled)
    cleaned = known(value).redact(f"before {spelled(value)} after")
    assert cleaned in {"before [redacted] after", "before [redacted]= after", "before [redacted]== after"}


@pytest.mark.parametrize("prefix", [b"", b"u", b"us", b"use", b"user:"])
@pytest.mark.parametrize("suffix", [b"", b"!", b"!!"])
def test_base64_is_found_at_every_offset(prefix: bytes, suffix: bytes) -> None:
    cleaned = known(KEY).redact(base64.b64encode(prefix + KEY.encode() + suffix).decode())
    assert "[redacted]" in cleaned
    assert len(cleaned.replace("[redacted]", "")) < 12


def test_spellings_that_meet_become_one() -> None:
    assert known(KEY, KEY + "tail").redact(f"{KEY}tail {KEY}{KEY}") == "[redacted] [redacted]"


@pytest.mark.parametrize(
    "value", ["", "abc", "seven77", "anthropic", "lm-studio", "not-needed", "1795376000000", "sandbox-ok", "x " * 7]
)
def test_words_numbers_and_public_values_are_not_masked(value: str) -> None:
    assert not known(value)
    assert known(value).redact(f"is {value} there") == f"is {value} there"


@pytest.mark.parametrize("value", ["passw0rd", "Password", "sandbox-" + "x" * 13, "not-needed-at-all-here", "1" * 16])
def test_what_may_be_a_secret_goes(value: str) -> None:
    assert known(value).redact(f"is {value} there") == "is [redacted] there"


@pytest.mark.parametrize(
    ("value", "text", "cleaned"),
    [
        ("n12345678", "\\n12345678", "\\n12345678"),  # the escape's letter and the rest of the text make it up
        ("n1234567x", "a\\n1234567x", "a[redacted]"),
        ("n1234567x", "a\\\\n1234567x", "a\\\\[redacted]"),
        ("4112345678x", "a\\u004112345678x", "a[redacted]"),
        ("1234567x\\", '1234567x\\"', "[redacted]"),
        ("abcdefg\\u00", "abcdefg\\u0041b", "[redacted]b"),
        ("abcdefgh\\x4", "abcdefgh\\x41b", "[redacted]b"),
    ],
)
def test_half_an_escape_is_not_left(value: str, text: str, cleaned: str) -> None:
    expected = cleaned if value != "n12345678" else "[redacted]"
    assert known(value).redact(text) == expected


@given(st.text(min_size=8, max_size=24), st.lists(st.text(max_size=12)), st.booleans())
def test_json_stays_json_and_has_no_secret(value: str, texts: list[str], ascii_only: bool) -> None:  # noqa: FBT001
    made = known(value)
    document = {"texts": [*texts, value, *(text + value for text in texts)], "count": 17}
    cleaned = made.redact(json.dumps(document, ensure_ascii=ascii_only, indent=1))
    told = json.loads(cleaned)
    if made:
        assert value not in "".join(str(text) for text in told["texts"])


def test_offsets_hold_where_lower_case_is_longer() -> None:
    assert known("İİİİ1234x").redact("İ İİİİ1234X İ") == "İ [redacted] İ"


@pytest.mark.parametrize(
    ("text", "begins"),
    [("", 0), ("abc ", 4), ("see sk", 4), ("see SK-PROJ-a1", 4), ("see sks", 6), ("not sk-", 4), ("see @", 5)],
)
def test_open_end_is_what_may_become_a_secret(text: str, begins: int) -> None:
    assert known(KEY).open_end(text) == begins


def test_lone_surrogates_are_spelled_too() -> None:
    assert "\udcff12345678" in spell("\udcff12345678")
    assert "\ud80012345678" in spell("\ud80012345678")


def test_learning_again_costs_nothing_and_adds_what_is_new() -> None:
    made = known(KEY)
    made.learn([KEY])
    made.learn([KEY, "another-secret-1"])
    assert made.redact(f"{KEY} another-secret-1") == "[redacted] [redacted]"


def test_values_may_share_a_spelling() -> None:
    assert known(KEY, KEY[::-1]).redact(f"{KEY} {KEY[::-1]}") == "[redacted] [redacted]"


def test_public_values_are_short_words_after_sandbox() -> None:
    assert is_public("sandbox-ok")
    assert not is_public("sandbox-" + "x" * 13)
    assert not is_public("sk-sandbox-ok")
