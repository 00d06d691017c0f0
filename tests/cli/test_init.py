"""``text2llm init``: what it writes is valid, and nothing that exists is touched."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.cli.pseudo_terminal import Terminal, open_terminal
from tests.running import Run
from text2llm.cli.init import TEMPLATES
from text2llm.cli.source import GitSource

ROOT = Path(__file__).parents[2]
HOOKS, WORKFLOW = ".pre-commit-config.yaml", ".github/workflows/models.yaml"
URL, COMMIT = "https://git.example/team/text2llm.git", "0123456789abcdef0123456789abcdef01234567"
GIT, INDEX = f"git+{URL}@{COMMIT}", "text2llm==1.2.3"


@pytest.fixture(autouse=True)
def _unknown_source(monkeypatch: pytest.MonkeyPatch) -> None:
    """How the program under test was installed decides nothing."""
    monkeypatch.setattr("text2llm.cli.init.find_source", lambda _version: None)


def files(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("template", TEMPLATES)
def test_what_init_writes_validates_without_a_finding(run: Run, tmp_path: Path, template: str) -> None:
    assert run("init", "--template", template).code == 0
    done = run("validate", "--strict")
    assert (done.code, done.out) == (0, "")
    first = (tmp_path / "text2llm.yaml").read_text().splitlines()[0]
    assert first == "# yaml-language-server: $schema=https://text2llm.dev/schemas/config.schema.json"


@pytest.mark.parametrize("source", [GIT, INDEX])
@pytest.mark.parametrize("template", TEMPLATES)
def test_what_init_writes_is_tidy_yaml(run: Run, tmp_path: Path, template: str, source: str) -> None:
    run("init", "--template", template, "--source", source)
    for name in files(tmp_path):
        text = (tmp_path / name).read_text()
        assert yaml.safe_load(text)
        assert text.endswith("\n")
        assert not text.endswith("\n\n")
        assert all(line == line.rstrip() and len(line) <= 120 for line in text.splitlines())
        assert "{{" not in text.replace("${{", "")


def test_minimal_is_the_default_and_comes_with_hook_and_workflow(run: Run, tmp_path: Path) -> None:
    done = run("init", "--source", GIT)
    assert done.out.splitlines() == ["created text2llm.yaml", f"created {HOOKS}", f"created {WORKFLOW}"]
    assert done.err.splitlines()[-1].startswith("next: `text2llm validate`")
    assert files(tmp_path) == {"text2llm.yaml", HOOKS, WORKFLOW}


def test_team_has_an_agent_file(run: Run, tmp_path: Path) -> None:
    run("init", "--template", "team", "--only-config")
    assert files(tmp_path) == {"text2llm.yaml", "agents/coder.yaml"}
    assert run("models", "status", "--agent", "coder", "--plain").out.startswith("openai/gpt-5.2")


def published_hook() -> dict[str, Any]:
    hooks = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
    return next(hook for hook in hooks if hook["id"] == "text2llm-validate")


def read_hook(folder: Path) -> dict[str, Any]:
    (repository,) = yaml.safe_load((folder / HOOKS).read_text())["repos"]
    (hook,) = repository["hooks"]
    return dict(hook) if repository["repo"] == "local" else published_hook() | hook


@pytest.mark.parametrize("source", [GIT, INDEX])
def test_the_hook_checks_every_configuration_and_shows_warnings(run: Run, tmp_path: Path, source: str) -> None:
    run("init", "--template", "team", "--source", source)
    hook = read_hook(tmp_path)
    assert (hook["types"], hook["verbose"]) == (["yaml"], True)
    command = [*hook["entry"].split()[1:], *hook["args"]]
    (tmp_path / "values.yaml").write_text("nothing: of ours\n")
    (tmp_path / "text2llm.staging.yaml").write_text("version: 1\nagents: {defaults: {modle: opus}}\n")
    counts = {"text2llm.yaml": 2, "agents/coder.yaml": 2, "values.yaml": 0}
    for path, count in counts.items():
        assert run(*command, path).err == f"{count} files checked: no errors, no warnings\n"
    assert run(*command, "text2llm.staging.yaml").out.startswith("text2llm.staging.yaml:2:21: error schema: ")


@pytest.mark.parametrize("source", [GIT, INDEX])
def test_hook_and_workflow_run_the_same_check(run: Run, tmp_path: Path, source: str) -> None:
    run("init", "--source", source)
    hook, script = read_hook(tmp_path), steps(tmp_path)[-1]["run"]
    check = " ".join([*hook["entry"].split()[1:], *hook["args"]])
    assert check == "validate --known-only --strict --"
    assert script.rstrip().endswith(f'/text2llm" {check}' if source == GIT else f'"$bin/text2llm" {check}')


def test_the_hook_of_a_commit_is_that_commit(run: Run, tmp_path: Path) -> None:
    run("init", "--source", GIT)
    (repository,) = yaml.safe_load((tmp_path / HOOKS).read_text())["repos"]
    assert repository == {"repo": URL, "rev": COMMIT, "hooks": [{"id": "text2llm-validate"}]}
    install = steps(tmp_path)[1]["run"]
    assert f"git clone --quiet --no-checkout '{URL}' source\n" in install
    assert f"git -C source checkout --quiet --detach {COMMIT}\n" in install


def test_a_commit_of_digits_alone_is_text(run: Run, tmp_path: Path) -> None:
    run("init", "--source", f"git+{URL}@{'1' * 40}")
    (repository,) = yaml.safe_load((tmp_path / HOOKS).read_text())["repos"]
    assert repository["rev"] == "1" * 40


def test_the_hook_of_a_release_installs_nothing(run: Run, tmp_path: Path) -> None:
    run("init", "--source", INDEX)
    hook = read_hook(tmp_path)
    assert hook["language"] == "system"
    assert "additional_dependencies" not in hook
    assert " --no-deps --only-binary=:all: text2llm==1.2.3\n" in steps(tmp_path)[1]["run"]


def steps(folder: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = yaml.safe_load((folder / WORKFLOW).read_text())["jobs"]["validate"]["steps"]
    return found


def test_the_workflow_is_pinned_and_has_few_rights(run: Run, tmp_path: Path) -> None:
    run("init", "--source", GIT)
    assert yaml.safe_load((tmp_path / WORKFLOW).read_text())["permissions"] == {"contents": "read"}
    assert all(re.search(r"@[0-9a-f]{40}$", step["uses"]) for step in steps(tmp_path) if "uses" in step)
    assert "secrets." not in (tmp_path / WORKFLOW).read_text()


def test_the_sandbox_template_plays_four_credentials_on_the_port(run: Run, tmp_path: Path) -> None:
    run("init", "--template", "sandbox", "--port", "9191")
    providers = yaml.safe_load((tmp_path / "text2llm.yaml").read_text())["models"]["providers"]
    assert {name: each["apiKey"] for name, each in providers.items()} == {
        "good": "sandbox-ok",
        "revoked": "sandbox-revoked",
        "limited": "sandbox-limited",
        "unpaid": "sandbox-unpaid",
    }
    assert {each["baseUrl"] for each in providers.values()} == {"http://127.0.0.1:9191/v1"}
    assert files(tmp_path) == {"text2llm.yaml"}


@pytest.mark.parametrize(("template", "name"), [("minimal", "text2llm.yaml"), ("team", "agents/coder.yaml")])
def test_an_existing_file_is_never_overwritten(run: Run, tmp_path: Path, template: str, name: str) -> None:
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_text("mine")
    done = run("init", "--template", template)
    assert done.code == 1
    assert done.err.startswith(f"error: {name} exists: nothing was written\nhint: ")
    assert files(tmp_path) == {name}
    assert (tmp_path / name).read_text() == "mine"


def test_a_dangling_link_counts_as_existing(run: Run, tmp_path: Path) -> None:
    (tmp_path / "text2llm.yaml").symlink_to(tmp_path / "elsewhere")
    assert run("init").code == 1
    assert not (tmp_path / "elsewhere").exists()


def test_hook_and_workflow_that_exist_are_kept(run: Run, tmp_path: Path) -> None:
    (tmp_path / HOOKS).write_text("repos: []\n")
    done = run("init", "--source", GIT)
    assert done.code == 0
    assert (tmp_path / HOOKS).read_text() == "repos: []\n"
    assert f"kept {HOOKS}: it exists" in done.err
    assert (tmp_path / WORKFLOW).exists()


def test_below_the_top_of_a_repository_only_the_config_is_written(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "service").mkdir()
    monkeypatch.chdir(tmp_path / "service")
    assert run("init", "--source", GIT).code == 0
    assert files(tmp_path) == {"service/text2llm.yaml"}


def test_a_folder_that_cannot_be_written_is_a_clear_error(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "agents").write_text("a file where the folder should be")
    done = run("init", "--template", "team")
    assert done.code == 1
    assert "error: cannot write agents/coder.yaml: " in done.err


def test_a_file_that_stands_before_the_repositorys_own_is_told(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "text2llm.yaml").write_text("version: 1\n")
    folder = tmp_path / "service"
    folder.mkdir()
    monkeypatch.chdir(folder)
    done = run("init")
    assert done.err.startswith(f"note: this file now takes precedence over {tmp_path}/text2llm.yaml\n")
    assert files(folder) == {"text2llm.yaml"}


def test_where_the_running_one_came_from_is_what_hook_and_workflow_name(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("text2llm.cli.init.find_source", lambda _version: GitSource(URL, COMMIT))
    done = run("init")
    assert (done.code, done.err.splitlines()[0]) == (
        0,
        f"note: hook and workflow use {GIT}, as this one was installed; --source names another",
    )
    assert COMMIT in (tmp_path / HOOKS).read_text()
    assert COMMIT in (tmp_path / WORKFLOW).read_text()


def test_without_source_and_terminal_only_the_config_is_written(run: Run, tmp_path: Path) -> None:
    done = run("init")
    assert (done.code, done.out, files(tmp_path)) == (0, "created text2llm.yaml\n", {"text2llm.yaml"})
    assert done.err.splitlines()[0].startswith(f"note: {HOOKS} and {WORKFLOW} not written: ")
    assert done.err.splitlines()[1].startswith("hint: run `text2llm init --source SOURCE`, ")


def test_the_hint_leads_to_hook_and_workflow(run: Run, tmp_path: Path) -> None:
    run("init")
    config = (tmp_path / "text2llm.yaml").read_text()
    done = run("init", "--source", GIT)
    assert (done.code, done.out.splitlines()) == (0, [f"created {HOOKS}", f"created {WORKFLOW}"])
    assert done.err.startswith("kept text2llm.yaml: it exists\n")
    assert (tmp_path / "text2llm.yaml").read_text() == config


@pytest.mark.parametrize("options", [["--template", "sandbox"], ["--only-config"]])
def test_no_source_is_missed_where_nothing_installs(run: Run, options: list[str]) -> None:
    assert run("init", *options).err == "next: `text2llm validate`, then `text2llm models status`\n"


def test_a_source_that_is_none_is_refused_before_anything_is_written(run: Run, tmp_path: Path) -> None:
    done = run("init", "--source", "git+https://git.example/text2llm@main")
    assert (done.code, files(tmp_path)) == (64, set())
    assert done.err.startswith("error: SOURCE is neither a commit of a git repository nor a release\nhint: use git+")


AT_TERMINAL = """
import sys
import text2llm.cli.init as module
module.find_source = lambda _version: None
sys.argv = ["text2llm", "init"]
from text2llm.entry import run
run()
"""


def answer(terminal: Terminal, text: str) -> None:
    terminal.expect("source (empty: write neither): ")
    terminal.shown = ""
    terminal.type(f"{text}\n")


def test_at_a_terminal_the_source_is_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with open_terminal("-c", AT_TERMINAL, program=sys.executable) as terminal:
        terminal.expect("Hook and workflow install text2llm, but no source is known from which others can install")
        answer(terminal, "main")
        terminal.expect("that is neither a commit of a git repository nor a release")
        answer(terminal, GIT)
        assert terminal.finish() == 0, terminal.shown
    assert COMMIT in (tmp_path / HOOKS).read_text()
    assert (tmp_path / WORKFLOW).exists()


def test_an_empty_answer_writes_the_config_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with open_terminal("-c", AT_TERMINAL, program=sys.executable) as terminal:
        answer(terminal, "")
        assert terminal.finish() == 0, terminal.shown
    assert files(tmp_path) == {"text2llm.yaml"}


def test_nothing_is_written_by_who_gives_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with open_terminal("-c", AT_TERMINAL, program=sys.executable) as terminal:
        terminal.expect("source (empty: write neither): ")
        assert terminal.give_up() == 130
    assert files(tmp_path) == set()
