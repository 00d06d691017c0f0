from __future__ import annotations

import os
import shlex
import sys
from pathlib import Path

import keyring
import pytest
from keyring.backends.fail import Keyring as NoKeyring

from tests.auth.file_keyring import entries
from tests.auth.stores import make_store
from text2llm.auth import secret_refs
from text2llm.auth.secret_refs import (
    MAX_FILE_BYTES,
    SecretRefError,
    delete_secret,
    keyring_works,
    read_refs,
    read_secret,
    require_keyring,
    write_secret,
)
from text2llm.secret import RefSource, Secret, SecretRef
from text2llm.storage.reading import find_exposure

CANARY = "canary-of-twenty-characters"
ENTRY = SecretRef(RefSource.KEYRING, "anthropic:manual:1a2b3c4d")


def variable(name: str) -> SecretRef:
    return SecretRef(RefSource.ENV, name)


def file(path: object) -> SecretRef:
    return SecretRef(RefSource.FILE, str(path))


def write(path: Path, data: bytes = f"{CANARY}\n".encode(), mode: int = 0o600) -> Path:
    path.write_bytes(data)
    path.chmod(mode)
    return path


def refuse(ref: SecretRef) -> str:
    with pytest.raises(SecretRefError) as caught:
        read_secret(ref, {})
    assert caught.value.hint
    assert "canary" not in f"{caught.value.message} {caught.value.hint}"
    return f"{caught.value.message} ({caught.value.hint})"


def test_variable_is_read() -> None:
    assert read_secret(variable("LAB"), {"LAB": f" {CANARY}\n"}) == Secret(CANARY)


@pytest.mark.parametrize("value", [None, "", " \n"])
def test_variable_that_is_not_set_is_named(value: str | None) -> None:
    with pytest.raises(SecretRefError, match="the variable LAB is not set"):
        read_secret(variable("LAB"), {} if value is None else {"LAB": value})


def test_variable_with_white_space_inside_is_refused() -> None:
    with pytest.raises(SecretRefError, match="the variable LAB has white space inside"):
        read_secret(variable("LAB"), {"LAB": "two words"})


@pytest.mark.parametrize("end", [b"", b"\n", b"\r\n", b"\n\n"])
def test_file_is_read(tmp_path: Path, end: bytes) -> None:
    assert read_secret(file(write(tmp_path / "key", CANARY.encode() + end)), {}) == Secret(CANARY)


def test_file_below_the_home_directory_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    write(tmp_path / "key")
    assert read_secret(file("~/key"), {}) == Secret(CANARY)


def test_link_to_a_file_is_followed(tmp_path: Path) -> None:
    write(tmp_path / "..data")
    (tmp_path / "key").symlink_to("..data")
    assert read_secret(file(tmp_path / "key"), {}) == Secret(CANARY)


@pytest.mark.parametrize("path", ["key", "./key", "../key", "~root/key"])
def test_file_without_an_absolute_path_is_refused(path: str) -> None:
    assert refuse(file(path)).startswith(f"the file {path} is not named by an absolute path")


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "key is empty"),
        (b"\n \n", "key is empty"),
        (b"canary\ncanary\n", "key has more than one line"),
        (b"\xffcanary", "key has a character that is not ASCII"),
        (b"can\0ary", "key has a control character"),
        (b"canary" * 11_000, f"key is larger than {MAX_FILE_BYTES // 1024} KiB"),
    ],
)
def test_file_that_holds_no_secret_is_refused(tmp_path: Path, data: bytes, says: str) -> None:
    assert says in refuse(file(write(tmp_path / "key", data)))


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o602, 0o644, 0o666])
def test_file_that_others_can_open_is_refused(tmp_path: Path, mode: int) -> None:
    said = refuse(file(write(tmp_path / "the key", mode=mode)))
    assert f"is open to others (mode {mode:04o})" in said
    assert f"run `chmod 600 '{tmp_path / 'the key'}'`" in said


def status(owner: int, mode: int) -> os.stat_result:
    return os.stat_result((0o100000 | mode, 0, 0, 1, owner, 0, 0, 0, 0, 0))


