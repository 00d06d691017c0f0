"""Queries and what servers on loopback make of them."""

from __future__ import annotations

import json
from typing import Any

from tests.net.hostile import Script, answer, listen
from text2llm.net.message import Request, SecretHeader
from text2llm.secret import Secret
from text2llm.settings.model import NetworkSettings
from text2llm.trust.bindings import Bindings, CredentialKind, CredentialName, Grant, NamedSecret, Trust
from text2llm.trust.origin import Origin
from text2llm.usage.fetch import fetch_usage
from text2llm.usage.parse import UsageSnapshot
from text2llm.usage.plan import UsageQuery

NOW = 1_795_376_000_000
TOKEN = "token-of-a-login-0123456789"
NAME = CredentialName(CredentialKind.PROFILE, "anthropic:me", "anthropic")
GOOD = {"five_hour": {"utilization": 42, "resets_at": "2026-11-22T21:33:20Z"}, "seven_day": {"utilization": 7}}


def make_query(origin: Origin, token: str = TOKEN, label: str = "anthropic:me") -> UsageQuery:
    header = SecretHeader("Authorization", "Bearer ", NamedSecret(NAME, Secret(token)))
    request = Request("GET", origin, "/api/oauth/usage", (("anthropic-beta", "oauth-2025-04-20"),))
    return UsageQuery("anthropic", label, request, header, "anthropic")


def tell(body: Any = GOOD) -> Script:
    return answer(json.dumps(body).encode(), b"content-type: application/json")


def ask(script: Script, *, granted: bool = True) -> tuple[UsageSnapshot, list[bytes]]:
    with listen(script) as server:
        trust = Trust(Bindings(), (Grant(NAME, server.origin),) if granted else ())
        (snapshot,) = fetch_usage([make_query(server.origin)], trust, NetworkSettings(), NOW)
        return snapshot, list(server.received)
