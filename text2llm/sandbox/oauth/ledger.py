"""The codes, tokens and devices that the OpenID provider has issued."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple, TypeVar

_Value = TypeVar("_Value")
_CODE_SECONDS = 60.0
_ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789"
#: Letters that cannot be confused (RFC 8628, 6.1).
_USER_ALPHABET = "BCDFGHJKLMNPQRSTVWXZ"
_MOST = 10_000  # of each kind; then the oldest are dropped
_TOLERANCE = 0.25  # seconds by which a poll may be early, due to jitter


class OAuthRefusal(NamedTuple):
    """An OAuth error: its code (RFC 6749, 5.2; RFC 8628, 3.5) and description."""

    code: str
    text: str


@dataclass(slots=True)
class Code:
    """An authorization code; ``family`` names the tokens issued for it."""

    client: str
    redirect: str | None
    challenge: str
    scope: str
    nonce: str | None
    expires: float
    family: str | None = None


@dataclass(slots=True)
class Family:
    """The tokens of one login: only the last refresh token is valid; all are revoked together."""

    client: str
    scope: str
    refresh: str
    revoked: bool = False


@dataclass(slots=True)
class Device:
    """A waiting device: ``polls`` is the number so far, ``next_poll`` the earliest time of the next."""

    client: str
    scope: str
    user_code: str
    expires: float
    interval: int
    next_poll: float
    approved: bool = False
    polls: int = 0


class Login(NamedTuple):
    """The access token of a login plays ``role`` and expires after ``seconds``."""

    client: str
    scope: str
    role: str
    seconds: int


class Issued(NamedTuple):
    access: str
    refresh: str
    scope: str
    seconds: int
    family: str


class _Access(NamedTuple):
    family: str
    expires: float


def make_token(kind: str, *, alphabet: str = _ALPHABET, length: int = 12) -> str:
    """A random public token, such as ``sandbox-code-4f9k2m1x8q0z``; it is not a secret."""
    return f"sandbox-{kind}-" + "".join(secrets.choice(alphabet) for _ in range(length))


@dataclass(slots=True)
class Ledger:
    """Times are in seconds since the epoch; ``make`` makes the tokens."""

    make: Callable[[str], str] = make_token
    codes: dict[str, Code] = field(default_factory=dict)
    families: dict[str, Family] = field(default_factory=dict)
    refresh_tokens: dict[str, str] = field(default_factory=dict)
    access_tokens: dict[str, _Access] = field(default_factory=dict)
    devices: dict[str, Device] = field(default_factory=dict)

    def find_state(self, token: str, now: float) -> str | None:
        """``revoked`` or ``expired``; ``None`` for any other token."""
        access = self.access_tokens.get(token)
        if access is None:
            return None
        family = self.families.get(access.family)
        if family is None or family.revoked:
            return "revoked"
        return "expired" if now >= access.expires else None

    def add_code(self, code: Code, now: float) -> str:
        code.expires = now + _CODE_SECONDS
        return _put(self.codes, self.make("code"), code)

    def redeem_code(self, token: str, client: str, now: float) -> Code | OAuthRefusal:
        """The code, once; a second time revokes the tokens issued for it (RFC 6749, 10.5)."""
        code = self.codes.get(token)
        if code is None or code.client != client:
            return OAuthRefusal("invalid_grant", "no such code")
        if code.family is not None:
            self._revoke_family(code.family)
            return OAuthRefusal("invalid_grant", "the code was already used: its tokens are revoked")
        return OAuthRefusal("invalid_grant", "the code has expired") if now >= code.expires else code

    def spoil_code(self, code: Code, text: str) -> OAuthRefusal:
        self.codes = {token: known for token, known in self.codes.items() if known is not code}
        return OAuthRefusal("invalid_grant", text)

    def issue(self, login: Login, now: float, *, family: str | None = None) -> Issued:
        """Tokens of a new family, or the next ones of ``family`` with its scope."""
        refresh = self.make("refresh")
        if family is None:
            family = _put(self.families, self.make("family"), Family(login.client, login.scope, refresh))
        self.families[family] = self.families.pop(family)  # the last used is dropped last
        self.families[family].refresh = refresh
        _put(self.refresh_tokens, refresh, family)
        access = _put(self.access_tokens, self.make(login.role), _Access(family, now + login.seconds))
        return Issued(access, refresh, self.families[family].scope, login.seconds, family)

    def use_refresh(self, token: str, client: str) -> str | OAuthRefusal:
        """The family of a refresh token, once; reuse revokes the family (RFC 9700, 4.14.2)."""
        name = self.refresh_tokens.get(token)
        family = self.families.get(name or "")
        if name is None or family is None or family.client != client or family.revoked:
            return OAuthRefusal("invalid_grant", "no such refresh token, or it is revoked")
        if family.refresh != token:
            family.revoked = True
            return OAuthRefusal("invalid_grant", "the refresh token was already used: its login is revoked")
        return name

    def revoke(self, token: str) -> None:
        """Revoke the login of a token (RFC 7009); an unknown token is not an error."""
        access = self.access_tokens.get(token)
        name = access.family if access else self.refresh_tokens.get(token)
        self._revoke_family(name or "")

    def _revoke_family(self, name: str) -> None:
        if name in self.families:
            self.families[name].revoked = True

    def add_device(self, client: str, scope: str, seconds: int, interval: int, now: float) -> tuple[str, Device]:
        letters = "".join(secrets.choice(_USER_ALPHABET) for _ in range(8))
        user_code = f"{letters[:4]}-{letters[4:]}"
        device = Device(client, scope, user_code, now + seconds, interval, now)
        return _put(self.devices, self.make("device"), device), device

    def find_device(self, user_code: str) -> Device | None:
        wanted = _letters(user_code)
        return next((device for device in self.devices.values() if _letters(device.user_code) == wanted), None)

    def poll_device(self, token: str, client: str, pending: int, now: float) -> Device | OAuthRefusal:
        """The approved device of a code, once; it is approved automatically after ``pending`` polls."""
        device = self.devices.get(token)
        if device is None or device.client != client:
            return OAuthRefusal("invalid_grant", "no such device code")
        if now >= device.expires:
            return OAuthRefusal("expired_token", "the device code has expired")
        too_fast = now < device.next_poll
        device.interval += 5 if too_fast else 0
        device.next_poll = now + device.interval - _TOLERANCE
        if too_fast:
            return OAuthRefusal("slow_down", "polled too soon: wait 5 seconds longer between polls")
        device.polls += 1
        if not device.approved and device.polls <= pending:
            return OAuthRefusal("authorization_pending", "not approved yet")
        del self.devices[token]
        return device


def _letters(user_code: str) -> str:
    return "".join(filter(str.isalnum, user_code)).upper()


def _put(table: dict[str, _Value], token: str, value: _Value) -> str:
    table[token] = value
    if len(table) > _MOST:
        del table[next(iter(table))]
    return token
