from __future__ import annotations

import pytest

from tests.probe.making import only_call
from text2llm.upstream.identity import KnownNames, ModelIdentity, match_names

OPENAI = KnownNames(frozenset({"gpt-5.4", "gpt-4o-mini", "gpt-5.6", "gpt-5.6-sol"}), {"gpt-5.6": ("gpt-5.6-sol*",)})


@pytest.mark.parametrize(
    ("asked", "answered"),
    [
        ("gpt-5-mini", "gpt-5-mini"),
        ("gpt-5-mini", "gpt-5-mini-2025-08-07"),
        ("GPT-4", "gpt-4-0613"),
        ("claude-3-5-sonnet-latest", "claude-3-5-sonnet-20241022"),
        ("claude-3-5-sonnet-20241022", "claude-3-5-sonnet-latest"),
        ("claude-haiku-4-5", "anthropic/claude-haiku-4-5"),
        ("openai/gpt-oss-20b", "gpt-oss-20b"),
        ("meta-llama/llama-3.1-8b-instruct:free", "meta-llama/llama-3.1-8b-instruct"),
        ("command-r", "command-r-08-2024"),
        ("gemini-1.5-flash", "gemini-1.5-flash-001"),
        ("claude-sonnet-4", "Claude Sonnet 4"),
        ("grok-4", "grok-4-0709"),
        ("mistral-medium-latest", "mistral-medium-2505"),
        ("llama3", "llama3:latest"),
        ("::error::x:free", "::error::x:free"),
        ("anthropic/claude-sonnet-4.5", "anthropic/claude-4.5-sonnet-20250929"),
        ("claude-sonnet-4-0", "claude-sonnet-4-20250514"),
        ("gemini-3-pro", "gemini-3-pro-preview"),
        ("gemini-2.5-flash", "models/gemini-2.5-flash-preview-05-20"),
        ("gpt-3.5-turbo", "gpt-35-turbo"),
        ("anthropic.claude-sonnet-4", "us.anthropic.claude-sonnet-4-20250514-v1:0"),
        ("moonshotai/Kimi-K2-Instruct-0905:groq", "moonshotai/kimi-k2-instruct-0905"),
        ("small", "/models/small-q4_K_M.gguf"),
        ("qwen3-8b", "C:\\models\\Qwen3-8B-UD-Q4_K_XL-00001-of-00002.gguf"),
        ("moonshotai/kimi-k2.5", "moonshotai/kimi-k2.5-0127"),
        ("meta-llama/Llama-3.3-70B-Instruct", "Llama-3.3-70B-Instruct-FP8"),
    ],
)
def test_name_with_another_form_is_of_the_same_model(asked: str, answered: str) -> None:
    assert match_names(asked, answered, KnownNames(exact=True)) is ModelIdentity.SAME


@pytest.mark.parametrize(
    ("asked", "answered"),
    [
        ("gpt-5", "gpt-5-mini"),
        ("claude-opus-4-5", "claude-opus-4-1"),
        ("claude-opus-4-5", "claude-sonnet-4-5"),
        ("gpt-4o-2024-05-13", "gpt-4o-2024-08-06"),
        ("m1", "m2"),
        ("gemini-flash-latest", "gemini-2.5-flash-lite"),
        ("gemini-flash-latest", "gemini-2.5-flash"),
        ("llama3:8b", "llama3:70b"),
        ("openrouter/auto", "anthropic/claude-opus-4-5"),
        ("m1", "/"),
    ],
)
def test_other_name_may_be_an_alias_unless_names_are_exact(asked: str, answered: str) -> None:
    assert match_names(asked, answered) is ModelIdentity.ALIAS
    assert match_names(asked, answered, KnownNames(exact=True)) is ModelIdentity.OTHER


@pytest.mark.parametrize(
    ("asked", "answered", "match"),
    [
        ("gpt-5.4", "gpt-4o-mini", ModelIdentity.OTHER),
        ("gpt-5.4", "gpt-4o-mini-2024-07-18", ModelIdentity.OTHER),
        ("gpt-5.4", "team-model", ModelIdentity.ALIAS),
        ("my-tune", "gpt-4o-mini", ModelIdentity.ALIAS),
        ("gpt-5.6", "gpt-5.6-sol-2026-06-01", ModelIdentity.ALIAS),
        ("gpt-5.6-sol", "gpt-5.6", ModelIdentity.OTHER),
        ("gpt-latest", "gpt-5.4", ModelIdentity.ALIAS),
        ("gpt-4o-mini-2024-07-18", "gpt-4o-mini-2025-01-01", ModelIdentity.ALIAS),
    ],
)
def test_other_catalogued_model_of_a_provider_is_another_model(asked: str, answered: str, match: ModelIdentity) -> None:
    assert match_names(asked, answered, OPENAI) is match


def test_only_providers_of_own_models_have_known_names() -> None:
    config = "agents: {{defaults: {{model: {}}}}}\nprobe: {{model: {}}}\n"
    own = only_call(config.format("deepseek/deepseek-chat", "exact"), environ={"DEEPSEEK_API_KEY": "sk-x"}).names
    assert own.exact
    assert "deepseek-v4-pro" in own.catalogued
    assert "deepseek-reasoner" in own.retired <= own.catalogued
    assert own.renamed["deepseek-chat"] == ("deepseek-v*",)
    assert only_call(config.format("ollama/llama3", "any")).names == KnownNames()
