from __future__ import annotations

import base64
from urllib.parse import quote

import pytest

from text2llm.redaction.echoes import Echoes
from text2llm.secret import Secret

KEY = 'sk-proj-A1b2C3d4+/E5f6="G7h8'
ECHOES = Echoes((Secret(KEY),))


@pytest.mark.parametrize(
    "text",
    [
        f"bad key {KEY}!",
        f"bad key {quote(KEY)}",
        f"bad key {quote(KEY, safe='')}",
        f"bad key {base64.b64encode(KEY.encode()).decode()}",
        f"bad key {base64.urlsafe_b64encode(KEY.encode()).decode()}",
        f"bad key {base64.b64encode(b'user:' + KEY.encode()).decode()}",
        f"bad key {base64.b64encode(b'me:' + KEY.encode() + b'?').decode()}",
        f"bad key {KEY.encode().hex()}",
        "bad key " + KEY.replace('"', '\\"'),
    ],
)
def test_key_is_taken_out_whole_and_encoded(text: str) -> None:
    for cleaned in (ECHOES.redact(text), ECHOES.redact_bytes(text.encode()).decode()):
        assert "[redacted]" in cleaned
        assert "A1b2" not in cleaned
        assert base64.b64encode(KEY.encode())[4:24].decode() not in cleaned


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("starts with sk-proj-A1b2, ends", "starts with [redacted], ends"),
        ("ends with d4+/E5f6 too", "ends with [redacted] too"),
        ("masked sk-pr*****7h8.", "masked [redacted]."),
        ("masked sk-pr...G7h8 here", "masked [redacted] here"),
        ("masked sk-pr…7h8 here", "masked [redacted] here"),
        ("in other case SK-PROJ-a1B2!", "in other case [redacted]!"),
        ("joined sk_proj_a1_b2_c3_d4", "joined [redacted]"),
        ("backwards 8h7G", "backwards 8h7G"),
        ("backwards 8h7G6f5E", "backwards [redacted]"),
        ("six 2C3d4+/E only", "six [redacted] only"),
        ("five 2C3d4 only", "five 2C3d4 only"),
        (r"twice escaped \u0073\u006b\u002d", r"twice escaped \[redacted]"),
        ("nothing of it... at all", "nothing of it... at all"),
        ("2 ** 3", "2 ** 3"),
    ],
)
def test_parts_and_masked_keys_are_taken_out_of_texts(text: str, cleaned: str) -> None:
    assert ECHOES.redact(text) == cleaned


def test_text_is_cut_after_the_key_was_taken_out() -> None:
    cleaned = ECHOES.redact("x" * 4090 + KEY)
    assert cleaned == "x" * 4090 + "[redac"


def test_short_value_stays_in_a_body_that_is_still_to_be_parsed() -> None:
    echoes = Echoes((Secret("error"),))
    assert echoes.redact_bytes(b'{"error": "no"}') == b'{"error": "no"}'
    assert echoes.redact("an error, no") == "an [redacted], no"


def test_secret_without_letters_is_taken_out_whole() -> None:
    assert Echoes((Secret("+-+-!!"),)).redact("is +-+-!! it") == "is [redacted] it"


def test_without_a_secret_nothing_changes() -> None:
    assert Echoes().redact_bytes(b"sk-x") == b"sk-x"
    assert Echoes().redact("sk-x") == "sk-x"
    assert Echoes((Secret("abc"),)).redact("abc") == "abc"


def test_echoes_does_not_show_its_secrets() -> None:
    assert KEY not in repr(ECHOES)
