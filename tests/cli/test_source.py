"""Where others install text2llm from: what an installer recorded, what a remote has, what a person names."""

from __future__ import annotations

import json
from importlib.metadata import PathDistribution
from pathlib import Path
from typing import Any

import pytest

from tests.git.repository import Repo
from text2llm.cli.source import GitSource, Release, find_source, parse_source

COMMIT = "0123456789abcdef0123456789abcdef01234567"
HTTPS = "https://git.example/team/text2llm.git"


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The metadata of an installation; what a test writes there is what the installer recorded."""
    folder = tmp_path / "text2llm-1.2.3.dist-info"
    folder.mkdir()
    monkeypatch.setattr("importlib.metadata.distribution", lambda _name: PathDistribution(folder))
    return folder


def record(installed: Path, **facts: Any) -> None:
    (installed / "INSTALLER").write_text("pip\n")
    (installed / "direct_url.json").write_text(json.dumps(facts))


@pytest.mark.parametrize("installer", ["pip\n", "uv", "poetry 2.1.0", "pdm"])
def test_what_an_index_had_is_a_release(installed: Path, installer: str) -> None:
    (installed / "INSTALLER").write_text(installer)
    assert find_source("1.2.3") == Release("1.2.3")


@pytest.mark.parametrize("installer", [None, "", "conda", "debian"])
def test_without_an_installer_that_uses_indexes_nothing_is_known(installed: Path, installer: str | None) -> None:
    if installer is not None:
        (installed / "INSTALLER").write_text(installer)
    assert find_source("1.2.3") is None


def test_code_that_is_not_installed_has_no_source(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.path", [])
    assert find_source("1.2.3") is None


@pytest.mark.parametrize(
    ("url", "commit", "shared"),
    [
        (HTTPS, COMMIT, True),
        ("https://git.example:8443/text2llm", COMMIT, True),
        ("ssh://git@git.example/text2llm", COMMIT, True),
        ("https://key@git.example/text2llm", COMMIT, False),
        ("https://a:key@git.example/text2llm", COMMIT, False),
        ('https://git.example/"; rm', COMMIT, False),
        ("https://git.example/a b", COMMIT, False),
        ("ssh://-oProxyCommand=x/text2llm", COMMIT, False),
        ("file:///srv/git/text2llm", COMMIT, False),
        ("http://git.example/text2llm", COMMIT, False),
        (HTTPS, "main", False),
        (HTTPS, COMMIT[:12], False),
    ],
)
def test_what_came_from_git_is_that_commit(installed: Path, url: str, commit: str, *, shared: bool) -> None:
    record(installed, url=url, vcs_info={"vcs": "git", "commit_id": commit})
    assert find_source("1.2.3") == (GitSource(url, commit) if shared else None)


@pytest.mark.parametrize("facts", [{"archive_info": {}}, {"vcs_info": {"vcs": "hg", "commit_id": COMMIT}}, {}])
def test_other_origins_are_not_known_to_be_shared(installed: Path, facts: dict[str, Any]) -> None:
    record(installed, url="https://files.example/text2llm-1.2.3-py3-none-any.whl", **facts)
    assert find_source("1.2.3") is None


@pytest.mark.parametrize("text", ["", "{", "[]", '"x"', '{"url": 1, "dir_info": {}}', '{"url": "x", "vcs_info": []}'])
def test_a_damaged_record_says_nothing(installed: Path, text: str) -> None:
    record(installed)
    (installed / "direct_url.json").write_text(text)
    assert find_source("1.2.3") is None


def check_out(folder: Path, origin: str, *, pushed: bool) -> str:
    repo = Repo(folder)
    commit = repo.commit()
    repo.git("remote", "add", "origin", origin)
    if pushed:
        repo.git("update-ref", "refs/remotes/origin/main", commit)
    return commit


@pytest.mark.parametrize(
    ("origin", "url"),
    [
        (HTTPS, HTTPS),
        ("git@git.example:team/text2llm.git", "ssh://git@git.example/team/text2llm.git"),
        ("https://key@git.example/text2llm", None),
        ("/srv/git/text2llm", None),
        ("file:///srv/git/text2llm", None),
    ],
)
@pytest.mark.parametrize("editable", [True, False])
def test_a_checkout_is_its_commit_at_a_remote_that_others_reach(
    installed: Path, tmp_path: Path, origin: str, url: str | None, *, editable: bool
) -> None:
    commit = check_out(tmp_path / "a checkout", origin, pushed=True)
    record(installed, url=f"file://{tmp_path}/a%20checkout", dir_info={"editable": editable})
    assert find_source("1.2.3") == (GitSource(url, commit) if url else None)


def test_a_commit_that_the_remote_does_not_have_is_not_named(installed: Path, tmp_path: Path) -> None:
    check_out(tmp_path / "checkout", HTTPS, pushed=False)
    record(installed, url=f"file://{tmp_path}/checkout", dir_info={"editable": True})
    assert find_source("1.2.3") is None


def test_a_repository_without_commit_or_remote_names_none(installed: Path, tmp_path: Path) -> None:
    repo = Repo(tmp_path / "checkout")
    record(installed, url=f"file://{tmp_path}/checkout", dir_info={})
    assert find_source("1.2.3") is None
    repo.commit()
    assert find_source("1.2.3") is None


def test_the_repository_around_a_plain_folder_is_another_one(installed: Path, tmp_path: Path) -> None:
    check_out(tmp_path / "mine", HTTPS, pushed=True)
    (tmp_path / "mine" / "vendored").mkdir()
    record(installed, url=f"file://{tmp_path}/mine/vendored", dir_info={})
    assert find_source("1.2.3") is None
    record(installed, url=f"file://{tmp_path}/gone", dir_info={})
    assert find_source("1.2.3") is None


@pytest.mark.parametrize(
    ("text", "source"),
    [
        (f"git+{HTTPS}@{COMMIT}", GitSource(HTTPS, COMMIT)),
        (f"{HTTPS}@{COMMIT}", GitSource(HTTPS, COMMIT)),
        (f" text2llm @ git+{HTTPS}@{COMMIT}\n", GitSource(HTTPS, COMMIT)),
        (f"git+{HTTPS}/@{COMMIT}", GitSource(HTTPS, COMMIT)),
        (f"git+ssh://git@git.example/t@{COMMIT}", GitSource("ssh://git@git.example/t", COMMIT)),
        (f"git@git.example:team/t@{COMMIT}", GitSource("ssh://git@git.example/team/t", COMMIT)),
        (f"git+file:///srv/git/text2llm@{COMMIT}", GitSource("file:///srv/git/text2llm", COMMIT)),
        ("text2llm==0.1.0", Release("0.1.0")),
        ("text2llm==1.0rc1", Release("1.0rc1")),
        (f"git+{HTTPS}@main", None),
        (f"git+{HTTPS}", None),
        (HTTPS, None),
        ("text2llm", None),
        ("text2llm==", None),
        ("text2llm>=0.1", None),
        ("text2llm==0.1.0; rm -rf .", None),
        (f"https://a'b/c@{COMMIT}", None),
        ("", None),
    ],
)
def test_a_named_source_is_a_full_commit_or_a_release(text: str, source: GitSource | Release | None) -> None:
    assert parse_source(text) == source
    assert source is None or parse_source(str(source)) == source
