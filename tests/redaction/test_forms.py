import time
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from tests.providers.descriptors import DESCRIPTORS, ROOT
from text2llm.redaction.forms import Forms, SecretSpan

FORMS = Forms()
FIXTURES = ROOT / "fixtures" / "providers"
CASES: list[dict[str, Any]] = yaml.safe_load((FIXTURES / "secrets.yaml").read_text(encoding="utf-8"))
HARMLESS = [
    line
    for line in (FIXTURES / "not-secrets.txt").read_text(encoding="utf-8").splitlines()
    if line and not line.startswith("#")
]
PREFIXES = [
    prefix
    for descriptor in DESCRIPTORS.values()
    for each in descriptor.get("keyFormats", [])
    for prefix in each.get("prefixes", [])
]
HOSTILE = [
    "sk-",
    "sk-a-",
    "sk-***",
    "sk-a..",
    "eyJ",
    "eyJ-",
    "eyJaaaaaaaa.",
    "Bearer ",
    "Bearer aaaaaaaaaaaaaaa-",
    "hf_",
]
HOSTILE += [
    "-----BEGIN PRIVATE KEY-----",
    "-----BEGIN ",
    "-",
    "gsk_a-",
    "%41",
    "\\u0041",
    "a",
    "A",
    "github_pat_",
    "vapi_a_",
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["text"][:30])
def test_a_secret_is_found_named_and_masked(case: dict[str, Any]) -> None:
    assert FORMS.redact(case["text"]) == case["masked"]
    assert [span.name for span in FORMS.find(case["text"])] == [case["name"]]


@pytest.mark.parametrize("text", HARMLESS)
def test_what_only_looks_like_a_secret_is_none(text: str) -> None:
    assert FORMS.find(text) == ()
    assert FORMS.redact(text) == text


def test_no_model_of_a_descriptor_is_a_secret() -> None:
    models = [each["probe"]["model"] for each in DESCRIPTORS.values() if each["probe"]["model"]]
    references = [f"{provider_id}/{model}" for provider_id in DESCRIPTORS for model in models]
    assert [reference for reference in references if FORMS.find(reference)] == []


def test_no_variable_name_is_a_secret() -> None:
    names = [variable["name"] for each in DESCRIPTORS.values() for variable in each["env"]]
    assert FORMS.find("\n".join(names)) == ()


@pytest.mark.parametrize("prefix", PREFIXES)
@pytest.mark.parametrize("length", [16, 24, 300])
def test_a_short_or_long_key_of_a_known_beginning_is_found_whole(prefix: str, length: int) -> None:
    key = prefix + ("A1" * length)[:length]
    assert FORMS.redact(key) == "[secret]"
    assert FORMS.redact(f"x: '{key}'") == "x: '[secret]'"


def test_spans_are_in_order_and_count_code_points() -> None:
    text = "é gsk_AAAAAAAAAAAAAAAA, hf_AAAAAAAAAAAAAAAA"
    assert FORMS.find(text) == (
        SecretSpan(2, 22, "Groq API key"),
        SecretSpan(24, 43, "Hugging Face Inference Providers user access token"),
    )


@given(before=st.text(max_size=20), after=st.text(max_size=20))
def test_a_key_with_a_known_prefix_is_masked_anywhere(before: str, after: str) -> None:
    assert "ant-api03-QQQQQQQQ" not in FORMS.redact(f"{before}sk-ant-api03-QQQQQQQQQQQQQQQQ{after}")


@given(st.text(alphabet="sk-antpi03_eyJ.Bearer %41\\nu-BEGIN PRIVATE KEY*", max_size=200))
def test_masked_text_has_no_secret_left(text: str) -> None:
    masked = FORMS.redact(text)
    assert [span for span in FORMS.find(masked) if "[secret]" not in masked[span.start : span.end]] == []


@pytest.mark.parametrize("unit", HOSTILE)
def test_time_grows_with_the_length_only(unit: str) -> None:
    text = (unit * (1 << 18))[: 1 << 18]
    began = time.process_time()
    FORMS.find(text)
    assert time.process_time() - began < 2
