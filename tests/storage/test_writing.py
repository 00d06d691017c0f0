"""Through which links a file is written: what a repository or another user chose decides nothing."""

from __future__ import annotations

import os
import sys
import threading
from contextlib import suppress
from pathlib import Path

import pytest

from text2llm.errors import WriteError
from text2llm.storage.appending import append_file
from text2llm.storage.atomic import create_file, replace_file
from text2llm.storage.path_walk import walk_path
from text2llm.storage.writing import LinkChoice


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    (tmp_path / "repo" / ".git").mkdir(parents=True)
    (tmp_path / "repo" / "sub").mkdir()
    (tmp_path / "outside").mkdir()
    return tmp_path / "repo"


def contents(folder: Path) -> dict[str, str]:
    return {str(each.relative_to(folder)): each.read_text() for each in folder.rglob("*") if each.is_file()}


def put(path: Path | str, follow: LinkChoice = LinkChoice.NAMED) -> None:
    replace_file(str(path), b"new", follow=follow)


LINKS = {
    "to a file outside": ("../outside/file", "link"),
    "to an absolute path outside": ("{top}/outside/file", "link"),
    "to nothing yet": ("../outside/new", "link"),
    "to a directory outside": ("../outside", "link/new"),
    "by way of another link": ("hop", "link"),
    "of a directory, and back": ("../outside/../repo/sub/../../outside", "link/file"),
    "to a device": ("/dev/null", "link"),
}


@pytest.mark.parametrize("case", LINKS)
@pytest.mark.parametrize("follow", LinkChoice)
def test_nothing_is_written_through_a_link_of_a_repository_that_leads_out(
    repo: Path, case: str, follow: LinkChoice
) -> None:
    target, path = LINKS[case]
    (repo / "hop").symlink_to("../outside/file")
    (repo / "link").symlink_to(target.format(top=repo.parent))
    (repo.parent / "outside" / "file").write_text("mine")
    before = contents(repo.parent / "outside")
    if follow is LinkChoice.OWN and path == "link":
        put(repo / path, follow)  # the link itself is replaced
        assert not (repo / "link").is_symlink()
    else:
        with pytest.raises(WriteError, match=r"cannot write .*link.*: .*(link|not a regular file)"):
            put(repo / path, follow)
    assert contents(repo.parent / "outside") == before


@pytest.mark.parametrize(
    ("target", "path"), [("sub/file", "link"), ("sub", "link/file"), ("{top}/repo/sub", "link/file")]
)
def test_link_that_stays_in_its_repository_is_for_edits_only(repo: Path, target: str, path: str) -> None:
    (repo / "sub" / "file").write_text("old")
    (repo / "link").symlink_to(target.format(top=repo.parent))
    for follow in (LinkChoice.NAMED, LinkChoice.OWN):
        if follow is LinkChoice.NAMED or "/" in path:
            with pytest.raises(WriteError, match=r"link to .*, and no link of a repository is followed"):
                put(repo / path, follow)
    put(repo / path, LinkChoice.EDITED)
    assert (repo / "link").is_symlink()
    assert (repo / "sub" / "file").read_text() == "new"


@pytest.mark.parametrize("target", [".git/config", ".GIT/config", "sub/../.git/hooks/new"])
def test_link_to_what_git_keeps_is_not_edited(repo: Path, target: str) -> None:
    for folder in (".git", ".GIT"):
        (repo / folder / "hooks").mkdir(parents=True, exist_ok=True)
    (repo / "link").symlink_to(target)
    with pytest.raises(WriteError, match="leads out of its repository"):
        put(repo / "link", LinkChoice.EDITED)
    assert contents(repo) == {}


def test_link_of_a_worktree_counts_as_well(repo: Path) -> None:
    (repo / ".git").rmdir()
    (repo / ".git").write_text("gitdir: /elsewhere")
    (repo / "link").symlink_to("../outside/new")
    with pytest.raises(WriteError, match="leads out of its repository"):
        put(repo / "link", LinkChoice.EDITED)


@pytest.mark.parametrize("follow", [LinkChoice.EDITED, LinkChoice.NAMED])
def test_users_own_links_are_followed_outside_of_repositories(repo: Path, follow: LinkChoice) -> None:
    home = repo.parent
    (home / "settings.yaml").symlink_to("repo/settings.yaml")
    (home / "config").symlink_to(repo / "sub")
    put(home / "settings.yaml", follow)
    put(home / "config" / "file", follow)
    assert (home / "settings.yaml").is_symlink()
    assert contents(repo) == {"settings.yaml": "new", "sub/file": "new"}


