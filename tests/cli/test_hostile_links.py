"""A repository with links, FIFOs and odd names: no command writes outside of it, and none waits."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from tests.running import Run
from text2llm.plan.settings_edit import grant_origin
from text2llm.trust.bindings import CredentialKind, CredentialName
from text2llm.trust.origin import Origin

CONFIG = "version: 1\nagents:\n  defaults:\n    # $(touch owned)\n    model: anthropic/claude-opus-4-5\n"
SET = ("models", "set", "openai/gpt-5.2")


@pytest.fixture
def repo(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory: a repository below a home that has a file of its own."""
    folder = tmp_path / "repo"
    (folder / ".git").mkdir(parents=True)
    (folder / "text2llm.yaml").write_text(CONFIG)
    (tmp_path / ".bashrc").write_text("# mine\n")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(folder)
    return folder


def outside(repo: Path) -> dict[str, str]:
    return {each.name: each.read_text() for each in repo.parent.iterdir() if each != repo}


@pytest.mark.parametrize("target", ["../.bash_profile", "../.bashrc", ".git/hooks/post-checkout", "README.md"])
def test_plan_is_not_saved_through_a_link(run: Run, repo: Path, target: str) -> None:
    (repo / "plan.json").symlink_to(target)
    before = outside(repo)
    done = run(*SET, "--out", "plan.json")
    assert done.code == 1
    assert f"plan.json is a link to {target}, and no link of a repository is followed" in done.err
    assert "hint: name the file that you mean, or replace the link with a file" in done.err
    assert (outside(repo), (repo / target).exists()) == (before, target == "../.bashrc")


@pytest.mark.parametrize("link", ["validate.xml", "reports"])
@pytest.mark.parametrize("flag", ["junit={}", "json={}", "markdown={}", "markdown+={}"])
def test_report_is_not_written_through_a_link(run: Run, repo: Path, link: str, flag: str) -> None:
    (repo / "validate.xml").symlink_to("../.bashrc")
    (repo / "reports").symlink_to("..")
    before, path = outside(repo), "validate.xml" if link == "validate.xml" else "reports/.bashrc"
    command = "validate" if "markdown" not in flag else "probe --free"
    done = run(*command.split(), "--report", flag.format(path))
    assert f"{link} is a link to .." in done.err
    assert done.code == 1
    assert outside(repo) == before


@pytest.mark.parametrize("link", [".github", "agents", ".github/workflows"])
def test_init_writes_nothing_through_a_link(run: Run, repo: Path, link: str) -> None:
    (repo / "text2llm.yaml").unlink()
    (repo / link).parent.mkdir(exist_ok=True)
    (repo / link).symlink_to(repo.parent)
    before = outside(repo)
    source = "git+https://git.example/text2llm@" + "0" * 40
    done = run("init", "--template", "team", "--source", source)
    assert done.code == 1
    assert f"{link} is a link to {repo.parent}, and no link of a repository is followed" in done.err
    assert outside(repo) == before
    assert not [each for each in repo.rglob("*") if each.is_file()]


@pytest.mark.parametrize("absolute", [False, True])
def test_configuration_that_is_a_link_out_of_the_repository_is_not_edited(
    run: Run, repo: Path, *, absolute: bool
) -> None:
    (repo / "text2llm.yaml").rename(repo.parent / "theirs.yaml")
    (repo / "text2llm.yaml").symlink_to(repo.parent / "theirs.yaml" if absolute else "../theirs.yaml")
    before = outside(repo)
    for arguments in (SET, (*SET, "--config", "text2llm.yaml")):
        done = run(*arguments)
        assert (done.code, outside(repo)) == (1, before)
        assert f"text2llm.yaml leads out of its repository, to {repo.parent}/theirs.yaml" in done.err
    assert run("models", "status").code == 0  # it is read as before
    assert run(*SET, "--config", "../theirs.yaml").code == 0


def test_configuration_that_is_a_link_inside_the_repository_is_edited(run: Run, repo: Path) -> None:
    (repo / "models").mkdir()
    (repo / "text2llm.yaml").rename(repo / "models" / "all.yaml")
    (repo / "text2llm.yaml").symlink_to("models/all.yaml")
    assert run(*SET).code == 0
    assert (repo / "text2llm.yaml").is_symlink()
    assert "openai/gpt-5.2" in (repo / "models" / "all.yaml").read_text()


