"""One of many processes that refresh one profile at the same moment."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.login.terms_of import make_gateway, make_terms, trust_gateway
from text2llm.auth.credentials import OAuth
from text2llm.auth.profiles import make_profile
from text2llm.auth.store_file import read_store, update_store
from text2llm.errors import Text2llmError
from text2llm.login.oidc import gateway_facts
from text2llm.login.refresh import Outcome, Renewer, refresh_profile
from text2llm.refs import Spellings
from text2llm.secret import Secret, SecretRef

PROFILE = "corp:ada"


class NoSecrets:
    """A store whose secrets are all in it."""

    def read(self, ref: SecretRef) -> Secret:
        raise Text2llmError(f"{ref.id} is nowhere")

    def write(self, ref: SecretRef, secret: Secret) -> None:  # noqa: ARG002
        raise Text2llmError(f"{ref.id} cannot be written")


def make_renewer(issuer: str, folder: Path) -> Renewer:
    gateway = make_gateway(issuer)
    return Renewer(str(folder / "auth-profiles.json"), trust_gateway(gateway), NoSecrets(), Spellings())


def save_profile(renewer: Renewer, credential: OAuth) -> None:
    profile = make_profile(PROFILE, "corp", credential, "ada@corp.example")
    update_store(renewer.path, lambda store: store._replace(profiles={PROFILE: profile}))


def stored(renewer: Renewer) -> OAuth:
    credential = read_store(renewer.path).profiles[PROFILE].credential
    assert isinstance(credential, OAuth)
    return credential


def force_refresh(renewer: Renewer, issuer: str, seen: Secret) -> Outcome:
    return refresh_profile(PROFILE, make_terms(gateway_facts(make_gateway(issuer))), renewer, seen)


def refresh_in_rounds(issuer: str, folder: Path, rounds: int, barrier: Any, results: Any) -> None:
    """Look at the token, wait for all others to have looked, and refresh: so it goes `rounds` times."""
    renewer = make_renewer(issuer, folder)
    for _ in range(rounds):
        seen = stored(renewer).access
        assert isinstance(seen, Secret)
        barrier.wait(timeout=120)
        results.put(type(force_refresh(renewer, issuer, seen)).__name__)
        barrier.wait(timeout=120)


def refresh_once(issuer: str, folder: Path) -> None:
    renewer = make_renewer(issuer, folder)
    seen = stored(renewer).access
    assert isinstance(seen, Secret)
    force_refresh(renewer, issuer, seen)
