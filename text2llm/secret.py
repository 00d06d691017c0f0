"""Secret: a value that cannot be printed by accident; SecretRef: one that is kept elsewhere."""

from __future__ import annotations

from collections.abc import Collection
from enum import Enum
from typing import NamedTuple, NoReturn, TypeAlias, final

_FINGERPRINT_FLOOR = 20

# The values of this process, as held_values() says; the keys of a dict, which keep their order.
_held: dict[str, None] = {}


def held_values() -> Collection[str]:
    """Every value that a :class:`Secret` of this run has held: what no output may contain.

    This is the one piece of global state, and on purpose. What guards the outputs must know *all* secrets, also
    those of code that failed half-way, of plugins, and of objects that are long gone while their value lives on in the
    text of an exception. Handing a register through every call would make each forgotten argument a leak, and
    nothing but the guard ever reads it: no result depends on it. A value is as long in memory as its process anyway.
    """
    return _held.keys()


def forget_values() -> None:
    """Begin a new run: a process that runs the program many times, such as a test, keeps no secrets of the last."""
    _held.clear()


@final
class Secret:
    """A credential's value. Only :meth:`reveal` gives it away, so each use is easy to find.

    Making one tells the guard of the outputs, too: see :func:`held_values`.
    """

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value
        _held[value] = None

    def reveal(self) -> str:
        """The value itself: for the one function that sends it, the store that keeps it, and redaction."""
        return self._value

    def fingerprint(self) -> str | None:
        """The first 8 hex digits of the SHA-256; ``None`` under 20 characters, where a guess could be checked."""
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
        raise TypeError("a Secret is never serialised")


class RefSource(Enum):
    """Where the value behind a :class:`SecretRef` is kept."""

    ENV = "env"
    FILE = "file"
    KEYRING = "keyring"


class SecretRef(NamedTuple):
    """A secret kept elsewhere: ``id`` is a variable's name, a file's path or a keyring entry."""

    source: RefSource
    id: str


SecretValue: TypeAlias = "Secret | SecretRef"
