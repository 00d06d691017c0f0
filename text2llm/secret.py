"""Secret: a value that cannot be printed by accident; SecretRef: a secret stored elsewhere."""

from __future__ import annotations

from collections.abc import Collection
from enum import Enum
from typing import NamedTuple, NoReturn, TypeAlias, final

_FINGERPRINT_FLOOR = 20

# The keys of a dict keep their order.
_held: dict[str, None] = {}


def held_values() -> Collection[str]:
    """Every value that a :class:`Secret` of this run has held: no output may contain one.

    This is the only global state, on purpose. The output guard must know *all* secrets, including those of failed code,
    of plugins, and of deleted objects whose value is still in an exception's text. Passing a register through every
    call would make each forgotten argument a leak, and only the guard reads it: no result depends on it.
    """
    return _held.keys()


def forget_values() -> None:
    """Start a new run, in a process that runs the program many times, such as a test."""
    _held.clear()


@final
class Secret:
    """A credential's value. Only :meth:`reveal` returns it, so each use is easy to find.

    Creating one also registers it with the output guard: see :func:`held_values`.
    """

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value
        _held[value] = None

    def reveal(self) -> str:
        """The value: for the one function that sends it, the store that keeps it, and redaction."""
        return self._value

    def fingerprint(self) -> str | None:
        """The first 8 hex digits of the SHA-256; ``None`` below 20 characters, where it would confirm a guess."""
        if len(self._value) < _FINGERPRINT_FLOOR:
            return None
        import hashlib

        return hashlib.sha256(self._encoded()).hexdigest()[:8]

    def _encoded(self) -> bytes:
        return self._value.encode("utf-8", "surrogateescape")

    def __bool__(self) -> bool:
        return bool(self._value)

    def __eq__(self, other: object) -> bool:
        import hmac  # 6 ms of start-up that only a comparison needs

        return isinstance(other, Secret) and hmac.compare_digest(self._encoded(), other._encoded())

    def __hash__(self) -> int:
        return hash((Secret, self._value))

    def __repr__(self) -> str:
        return "Secret(***)"

    __str__ = __repr__

    def __format__(self, format_spec: str) -> str:
        return repr(self)

    def __reduce__(self) -> NoReturn:
        raise TypeError("a Secret is never serialized")


class RefSource(Enum):
    ENV = "env"
    FILE = "file"
    KEYRING = "keyring"
    EXEC = "exec"


class SecretRef(NamedTuple):
    """A secret stored elsewhere: ``id`` is a variable's name, a file's path, a keyring entry or a source's name for it.

    ``provider`` is the name of the secret source in the user's settings, for ``EXEC``; empty for the others.
    """

    source: RefSource
    id: str
    provider: str = ""


SecretValue: TypeAlias = "Secret | SecretRef"
