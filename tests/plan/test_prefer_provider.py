"""`login --set-default`: which model of a provider becomes the default."""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path

import pytest

from text2llm.commands import edit
from text2llm.errors import EditError
from text2llm.plan.edits import prefer_provider
from text2llm.workspace import Workspace

CONFIG = """version: 1
agents:
  defaults:
    model: {primary: anthropic/claude-opus-4-5, fallbacks: [zai/glm-5]}
    models:
      zai/glm-4.7: {alias: old}
      openai/gpt-5-mini: {alias: fast}
models:
  providers:
    lab: {api: openai-completions, baseUrl: "https://llm.example/v1", apiKey: "${LAB}", models: [{id: m1}, {id: m2}]}
"""


def preferred(tmp_path: Path, provider: str) -> object:
    path = tmp_path / "text2llm.yaml"
    path.write_text(CONFIG)
    request = edit.EditRequest(partial(prefer_provider, provider=provider, agent=None), write=False)
    plan = edit.run(Workspace(os.environ, str(path)), request)
    return plan.config_after.value_at(("agents", "defaults", "model", "primary"))


@pytest.mark.parametrize(
    ("provider", "model"),
    [
        ("anthropic", "anthropic/claude-opus-4-5"),
        ("zai", "zai/glm-5"),
        ("openai", "openai/gpt-5-mini"),
        ("lab", "lab/m1"),
    ],
)
def test_first_mentioned_model_becomes_the_default(tmp_path: Path, provider: str, model: str) -> None:
    assert preferred(tmp_path, provider) == model


def test_no_model_is_made_up(tmp_path: Path) -> None:
    with pytest.raises(EditError, match="mentions no model of groq"):
        preferred(tmp_path, "groq")
