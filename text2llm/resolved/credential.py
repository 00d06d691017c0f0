"""The credential of a route on this machine. Pure."""

from __future__ import annotations

from text2llm.resolved.document import CredentialState
from text2llm.status.summary import find_best_health
from text2llm.upstream.access import Access


def judge_credential(access: Access) -> CredentialState:
    """The credential that requests use, as ``models status`` reports it."""
    credential, health = access.credential, find_best_health(access, access.view)
    return CredentialState(credential.kind, credential.label, health.status, *_find_trouble(access))


def _find_trouble(access: Access) -> tuple[str | None, str | None]:
    """Why no credential may be sent, in a word and in a sentence."""
    if access.refused is not None:
        return "refused", f"may not be sent to {access.refused.origin}"
    if not access.credential.is_usable():
        reasons = [f"{item.label}: {item.message}" for item in access.credential.rejected]
        return "missing", "; ".join(reasons) or "there is no credential"
    return (None, None) if access.fault is None else ("no address", access.fault.text)
