"""What is to be probed and how to reach it: the values between the choice of targets and their requests."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from text2llm.diagnostics import Location
from text2llm.net.message import Request, SecretHeader
from text2llm.probe.result import Subject, Verdict
from text2llm.providers.free_probes import FreeProbe
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


@dataclass(frozen=True, slots=True)
class FreeCall:
    """A proof of a credential that costs no token, about to be sent with the credentials of ``call``."""

    call: Call
    probe: FreeProbe
    request: Request


@dataclass(frozen=True, slots=True)
class ProbeTarget:
    """A model and a credential, and the call that tries them; a :class:`Verdict` in its place says why none is made."""

    subject: Subject
    call: Call | FreeCall | Verdict
