"""Secrets stored outside the credential store: in variables, files, and the system's keyring."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from types import MappingProxyType
from typing import TYPE_CHECKING

from text2llm.auth.credentials import AuthStore, describe_ref, explain_source, value_of
from text2llm.auth.pasted import PastedSecretError, parse_secret
from text2llm.errors import Text2llmError
from text2llm.secret import RefSource, Secret, SecretRef
from text2llm.storage.reading import read_private

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

    from text2llm.settings.model import SecretSource

#: The keyring service; the id of a reference is the user name.
SERVICE = "text2llm"
#: A file with one secret is some hundred bytes; a larger one is another file.
MAX_FILE_BYTES = 64 * 1024
#: Where container runtimes mount secrets, root's and readable by all:
#: docs.docker.com/engine/swarm/secrets, kubernetes.io/docs/concepts/configuration/secret.
_MOUNTS = ("/run/secrets/", "/var/run/secrets/")
_PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
#: The lock of what a keyring needs: in the wheel, and in a checkout.
_LOCKS = tuple(os.path.join(place, "requirements", "keyring.txt") for place in (_PACKAGE, os.path.dirname(_PACKAGE)))


class SecretRefError(Text2llmError):
    code = "secret-ref"


def read_secret(ref: SecretRef, environ: Mapping[str, str]) -> Secret:
    """Read a referenced secret.

    Raises:
        SecretRefError: it does not exist, others can read it, or it is not one line of text.
    """
    where = describe_ref(ref)
    try:
        return parse_secret(_READERS[ref.source](ref, environ), where)
    except PastedSecretError as error:
        raise SecretRefError(error.message, hint=f"put the secret there as one line, or change {where}") from error


def read_refs(
    store: AuthStore,
    environ: Mapping[str, str],
    sources: Mapping[str, SecretSource] = MappingProxyType({}),
    others: Iterable[SecretRef] = (),
) -> dict[SecretRef, Secret | str]:
    """Read the references of a store's profiles, and ``others``; a text is the reason why one cannot be read.

    Only secrets that requests send are read: no refresh tokens; variables need no reading. Each of the ``sources`` is
    asked once.
    """
    values = (value_of(profile.credential) for profile in store.profiles.values() if profile.credential is not None)
    refs = {value for value in values if isinstance(value, SecretRef) and value.source is not RefSource.ENV}
    refs |= {*others}
    asked = {ref for ref in refs if ref.source is RefSource.EXEC}
    plain = {ref: _try_reading(ref, environ) for ref in sorted(refs - asked, key=str)}
    return plain | _ask_sources(asked, environ, sources)


def _ask_sources(
    refs: set[SecretRef], environ: Mapping[str, str], sources: Mapping[str, SecretSource]
) -> dict[SecretRef, Secret | str]:
    found: dict[SecretRef, Secret | str] = {}
    for name in sorted({ref.provider for ref in refs}):
        wanted = sorted(ref.id for ref in refs if ref.provider == name)
        if name in sources:
            from text2llm.auth.secret_sources import ask_source

            found |= _refer(name, ask_source(sources[name], wanted, environ))
        else:
            found |= _refer(name, dict.fromkeys(wanted, explain_source(name)))
    return found


def _refer(source: str, values: Mapping[str, Secret | str]) -> dict[SecretRef, Secret | str]:
    return {SecretRef(RefSource.EXEC, entry, source): value for entry, value in values.items()}


def _try_reading(ref: SecretRef, environ: Mapping[str, str]) -> Secret | str:
    try:
        return read_secret(ref, environ)
    except SecretRefError as error:
        return f"{error.message}; {error.hint}"


def _read_variable(ref: SecretRef, environ: Mapping[str, str]) -> str:
    value = environ.get(ref.id, "")
    if not value.strip():
        raise SecretRefError(f"the variable {ref.id} is not set", hint=f"set {ref.id}, or store the credential again")
    return value


def _read_file(ref: SecretRef, _environ: Mapping[str, str]) -> str:
    path = os.path.expanduser(ref.id)
    if not ref.id.startswith(("/", "~/")):
        raise SecretRefError(
            f"the file {ref.id} is not named by an absolute path", hint="use an absolute path, or one starting with ~/"
        )
    try:
        data = read_private(path, MAX_FILE_BYTES + 1, lambda status: _forbidden_bits(path, status), mounted=True)
    except OSError as error:
        raise SecretRefError(
            f"cannot read the file {path}: {error.strerror}", hint="check its path and owner"
        ) from error
    if not isinstance(data, bytes):
        raise SecretRefError(f"the file {path} {data[0]}", hint=data[1])
    if len(data) > MAX_FILE_BYTES:
        raise SecretRefError(f"the file {path} is larger than {MAX_FILE_BYTES // 1024} KiB", hint="name another file")
    return data.decode("utf-8", "surrogateescape")


def _forbidden_bits(path: str, status: os.stat_result) -> int:
    """Only others' write access is forbidden if root gave the file to the user: root decides who may read it."""
    given = status.st_uid == 0 and (os.geteuid() != 0 or os.path.abspath(path).startswith(_MOUNTS))
    return stat.S_IWGRP | stat.S_IWOTH if given else stat.S_IRWXG | stat.S_IRWXO


