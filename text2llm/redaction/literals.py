"""Where a file has values that may be credentials: by their form, and by the place where they stand."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from enum import Enum
from functools import lru_cache
from typing import NamedTuple

from text2llm.config.document import Document, is_merge
from text2llm.config.nodes import Alias, Mapping, Node, Scalar, Sequence
from text2llm.redaction import MASK, cover
from text2llm.redaction.forms import Forms, SecretSpan
from text2llm.redaction.values import is_public

VARIABLE = re.compile(r"\$\{[A-Za-z_][A-Za-z0-9_]*\}")

# Keys whose value is a credential, spelled without case, '-', '_' and '.'.
_CREDENTIAL_KEYS = frozenset(
    {"access", "accesskey", "accesstoken", "apikey", "apitoken", "authorization", "authtoken", "bearer"}
    | {"bearertoken", "clientsecret", "cookie", "credential", "key", "passphrase", "passwd", "password"}
    | {"privatekey", "proxyauthorization", "refresh", "refreshtoken", "secret", "secretkey", "sessiontoken"}
    | {"token", "xapikey"}
)
# These end longer names too: aws_secret_access_key.
_CREDENTIAL_ENDINGS = ("apikey", "apitoken", "accesskey", "accesstoken", "authtoken", "clientsecret", "password")
# Below `params` these name ordinary things too (`stop: {token: …}`, `metadata: {key: …}`): there the value decides.
_COMMON_WORDS = frozenset({"access", "credential", "key", "refresh", "token"})
# What tells, below a key of these, where the credential is: `apiKey: {source: env, id: LAB}`.
_REFERENCE_WORDS = frozenset(
    {"command", "env", "file", "id", "name", "path", "provider", "ref", "service", "source", "var", "variable"}
)
# As a word, or as the end of one: X-Api-Key and X-AuthToken, but neither X-Author nor X-Keyword.
_CREDENTIAL_WORD = (
    r"(?:auth|authentication|authori[sz]ation|key|token|secret|cookie|password|passwd|passphrase|credential|session"
    r"|signature|bearer)s?(?![a-z])"
)
_CREDENTIAL_HEADER = re.compile(_CREDENTIAL_WORD, re.IGNORECASE)
# A name that ends so is that of a credential; one that goes on may be that of a property of it, such as a version.
_CREDENTIAL_ITSELF = re.compile(rf"{_CREDENTIAL_WORD}\Z", re.IGNORECASE)
_PROPERTY = re.compile(r"[A-Za-z]{1,12}|v?[0-9]{1,3}(?:\.[0-9]{1,3})*")
#: A header that names no credential may still hold one: long, one word, and mixed as words are not.
TOKEN_LIKE = re.compile(
    r"(?=[^a-z]*[a-z])(?=[^A-Z]*[A-Z])(?=[^0-9]*[0-9])[A-Za-z0-9+/=_.-]{20,}"
    r"|(?=[^a-z]*[a-z])(?=[^0-9]*[0-9])[a-z0-9]{24,}"
)
# Headers that say for whom a request is: their values look like tokens, and open nothing. OpenAI's API reference has
# `OpenAI-Organization: org-…` and `OpenAI-Project: proj_…`.
_IDENTIFIER = re.compile(
    r"(?:\A|[-_])(?:account|deployment|id|org|organi[sz]ation|project|team|tenant|workspace)\Z", re.IGNORECASE
)
# What a grant in the user's settings names; a secret in its place has no such beginning, or is known by its form.
_CREDENTIAL_NAME = re.compile(r"(?:env:[A-Za-z_][A-Za-z0-9_]*|(?:profile|provider):[!-~]+)")
_SHORTEST_NUMBER = 6
# What stands between `://` and `@`, and the parameters behind `?`.
_USER_INFO = re.compile(r"://([^\s/?#@]*)@")
_PARAMETER = re.compile(r"[?&]([A-Za-z0-9_.-]{1,40})=([^\s&#]+)")
# The same character again and again is drawn for people, and no generator of keys makes it.
# Providers' documentation ends its examples so.
_PLACEHOLDER = re.compile(r"([A-Za-z0-9*.])\1{11}|EXAMPLE(?:KEY)?(?![A-Za-z0-9])")


class Ground(Enum):
    """Why a piece of text is taken for a credential, or for a reference that cannot work."""

    FORM = "form"
    PLACE = "place"
    PARTIAL = "partial"


#: The ground that wins where two meet comes first.
_SURENESS = (Ground.PLACE, Ground.FORM, Ground.PARTIAL)


class Literal(NamedTuple):
    """A piece of a file's text, by offsets; ``name`` is the credential's kind or the key, never the value.

    ``value`` is what the piece means where that is not what is written: escapes and folded lines.
    """

    start: int
    end: int
    ground: Ground
    name: str
    value: str = ""


class _Spot(NamedTuple):
    """A node, the nearest key above it, and the one of ``_SPECIAL`` that it stands below."""

    node: Node
    key: str = ""
    under: str = ""


#: Below these, keys are not ours: header names, parameters of a request, providers.
_SPECIAL = frozenset({"headers", "params", "order"})


class _Same:
    """A document by its identity: an edit asks three times about each of its two, which may be long."""

    __slots__ = ("document",)

    def __init__(self, document: Document) -> None:
        self.document = document

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.document is self.document

    def __hash__(self) -> int:
        return id(self.document)


def find_literals(document: Document, forms: Forms) -> tuple[Literal, ...]:
    """Every suspicious piece of a file, in order, without overlap; what is sure wins over what is less so."""
    return _find_literals(_Same(document), forms)


@lru_cache(maxsize=4)
def _find_literals(same: _Same, forms: Forms) -> tuple[Literal, ...]:
    document = same.document
    formed = [
        Literal(span.start, span.end, Ground.FORM, span.name)
        for span in forms.find(document.text)
        if not _PLACEHOLDER.search(document.text, span.start, span.end)
    ]
    merged: list[Literal] = []
    for each in sorted([*_by_place(document, forms), *formed], key=lambda literal: literal.start):
        if merged and each.start < merged[-1].end:
            merged[-1] = _merge(merged[-1], each)
        else:
            merged.append(each)
    return tuple(merged)


def redact_document(document: Document, forms: Forms) -> str:
    """The text of a file with ``[secret]`` in place of all that may be a credential."""
    return cover(document.text, ((each.start, each.end) for each in find_literals(document, forms)), MASK)


def credentials_of(document: Document, literals: Iterable[Literal]) -> Iterator[str]:
    """The credentials among the suspicious pieces of a file."""
    for each in literals:
        if each.ground is not Ground.PARTIAL:
            yield each.value or document.text[each.start : each.end]


def _merge(one: Literal, other: Literal) -> Literal:
    surer = min(one, other, key=lambda literal: _SURENESS.index(literal.ground))
    return Literal(one.start, max(one.end, other.end), surer.ground, surer.name, surer.value)


def _by_place(document: Document, forms: Forms) -> Iterator[Literal]:
    seen: set[tuple[int, str, str]] = set()
    stack = [_Spot(document.root)] if document.root is not None else []
    while stack:
        spot = stack.pop()
        target = spot.node.target if isinstance(spot.node, Alias) else spot.node
        mark = (id(target), spot.key, spot.under)
        if mark in seen:
            continue
        seen.add(mark)
        if isinstance(target, Scalar):
            yield from _judge(target, spot, document.text, forms)
        else:
            stack += reversed(list(_children(target, spot)))  # in the order of the file


def _children(node: Sequence | Mapping, spot: _Spot) -> Iterator[_Spot]:
    if isinstance(node, Sequence):
        yield from (_Spot(item, spot.key, spot.under) for item in node.items)
        return
    under = spot.under or (spot.key if spot.key in _SPECIAL else "")
    for key, value in node.items:
        # `apiKey: {VALUE}` is a map with a key and no more, to YAML; to whoever wrote it, a value in braces.
        braced = isinstance(value, Scalar) and value.value is None
        yield _Spot(key, spot.key if braced else "", under="params" if under == "params" else "")
        if is_merge(key):  # it brings in entries of this very map
            yield _Spot(value, spot.key, spot.under)
        else:
            yield _Spot(value, spot.key if _is_below_credential(spot, key.value) else str(key.value), under)


def _is_below_credential(spot: _Spot, key: object) -> bool:
    """Whether a key below another one may hold the credential that that one speaks of: ``apiKey: {value: …}``."""
    speaks = spot.under == "headers" or _fold(spot.key).endswith("apikey")
    return speaks and _fold(str(key)) not in _REFERENCE_WORDS


def _judge(scalar: Scalar, spot: _Spot, text: str, forms: Forms) -> Iterator[Literal]:
    value = scalar.value
    if isinstance(value, bool) or value is None or value == "":
        return
    if not isinstance(value, str) and len(str(value)) < _SHORTEST_NUMBER:
        return
    ground = _ground(str(value), spot)
    if ground is not None:
        yield Literal(scalar.start, scalar.end, ground, spot.key, str(value))
    elif scalar.style == '"' and "\\" in text[scalar.start : scalar.end]:  # an escape can hide a form from the scan
        plain = str(value)
        hidden: list[SecretSpan | Literal] = [*forms.find(plain), *_in_url(plain, 0, len(plain))]
        for each in hidden[:1]:
            yield Literal(scalar.start, scalar.end, Ground.FORM, each.name, plain[each.start : each.end])
    elif isinstance(value, str) and "://" in value:
        yield from _in_url(text, scalar.start, scalar.end)


def _in_url(text: str, start: int, end: int) -> Iterator[Literal]:
    """What is a credential in the URLs of a part of a text: user info, and parameters that are named so."""
    for match in _USER_INFO.finditer(text, start, end):
        if match[1] and not VARIABLE.search(match[1]):
            yield Literal(*match.span(1), Ground.FORM, "user info of a URL")
    for match in _PARAMETER.finditer(text, start, end):
        if _fold(match[1]) in _CREDENTIAL_KEYS and not VARIABLE.search(match[2]):
            yield Literal(*match.span(2), Ground.FORM, "parameter of a URL")


def _ground(value: str, spot: _Spot) -> Ground | None:
    is_credential = _is_credential_key(_fold(spot.key), spot.under, value)
    if not is_credential and spot.under != "headers":
        return Ground.PARTIAL if VARIABLE.search(value) and spot.under != "params" else None
    if VARIABLE.fullmatch(value) or is_public(value):
        return None
    if VARIABLE.search(value):
        return Ground.PARTIAL
    is_secret = is_credential or _names_credential(spot.key, value) or _holds_token(spot.key, value)
    return Ground.PLACE if is_secret else None


def _holds_token(header: str, value: str) -> bool:
    """Whether the value of a header that names no credential looks like one all the same."""
    return TOKEN_LIKE.fullmatch(value) is not None and _IDENTIFIER.search(header) is None


def _names_credential(header: str, value: str) -> bool:
    """Whether a header's name says that its value is a credential."""
    if _CREDENTIAL_ITSELF.search(header):
        return True
    return _CREDENTIAL_HEADER.search(header) is not None and _PROPERTY.fullmatch(value) is None


def _is_credential_key(key: str, under: str, value: str) -> bool:
    if under == "order" or (key == "credential" and not under and _CREDENTIAL_NAME.fullmatch(value)):
        return False
    if key not in _CREDENTIAL_KEYS:
        return key.endswith(_CREDENTIAL_ENDINGS)
    return under != "params" or key not in _COMMON_WORDS or TOKEN_LIKE.fullmatch(value) is not None


def _fold(key: str) -> str:
    return key.replace("-", "").replace("_", "").replace(".", "").lower()
