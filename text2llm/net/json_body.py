"""JSON from outside, parsed under bounds. Pure; never an exception, whatever the bytes."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, NoReturn, TypeAlias

JsonValue: TypeAlias = Any

#: Answers to a probe are some kilobytes. Parsed, a megabyte of the worst JSON takes some 40 of memory.
MAX_JSON_BYTES = 1024 * 1024
MAX_DEPTH = 64
MAX_DIGITS = 400


@dataclass(frozen=True, slots=True)
class InvalidJson:
    """Why bytes are no JSON that is accepted; quotes nothing of them."""

    reason: str


class _RefusedError(ValueError):
    """A bound is passed; for use inside this module."""


def parse_json(body: bytes, limit: int = MAX_JSON_BYTES) -> JsonValue | InvalidJson:
    """The value in ``body``, which is UTF-8 whatever its headers say; or why it is not accepted.

    Whoever raises the ``limit`` (bytes) bounds the number of values first.
    """
    if len(body) > limit:
        return InvalidJson(f"the body is larger than {limit // 1024} KiB")
    try:
        value = json.loads(
            body.decode("utf-8-sig"),
            parse_int=_parse_int,
            parse_float=_parse_float,
            parse_constant=_refuse_constant,
        )
    except _RefusedError as error:
        return InvalidJson(str(error))
    except UnicodeDecodeError:
        return InvalidJson("the body is not UTF-8")
    except ValueError:
        return InvalidJson("the body is not JSON" if body.strip() else "the body is empty")
    except RecursionError:
        return InvalidJson("the body is nested too deeply")
    return value if _is_shallow(value) else InvalidJson("the body is nested too deeply")


def _parse_int(text: str) -> int:
    if len(text) > MAX_DIGITS:
        raise _RefusedError("the body has a number with too many digits")
    return int(text)


def _parse_float(text: str) -> float:
    if len(text) > MAX_DIGITS:
        raise _RefusedError("the body has a number with too many digits")
    value = float(text)
    if value in (float("inf"), float("-inf")):
        raise _RefusedError("the body has a number that is too large")
    return value


def _refuse_constant(_: str) -> NoReturn:
    raise _RefusedError("the body has a number that is not finite")


def _is_shallow(value: JsonValue) -> bool:
    level: list[Any] = [value]
    for _ in range(MAX_DEPTH):
        level = [child for parent in level for child in _children(parent)]
        if not level:
            return True
    return False


def _children(value: Any) -> list[Any]:
    nested = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [child for child in nested if isinstance(child, dict | list)]
