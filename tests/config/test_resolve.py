from __future__ import annotations

import pytest

from text2llm.config.load import load_document
from text2llm.config.model import Config
from text2llm.config.reader import read_document
from text2llm.config.resolve import is_allowed
from text2llm.refs import ModelRef, Spellings

SPELLINGS = Spellings({"z.ai": "zai"}, {"anthropic": {"opus-4.5": "claude-opus-4-5"}})


def config(policy: str) -> Config:
    text = f"version: 1\nagents: {{defaults: {{modelPolicy: {policy}}}}}\n"
    return load_document(read_document("c.yaml", text.encode())).require()


@pytest.mark.parametrize(
    ("policy", "provider", "model", "allowed"),
    [
        ("", "any", "thing", True),
        ("{}", "any", "thing", True),
        ("{allow: []}", "any", "thing", False),
        ("{allow: [openai/*]}", "openai", "gpt-5", True),
        ("{allow: [openai/*]}", "openai-codex", "gpt-5", False),
        ("{allow: [openai/gpt-5*]}", "openai", "gpt-5-mini", True),
        ("{allow: [openai/gpt-5*]}", "openai", "gpt-4", False),
        ("{allow: [openai/gpt-5]}", "openai", "gpt-5-mini", False),
        ("{allow: [openrouter/moonshotai/*]}", "openrouter", "moonshotai/kimi-k2", True),
        ("{allow: [openrouter/moonshotai/*]}", "openrouter", "moonshotaix/kimi-k2", False),
        ("{allow: [Z.AI/*]}", "zai", "glm-4.7", True),
        ("{allow: [anthropic/opus-4.5]}", "anthropic", "claude-opus-4-5", True),
    ],
)
def test_policy(policy: str, provider: str, model: str, *, allowed: bool) -> None:
    assert is_allowed(ModelRef(provider, model), config(policy), SPELLINGS) is allowed
