from __future__ import annotations

import grp
import os
import pwd

import pytest

from text2llm.storage.ownership import is_shared, is_trusted


@pytest.mark.parametrize(
    ("mode", "group", "shared"),
    [
        (0o755, 7, False),
        (0o757, 1000, True),
        (0o1777, 0, True),
        (0o775, 0, False),
        (0o775, 1000, False),
        (0o775, 7, True),
        (0o775, 8, True),
        (0o775, 9, True),
    ],
)
def test_group_of_the_user_alone_is_not_others(
    monkeypatch: pytest.MonkeyPatch, mode: int, group: int, *, shared: bool
) -> None:
    groups = {1000: ("ann", ["ann"]), 7: ("staff", []), 8: ("ann", ["ben"])}
    account = pwd.struct_passwd(("ann", "x", 1000, 1000, "", "/home/ann", "/bin/sh"))
    monkeypatch.setattr(pwd, "getpwuid", lambda _user: account)
    monkeypatch.setattr(
        grp, "getgrgid", lambda number: grp.struct_group((*groups[number][:1], "x", number, groups[number][1]))
    )
    assert is_shared(mode, group) is shared


def test_user_without_an_account_trusts_the_group_of_root(monkeypatch: pytest.MonkeyPatch) -> None:
    def forget(_user: int) -> None:
        raise KeyError

    monkeypatch.setattr(pwd, "getpwuid", forget)
    assert not is_shared(0o775, 0)
    assert is_shared(0o775, 1000)


def test_root_and_oneself_are_trusted() -> None:
    assert is_trusted(0)
    assert is_trusted(os.geteuid())
    assert not is_trusted(4242)
