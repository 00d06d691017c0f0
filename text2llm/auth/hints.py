"""Names in hints: a store may have thousands of profiles."""

from __future__ import annotations

from collections.abc import Collection
from itertools import islice

#: More names than this in a hint help nobody.
_MOST_NAMES = 20


def list_names(names: Collection[str]) -> str:
    """Names for a hint; of very many, the first ones and how many more there are."""
    listed = ", ".join(islice(names, _MOST_NAMES))
    return listed if len(names) <= _MOST_NAMES else f"{listed} and {len(names) - _MOST_NAMES} more"
