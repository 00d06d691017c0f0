"""The proof of a login's request (RFC 7636, S256) and its state. Pure: randomness is an argument."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass

from text2llm.secret import Secret

#: How much randomness a login takes, in bytes: half for the verifier, half for the state.
RANDOM_BYTES = 64


@dataclass(frozen=True, slots=True)
class Challenge:
    """``challenge`` is shown to the provider, ``verifier`` proves it. ``state`` tells our redirect from a foreign one.

    The two are independent, and the state is no secret: it is shown, and stays in the browser's history.
    """

    verifier: Secret
    challenge: str
    state: str

    def __repr__(self) -> str:
        """Without the state: as long as the login waits, whoever knows it can answer in the provider's place."""
        return f"Challenge({self.challenge})"


def make_challenge(random: bytes) -> Challenge:
    """A challenge out of :data:`RANDOM_BYTES` random bytes."""
    if len(random) != RANDOM_BYTES:
        raise ValueError("a login takes 64 random bytes")
    half = RANDOM_BYTES // 2
    verifier, state = _encode(random[:half]), _encode(random[half:])
    challenge = _encode(hashlib.sha256(verifier.encode()).digest())
    return Challenge(Secret(verifier), challenge, state)


def _encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
