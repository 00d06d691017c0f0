"""A configuration above the folder, where no repository says that it counts."""

from __future__ import annotations

from pathlib import Path

import pytest

from text2llm.config.discovery import find_config
from text2llm.errors import NoConfigError


def refusal(folder: Path) -> NoConfigError:
    with pytest.raises(NoConfigError) as raised:
        find_config(None, {"TEXT2LLM_HOME": str(folder / "home")}, str(folder))
    return raised.value


def test_outside_a_repository_the_one_above_is_named(tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "down"
    folder.mkdir(parents=True)
    (tmp_path / "text2llm.yaml").write_text("version: 1\n")
    error = refusal(folder)
    assert error.message == f"no text2llm.yaml in {folder}"
    assert error.hint == (
        f"outside a git repository no other folder is searched; name it: --config {tmp_path}/text2llm.yaml"
    )


def test_inside_a_repository_everything_up_to_its_root_was_searched(tmp_path: Path) -> None:
    folder = tmp_path / "repository" / "down"
    folder.mkdir(parents=True)
    (tmp_path / "repository" / ".git").mkdir()
    (tmp_path / "text2llm.yaml").write_text("version: 1\n")
    error = refusal(folder)
    assert error.message == f"no text2llm.yaml in {folder} or above it, up to the repository's root"
    assert error.hint == "run `text2llm init` to write one, or name a file with --config"
