"""``validate.exclude``: configurations below that are not in force, such as fixtures broken on purpose. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from fnmatch import translate

from text2llm.config.nodes import Value

_ANY_DEPTH = "**"


def list_excluded(data: Value | Mapping[str, Value]) -> tuple[str, ...]:
    """The patterns of a configuration's data, which need not be valid."""
    section = data.get("validate") if isinstance(data, Mapping) else None
    patterns = section.get("exclude") if isinstance(section, dict) else None
    return tuple(each for each in patterns if isinstance(each, str)) if isinstance(patterns, list) else ()


def drop_excluded(paths: Iterable[str], patterns: Sequence[str]) -> list[str]:
    """The paths that no pattern matches; both are relative to the folder of the configuration that has the patterns.

    A pattern matches a file, or a folder with all that is in it: ``*`` is a part of one name, ``**`` any folders.
    """
    split = [[_compile(part) for part in pattern.split("/") if part not in ("", ".")] for pattern in patterns]
    return [path for path in paths if not any(_matches(path.split("/"), parts) for parts in split)]


def _compile(part: str) -> re.Pattern[str] | None:
    """What a name is compared with; ``None`` for any number of names."""
    return None if part == _ANY_DEPTH else re.compile(translate(part))


def _matches(names: Sequence[str], parts: Sequence[re.Pattern[str] | None]) -> bool:
    """Whether a pattern matches a path, or a folder on the way to it: in one pass, whatever the pattern is."""
    reached = {0} if parts else set()
    for name in names:
        stepped = set[int]()
        for at in _skip(reached, parts):
            part = parts[at]
            if part is None:
                stepped |= {at, at + 1}
            elif part.match(name):
                stepped.add(at + 1)
        if len(parts) in stepped:
            return True
        reached = stepped
    return False


def _skip(reached: set[int], parts: Sequence[re.Pattern[str] | None]) -> set[int]:
    """The positions, with those behind each ``**`` that more follows: it may match nothing."""
    found = set(reached)
    for at in range(len(parts) - 1):
        if at in found and parts[at] is None:
            found.add(at + 1)
    return found
