"""Which credentials trust would refuse where the configuration sends requests, before anything is sent. Pure."""

from __future__ import annotations

from text2llm.auth.destination import origin_of
from text2llm.auth.naming import name_carried
from text2llm.auth.sources import CredentialView, find_credentials
from text2llm.trust.bindings import Refused, Trust, decide


def find_refusal(provider: str, view: CredentialView, trust: Trust) -> Refused | None:
    """Why a request of a provider (a canonical id) would not be sent: the first of its credentials that may not go."""
    custom, taken = view.customs.get(provider), find_credentials(provider, view).effective
    origin = origin_of(custom)
    if custom is None or origin is None or not taken.is_usable():
        return None
    if origin.loopback and taken.is_unread():  # it may be a public value of the sandbox
        return None
    place = view.config.locate((*custom.pointer, "baseUrl"))
    decisions = (decide(each, origin, trust.bindings, trust.grants, place) for each in name_carried(provider, view))
    return next((decided for decided in decisions if isinstance(decided, Refused)), None)
