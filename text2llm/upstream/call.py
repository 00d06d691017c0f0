"""Call: one completion that is to be asked for, and how it is reached. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from text2llm.diagnostics import Location
from text2llm.net.message import SecretHeader
from text2llm.trust.origin import BaseUrl


@dataclass(frozen=True, slots=True)
class Call:
    """One request of a wire format, before it is built.

    ``model`` is the id that the API knows. ``path`` is appended to ``base`` and may hold ``{model}``;
    ``max_tokens_field`` is ``None`` where the API takes no limit. ``place`` is where a config named the origin.
    ``image``: a picture goes along; ``tool``: the model must call a tool.
    """

    provider: str
    api: str
    model: str
    base: BaseUrl
    path: str
    max_tokens_field: str | None
    min_tokens: int
    headers: Mapping[str, str]
    credentials: tuple[SecretHeader, ...]
    place: Location | None = None
    image: bool = False
    tool: bool = False
