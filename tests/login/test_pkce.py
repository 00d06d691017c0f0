from __future__ import annotations

import base64
import hashlib

import pytest

from text2llm.login.pkce import RANDOM_BYTES, make_challenge


def test_challenge_is_that_of_rfc_7636() -> None:
    # Appendix B: these bytes give that verifier and that challenge.
    octets = base64.urlsafe_b64decode("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk=")
    made = make_challenge(octets + bytes(32))
    assert made.verifier.reveal() == "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    assert made.challenge == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


def test_state_is_independent_of_the_verifier() -> None:
    made = make_challenge(bytes(range(RANDOM_BYTES)))
    other = make_challenge(bytes(32) + bytes(range(32, RANDOM_BYTES)))
    assert made.state == other.state
    assert made.verifier != other.verifier
    digest = hashlib.sha256(made.verifier.reveal().encode()).digest()
    assert made.state not in base64.urlsafe_b64encode(digest).decode()


def test_too_little_randomness_is_a_bug() -> None:
    with pytest.raises(ValueError, match="64 random bytes"):
        make_challenge(b"short")


def test_nothing_secret_is_printed() -> None:
    made = make_challenge(bytes(range(RANDOM_BYTES)))
    assert repr(made) == f"Challenge({made.challenge})"
