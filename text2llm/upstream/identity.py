"""Whether a response is by the requested model: the one module that compares model names. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class KnownNames:
    """What is known of a provider's model names.

    ``catalogued`` are the ids of a provider that serves its own models only; empty for any other. ``renamed`` maps a
    requested id to the patterns (``*`` is anything) of the names that its responses are known to have. ``exact``: any
    other name than the requested one is reported.
    """

    catalogued: frozenset[str] = frozenset()
    renamed: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    exact: bool = False


NO_NAMES = KnownNames()
