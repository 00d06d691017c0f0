from __future__ import annotations

import os
from pathlib import Path

import pytest

from text2llm.config.discovery import find_config
from text2llm.errors import RefusedError


def test_configuration_of_another_user_is_used_only_if_it_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "text2llm.yaml"
    path.touch()
    if os.geteuid() == 0:
        os.chown(path, 12345, -1)
    else:
        monkeypatch.setattr(os, "geteuid", lambda: 12345)
    with pytest.raises(RefusedError, match="belongs to another user"):
        find_config(None, {}, str(tmp_path))
    assert find_config(str(path), {}, str(tmp_path)) == str(path)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
@pytest.mark.parametrize("first", ["mine", "theirs"])
def test_configuration_behind_a_link_of_another_user_is_used_only_if_it_is_named(tmp_path: Path, first: str) -> None:
    (tmp_path / "notes.yaml").touch()
    path, second = tmp_path / "text2llm.yaml", tmp_path / "second"
    path.symlink_to("second")
    second.symlink_to("notes.yaml")
    assert find_config(None, {}, str(tmp_path)) == str(path)
    theirs = second if first == "mine" else path
    os.chown(theirs, 12345, -1, follow_symlinks=False)
    with pytest.raises(RefusedError, match=f"through a link of another user: {theirs}"):
        find_config(None, {}, str(tmp_path))
    assert find_config(str(path), {}, str(tmp_path)) == str(path)
