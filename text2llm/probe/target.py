"""ProbeTarget: what is to be probed, and the request that does it."""

from __future__ import annotations

from dataclasses import dataclass

from text2llm.net.message import Request
from text2llm.probe.result import Subject
from text2llm.providers.free_probes import FreeProbe
from text2llm.upstream.call import Call
from text2llm.upstream.verdict import Verdict


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