def _read_keyring(ref: SecretRef, _environ: Mapping[str, str]) -> str:
    with _explain_keyring(f"read {describe_ref(ref)}"):
        value = _open_keyring().get_password(SERVICE, ref.id)
    if value is None:
        raise SecretRefError(
            f"the keyring has no entry {ref.id} of the service {SERVICE}", hint="store the credential again"
        )
    return value


def _refuse_source(ref: SecretRef, _environ: Mapping[str, str]) -> str:
    raise SecretRefError(f"{describe_ref(ref)} is read for probes only", hint="use a variable, a file or the keyring")


_READERS: Mapping[RefSource, Callable[[SecretRef, Mapping[str, str]], str]] = {
    RefSource.ENV: _read_variable,
    RefSource.FILE: _read_file,
    RefSource.KEYRING: _read_keyring,
    RefSource.EXEC: _refuse_source,
}


def write_secret(ref: SecretRef, secret: Secret) -> None:
    """Write a keyring entry.

    Raises:
        SecretRefError: no keyring works, or it refused; or the reference is to a variable or a file.
    """
    _require_own(ref)
    with _explain_keyring(f"write {describe_ref(ref)}"):
        _open_keyring().set_password(SERVICE, ref.id, secret.reveal())


def delete_secret(ref: SecretRef) -> bool:
    """Remove a keyring entry; whether there was one.

    Raises:
        SecretRefError: no keyring works, or it refused.
    """
    _require_own(ref)
    with _explain_keyring(f"remove {describe_ref(ref)}"):
        backend = _open_keyring()
        if backend.get_password(SERVICE, ref.id) is None:
            return False
        backend.delete_password(SERVICE, ref.id)
    return True


def _require_own(ref: SecretRef) -> None:
    if ref.source is not RefSource.KEYRING:
        raise SecretRefError(
            f"{describe_ref(ref)} is not managed by text2llm", hint="change it where it is kept, or log in again"
        )


def require_keyring() -> None:
    """Check that this machine has a keyring that text2llm can use.

    Raises:
        SecretRefError: it has none; the hint says how to get one.
    """
    with _explain_keyring("open"):
        _open_keyring()


def keyring_works() -> bool:
    try:
        require_keyring()
    except SecretRefError:
        return False
    return True


def _name_install() -> str:
    """The command that installs the package ``keyring``, locked and hash-checked."""
    from shlex import quote

    lock = next(filter(os.path.isfile, _LOCKS), _LOCKS[0])
    return f"{quote(sys.executable)} -I -m pip install --no-deps --require-hashes --requirement {quote(lock)}"


def _open_keyring() -> KeyringBackend:
    try:
        import keyring
    except ImportError:
        raise SecretRefError("the package keyring is not installed", hint=f"run `{_name_install()}`") from None
    backend = keyring.get_keyring()
    # The package's "none": a backend that always fails has priority 0, one that forgets everything -1.
    if backend.priority <= 0:
        raise SecretRefError(
            "this machine has no keyring that works",
            hint="install or unlock one (Secret Service, KWallet, Keychain), or use --no-keyring",
        )
    return backend


@contextmanager
def _explain_keyring(action: str) -> Iterator[None]:
    """Convert any error of a backend. Its message is not repeated: it may contain the secret."""
    try:
        yield
    except SecretRefError:
        raise
    except Exception as error:  # noqa: BLE001 - backends talk to daemons, and raise whatever those libraries raise
        raise SecretRefError(
            f"the keyring failed to {action} ({type(error).__name__})", hint="unlock it, and run the command again"
        ) from None