@pytest.mark.parametrize("marker", [".hg", ".jj", "text2llm.yaml", "."])
def test_project_without_git_is_left_through_no_link(repo: Path, marker: str, monkeypatch: pytest.MonkeyPatch) -> None:
    (repo / ".git").rmdir()
    if marker == ".":
        monkeypatch.chdir(repo)
    else:
        (repo / marker).mkdir()
    (repo / "link").symlink_to("../outside/new")
    (repo / "near").symlink_to("sub/new")
    kind = "repository" if marker in {".hg", ".jj"} else "project"
    with pytest.raises(WriteError, match=f"leads out of its {kind}"):
        put(repo / "link", LinkChoice.EDITED)
    with pytest.raises(WriteError, match=f"no link of a {kind} is followed"):
        put(repo / "near", LinkChoice.NAMED)
    put(repo / "near", LinkChoice.EDITED)
    assert contents(repo / "sub") == {"new": "new"}
    assert contents(repo.parent / "outside") == {}


@pytest.mark.parametrize("home", ["repo", "repo/sub"])
def test_home_directory_is_no_project(repo: Path, monkeypatch: pytest.MonkeyPatch, home: str) -> None:
    (repo / ".git").rmdir()
    (repo / "text2llm.yaml").symlink_to("../outside/dotfile")
    monkeypatch.setenv("HOME", str(repo.parent / home))
    monkeypatch.chdir(repo)
    put("text2llm.yaml", LinkChoice.EDITED)
    assert contents(repo.parent / "outside") == {"dotfile": "new"}


