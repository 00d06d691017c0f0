"""Parse untrusted JSON within limits. Pure; never raises."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, NoReturn, TypeAlias

JsonValue: TypeAlias = Any

#: Responses to a probe are a few kilobytes. Parsed, 1 MiB of the worst JSON takes about 40 MiB of memory.
MAX_JSON_BYTES = 1024 * 1024
MAX_DEPTH = 64
MAX_DIGITS = 400


@dataclass(frozen=True, slots=True)
class InvalidJson:
    """Why a body is rejected; does not quote it."""

    reason: str


class _LimitError(ValueError):
    """A limit is exceeded; used only in this module."""


def parse_json(body: bytes, limit: int = MAX_JSON_BYTES, *, unique: bool = False) -> JsonValue | InvalidJson:
    """The value in ``body``, always read as UTF-8, or why it is rejected.

    ``unique``: no object may have a key twice, since readers disagree which one counts.
    Before raising the ``limit`` (bytes), limit the number of values.
    """
    if len(body) > limit:
        return InvalidJson(f"the body is larger than {limit // 1024} KiB")
    try:
        value = json.loads(
            body.decode("utf-8-sig"),
            parse_int=_parse_int,
            parse_float=_parse_float,
            parse_constant=_refuse_constant,
            object_pairs_hook=_refuse_duplicates if unique else None,
        )
    except _LimitError as error:
        return InvalidJson(str(error))
    except UnicodeDecodeError:
        return InvalidJson("the body is not UTF-8")
    except ValueError:
        return InvalidJson("the body is not JSON" if body.strip() else "the body is empty")
    except RecursionError:
        return InvalidJson("the body is nested too deeply")
    return value if _is_shallow(value) else InvalidJson("the body is nested too deeply")


def _parse_int(text: str) -> int:
    return int(_check_digits(text))


def _parse_float(text: str) -> float:
    value = float(_check_digits(text))
    if value in (float("inf"), float("-inf")):
        raise _LimitError("the body has a number that is too large")
    return value


def _check_digits(text: str) -> str:
    if len(text) > MAX_DIGITS:
        raise _LimitError("the body has a number with too many digits")
    return text


def _refuse_constant(_: str) -> NoReturn:
    raise _LimitError("the body has a number that is not finite")


def _refuse_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise _LimitError("the body has a key twice")
    return found


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
