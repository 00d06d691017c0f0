"""``text2llm init``: what it writes is valid, and nothing that exists is touched."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from tests.running import Run
from text2llm import __version__
from text2llm.cli.init import TEMPLATES
from text2llm.cli.requirement import Requirement, find_requirement, read_origin

HOOKS, WORKFLOW = ".pre-commit-config.yaml", ".github/workflows/models.yaml"


def files(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("template", TEMPLATES)
def test_what_init_writes_validates_without_a_finding(run: Run, tmp_path: Path, template: str) -> None:
    assert run("init", "--template", template).code == 0
    done = run("validate", "--strict")
    assert (done.code, done.out) == (0, "")
    first = (tmp_path / "text2llm.yaml").read_text().splitlines()[0]
    assert first == "# yaml-language-server: $schema=https://text2llm.dev/schemas/config.schema.json"


@pytest.mark.parametrize("template", TEMPLATES)
def test_what_init_writes_is_tidy_yaml(run: Run, tmp_path: Path, template: str) -> None:
    run("init", "--template", template)
    for name in files(tmp_path):
        text = (tmp_path / name).read_text()
        assert yaml.safe_load(text)
        assert text.endswith("\n")
        assert not text.endswith("\n\n")
        assert all(line == line.rstrip() and len(line) <= 120 for line in text.splitlines())
        assert "{{" not in text.replace("${{", "")


def test_minimal_is_the_default_and_comes_with_hook_and_workflow(run: Run, tmp_path: Path) -> None:
    done = run("init")
    assert done.out.splitlines() == ["created text2llm.yaml", f"created {HOOKS}", f"created {WORKFLOW}"]
    assert done.err.splitlines()[-1].startswith("next: `text2llm validate`")
    assert files(tmp_path) == {"text2llm.yaml", HOOKS, WORKFLOW}


def test_team_has_an_agent_file(run: Run, tmp_path: Path) -> None:
    run("init", "--template", "team", "--only-config")
    assert files(tmp_path) == {"text2llm.yaml", "agents/coder.yaml"}
    assert run("models", "status", "--agent", "coder", "--plain").out.startswith("openai/gpt-5.2")


def test_the_hook_checks_the_files_that_the_template_has(run: Run, tmp_path: Path) -> None:
    run("init", "--template", "team")
    hook = yaml.safe_load((tmp_path / HOOKS).read_text())["repos"][0]["hooks"][0]
    assert hook["additional_dependencies"] == [find_requirement(__version__).text]
    assert hook["types"] == ["yaml"]
    command = [*hook["entry"].split()[1:], *hook["args"]]
    (tmp_path / "values.yaml").write_text("nothing: of ours\n")
    for path, count in (("text2llm.yaml", 2), ("agents/coder.yaml", 2), ("values.yaml", 0)):
        assert run(*command, path).err == f"{count} files checked: no errors, no warnings\n"


def test_the_workflow_is_pinned_and_has_few_rights(run: Run, tmp_path: Path) -> None:
    import re

    run("init")
    workflow = yaml.safe_load((tmp_path / WORKFLOW).read_text())
    assert workflow["permissions"] == {"contents": "read"}
    steps = workflow["jobs"]["validate"]["steps"]
    assert all(re.search(r"@[0-9a-f]{40}$", step["uses"]) for step in steps if "uses" in step)
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
    done = run("init")
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
    assert run("init").code == 0
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
    assert done.err.startswith(f"note: from here on this file counts, and no longer {tmp_path}/text2llm.yaml\n")
    assert files(folder) == {"text2llm.yaml"}


@pytest.mark.parametrize("assumed", [True, False])
def test_hook_and_workflow_install_what_runs_or_it_is_told(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, assumed: bool
) -> None:
    text = "text2llm @ git+https://git.example/text2llm@0123"
    monkeypatch.setattr("text2llm.cli.init.find_requirement", lambda _version: Requirement(text, assumed=assumed))
    done = run("init")
    told = f"note: hook and workflow install {text} from a package index: this one came from a folder"
    assert done.err.startswith(told) is assumed
    assert yaml.safe_load((tmp_path / HOOKS).read_text())["repos"][0]["hooks"][0]["additional_dependencies"] == [text]
    assert f'pipx run --spec "{text}" text2llm validate' in (tmp_path / WORKFLOW).read_text()
    assert "note:" not in run("init", "--template", "sandbox", "--only-config").err


COMMIT = "0123456789abcdef0123456789abcdef01234567"


@pytest.mark.parametrize(
    ("url", "commit", "text"),
    [
        (
            "https://git.example/team/text2llm.git",
            COMMIT,
            f"text2llm @ git+https://git.example/team/text2llm.git@{COMMIT}",
        ),
        ("https://git.example:8443/text2llm", COMMIT, f"text2llm @ git+https://git.example:8443/text2llm@{COMMIT}"),
        ("https://key@git.example/text2llm", COMMIT, None),
        ('https://git.example/"; rm', COMMIT, None),
        ("ssh://git@git.example/text2llm", COMMIT, None),
        ("https://git.example/text2llm", "main", None),
    ],
)
def test_what_others_install_is_what_runs(url: str, commit: str, text: str | None) -> None:
    origin = json.dumps({"url": url, "vcs_info": {"vcs": "git", "commit_id": commit}})
    assert read_origin(origin, "1.2.3") == (text or "text2llm==1.2.3", text is None)


def test_what_came_from_an_index_is_there_for_others() -> None:
    assert read_origin(None, "1.2.3") == ("text2llm==1.2.3", False)
    assert read_origin('{"dir_info": {"editable": true}, "url": "file:///x"}', "1.2.3").assumed
