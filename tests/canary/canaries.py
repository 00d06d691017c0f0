"""The canaries: one secret for each place where one can live, and the hunt for them in whatever came out."""

from __future__ import annotations

import base64
import json
import random
import string
from collections.abc import Iterable, Iterator
from typing import NamedTuple
from urllib.parse import quote

#: So many characters of a canary, in any spelling, are a leak.
FRAGMENT = 12
_CORE_LENGTH = 32


class Canary(NamedTuple):
    """A secret that was planted; ``core`` is the part that nobody else would write."""

    place: str
    value: str
    core: str


def _breed(place: str, form: str) -> Canary:
    source = random.Random(place)
    letters = string.ascii_letters + string.digits
    core = "".join(source.choices(letters, k=_CORE_LENGTH - 3)) + "aZ7"
    return Canary(place, form.format(core), core if form != _ODD else form.format(core))


_PLAIN = "{}"
_ODD = '{}+/="&\\x'
_ANTHROPIC = "sk-ant-api03-{0}{0}" + "_" * 29 + "AA"

#: Where each one is planted, and the form that it has there.
_FORMS = {
    "variable of a provider": _ANTHROPIC,
    "another variable of a provider": "sk-proj-{}",
    "variable of a provider without a form": _PLAIN,
    "variable of a custom provider": _PLAIN,
    "variable of a header": _ODD,
    "variable that nothing names": _PLAIN,
    "variable of a reference": _PLAIN,
    "file of a reference": _PLAIN,
    "variable of a client secret": _PLAIN,
    "proxy of the environment": _PLAIN,
    "proxy of the settings": _PLAIN,
    "grant with user info": _PLAIN,
    "grant that is none": _PLAIN,
    "grant with a query": _PLAIN,
    "api key of the store": _PLAIN,
    "known api key of the store": _ANTHROPIC,
    "token of the store": "sk-ant-oat01-{0}{0}-AA",
    "expired token of the store": _PLAIN,
    "access token of the store": "eyJhbGciOiJSUzI1NiJ9.{0}.{0}",
    "refresh token of the store": _PLAIN,
    "account id of the store": _PLAIN,
    "unknown field of a profile": _PLAIN,
    "unknown type of profile": _PLAIN,
    "unknown field of the store": _PLAIN,
    "unknown statistics of the store": _PLAIN,
    "reason of a cooldown": _ANTHROPIC,
    "literal key of the config": _PLAIN,
    "literal header of the config": _PLAIN,
    "known header of the config": "Bearer {}",
    "user info of a URL": _PLAIN,
    "query of a URL": _PLAIN,
    "comment of the config": _ANTHROPIC,
    "key of the config": "sk-proj-{}",
    "model of the config": "sk-or-v1-{}",
    "client secret of the config": _PLAIN,
    "file .env": _PLAIN,
    "file .netrc": _PLAIN,
    "standard input": _PLAIN,
    "standard input with a form": _ANTHROPIC,
    "setup token of standard input": "sk-ant-oat01-{0}{0}-AA",
    "argument": _PLAIN,
    "argument with a form": _ANTHROPIC,
}
CANARIES = {place: _breed(place, form) for place, form in _FORMS.items()}


def value(place: str) -> str:
    """The secret that is planted at a place."""
    return CANARIES[place].value


def spellings(secret: str) -> Iterator[str]:
    """A secret as it could come out."""
    raw = secret.encode()
    yield from (secret, secret[::-1], quote(secret, safe=""), json.dumps(secret)[1:-1], raw.hex())
    yield "".join(f"\\u{ord(character):04x}" for character in secret)
    for shift in range(3):
        encoded = base64.b64encode(b"\0" * shift + raw).decode().rstrip("=")
        yield from (encoded[4:-1], encoded[4:-1].replace("+", "-").replace("/", "_"))


def _fragments(text: str) -> Iterator[str]:
    lowered = text.lower()
    return (lowered[at : at + FRAGMENT] for at in range(len(lowered) - FRAGMENT + 1))


_FRAGMENTS = {
    fragment: canary.place
    for canary in CANARIES.values()
    for spelling in spellings(canary.core)
    for fragment in _fragments(spelling)
}


def hunt(text: str, allowed: Iterable[str] = ()) -> dict[str, str]:
    """The canaries that a text shows, with the line of each; those in ``allowed`` may be there."""
    lowered = text.lower()
    found: dict[str, str] = {}
    for at, fragment in enumerate(_fragments(text)):
        place = _FRAGMENTS.get(fragment)
        if place is not None and place not in allowed and place not in found:
            found[place] = lowered[max(0, at - 60) : at + 60]
    return found
