"""The files of environments: which there are, what they are called, and that no link leads out of the repository."""

from __future__ import annotations

from pathlib import Path

import pytest

from text2llm.config.environment import UnknownEnvironmentError
from text2llm.config.environment_files import (
    environment_path,
    is_environment,
    list_environments,
    list_misnamed,
    read_environment,
    split_path,
)
from text2llm.errors import ReadError

PROD = "version: 1\nenvironment: prod\n"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("text2llm.yaml").write_text("version: 1\n")
    return tmp_path


@pytest.mark.parametrize(
    ("path", "parts"),
    [
        ("text2llm.prod.yaml", ("text2llm.yaml", "prod")),
        ("a/b.c/x.eu-1.yaml", ("a/b.c/x.yaml", "eu-1")),
        ("a.b.prod.json", ("a.b.json", "prod")),
        ("text2llm.yaml", None),
        ("text2llm.Prod.yaml", None),
        ("text2llm.1.yaml", None),
        (f"text2llm.{'a' * 32}.yaml", ("text2llm.yaml", "a" * 32)),
        (f"text2llm.{'a' * 33}.yaml", None),
        ("text2llm..yaml", None),
        ("a.b/.prod.yaml", None),
        ("prod.yaml", None),
        ("a.prod/x.yaml", None),
    ],
)
def test_the_configuration_and_the_name_of_a_file(path: str, parts: tuple[str, str] | None) -> None:
    assert split_path(path) == parts
    if parts is not None:
        assert environment_path(*parts) == path


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (PROD, True),
        ('{"version": 1, "environment": "prod"}', True),
        ("environment: [wrong\n", True),
        ("environment: [wrong]\n", True),
        ("? environment\n: prod\n", True),
        ("&key environment: prod\nversion: 1\n", True),
        ('{"\\x65nvironment": prod}\n', True),
        ("agents: [environment\n", False),
        ("version: 1\nagents: {}\n", False),
        ("version: 1\nagents: {defaults: {environment: x}}\n", False),
        ("# environment: prod\nversion: 1\n", False),
        ("", False),
    ],
)
def test_a_file_is_an_environment_by_its_key(text: str, *, said: bool) -> None:
    Path("text2llm.prod.yaml").write_text(text)
    assert is_environment("text2llm.prod.yaml") is said
    assert list_environments("text2llm.yaml") == ({"prod": "text2llm.prod.yaml"} if said else {})


@pytest.mark.parametrize("name", ["Prod", "base", "1", "eu_1", "a" * 33])
def test_an_environment_with_a_name_that_none_can_have_is_misnamed(name: str) -> None:
    Path(f"text2llm.{name}.yaml").write_text(PROD)
    Path("text2llm.Whole.yaml").write_text("version: 1\n")
    assert list_environments("text2llm.yaml") == {}
    assert list_misnamed("text2llm.yaml") == [f"text2llm.{name}.yaml"]


def test_the_environments_are_those_beside_the_configuration(folder: Path) -> None:
    for name in ("text2llm.prod.yaml", "text2llm.dev.yaml", "other.test.yaml", "text2llm.whole.yaml"):
        Path(name).write_text("version: 1\n" if "whole" in name else PROD)
    Path("text2llm.folder.yaml").mkdir()
    base = str(folder / "text2llm.yaml")
    assert list_environments(base) == {
        "dev": str(folder / "text2llm.dev.yaml"),
        "prod": str(folder / "text2llm.prod.yaml"),
    }
    assert list(list_environments("other.yaml")) == ["test"]
    assert list_environments("nowhere/text2llm.yaml") == {}


def test_an_environment_is_read() -> None:
    Path("text2llm.prod.yaml").write_text(PROD)
    assert read_environment("text2llm.yaml", "prod").path == "text2llm.prod.yaml"


@pytest.mark.parametrize("name", ["prd", "", "../x", "PROD", "whole"])
def test_one_that_is_not_there_is_refused(name: str) -> None:
    Path("text2llm.prod.yaml").write_text(PROD)
    Path("text2llm.whole.yaml").write_text("version: 1\n")
    with pytest.raises(UnknownEnvironmentError, match="has no environment"):
        read_environment("text2llm.yaml", name, "TEXT2LLM_ENV")


def test_no_link_leads_out_of_the_repository(folder: Path) -> None:
    repository = folder / "repository"
    (repository / ".git").mkdir(parents=True)
    (folder / "outside.yaml").write_text(PROD)
    (repository / "text2llm.prod.yaml").symlink_to("../outside.yaml")
    base = str(repository / "text2llm.yaml")
    assert list_environments(base) == {}
    with pytest.raises(ReadError, match="leads out of the repository"):
        read_environment(base, "prod")
    (repository / "inside.yaml").write_text(PROD)
    (repository / "text2llm.dev.yaml").symlink_to("inside.yaml")
    assert list(list_environments(base)) == ["dev"]
