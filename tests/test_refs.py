from __future__ import annotations

import json

import pytest

from text2llm.config.schema_files import schema_text
from text2llm.errors import ReferenceFormatError
from text2llm.refs import ALIAS_NAME, ModelRef, Spellings, parse_agent_id, parse_alias, parse_ref

SPELLINGS = Spellings({"z.ai": "zai"}, {"anthropic": {"opus-4.5": "claude-opus-4-5"}})


@pytest.mark.parametrize(
    ("text", "provider", "model"),
    [
        ("openrouter/moonshotai/kimi-k2", "openrouter", "moonshotai/kimi-k2"),
        (" Z.AI / GLM-4.7 ", "zai", "GLM-4.7"),
        ("Anthropic/Opus-4.5", "anthropic", "claude-opus-4-5"),
        ("openai/opus-4.5", "openai", "opus-4.5"),
    ],
)
def test_reference_splits_at_the_first_slash_and_is_spelled_canonically(text: str, provider: str, model: str) -> None:
    assert parse_ref(text, SPELLINGS) == ModelRef(provider, model)


@pytest.mark.parametrize("text", ["", "  ", "/b", "a/", "a", " / ", "a/\x1b[31m", "a/b c", "a/b\u202e"])
def test_bad_reference_is_quoted_in_the_error(text: str) -> None:
    with pytest.raises(ReferenceFormatError) as caught:
        parse_ref(text, SPELLINGS)
    assert repr(text) in caught.value.message


def test_reference_prints_as_provider_and_model() -> None:
    assert str(ModelRef("a", "b/c")) == "a/b/c"


@pytest.mark.parametrize("name", ["", " a", "a  b", "a/b", "a@b", "a\n", "a\u200bb", "é/b"])
def test_bad_alias_is_refused(name: str) -> None:
    with pytest.raises(ReferenceFormatError):
        parse_alias(name)


def test_alias_keeps_its_case() -> None:
    assert parse_alias("a.B_c:d-e") == "a.B_c:d-e"


@pytest.mark.parametrize("name", ["Primary Model", "caché", "主力", "हिन्दी", "модель 2"])
def test_alias_has_letters_of_any_script_and_inner_spaces(name: str) -> None:
    assert parse_alias(name) == name


def test_alias_and_schema_agree() -> None:
    pattern = json.loads(schema_text("config"))["$defs"]["aliasName"]["pattern"]
    assert pattern == f"^{ALIAS_NAME}$(?!\\n)"


def test_agent_ids_are_lower_case() -> None:
    assert parse_agent_id(" Coder_1 ") == "coder_1"


@pytest.mark.parametrize("text", ["", "-a", "a/b", "..", "a" * 65, "é"])
def test_bad_agent_id_is_refused(text: str) -> None:
    with pytest.raises(ReferenceFormatError):
        parse_agent_id(text)
