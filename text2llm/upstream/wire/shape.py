"""The shape of a wire format: how one API is asked, and how its answer is read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from text2llm.upstream.wire.ask import Demand
from text2llm.upstream.wire.outcome import Outcome


@dataclass(frozen=True, slots=True)
class Wire:
    """One API. Path, field, least tokens and headers are those of a provider of which no descriptor says otherwise.

    ``build_body`` takes a model's id and what is demanded, ``parse_body`` the JSON of a 200 and these two.
    """

    api: str
    path: str
    max_tokens_field: str
    auth_header: str
    auth_prefix: str
    headers: Mapping[str, str]
    build_body: Callable[[str, Demand], dict[str, Any]]
    parse_body: Callable[[Any, str, Demand], Outcome]
    min_tokens: int = 1
