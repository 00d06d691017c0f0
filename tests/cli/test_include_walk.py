"""``include`` in a hostile tree, as a process of its own: every command ends, and tells why."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.git.repository import Repo

PROGRAM = Path(sys.executable).parent / "text2llm"
#: Of a whole process on a busy machine; before there was a bound it took hours.
SECONDS = 20
AGENT = "id: coder\nmodel: openai/gpt-5.2\n"


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    repo = Repo(tmp_path / "repo")
    repo.write(agents__coder=AGENT)
    return repo


def call(repo: Repo, pattern: str) -> str:
    """The first line of what ``validate`` prints."""
    return tell(repo, pattern, "validate").splitlines()[0]


def tell(repo: Repo, pattern: str, *arguments: str) -> str:
    (repo.path / "text2llm.yaml").write_text(f"version: 1\ninclude: ['{pattern}']\n")
    command = [str(PROGRAM), *arguments]
    done = subprocess.run(command, cwd=repo.path, capture_output=True, text=True, timeout=SECONDS, check=False)
    return done.stdout + done.stderr


@pytest.mark.parametrize(
    "command",
    [("validate",), ("models", "status", "--agent", "coder"), ("models", "set", "openai/gpt-5.2"), ("diff", "HEAD")],
)
def test_three_links_to_their_own_folder_do_not_multiply(repo: Repo, command: tuple[str, ...]) -> None:
    for name in ("one", "two", "three"):
        (repo.path / "agents" / name).symlink_to(".")
    told = "warning include: agents/one is a link to a directory, which a pattern does not enter"
    assert told in tell(repo, "agents/**/*.yaml", "validate")
    repo.commit()
    assert "error" not in tell(repo, "agents/**/*.yaml", *command)


def test_a_link_to_the_whole_machine_is_not_entered(repo: Repo) -> None:
    (repo.path / "agents" / "all").symlink_to("/")
    told = "text2llm.yaml:2:11: warning include: agents/all is a link that leads out of the repository"
    assert call(repo, "agents/**/*.yaml") == f"{told}, which a pattern does not enter"
    assert call(repo, "agents/all/**/*.yaml") == (
        "text2llm.yaml:2:11: error include: an include leads out of the repository"
    )


@pytest.mark.parametrize(
    "pattern", ["../../../../**/*.yaml", "../../../../../../../../**", "agents/../../../**/*.yaml"]
)
def test_a_pattern_that_goes_up_is_not_followed(repo: Repo, pattern: str) -> None:
    assert call(repo, pattern) == "text2llm.yaml:2:11: error include: an include leads out of the repository"


@pytest.mark.parametrize("pattern", ["**/" * 200 + "*.yaml", "*a" * 400 + "b.yaml", "**/*a*a*a*a*a*b"])
def test_no_pattern_takes_exponential_time(repo: Repo, pattern: str) -> None:
    (repo.path / "agents" / ("a" * 250)).write_text("")
    folder = repo.path / "agents"
    for _ in range(30):
        folder /= "a"
        folder.mkdir()
    assert call(repo, pattern).startswith("text2llm.yaml:2:11: ")


def test_a_folder_of_links_is_the_same_in_a_commit(repo: Repo) -> None:
    (repo.path / "team").symlink_to("agents")
    for pattern in ("*/coder.yaml", "team/*.yaml"):
        call(repo, pattern)
        repo.commit()
        assert "no change in meaning" in tell(repo, pattern, "diff", "HEAD")


def test_a_link_to_an_agent_file_in_the_repository_is_read(repo: Repo) -> None:
    (repo.path / "shared").mkdir()
    (repo.path / "agents" / "coder.yaml").rename(repo.path / "shared" / "coder.yaml")
    (repo.path / "agents" / "coder.yaml").symlink_to("../shared/coder.yaml")
    assert call(repo, "agents/*.yaml") == "2 files checked: no errors, no warnings"
    assert "openai/gpt-5.2" in tell(repo, "agents/*.yaml", "models", "status", "--agent", "coder")


def test_a_linked_folder_is_read_where_it_is_named(repo: Repo) -> None:
    (repo.path / "team").symlink_to("agents")
    assert call(repo, "team/*.yaml") == "2 files checked: no errors, no warnings"
    assert call(repo, "t*/*.yaml") == (
        "text2llm.yaml:2:11: error include: team is a link to a directory, which a pattern does not enter"
    )
