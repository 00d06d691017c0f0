"""What a wire format makes of a body: a success that was parsed, an error that it names, or neither."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, TypeAlias


@dataclass(frozen=True, slots=True)
class Success:
    """A completion of the model that was asked for."""


@dataclass(frozen=True, slots=True)
class ErrorBody:
    """An error that came with a status of success; ``body`` is its JSON."""

    body: Any


@dataclass(frozen=True, slots=True)
class Invalid:
    """Not an answer of this API; ``problem`` says why in our own words."""

    problem: str


@dataclass(frozen=True, slots=True)
class Uncalled:
    """A completion without the call of the tool that was demanded; ``cut``: its few tokens ended before."""

    cut: bool


Outcome: TypeAlias = Success | ErrorBody | Invalid | Uncalled

#: Models that stand for a choice among others; their answers name the one chosen.
_ROUTERS = frozenset({"auto", "openrouter/auto", "openrouter/free", "model-router"})
_SEPARATORS = re.compile(r"[ ._@]+")
#: A snapshot's date or number, or the word for the newest one: -2025-08-07, -20250929, -0613, -001, -08-2024, -latest.
_SNAPSHOT = re.compile(r"-(?:latest|\d{4}-\d{2}-\d{2}|\d{2}-\d{4}|\d{2}-\d{2}|\d{8}|\d{6}|\d{4}|\d{3})$")
_NEWEST = "-latest"
#: What the newest model of a family may have in its name beyond the family's: a version, a date, a stage.
_VERSION = re.compile(r"v?\d+|preview|exp|experimental")


def is_same_model(asked: str, answered: str) -> bool:
    """Whether an answer's model is the one asked for: the same, or a dated snapshot of the same family.

    Case, separators and a publisher before a slash do not count. Two different dates do, and so do two different
    variants behind a colon (``llama3:8b``, ``llama3:70b``). The newest of a family may be any version of it
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
    """Whether the newest of a family was asked for, and a version of that family answered."""
    if not asked.endswith(_NEWEST):
        return False
    words, answer = asked.removesuffix(_NEWEST).split("-"), answered.split("-")
    kept = [word for word in answer if word in words]
    return kept == words and all(word in words or _VERSION.fullmatch(word) for word in answer)


def _bare(model: str) -> str:
    return _SEPARATORS.sub("-", model.strip().lower().rpartition("/")[2].partition(":")[0])


def check_model(answered: Any, model: str) -> Invalid | None:
    """What is wrong with the model that an answer names; ``None`` when it is the one asked for."""
    if not isinstance(answered, str) or not answered:
        return Invalid("the answer names no model")
    return None if is_same_model(model, answered) else Invalid("the answer comes from another model")


def find_error(body: Any) -> ErrorBody | Invalid | None:
    """The error that a body of status 200 holds, or why it is no object; ``None`` when it may be a success."""
    if not isinstance(body, dict):
        # Google and others wrap errors in a list.
        wrapped = isinstance(body, list) and bool(body) and isinstance(body[0], dict) and bool(body[0].get("error"))
        return ErrorBody(body) if wrapped else Invalid("the answer is no JSON object")
    return ErrorBody(body) if _is_error(body) else None


def _is_error(body: dict[str, Any]) -> bool:
    """Whether a body says that it is an error, in any of the places where APIs say so with a status of success."""
    named = "error" in (body.get("type"), body.get("object"), body.get("status")) or body.get("success") is False
    told = body.get("error") not in (None, "", False) or bool(body.get("errors"))
    native = body.get("base_resp")  # MiniMax: steipete/CodexBar MiniMaxCurrentTokenPlanResponseTests.swift
    return named or told or (isinstance(native, dict) and native.get("status_code", 0) != 0)


def is_count(value: Any) -> bool:
    """Whether a value is a number of tokens."""
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def end_word(finish: str) -> ErrorBody:
    """The error of a completion whose end is none, for the classifier: its reason to end is the machine word."""
    return ErrorBody({"error": {"code": f"finish_{finish.lower()}"}})
