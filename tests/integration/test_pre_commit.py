"""The published hooks under the real pre-commit, in a repository of their own: what is bad is not committed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        "INTEGRATION" not in os.environ, reason="it installs the package: run it with `make integration`"
    ),
]

GOOD = "version: 1\nagents: {defaults: {model: anthropic/claude-opus-4-5}}\n"
PERSON = {
    f"GIT_{who}_{what}": value for who in ("AUTHOR", "COMMITTER") for what, value in (("NAME", "A"), ("EMAIL", "a@b.c"))
}
Git = Callable[..., subprocess.CompletedProcess[str]]


def git_in(folder: Path, home: Path) -> Git:
    tools = str(Path(sys.executable).parent)
    environ = {
        **os.environ,
        **PERSON,
        "GIT_CONFIG_GLOBAL": "/dev/null",
        "PRE_COMMIT_HOME": str(home),
        "PATH": f"{tools}{os.pathsep}{os.environ['PATH']}",
    }

    def call(*arguments: str, program: str = "git") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [program, *arguments], cwd=folder, env=environ, capture_output=True, text=True, check=False
        )

    return call


@pytest.fixture(scope="module")
def hooks(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str, Path]:
    """The project as a repository that hooks are taken from, a revision of it, and where they are installed."""
    folder, home = tmp_path_factory.mktemp("hooks"), tmp_path_factory.mktemp("home")
    listed = git_in(ROOT, home)("ls-files", "-z", "--cached", "--others", "--exclude-standard").stdout
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
    git = git_in(folder, home)
    for arguments in (("init", "-q"), ("add", "--all"), ("commit", "-q", "-m", "hooks")):
        assert git(*arguments).returncode == 0
    return folder, git("rev-parse", "HEAD").stdout.strip(), home


@pytest.fixture
def git(tmp_path: Path, hooks: tuple[Path, str, Path]) -> Git:
    """git in a repository whose commits are checked."""
    source, revision, home = hooks
    wanted = "hooks: [{id: text2llm-validate}, {id: text2llm-no-secrets}]"
    (tmp_path / ".pre-commit-config.yaml").write_text(f"repos: [{{repo: '{source}', rev: '{revision}', {wanted}}}]\n")
    call = git_in(tmp_path, home)
    assert call("init", "-q").returncode == 0
    installed = call("install", "--install-hooks", program="pre-commit")
    assert installed.returncode == 0, installed.stdout + installed.stderr
    return call


def commit(git: Git) -> tuple[bool, str]:
    git("add", "--all")
    done = git("commit", "-q", "-m", "change")
    return done.returncode == 0, done.stdout + done.stderr


def test_good_commit_passes_and_bad_ones_are_stopped(git: Git, tmp_path: Path) -> None:
    config = tmp_path / "text2llm.yaml"
    config.write_text(GOOD)
    passed, shown = commit(git)
    assert passed, shown
    first = git("rev-parse", "HEAD").stdout

    config.write_text(GOOD.replace("model:", "modle:"))
    passed, shown = commit(git)
    assert not passed
    assert "text2llm.yaml:2:21: error schema: unknown key 'modle'" in shown
    assert "did you mean 'model'?" in shown

    config.write_text(f"{GOOD}include: [agents/*.yaml]\n")
    (tmp_path / "agents").mkdir()
    (tmp_path / "agents" / "coder.yaml").write_text("id: coder\nmodle: openai/gpt-5.2\n")
    (tmp_path / "values.yaml").write_text("nothing: of ours\n---\nmore: of it\n")
    passed, shown = commit(git)
    assert not passed
    assert "agents/coder.yaml:2:1: error schema: unknown key 'modle'" in shown
    assert "values.yaml" not in shown
    shutil.rmtree(tmp_path / "agents")

    config.write_text(GOOD)
    (tmp_path / "--help").write_text("a name that could be an option\n")
    (tmp_path / "notes.txt").write_text("the key is sk-ant-api03-Zm9vYmFyYmF6cXV4MTIzNDU2Nzg5\n")
    passed, shown = commit(git)
    assert not passed
    assert "notes.txt:1:12: error secret-in-config: a credential (Anthropic API key) is written into the file" in shown
    assert "Zm9v" not in shown
    assert git("rev-parse", "HEAD").stdout == first
