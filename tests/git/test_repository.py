"""Real repositories, hostile ones among them: nothing that they contain may act."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zlib
from pathlib import Path

import pytest

from tests.git.repository import CONFIG, Repo
from text2llm.config.tree import Entry
from text2llm.git import repository as git
from text2llm.git.repository import GitError, Repository


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    return Repo(tmp_path / "repo")


def open_repo(repo: Repo) -> Repository:
    return Repository(str(repo.path), os.environ)


def complaint(call: object) -> str:
    assert callable(call)
    with pytest.raises(GitError) as raised:
        call()
    return f"{raised.value.message} | {raised.value.hint}"


def test_files_are_listed_and_read_as_they_were_committed(repo: Repo) -> None:
    repo.write(a="x\r\ny", d__b="")
    (repo.path / "-option").write_text("1")
    (repo.path / "l").symlink_to("a.yaml")
    commit = repo.commit()
    opened = open_repo(repo)
    assert {opened.find_commit(name) for name in ("HEAD", "main", commit[:12], ":/x", "HEAD^{/x}")} == {commit}
    listed = opened.list_folder(commit)
    modes = {"-option": "100644", "a.yaml": "100644", "d": "040000", "l": "120000"}
    assert {name: entry.mode for name, entry in listed.items()} == modes
    assert [opened.read_object(listed[name].oid, 9) for name in ("a.yaml", "l")] == [b"x\r\ny", b"a.yaml"]
    assert opened.read_object(opened.list_folder(listed["d"].oid)["b.yaml"].oid, 0) == b""


def test_what_is_larger_than_the_limit_is_not_read_and_the_rest_is(repo: Repo) -> None:
    repo.write(large="x" * 5, small="x")
    opened, commit = open_repo(repo), repo.commit()
    listed = opened.list_folder(commit)
    assert [opened.read_object(listed[name].oid, 4) for name in ("large.yaml", "small.yaml")] == [None, b"x"]


def test_a_sha256_repository_is_read(tmp_path: Path) -> None:
    repo = Repo(tmp_path / "sha256", "--object-format=sha256")
    repo.write(a="x")
    commit = repo.commit()
    assert len(commit) == 64
    assert read_all(repo, "a.yaml") == b"x"


def test_one_git_reads_many_files(repo: Repo) -> None:
    repo.write(**{f"f{number}": str(number) for number in range(450)})
    opened, commit = open_repo(repo), repo.commit()
    listed = opened.list_folder(commit)
    contents = [opened.read_object(entry.oid, 9) for entry in listed.values()]
    assert contents == [name.removeprefix("f").removesuffix(".yaml").encode() for name in listed]


@pytest.mark.parametrize("revision", ["--output=x", "-h", "", "a\nb", "a\0b", "x" * 600, "\x1b[31m", "\u202eHEAD"])
def test_what_can_be_no_revision_is_never_shown_to_git(repo: Repo, revision: str) -> None:
    repo.commit()
    assert "is not a valid revision | use a commit" in complaint(lambda: open_repo(repo).find_commit(revision))
    assert not (repo.path / "x^{commit}").exists()


@pytest.mark.parametrize("revision", ["nope", "HEAD:text2llm.yaml", "HEAD~5", "0" * 40, "HEAD^{tree}", "stash@{0}"])
def test_an_unknown_revision_is_told(repo: Repo, revision: str) -> None:
    repo.write(text2llm="x")
    repo.commit()
    told = complaint(lambda: open_repo(repo).find_commit(revision))
    assert told.endswith("REV is a commit, a branch or a tag; give a file with --config")
    assert "unknown revision" in told


def test_a_repository_without_commits_is_told(repo: Repo) -> None:
    assert complaint(lambda: open_repo(repo).find_commit("HEAD")).startswith("the repository has no commits yet")


def test_a_shallow_clone_without_the_revision_is_told(repo: Repo, tmp_path: Path) -> None:
    repo.commit("one")
    repo.commit("two")
    repo.git("clone", "--quiet", "--depth=1", f"file://{repo.path}", str(tmp_path / "shallow"))
    shallow = Repository(str(tmp_path / "shallow"), os.environ)
    assert "fetch-depth: 0" in complaint(lambda: shallow.find_commit("HEAD~1"))


def test_a_folder_outside_every_repository_is_told(tmp_path: Path) -> None:
    assert "is not inside a git repository" in complaint(lambda: Repository(str(tmp_path), os.environ))


def test_a_bare_repository_is_none_to_work_in(tmp_path: Path) -> None:
    bare = Repo(tmp_path / "bare", "--bare")
    assert "is not inside a git repository" in complaint(lambda: open_repo(bare))


def test_a_repository_of_another_user_is_told(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = git._Output(128, b"", "fatal: detected dubious ownership in repository at '/x'", cut=False)
    monkeypatch.setattr(git, "_run", lambda *_: answer)
    assert "git config --global --add safe.directory" in complaint(lambda: open_repo(repo))


def test_a_file_outside_the_repository_is_told(repo: Repo, tmp_path: Path) -> None:
    repo.commit()
    assert "is outside the repository" in complaint(lambda: open_repo(repo).locate(str(tmp_path / "text2llm.yaml")))
    assert open_repo(repo).locate(str(repo.path / "d" / ".." / "t.yaml")) == "t.yaml"


def test_a_working_tree_that_the_repository_puts_elsewhere_holds_no_file_of_it(repo: Repo, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    repo.git("config", "core.worktree", str(tmp_path / "other"))
    opened = open_repo(repo)
    assert "is outside the repository" in complaint(lambda: opened.locate(str(repo.path / "text2llm.yaml")))


def test_lines_of_history_without_a_common_commit_are_told(repo: Repo) -> None:
    first = repo.commit()
    repo.git("checkout", "--quiet", "--orphan", "other")
    second = repo.commit("unrelated")
    assert complaint(lambda: open_repo(repo).find_base(first, second)).startswith("the two revisions have no commit")
    assert open_repo(repo).find_base(first, first) == first


def test_git_must_be_installed_and_not_in_the_working_directory(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    (repo.path / "git").write_text("#!/bin/sh\ntouch ran\n")
    (repo.path / "git").chmod(0o755)
    monkeypatch.chdir(repo.path)
    assert "git is not installed" in complaint(lambda: Repository(".", {"PATH": f".{os.pathsep}{os.pathsep}bin"}))
    assert not (repo.path / "ran").exists()


@pytest.fixture
def trap(tmp_path: Path) -> Path:
    """A program that leaves a mark when it runs, named so in settings of a repository."""
    program = tmp_path / "trap"
    program.write_text(f"#!/bin/sh\ntouch {tmp_path}/sprung\ncat\n")
    program.chmod(0o755)
    return program


def read_all(repo: Repo, name: str = "text2llm.yaml") -> bytes:
    opened = open_repo(repo)
    commit = opened.find_commit("HEAD")
    content = opened.read_object(opened.list_folder(commit)[name].oid, git.OUTPUT_LIMIT)
    assert content is not None
    return content


def test_no_program_that_a_repository_names_runs(repo: Repo, trap: Path, tmp_path: Path) -> None:
    repo.write(text2llm=CONFIG % "a/b")
    (repo.path / ".gitattributes").write_text("* diff=evil filter=evil merge=evil working-tree-encoding=UTF-8\n")
    repo.commit()
    for name in ("diff.evil.textconv", "diff.evil.command", "filter.evil.clean", "filter.evil.smudge", "diff.external"):
        repo.git("config", name, str(trap))
    for name in ("core.fsmonitor", "core.pager", "core.editor", "core.sshCommand", "core.askPass", "credential.helper"):
        repo.git("config", name, str(trap))
    for name in ("alias.cat-file", "alias.ls-tree", "alias.rev-parse", "pager.ls-tree", "pager.cat-file"):
        repo.git("config", name, f"!{trap}")
    hooks = repo.path / ".git" / "hooks"
    hooks.mkdir(exist_ok=True)
    for hook in ("post-index-change", "fsmonitor-watchman", "post-checkout", "reference-transaction"):
        shutil.copy(trap, hooks / hook)
    assert read_all(repo) == (CONFIG % "a/b").encode()
    assert not (tmp_path / "sprung").exists()


def test_the_environment_leads_git_nowhere_else(
    repo: Repo, trap: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = Repo(tmp_path / "other")
    other.write(text2llm="other")
    other.commit()
    repo.write(text2llm="mine")
    repo.commit()
    for name, value in {
        "GIT_DIR": str(other.path / ".git"),
        "GIT_WORK_TREE": str(other.path),
        "GIT_OBJECT_DIRECTORY": str(other.path / ".git" / "objects"),
        "GIT_EXTERNAL_DIFF": str(trap),
        "GIT_PAGER": str(trap),
        "GIT_EXEC_PATH": str(tmp_path),
        "GIT_TRACE": str(tmp_path / "trace"),
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": "core.fsmonitor",
        "GIT_CONFIG_VALUE_0": str(trap),
    }.items():
        monkeypatch.setenv(name, value)
    assert read_all(repo) == b"mine"
    assert not (tmp_path / "sprung").exists()
    assert not (tmp_path / "trace").exists()


def test_a_partial_clone_downloads_nothing(repo: Repo, trap: Path, tmp_path: Path) -> None:
    repo.write(text2llm="x", kept="y")
    repo.commit()
    repo.git("config", "uploadpack.allowFilter", "true")
    clone = tmp_path / "clone"
    repo.git("clone", "--quiet", "--no-checkout", "--filter=blob:none", f"file://{repo.path}", str(clone))
    repo.git("-C", str(clone), "checkout", "--quiet", "HEAD", "--", "kept.yaml")
    partial = Repo(clone)
    partial.git("config", "remote.origin.uploadpack", str(trap))
    opened = Repository(str(clone), os.environ)
    commit = opened.find_commit("HEAD")
    told = complaint(lambda: opened.read_object(opened.list_folder(commit)["text2llm.yaml"].oid, 9))
    assert "is not in this clone" in told
    assert not (tmp_path / "sprung").exists()
    assert opened.read_object(opened.list_folder(commit)["kept.yaml"].oid, 9) == b"y"


def test_replaced_objects_are_not_what_was_committed(repo: Repo) -> None:
    repo.write(text2llm="first")
    repo.commit()
    blob = repo.git("rev-parse", "HEAD:text2llm.yaml")
    fake = repo.git("hash-object", "-w", "--stdin", stdin=b"fake")
    repo.git("replace", blob, fake)
    assert read_all(repo) == b"first"


def test_nothing_in_the_repository_is_written(repo: Repo) -> None:
    repo.write(text2llm="x")
    repo.commit()
    before = {path: path.stat().st_mtime_ns for path in (repo.path / ".git").rglob("*")}
    read_all(repo)
    assert {path: path.stat().st_mtime_ns for path in (repo.path / ".git").rglob("*")} == before


@pytest.mark.parametrize("damage", ["gone", "no object", "cut"])
def test_a_damaged_repository_is_told(repo: Repo, damage: str) -> None:
    repo.write(text2llm="x" * 100)
    repo.commit()
    blob = repo.git("rev-parse", "HEAD:text2llm.yaml")
    path = repo.path / ".git" / "objects" / blob[:2] / blob[2:]
    path.chmod(0o644)
    path.write_bytes(zlib.compress(b"blob 4\0" + os.urandom(4), 0)[:-7] if damage == "cut" else b"no object")
    if damage == "gone":
        path.unlink()
    assert "is not in this clone" in complaint(lambda: read_all(repo))


def test_a_tree_for_a_file_is_told(repo: Repo) -> None:
    repo.write(d__x="x")
    commit = repo.commit()
    opened = open_repo(repo)
    assert "is not in this clone" in complaint(lambda: opened.read_object(opened.list_folder(commit)["d"].oid, 9))
    assert "is not in this clone" in complaint(lambda: opened.list_folder("0" * 40))


def test_a_folder_is_listed_once(repo: Repo) -> None:
    repo.write(d__x="x")
    opened, commit = open_repo(repo), repo.commit()
    assert opened.list_folder(commit) is opened.list_folder(commit)


def test_all_that_is_read_together_is_bounded(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(git, "OUTPUT_LIMIT", 2000)
    repo.write(a="x" * 900, b="y" * 900, c="z" * 900)
    opened, commit = open_repo(repo), repo.commit()
    oids = [entry.oid for entry in opened.list_folder(commit).values()]
    assert [len(opened.read_object(oid, 1000) or b"") for oid in oids[:2]] == [900, 900]
    assert "its output is larger than" in complaint(lambda: opened.read_object(oids[2], 1000))


def test_an_answer_that_is_too_long_is_cut(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    repo.write(text2llm="x" * 5000)
    repo.commit()
    monkeypatch.setattr(git, "OUTPUT_LIMIT", 2000)
    assert "its output is larger than" in complaint(lambda: read_all(repo))


def test_a_git_that_hangs_is_stopped(repo: Repo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hanging = tmp_path / "bin" / "git"
    hanging.parent.mkdir()
    hanging.write_text(f"#!{sys.executable}\nimport time\ntime.sleep(60)\n")
    hanging.chmod(0o755)
    monkeypatch.setattr(git, "TIME_LIMIT", 0.2)
    assert "git took longer than 0.2 s" in complaint(lambda: Repository(str(repo.path), {"PATH": str(hanging.parent)}))


@pytest.mark.parametrize("raw", [b"nonsense", b"100644 a\0\1", b"100644a\0\1\2 ", b" a\0\1\2"])
def test_what_is_no_list_of_files_is_told(raw: bytes) -> None:
    assert "cannot be read" in complaint(lambda: list(git._parse_tree(raw, 2)))
    assert dict(git._parse_tree(b"40000 a\nb\0\0\x0a", 2)) == {"a\nb": Entry("040000", "000a")}


def test_a_git_that_hangs_while_it_reads_is_stopped(
    repo: Repo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, hanging = shutil.which("git"), tmp_path / "bin" / "git"
    hanging.parent.mkdir()
    hanging.write_text(f'#!/bin/sh\ncase "$*" in *cat-file*) exec sleep 60;; esac\nexec {real} "$@"\n')
    hanging.chmod(0o755)
    opened, commit = Repository(str(repo.path), {**os.environ, "PATH": f"{hanging.parent}:/bin"}), repo.commit()
    monkeypatch.setattr(git, "TIME_LIMIT", 0.2)
    assert "git took longer than 0.2 s" in complaint(lambda: opened.list_folder(commit))


def test_an_interrupted_question_leaves_no_process(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[subprocess.Popen[bytes]] = []

    def interrupt(process: subprocess.Popen[bytes], _stdin: bytes) -> None:
        started.append(process)
        raise KeyboardInterrupt

    monkeypatch.setattr(git, "_communicate", interrupt)
    with pytest.raises(KeyboardInterrupt):
        open_repo(repo)
    assert started[0].poll() is not None
