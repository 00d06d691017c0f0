from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from text2llm.settings.load import load_settings, open_settings, settings_path
from text2llm.settings.model import Settings, SettingsError
from text2llm.trust.bindings import parse_trusted_origins

GRANT = "trust:\n- credential: env:A\n  origin: https://a.example\n"


@pytest.fixture
def path() -> Path:
    found = Path(settings_path(os.environ))
    found.parent.mkdir(parents=True)
    return found


def refusal(path: Path) -> SettingsError:
    with pytest.raises(SettingsError) as caught:
        load_settings(os.environ)
    assert caught.value.hint
    return caught.value


def test_no_file_means_no_settings() -> None:
    assert load_settings(os.environ) == Settings()


def test_no_file_costs_no_import() -> None:
    code = (
        "import os, sys; from text2llm.settings.load import load_settings; load_settings(os.environ);"
        "print(sorted(name for name in sys.modules if name.startswith('text2llm')))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == (
        "['text2llm', 'text2llm.errors', 'text2llm.settings', 'text2llm.settings.load', 'text2llm.settings.model', "
        "'text2llm.storage', 'text2llm.storage.places', 'text2llm.storage.reading']\n"
    )


@pytest.mark.parametrize("mode", [0o600, 0o644, 0o400])
def test_file_that_only_its_owner_can_write_is_read(path: Path, mode: int) -> None:
    path.write_text(GRANT)
    path.chmod(mode)
    assert load_settings(os.environ) == Settings(str(path), parse_trusted_origins("env:A=https://a.example"))


@pytest.mark.parametrize("mode", [0o620, 0o602, 0o666])
def test_file_that_others_can_write_is_refused_with_the_remedy(path: Path, mode: int) -> None:
    path.write_text(GRANT)
    path.chmod(mode)
    error = refusal(path)
    assert error.message == f"{path} can be written by others (mode {mode:04o})"
    assert error.hint == f"read it, then run `chmod go-w {path}`"


def test_directory_that_others_can_write_is_refused_with_the_remedy(path: Path) -> None:
    path.write_text(GRANT)
    path.parent.chmod(0o777)
    error = refusal(path)
    assert error.message == f"{path} can be replaced by others: they can write {path.parent} (mode 0777)"
    assert error.hint == f"look at what is in it, then run `chmod go-w {path.parent}`"


def test_directory_that_is_mounted_read_only_may_have_any_mode(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As Kubernetes mounts a ConfigMap."""
    path.write_text(GRANT)
    path.parent.chmod(0o777)
    fields = [*os.statvfs(path.parent)]
    fields[8] |= os.ST_RDONLY
    monkeypatch.setattr(os, "statvfs", lambda _path: os.statvfs_result(fields))
    assert load_settings(os.environ).path == str(path)


def test_file_of_another_user_is_refused(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path.write_text(GRANT)
    os_fstat = os.fstat

    def owned_by_another(handle: int) -> os.stat_result:
        fields = list(os_fstat(handle))
        fields[4] = 4711
        return os.stat_result(fields)

    monkeypatch.setattr(os, "fstat", owned_by_another)
    assert "belongs to another user" in refusal(path).message


def test_link_is_followed_and_broken_one_is_reported(path: Path, tmp_path: Path) -> None:
    path.symlink_to(tmp_path / "dotfiles.yaml")
    assert "is a broken link" in refusal(path).message
    (tmp_path / "dotfiles.yaml").write_text("plugins: [a]")
    assert load_settings(os.environ).plugins == ("a",)


@pytest.mark.parametrize("kind", ["folder", "fifo"])
def test_what_is_no_file_is_refused(path: Path, kind: str) -> None:
    if kind == "folder":
        path.mkdir()
    else:
        os.mkfifo(path)
    assert refusal(path).message.startswith((f"{path} is not a regular file", f"cannot read {path}: Is a directory"))


def test_folder_that_is_a_file_holds_no_settings(tmp_path: Path) -> None:
    (tmp_path / "config").write_text("")
    assert open_settings(str(tmp_path / "config" / "settings.yaml")).document is None


def test_file_that_cannot_be_opened_is_reported(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path.write_text(GRANT)

    def refuse(*_: object, **__: object) -> int:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "open", refuse)
    assert refusal(path).message == f"cannot read {path}: Permission denied"


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        ("trust: [", "2:1", "not valid YAML"),
        ("trust: []\ntrust: []\n", "2:1", "'trust' twice"),
        ("truts: []", "1:1", "unknown key 'truts'"),
        ("[]", "1:1", "expected a map"),
        ("trust: [{credential: env:A, origin: x}, {}]", "1:37", "(and 2 more)"),
    ],
)
def test_broken_file_is_an_error_with_its_place(path: Path, text: str, place: str, message: str) -> None:
    path.write_text(text)
    error = refusal(path)
    assert error.code == "settings"
    assert message in error.message
    assert str(error.location) == f"{path}:{place}"


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("trust: [{}, {}]", "run `text2llm validate "),
        (
            "a: 1\nb: 2",
            "known here: trust, oauth, oidc, secrets, plugins, network",
        ),  # `validate` would not know such a file
    ],
)
def test_hint_leads_to_a_command_that_tells_more(tmp_path: Path, text: str, hint: str) -> None:
    path = tmp_path / "settings.yaml"
    path.write_text(text)
    path.chmod(0o600)
    with pytest.raises(SettingsError) as caught:
        open_settings(str(path))
    assert str(caught.value.hint).startswith(hint)