def test_without_a_home_directory_nothing_is_the_users_own(repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (repo / "link").symlink_to("../outside/new")
    for name in ("TEXT2LLM_HOME", "XDG_CONFIG_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", ".")
    monkeypatch.chdir(repo)
    with pytest.raises(WriteError, match="leads out of its repository"):
        put("link", LinkChoice.EDITED)


def test_repository_of_the_home_directory_does_not_widen_a_project(repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (repo / "sub" / "link").symlink_to("../.bashrc")
    monkeypatch.setenv("HOME", str(repo))
    put(repo / "sub" / "link", LinkChoice.EDITED)
    monkeypatch.chdir(repo / "sub")
    with pytest.raises(WriteError, match="leads out of its project"):
        put("link", LinkChoice.EDITED)


@pytest.fixture
def home(repo: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home directory that is a repository, with the directories for data and caches on another disk."""
    for name in ("TEXT2LLM_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(repo))
    monkeypatch.setattr(sys, "platform", "linux")
    (repo / ".local").mkdir()
    (repo / ".local" / "share").symlink_to("../../outside")
    (repo / ".cache").symlink_to("../outside")
    return repo


@pytest.mark.parametrize(("way", "follow"), [(".local/share", LinkChoice.EDITED), (".cache", LinkChoice.OWN)])
def test_users_own_directories_are_not_those_of_a_repository(home: Path, way: str, follow: LinkChoice) -> None:
    replace_file(f"{home}/{way}/text2llm/file", b"new", follow=follow, make=0o700)
    assert contents(home.parent / "outside") == {"text2llm/file": "new"}
    for other in (f"{home}/{way}/other", f"{home}/{way}/text2llm/../other"):
        with pytest.raises(WriteError, match=r"(of a|out of its) repository"):
            put(other, follow)


def test_users_own_directory_may_be_the_working_directory(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (home.parent / "outside" / "text2llm").mkdir()
    monkeypatch.chdir(home / ".local" / "share" / "text2llm")
    Path("link").symlink_to("../new")
    put("link", LinkChoice.EDITED)
    assert contents(home.parent / "outside")["new"] == "new"


def test_link_of_another_user_counts_on_the_way_to_the_users_own_directories(home: Path) -> None:
    (home / ".local").chmod(0o777)
    with pytest.raises(WriteError, match="in a directory that others can write"):
        replace_file(f"{home}/.local/share/text2llm/file", b"new", make=0o700)


@pytest.mark.parametrize("mode", [0o777, 0o1777])
@pytest.mark.parametrize("path", ["shared/link", "shared/folder/file"])
def test_link_in_a_directory_that_others_can_write_is_not_followed(tmp_path: Path, mode: int, path: str) -> None:
    (tmp_path / "shared").mkdir()
    (tmp_path / "shared").chmod(mode)
    (tmp_path / "shared" / "link").symlink_to(tmp_path / "new")
    (tmp_path / "shared" / "folder").symlink_to(tmp_path)
    for follow in (LinkChoice.EDITED, LinkChoice.NAMED):
        with pytest.raises(WriteError, match="in a directory that others can write"):
            put(tmp_path / path, follow)
    assert contents(tmp_path) == {}
    put(tmp_path / "shared" / "file")
    assert contents(tmp_path) == {"shared/file": "new"}


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
@pytest.mark.parametrize("given", ["link", "folder"])
def test_link_of_another_user_is_not_followed(tmp_path: Path, given: str) -> None:
    (tmp_path / "folder").mkdir()
    link = tmp_path / "folder" / "link"
    link.symlink_to(tmp_path / "new")
    os.chown(link if given == "link" else link.parent, 4242, 4242, follow_symlinks=False)
    with pytest.raises(WriteError, match=r"belongs to another user|that others can write"):
        put(link)
    assert contents(tmp_path) == {}


@pytest.mark.parametrize(("group", "error"), [(0, False), (4243, True)])
@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_group_counts_as_others_unless_it_is_the_users_own(tmp_path: Path, group: int, *, error: bool) -> None:
    (tmp_path / "link").symlink_to("new")
    os.chown(tmp_path, 0, group)
    tmp_path.chmod(0o770)
    if error:
        with pytest.raises(WriteError, match="in a directory that others can write"):
            put(tmp_path / "link")
    else:
        put(tmp_path / "link")
        assert (tmp_path / "new").read_text() == "new"


def test_missing_directories_are_made_on_request_but_not_through_links(repo: Path) -> None:
    create_file(str(repo / "a" / "b" / "file"), b"new", make=0o700)
    assert (repo / "a" / "b").stat().st_mode & 0o777 == 0o700
    (repo / "link").symlink_to("../outside")
    with pytest.raises(WriteError, match="no link of a repository is followed"):
        create_file(str(repo / "link" / "made" / "file"), b"new")
    with pytest.raises(WriteError, match="File exists"):
        create_file(str(repo / "a" / "b" / "file"), b"other")
    assert contents(repo.parent) == {"repo/a/b/file": "new"}
    assert list((repo.parent / "outside").iterdir()) == []


@pytest.mark.parametrize("path", ["sub", "sub/", ".", "..", "sub/..", "/", "/.."])
def test_directory_is_not_a_file(repo: Path, monkeypatch: pytest.MonkeyPatch, path: str) -> None:
    monkeypatch.chdir(repo)
    with pytest.raises(WriteError, match=r"Is a directory|not a regular file"):
        put(path)


def test_relative_path_leaves_the_repository_where_its_user_says_so(
    repo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(repo / "sub")
    put("../../outside/./file")
    assert contents(repo.parent) == {"outside/file": "new"}


def test_endless_links_are_an_error(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to("loop")
    with pytest.raises(WriteError, match="Too many levels of symbolic links"):
        put(tmp_path / "loop")


@pytest.mark.parametrize("path", ["link", "link/new"])
def test_nothing_is_appended_through_a_link_of_a_repository(repo: Path, path: str) -> None:
    (repo / "link").symlink_to("../outside" if "/" in path else "../outside/new")
    with pytest.raises(WriteError, match="no link of a repository is followed"):
        append_file(str(repo / path), b"text")
    assert contents(repo.parent) == {}


def test_walk_leaves_no_directory_open(repo: Path) -> None:
    (repo.parent / "link").symlink_to("repo/sub")
    before = os.listdir("/dev/fd")
    put(repo.parent / "link" / "file")
    with pytest.raises(WriteError):
        put(repo.parent / "link" / "absent" / "file")
    with walk_path(str(repo / "sub" / "file"), lambda _link: None) as walk:
        assert walk.path == str(repo / "sub" / "file")
    assert len(os.listdir("/dev/fd")) == len(before)


@pytest.mark.slow
def test_directory_that_is_swapped_for_a_link_meanwhile_leads_nowhere(repo: Path) -> None:
    """An attacker who can change the repository all the time, while files in it are written."""
    kept, link, sub, done = repo / "kept", repo / "link", repo / "sub", threading.Event()
    link.symlink_to("../outside")

    def swap() -> None:
        while not done.is_set():
            sub.rename(kept)
            link.rename(sub)
            sub.rename(link)
            kept.rename(sub)

    attacker = threading.Thread(target=swap)
    attacker.start()
    written = 0
    for number in range(1500):
        for follow in (LinkChoice.EDITED, LinkChoice.NAMED):
            with suppress(WriteError):
                put(sub / f"file{number}", follow)
                written += 1
    done.set()
    attacker.join()
    assert written > 0
    assert list((repo.parent / "outside").iterdir()) == []