@pytest.mark.parametrize(
    ("reader", "path", "owner", "mode", "says"),
    [
        (1000, "/run/secrets/key", 0, 0o444, None),
        (1000, "/srv/key", 0, 0o440, None),
        (1000, "/srv/key", 0, 0o664, "can be written by others"),
        (1000, "/srv/key", 1000, 0o400, None),
        (1000, "/srv/key", 1000, 0o440, "is open to others"),
        (1000, "/srv/key", 1001, 0o444, "belongs to another user"),
        (0, "/run/secrets/key", 0, 0o444, None),
        (0, "/var/run/secrets/lab/key", 0, 0o644, None),
        (0, "/run/secrets/../../root/key", 0, 0o444, "is open to others"),
        (0, "/root/key", 0, 0o444, "is open to others"),
        (0, "/root/key", 0, 0o600, None),
        (0, "/run/secrets/key", 0, 0o666, "can be written by others"),
    ],
)
def test_whose_file_it_is_decides(  # noqa: PLR0917
    monkeypatch: pytest.MonkeyPatch, reader: int, path: str, owner: int, mode: int, says: str | None
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: reader)
    forbidden = secret_refs._forbidden_bits(path, status(owner, mode))
    exposure = find_exposure(path, status(owner, mode), forbidden)
    assert exposure is None if says is None else exposure is not None and says in exposure[0]


def test_directory_of_a_mounted_file_may_have_the_sticky_bit(tmp_path: Path) -> None:
    """As Kubernetes mounts its secrets."""
    (tmp_path / "mount").mkdir()
    path = write(tmp_path / "mount" / "key")
    (tmp_path / "mount").chmod(0o1777)
    assert read_secret(file(path), {})
    (tmp_path / "mount").chmod(0o777)
    assert "can be replaced by others" in refuse(file(path))


def test_what_is_no_file_is_refused_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo", 0o600)
    assert "fifo is not a regular file" in refuse(file(tmp_path / "fifo"))
    assert "is not a regular file" in refuse(file(tmp_path))
    assert "absent: No such file or directory" in refuse(file(tmp_path / "absent"))


def test_keyring_keeps_reads_and_removes(kept_in_file: Path) -> None:
    write_secret(ENTRY, Secret(CANARY))
    assert entries() == {"text2llm/anthropic:manual:1a2b3c4d": CANARY}
    assert read_secret(ENTRY, {}) == Secret(CANARY)
    assert delete_secret(ENTRY)
    assert not delete_secret(ENTRY)
    assert entries() == {}
    assert "the keyring has no entry anthropic:manual:1a2b3c4d" in refuse(ENTRY)
    assert keyring_works()


def test_locked_keyring_is_reported_without_its_words(kept_in_file: Path) -> None:
    kept_in_file.write_text("locked")
    assert refuse(ENTRY).startswith("the keyring failed to read the keyring entry anthropic:manual:1a2b3c4d (Runtime")
    for change in (lambda: write_secret(ENTRY, Secret(CANARY)), lambda: delete_secret(ENTRY)):
        with pytest.raises(SecretRefError, match="the keyring failed to") as caught:
            change()
        assert CANARY not in str(caught.value)
        assert "collection" not in caught.value.message


def test_machine_without_a_keyring_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keyring.core, "_keyring_backend", NoKeyring())  # type: ignore[no-untyped-call]
    assert not keyring_works()
    assert "this machine has no keyring that works" in refuse(ENTRY)
    with pytest.raises(SecretRefError, match="no keyring that works"):
        require_keyring()


def test_package_that_is_not_installed_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "keyring", None)
    assert not keyring_works()
    told, _, command = refuse(ENTRY).partition(" (run `")
    assert (told, shlex.split(command)[:5]) == (
        "the package keyring is not installed",
        [sys.executable, "-I", "-m", "pip", "install"],
    )
    *options, lock = shlex.split(command.removesuffix("`)"))[5:]
    assert options == ["--no-deps", "--require-hashes", "--requirement"]
    assert "keyring==" in Path(lock).read_text()


@pytest.mark.parametrize("ref", [variable("LAB"), file("/srv/key")])
def test_only_the_keyring_is_written(ref: SecretRef) -> None:
    with pytest.raises(SecretRefError, match="is not managed by text2llm"):
        write_secret(ref, Secret(CANARY))
    with pytest.raises(SecretRefError, match="is not managed by text2llm"):
        delete_secret(ref)


def test_what_requests_send_is_read_and_nothing_else(tmp_path: Path, kept_in_file: Path) -> None:
    write_secret(ENTRY, Secret(CANARY))
    kept, refresh = {"source": "keyring", "id": ENTRY.id}, {"source": "keyring", "id": "refresh"}
    absent = tmp_path / "absent"
    store = make_store(
        {
            "profiles": {
                "a:plain": {"type": "api_key", "key": "k"},
                "a:variable": {"type": "api_key", "key": {"source": "env", "id": "LAB"}},
                "a:login": {"type": "oauth", "access": kept, "refresh": refresh},
                "a:same": {"type": "token", "token": kept},
                "a:file": {"type": "token", "token": {"source": "file", "id": str(absent)}},
                "a:other": {"type": "passkey"},
            }
        }
    )
    assert read_refs(store, {"LAB": "x"}) == {
        ENTRY: Secret(CANARY),
        file(absent): f"cannot read the file {absent}: No such file or directory; check its path and owner",
    }