def test_dotfiles_work_through_their_links(run: Run, repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The home directory is no repository, and its links lead into one."""
    home, dotfiles = repo.parent, repo
    (dotfiles / "text2llm.yaml").rename(dotfiles / "global.yaml")
    (home / "text2llm.yaml").symlink_to("repo/global.yaml")
    monkeypatch.setenv("TEXT2LLM_HOME", str(home / "t"))
    (home / "t").mkdir()
    (home / "t" / "config").symlink_to("../repo/config")
    (dotfiles / "config").mkdir()
    monkeypatch.chdir(home)
    assert run(*SET).code == 0
    lab = CredentialName(CredentialKind.ENV, "LAB_API_KEY")
    grant_origin(lab, Origin("https", "lab.example", 443), os.environ)
    assert (home / "text2llm.yaml").is_symlink()
    assert "openai/gpt-5.2" in (dotfiles / "global.yaml").read_text()
    assert "https://lab.example" in (dotfiles / "config" / "settings.yaml").read_text()


@pytest.mark.parametrize("name", ["fifo", "link"])
@pytest.mark.parametrize(
    "arguments",
    [
        (*SET, "--out"),
        *(("validate", "--report", f"{form}=") for form in ("json", "junit", "sarif")),
        ("probe", "--free", "--report", "markdown+="),
    ],
)
def test_fifo_is_an_error_at_once(run: Run, repo: Path, arguments: tuple[str, ...], name: str) -> None:
    os.mkfifo(repo / "fifo")
    (repo / "link").symlink_to("fifo")
    *others, last = arguments
    done = run(*others, *([last, name] if last == "--out" else [last + name]))
    assert done.code == 1
    assert f"cannot write {name}: " in done.err
    assert stat.S_ISFIFO((repo / "fifo").stat().st_mode)


def test_committed_temporary_names_are_no_obstacle(run: Run, repo: Path) -> None:
    for number in range(2, 5):
        (repo / f".text2llm.yaml.{number}.text2llm-tmp").mkdir()
    mine = (repo / ".text2llm.yaml.4194303.text2llm-tmp", repo / f".{7:032x}.text2llm-tmp")
    for path in mine:
        path.write_text("mine")
    assert run(*SET).code == 0
    assert [path.read_text() for path in mine] == ["mine", "mine"]
    assert len(list(repo.glob(".*text2llm-tmp"))) == 5


@pytest.mark.parametrize("elsewhere", [False, True])
def test_project_without_a_repository_is_fenced_as_well(
    run: Run, repo: Path, monkeypatch: pytest.MonkeyPatch, *, elsewhere: bool
) -> None:
    (repo / ".git").rmdir()
    if elsewhere:
        monkeypatch.chdir(repo.parent)
    for name in ("plan.json", "validate.xml"):
        (repo / name).symlink_to("../.bashrc" if name == "validate.xml" else "../new.json")
    named, before = ("--config", str(repo / "text2llm.yaml")), outside(repo)
    for done in (
        run(*SET, "--out", str(repo / "plan.json"), *named),
        run("validate", *named[1:], "--report", f"junit={repo}/validate.xml"),
    ):
        assert done.code == 1
        assert "and no link of a project is followed" in done.err
    (repo / "text2llm.yaml").rename(repo.parent / "theirs.yaml")
    (repo / "text2llm.yaml").symlink_to("../theirs.yaml")
    done = run(*SET, *named)
    assert done.code == 1
    assert "leads out of its project" in done.err
    assert outside(repo) == {**before, "theirs.yaml": CONFIG}


def test_fifo_is_no_saved_plan(run: Run, repo: Path) -> None:
    os.mkfifo(repo / "plan.json")
    done = run("apply", "plan.json")
    assert (done.code, done.err.splitlines()[0]) == (1, "error: plan.json is not a regular file")


def test_saved_plan_is_read_from_an_open_stream(run: Run, repo: Path) -> None:
    assert run(*SET, "--out", "plan.json").code == 0
    reader, writer = os.pipe()
    os.write(writer, (repo / "plan.json").read_bytes())
    os.close(writer)
    assert run("apply", f"/dev/fd/{reader}", "--yes").code == 0
    os.close(reader)
    done = run("apply", f"/dev/fd/{reader}")
    assert (done.code, "cannot read /dev/fd/" in done.err) == (1, True)
    assert run("apply", "/dev/stdin").code == 1
