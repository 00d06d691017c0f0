"""Find possible credentials in a file, by their form and by their place."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from enum import Enum
from functools import lru_cache
from typing import NamedTuple

from text2llm.config.document import Document, is_merge
from text2llm.config.nodes import Alias, Mapping, Node, Scalar, Sequence
from text2llm.redaction import MASK, cover
from text2llm.redaction.comments import find_in_comments
from text2llm.redaction.encoded import find_encoded
from text2llm.redaction.forms import Forms, SecretSpan
from text2llm.redaction.names import (
    COMMON_WORDS,
    CREDENTIAL_KEYS,
    PLACEHOLDER,
    REFERENCE_WORDS,
    TOKEN_LIKE,
    VARIABLE,
    fold_name,
    holds_credential,
    is_credential_name,
)
from text2llm.redaction.settings import is_header_value
from text2llm.redaction.values import is_public

# A credential's name in a grant of the user's settings; a secret there has no such prefix, or is known by its form.
_CREDENTIAL_NAME = re.compile(r"(?:env:[A-Za-z_][A-Za-z0-9_]*|(?:profile|provider):[!-~]+)")
_SHORTEST_NUMBER = 6
# The text between `://` and `@`, and the query parameters.
_USER_INFO = re.compile(r"://([^\s/?#@]*)@")
_PARAMETER = re.compile(r"[?&]([A-Za-z0-9_.-]{1,40})=([^\s&#]+)")


class Evidence(Enum):
    """Why a literal may be a credential, or a reference that does not work."""

    FORM = "form"
    PLACE = "place"
    PARTIAL = "partial"


#: Where two literals overlap, the evidence listed first wins.
_SURENESS = (Evidence.PLACE, Evidence.FORM, Evidence.PARTIAL)


class Literal(NamedTuple):
    """A part of a file's text, by offsets; ``name`` is the credential's kind or the key, never the value.

    ``value`` is the parsed value if it differs from the text: escapes and folded lines.
    """

    start: int
    end: int
    evidence: Evidence
    name: str
    value: str = ""


class _Spot(NamedTuple):
    """A node, the nearest key above it, and the key of ``_SPECIAL`` above it."""

    node: Node
    key: str = ""
    under: str = ""


#: Below these, keys are not part of the schema: header names, request parameters, providers.
_SPECIAL = frozenset({"headers", "params", "order"})


class _DocumentKey:
    """A document compared by identity: an edit searches each of two long documents three times."""

    __slots__ = ("document",)

    def __init__(self, document: Document) -> None:
        self.document = document

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _DocumentKey) and other.document is self.document

    def __hash__(self) -> int:
        return id(self.document)


def find_literals(document: Document, forms: Forms) -> tuple[Literal, ...]:
    """All suspicious literals of a file, in order and without overlap; stronger evidence wins."""
    return _find_literals(_DocumentKey(document), forms)


@lru_cache(maxsize=4)
def _find_literals(key: _DocumentKey, forms: Forms) -> tuple[Literal, ...]:
    document = key.document
    formed = [
        Literal(span.start, span.end, Evidence.FORM, span.name)
        for span in forms.find(document.text)
        if not PLACEHOLDER.search(document.text, span.start, span.end)
    ]
    encoded = (Literal(*span[:2], Evidence.FORM, span.name) for span in find_encoded(document.text, forms))
    # In a file without nodes nothing is known of places: it may be of any kind.
    comments = () if document.root is None else find_in_comments(document.text)
    commented = (Literal(*span[:2], Evidence.PLACE, span.name) for span in comments)
    merged: list[Literal] = []
    for each in sorted([*_by_place(document, forms), *formed, *encoded, *commented], key=lambda literal: literal.start):
        if merged and each.start < merged[-1].end:
            merged[-1] = _merge(merged[-1], each)
        else:
            merged.append(each)
    return tuple(merged)


def redact_document(document: Document, forms: Forms) -> str:
    return cover(document.text, ((each.start, each.end) for each in find_literals(document, forms)), MASK)


def credentials_of(document: Document, literals: Iterable[Literal]) -> Iterator[str]:
    for each in literals:
        if each.evidence is not Evidence.PARTIAL:
            yield each.value or document.text[each.start : each.end]


def _merge(one: Literal, other: Literal) -> Literal:
    surer = min(one, other, key=lambda literal: _SURENESS.index(literal.evidence))
    return Literal(one.start, max(one.end, other.end), surer.evidence, surer.name, surer.value)


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
    has_credential = spot.under == "headers" or fold_name(spot.key).endswith("apikey")
    for key, value in node.items:
        # `apiKey: {VALUE}` is a map with only a key in YAML; its author meant a value in braces.
        braced = isinstance(value, Scalar) and value.value is None
        yield _Spot(key, spot.key if braced else "", under="params" if under == "params" else "")
        if is_merge(key):  # it merges entries into this map
            yield _Spot(value, spot.key, spot.under)
        else:
            name = str(key.value)
            # A nested key may have the credential of its parent: `apiKey: {value: …}`.
            is_nested = has_credential and fold_name(name) not in REFERENCE_WORDS
            yield _Spot(value, spot.key if is_nested else name, under)


def _judge(scalar: Scalar, spot: _Spot, text: str, forms: Forms) -> Iterator[Literal]:
    value = scalar.value
    if isinstance(value, bool) or value is None or value == "":
        return
    if not isinstance(value, str) and len(str(value)) < _SHORTEST_NUMBER:
        return
    evidence = _find_evidence(str(value), spot)
    if evidence is not None:
        yield Literal(scalar.start, scalar.end, evidence, spot.key, str(value))
    elif scalar.style == '"' and "\\" in text[scalar.start : scalar.end]:  # an escape can hide a form from the scan
        plain = str(value)
        hidden: list[SecretSpan | Literal] = [*forms.find(plain), *_in_url(plain, 0, len(plain))]
        for each in hidden[:1]:
            yield Literal(scalar.start, scalar.end, Evidence.FORM, each.name, plain[each.start : each.end])
    elif isinstance(value, str) and "://" in value:
        yield from _in_url(text, scalar.start, scalar.end)


def _in_url(text: str, start: int, end: int) -> Iterator[Literal]:
    """The credentials in URLs: user info, and parameters with a credential's name."""
    for match in _USER_INFO.finditer(text, start, end):
        if match[1] and not VARIABLE.search(match[1]):
            yield Literal(*match.span(1), Evidence.FORM, "user info of a URL")
    for match in _PARAMETER.finditer(text, start, end):
        if fold_name(match[1]) in CREDENTIAL_KEYS and not VARIABLE.search(match[2]):
            yield Literal(*match.span(2), Evidence.FORM, "parameter of a URL")


def _find_evidence(value: str, spot: _Spot) -> Evidence | None:
    is_credential = _is_credential_key(fold_name(spot.key), spot.under, value)
    if not is_credential and spot.under != "headers":
        return Evidence.PARTIAL if VARIABLE.search(value) and spot.under != "params" else None
    if VARIABLE.fullmatch(value) or is_public(value):
        return None
    if VARIABLE.search(value):
        return Evidence.PARTIAL
    is_credential = is_credential or holds_credential(spot.key, value) or is_header_value(value)
    return Evidence.PLACE if is_credential else None


def _is_credential_key(key: str, under: str, value: str) -> bool:
    if under == "order" or (key == "credential" and not under and _CREDENTIAL_NAME.fullmatch(value)):
        return False
    is_common = under == "params" and key in COMMON_WORDS
    return is_credential_name(key) and (not is_common or TOKEN_LIKE.fullmatch(value) is not None)
