"""Redact a text, or a value that contains texts, with each layer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import pytest

from text2llm.config.reader import read_document
from text2llm.redaction import Layer, redact
from text2llm.redaction.echoes import Echoes
from text2llm.redaction.forms import Forms
from text2llm.redaction.places import Places
from text2llm.redaction.values import Values
from text2llm.secret import Secret

KEY = "sk-ant-api03-QQQQQQQQQQQQQQQQ"
PLAIN = "q9Wk3Jd8Vn2Xb6Lm1Tz5Rc7Y"


class Pair(NamedTuple):
    text: str
    number: int


@dataclass(frozen=True, slots=True)
class Report:
    pairs: tuple[Pair, ...]
    kind: type[Pair] = Pair


@pytest.mark.parametrize(
    ("layer", "text", "shown"),
    [
        (Values([PLAIN]), f"is {PLAIN[::-1]}", "is [redacted]"),
        (Echoes((Secret(PLAIN),)), f"is {PLAIN[:9]} and {PLAIN[-7:]}", "is [redacted] and [redacted]"),
        (Forms(), f"is {KEY}", "is [secret]"),
        (Places([PLAIN]), f"is {PLAIN.lower()}", "is [secret]"),
        (Places([]), "is it", "is it"),
        (Places.of_arguments([f"--{PLAIN}", f"--key={PLAIN}x", "opus"]), f"--{PLAIN} opus", "--[secret] opus"),
    ],
)
def test_a_layer_hides_what_it_knows(layer: Layer, text: str, shown: str) -> None:
    assert redact(text, layer) == shown


def test_every_text_of_a_value_is_redacted_by_every_layer_and_the_rest_stays() -> None:
    report = Report((Pair(f"a {KEY}", 1), Pair(PLAIN, 2)))
    layers = (Forms(), Places([PLAIN]))
    assert redact(report, *layers) == Report((Pair("a [secret]", 1), Pair("[secret]", 2)))
    assert redact({KEY: [(KEY, None)]}, *layers) == {"[secret]": [("[secret]", None)]}
    assert redact(report) == report


def test_credentials_of_files_are_shown_only_as_references_and_public_values() -> None:
    text = f"models: {{providers: {{lab: {{apiKey: {PLAIN}, headers: {{X-Key: {KEY}}}}}}}}}\n"
    places = Places.of_files([read_document("c.yaml", text.encode())], Forms())
    assert [places.show_credential(each) for each in (None, " ${KEY} ", "sandbox-ok", PLAIN)] == [
        None,
        "${KEY}",
        "sandbox-ok",
        "value hidden",
    ]
    shown = [places.show_header(each) for each in (None, "platform", KEY, f"a {PLAIN}")]
    assert shown == [None, "platform", "value hidden", "value hidden"]
    assert places.find(f"a {PLAIN.upper()}") == [(2, 26)]


def test_places_are_found_without_case_beside_letters_that_grow_without_it() -> None:
    places = Places(["abcdef1", "abcdef12345", "Straße99"])
    assert places.redact("ß ABCDEF12345 abcdef1x İ straße99") == "ß [secret] [secret]x İ [secret]"
    assert places.redact("abcdef1") == "[secret]"
    assert places.redact("ends with abcdef") == "ends with abcdef"
