"""What the sandbox's OpenID provider remembers: codes, tokens and devices, each used once."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple, TypeVar

_Value = TypeVar("_Value")
_CODE_SECONDS = 60.0
_ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789"
#: Letters that nobody takes for another one (RFC 8628, 6.1).
_USER_ALPHABET = "BCDFGHJKLMNPQRSTVWXZ"
_MOST = 10_000  # so many of each are remembered: the oldest are forgotten
_TOLERANCE = 0.25  # seconds by which a poll may be early: clocks and networks jitter


class Refused(NamedTuple):
    """An OAuth error: its code (RFC 6749, 5.2; RFC 8628, 3.5) and what it means here."""

    code: str
    text: str


@dataclass(slots=True)
class Code:
    """An authorization code; ``family`` are the tokens that came of it."""

    client: str
    redirect: str | None
    challenge: str
    scope: str
    nonce: str | None
    expires: float
    family: str | None = None


@dataclass(slots=True)
class Family:
    """The tokens of one login: one refresh token is alive, the others were used; all die together."""

    client: str
    scope: str
    refresh: str
    revoked: bool = False


@dataclass(slots=True)
class Device:
    """A device that waits: ``polls`` are those so far, ``next_poll`` is the earliest time of another one."""

    client: str
    scope: str
    user_code: str
    expires: float
    interval: int
    next_poll: float
    approved: bool = False
    polls: int = 0


class Login(NamedTuple):
    """What tokens are for: the access token plays ``role`` and lives for ``seconds``."""

    client: str
    scope: str
    role: str
    seconds: int


class Issued(NamedTuple):
    """The tokens of an answer."""

    access: str
    refresh: str
    scope: str
    seconds: int


class _Access(NamedTuple):
    family: str
    expires: float


def make_word(kind: str, *, alphabet: str = _ALPHABET, length: int = 12) -> str:
    """A random public word, such as ``sandbox-code-4f9k2m1x8q0z``; it is not a secret."""
    return f"sandbox-{kind}-" + "".join(secrets.choice(alphabet) for _ in range(length))


@dataclass(slots=True)
class Ledger:
    """All of it. Times are in seconds since the epoch; ``make`` makes the words."""

    make: Callable[[str], str] = make_word
    codes: dict[str, Code] = field(default_factory=dict)
    families: dict[str, Family] = field(default_factory=dict)
    refresh_tokens: dict[str, str] = field(default_factory=dict)
    access_tokens: dict[str, _Access] = field(default_factory=dict)
    devices: dict[str, Device] = field(default_factory=dict)

    def find_state(self, token: str, now: float) -> str | None:
        """``revoked`` or ``expired`` for an access token that is so; ``None`` for every other word."""
        access = self.access_tokens.get(token)
        if access is None:
            return None
        family = self.families.get(access.family)
        if family is None or family.revoked:
            return "revoked"
        return "expired" if now >= access.expires else None

    def add_code(self, code: Code, now: float) -> str:
        """A code for an approved authorization."""
        code.expires = now + _CODE_SECONDS
        return _put(self.codes, self.make("code"), code)

    def redeem_code(self, word: str, client: str, now: float) -> Code | Refused:
        """The code behind a word, once; a second time takes back the tokens that came of it (RFC 6749, 10.5)."""
        code = self.codes.get(word)
        if code is None or code.client != client:
            return Refused("invalid_grant", "there is no such code")
        if code.family is not None:
            self._revoke_family(code.family)
            return Refused("invalid_grant", "the code was used before: its tokens are revoked")
        return Refused("invalid_grant", "the code has expired") if now >= code.expires else code

    def spoil_code(self, code: Code, text: str) -> Refused:
        """Forget a code that somebody presented in a wrong way."""
        self.codes = {word: each for word, each in self.codes.items() if each is not code}
        return Refused("invalid_grant", text)

    def issue(self, login: Login, now: float, *, family: str | None = None) -> Issued:
        """Tokens of a new family, or the next ones of an old one, with the scope that this one has."""
        refresh = self.make("refresh")
        if family is None:
            family = _put(self.families, self.make("family"), Family(login.client, login.scope, refresh))
        self.families[family] = self.families.pop(family)  # what is used is remembered longest
        self.families[family].refresh = refresh
        _put(self.refresh_tokens, refresh, family)
        access = _put(self.access_tokens, self.make(login.role), _Access(family, now + login.seconds))
        return Issued(access, refresh, self.families[family].scope, login.seconds)

    def family_of(self, issued: Issued) -> str:
        """The family of an answer's tokens."""
        return self.access_tokens[issued.access].family

    def use_refresh(self, token: str, client: str) -> str | Refused:
        """The family of a refresh token, once; using it again revokes them all (RFC 9700, 4.14.2)."""
        name = self.refresh_tokens.get(token)
        family = self.families.get(name or "")
        if name is None or family is None or family.client != client or family.revoked:
            return Refused("invalid_grant", "there is no such refresh token, or it is revoked")
        if family.refresh != token:
            family.revoked = True
            return Refused("invalid_grant", "the refresh token was used before: its login is revoked")
        return name

    def revoke(self, token: str) -> None:
        """Revoke the login that a token is of (RFC 7009); an unknown token is no error."""
        access = self.access_tokens.get(token)
        name = access.family if access else self.refresh_tokens.get(token)
        self._revoke_family(name or "")

    def _revoke_family(self, name: str) -> None:
        if name in self.families:
            self.families[name].revoked = True

    def add_device(self, client: str, scope: str, seconds: int, interval: int, now: float) -> tuple[str, Device]:
        """A device code, and the device that asked for it."""
        letters = "".join(secrets.choice(_USER_ALPHABET) for _ in range(8))
        user_code = f"{letters[:4]}-{letters[4:]}"
        device = Device(client, scope, user_code, now + seconds, interval, now)
        return _put(self.devices, self.make("device"), device), device

    def find_device(self, user_code: str) -> Device | None:
        """The device whose code a person typed; case and hyphens do not count."""
        wanted = _letters(user_code)
        return next((each for each in self.devices.values() if _letters(each.user_code) == wanted), None)

    def poll_device(self, word: str, client: str, pending: int, now: float) -> Device | Refused:
        """The device behind a code when it is approved, once; it approves by itself after ``pending`` polls."""
        device = self.devices.get(word)
        if device is None or device.client != client:
            return Refused("invalid_grant", "there is no such device code")
        if now >= device.expires:
            return Refused("expired_token", "the device code has expired")
        too_fast = now < device.next_poll
        device.interval += 5 if too_fast else 0
        device.next_poll = now + device.interval - _TOLERANCE
        if too_fast:
            return Refused("slow_down", "this was asked too soon: 5 seconds more between two polls from now on")
        device.polls += 1
        if not device.approved and device.polls <= pending:
            return Refused("authorization_pending", "nobody has approved it yet")
        del self.devices[word]
        return device


def _letters(user_code: str) -> str:
    return "".join(filter(str.isalnum, user_code)).upper()


def _put(table: dict[str, _Value], word: str, value: _Value) -> str:
    table[word] = value
    if len(table) > _MOST:
        del table[next(iter(table))]
    return word
