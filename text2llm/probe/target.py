"""ProbeTarget: what is to be probed, and the request that does it."""

from __future__ import annotations

from dataclasses import dataclass

from text2llm.diagnostics import Location
from text2llm.net.message import Request, SecretHeader
from text2llm.probe.result import Subject
from text2llm.providers.free_probes import FreeProbe
from text2llm.upstream.access import Access
from text2llm.upstream.call import Call
from text2llm.upstream.verdict import Verdict


@dataclass(frozen=True, slots=True)
class FreeCall:
    """A proof of a credential that costs no token, about to be sent with the credential of an access."""

    access: Access
    probe: FreeProbe
    request: Request

    @property
    def credentials(self) -> tuple[SecretHeader, ...]:
        """What is sent beside the request."""
        return self.access.secrets

    @property
    def place(self) -> Location | None:
        """Where a config named the origin."""
        return self.access.place


@dataclass(frozen=True, slots=True)
class ProbeTarget:
    """A model and a credential, and the call that tries them; a :class:`Verdict` in its place says why none is made."""

    subject: Subject
    call: Call | FreeCall | Verdict
