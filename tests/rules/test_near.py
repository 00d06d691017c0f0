"""What a bare name may have meant."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.running import Run


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("gpt-5.4", "did you mean openai/gpt-5.4 or azure-openai/gpt-5.4 or openai-codex/gpt-5.4?"),
        ("GLM-4.7", "did you mean zai/glm-4.7?"),
        ("big", "did you mean bigg?"),
        ("zq7", "write provider/model, or add an alias first"),
        ("no-such-thing", "write provider/model, or add an alias first"),
    ],
)
def test_a_model_of_that_id_comes_before_names_that_look_alike(name: str, hint: str, tmp_path: Path, run: Run) -> None:
    (tmp_path / "text2llm.yaml").write_text(
        "version: 1\nagents: {defaults: {models: {groq/llama: {alias: bigg}}, model: groq/llama}}\n"
    )
    done = run("models", "set", name, "--dry-run", "--force")
    assert f"hint: {hint}" in done.err.splitlines()
