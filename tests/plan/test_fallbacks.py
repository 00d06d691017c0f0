"""Several fallbacks in one command, their order, and a fallback that becomes the primary."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.running import Run

CONFIG = """version: 1
agents:
  defaults:
    model:
      primary: openai/gpt-5.2
      fallbacks:
        # the usual ones
        - zai/glm-4.7  # cheap
        - "groq/a"  # quick
        - groq/b
    imageModel: {primary: openai/gpt-5.2, fallbacks: [groq/a, groq/b]}
  entries:
    coder: {model: openai/gpt-5-mini}
"""


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "text2llm.yaml"
    path.write_text(CONFIG)
    return path


def test_several_are_added_in_order_and_each_once(run: Run, config: Path) -> None:
    done = run("models", "fallbacks", "add", "groq/d", "groq/b", "groq/c", "groq/d")
    assert done.code == 0
    assert config.read_text() == CONFIG.replace("- groq/b\n", "- groq/b\n        - groq/d\n        - groq/c\n")


def test_several_are_added_for_an_agent_without_a_list(run: Run, config: Path) -> None:
    run("models", "image-fallbacks", "add", "groq/c", "groq/d", "--agent", "coder")
    assert "imageModel: {fallbacks: [groq/a, groq/b, groq/c, groq/d]}" in config.read_text()


def test_several_are_removed_whatever_their_order(run: Run, config: Path) -> None:
    done = run("models", "fallbacks", "remove", "groq/b", "z.ai/glm-4.7", "groq/b")
    assert done.code == 0
    assert config.read_text() == CONFIG.replace("        - groq/b\n", "").replace(
        "        - zai/glm-4.7  # cheap\n", ""
    )


def test_nothing_is_removed_if_one_is_not_there(run: Run, config: Path) -> None:
    done = run("models", "fallbacks", "remove", "groq/b", "groq/nowhere")
    assert (done.code, "groq/nowhere is not among the fallbacks" in done.err) == (1, True)
    assert config.read_text() == CONFIG


@pytest.mark.parametrize(
    ("name", "position", "order"),
    [
        ("groq/b", 1, "cab"),
        ("z.ai/glm-4.7", 3, "bca"),
        ("groq/a", 3, "acb"),
        ("groq/b", 2, "acb"),
        ("groq/a", 2, "abc"),
    ],
)
def test_fallback_moves_with_its_comment(run: Run, config: Path, name: str, position: int, order: str) -> None:
    lines = {"a": "- zai/glm-4.7  # cheap", "b": '- "groq/a"  # quick', "c": "- groq/b"}
    assert run("models", "fallbacks", "move", name, str(position)).code == 0
    moved = "".join(f"        {lines[letter]}\n" for letter in order)
    assert config.read_text() == CONFIG.replace("".join(f"        {line}\n" for line in lines.values()), moved)


def test_fallback_moves_within_a_line(run: Run, config: Path) -> None:
    run("models", "image-fallbacks", "move", "groq/b", "1")
    assert "fallbacks: [groq/b, groq/a]}" in config.read_text()


def test_fallback_that_an_agent_inherits_moves_in_a_list_of_its_own(run: Run, config: Path) -> None:
    run("models", "fallbacks", "move", "groq/b", "1", "--agent", "coder")
    written = "coder: {model: {primary: openai/gpt-5-mini, fallbacks: [groq/b, zai/glm-4.7, groq/a]}}"
    assert written in config.read_text()


@pytest.mark.parametrize("position", ["0", "4"])
def test_position_that_is_not_there(run: Run, config: Path, position: str) -> None:
    done = run("models", "fallbacks", "move", "groq/b", position)
    assert (done.code, f"there is no position {position} among 3 fallbacks" in done.err) == (1, True)


def test_fallback_that_becomes_the_primary_is_one_no_more(run: Run, config: Path) -> None:
    run("models", "set", "groq/a")
    after = CONFIG.replace("primary: openai/gpt-5.2\n", "primary: groq/a\n").replace(
        '        - "groq/a"  # quick\n', ""
    )
    assert config.read_text() == after


def test_primary_that_is_a_fallback_too_is_taken_out(run: Run, config: Path) -> None:
    config.write_text(CONFIG.replace("groq/b]", "openai/gpt-5.2]"))
    run("models", "set-image", "openai/gpt-5.2")
    assert "imageModel: {primary: openai/gpt-5.2, fallbacks: [groq/a]}" in config.read_text()


def test_inherited_fallback_that_becomes_a_primary_is_told(run: Run, config: Path) -> None:
    done = run("models", "set", "groq/a", "--agent", "coder")
    assert "warning: groq/a is also an inherited fallback in this chain" in done.err
    assert "coder: {model: groq/a}" in config.read_text()


def test_a_list_is_named_as_it_is_shown(run: Run, config: Path) -> None:
    list_it = "`text2llm models fallbacks list --role small --agent coder` shows them"
    assert list_it in run("models", "fallbacks", "remove", "groq/z", "--role", "small", "--agent", "coder").err
    place = "`text2llm models image-fallbacks list --agent coder` shows the positions"
    assert place in run("models", "image-fallbacks", "move", "groq/a", "9", "--agent", "coder").err
