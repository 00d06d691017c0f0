"""References of other tools and placeholders, told from credentials."""

from __future__ import annotations

import pytest

from text2llm.redaction.foreign import find_placeholder, find_reference


@pytest.mark.parametrize(
    ("value", "what"),
    [
        ("$LAB_KEY", "a reference of a shell to a variable"),
        ("Bearer $LAB_KEY", "a reference of a shell to a variable"),
        ("os.environ/LAB_KEY", "a reference of LiteLLM to a variable"),
        ("{env:LAB_KEY}", "a reference of another tool to a variable"),
        ("${env:LAB_KEY}", "a reference of another tool to a variable"),
        ("env:LAB_KEY", "a reference of another tool to a variable"),
        ("localEnv:LAB_KEY", "a reference of another tool to a variable"),
        ("${localEnv:LAB_KEY}", "a reference of another tool to a variable"),
        ("process.env.LAB_KEY", "a reference of Node.js to a variable"),
        ("${LAB_KEY:-x}", "a variable with a default, as in a shell"),
        ("${{ secrets.LAB_KEY }}", "a GitHub Actions expression"),
        ("{file:~/.lab}", "a reference of another tool to a file"),
        ("op://vault/lab/key", "a reference of 1Password"),
    ],
)
def test_reference_is_told_as_what_it_is(value: str, what: str) -> None:
    found = find_reference(value)
    assert found is not None
    assert found.what == what
    assert "LAB_KEY" not in found.hint


@pytest.mark.parametrize("value", ["hunter2", "${LAB_KEY}", "$", "pa$$word", "sk-abc", "op://", "OTHER_API_KEY"])
def test_other_values_are_no_reference(value: str) -> None:
    assert find_reference(value) is None


@pytest.mark.parametrize(
    "value", ["ollama", "EMPTY", "not-needed", "no-key-needed", "none", "lm-studio", "sk-no-key-required", "dummy"]
)
def test_placeholder_is_to_be_left_out(value: str) -> None:
    found = find_placeholder(value)
    assert found is not None
    assert found.hint.startswith("leave it out")


@pytest.mark.parametrize("value", ["hunter2", "swordfish", "", "-", "sk-1", "none-" * 20])
def test_other_values_are_no_placeholder(value: str) -> None:
    assert find_placeholder(value) is None
