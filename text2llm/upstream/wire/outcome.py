"""The outcome of parsing a response body: a success, an error, or neither."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, TypeAlias


@dataclass(frozen=True, slots=True)
class Success:
    """A completion; ``model`` is the name in it, ``None`` if it names none."""

    model: str | None = None


@dataclass(frozen=True, slots=True)
class ErrorBody:
    """An error sent with a success status; ``body`` is its JSON."""

    body: Any


@dataclass(frozen=True, slots=True)
class Invalid:
    """Not a response of this API; ``problem`` is the reason, in our own words."""

    problem: str


@dataclass(frozen=True, slots=True)
class Uncalled:
    """A completion without the demanded tool call; ``cut``: it reached the token limit first."""

    cut: bool


Outcome: TypeAlias = Success | ErrorBody | Invalid | Uncalled

#: Models that route to others; their responses name the one chosen.
_ROUTERS = frozenset({"auto", "openrouter/auto", "openrouter/free", "model-router"})
_SEPARATORS = re.compile(r"[ ._@]+")
#: The date, number or ``latest`` of a snapshot: -2025-08-07, -20250929, -0613, -001, -08-2024, -latest.
_SNAPSHOT = re.compile(r"-(?:latest|\d{4}-\d{2}-\d{2}|\d{2}-\d{4}|\d{2}-\d{2}|\d{8}|\d{6}|\d{4}|\d{3})$")
_NEWEST = "-latest"
#: What the name of a family's newest model may add to the family's: a version, a date, a stage.
_VERSION = re.compile(r"v?\d+|preview|exp|experimental")


def is_same_model(asked: str, answered: str) -> bool:
    """Whether a response is by the requested model, or by a dated snapshot of the same family.

    Case, separators and a publisher before a slash are ignored. Two different dates are not, nor are two different
    variants after a colon (``llama3:8b``, ``llama3:70b``). The newest of a family may be any version of it
    (``gemini-flash-latest``, ``gemini-2.5-flash``).
    """
    if asked.lower() in _ROUTERS:
        return True
    variants = {name.strip().lower().partition(":")[2] for name in (asked, answered)} - {"", "latest"}
    if len(variants) > 1:
        return False
    if asked.strip() == answered.strip() and asked.strip(" /"):
        return True
    one, other = _bare(asked), _bare(answered)
    if one == other:
        return bool(one)
    family, others_family = _SNAPSHOT.sub("", one), _SNAPSHOT.sub("", other)
    dated = [name for name, base in ((one, family), (other, others_family)) if name not in {base, base + _NEWEST}]
    return (family == others_family and len(dated) <= 1) or _is_newest(one, other)


def _is_newest(asked: str, answered: str) -> bool:
    """Whether ``asked`` is the newest of a family, and ``answered`` a version of that family."""
    if not asked.endswith(_NEWEST):
        return False
    words, answer = asked.removesuffix(_NEWEST).split("-"), answered.split("-")
    kept = [word for word in answer if word in words]
    return kept == words and all(word in words or _VERSION.fullmatch(word) for word in answer)


def _bare(model: str) -> str:
    return _SEPARATORS.sub("-", model.strip().lower().rpartition("/")[2].partition(":")[0])


def check_model(answered: Any, model: str) -> Invalid | None:
    if not isinstance(answered, str) or not answered:
        return Invalid("the response does not name a model")
    return None if is_same_model(model, answered) else Invalid("the response is from another model")


def find_error(body: Any) -> ErrorBody | Invalid | None:
    """The error in the body of a 200, or why it is not an object; ``None`` if it may be a success."""
    if not isinstance(body, dict):
        # Google and others wrap errors in a list.
        wrapped = isinstance(body, list) and bool(body) and isinstance(body[0], dict) and bool(body[0].get("error"))
        return ErrorBody(body) if wrapped else Invalid("the response is not a JSON object")
    return ErrorBody(body) if _is_error(body) else None


def _is_error(body: dict[str, Any]) -> bool:
    """Whether a body is an error by any of the fields that APIs use for one with a success status."""
    named = "error" in (body.get("type"), body.get("object"), body.get("status")) or body.get("success") is False
    listed = body.get("error") not in (None, "", False) or bool(body.get("errors"))
    native = body.get("base_resp")  # MiniMax: steipete/CodexBar MiniMaxCurrentTokenPlanResponseTests.swift
    return named or listed or (isinstance(native, dict) and native.get("status_code", 0) != 0)


def is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def end_error(finish: str) -> ErrorBody:
    """The error of a completion that failed, for the classifier: its finish reason is the code."""
    return ErrorBody({"error": {"code": f"finish_{finish.lower()}"}})
