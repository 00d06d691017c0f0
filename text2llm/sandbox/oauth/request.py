"""A request to the OpenID provider, and the settings of its logins."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Container, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl, unquote_plus

from text2llm.sandbox.keys import find_behavior
from text2llm.sandbox.oauth.ledger import Ledger, Login
from text2llm.sandbox.values import HttpRequest

DENIED = "sandbox-denied"


#: The defaults of a scenario's ``oauth``; times are in seconds.
_DEFAULT_TERMS: Mapping[str, Any] = {
    "expiresIn": 3600,
    "deviceExpiresIn": 600,
    "interval": 1,
    "pendingPolls": 1,
    "deny": False,
    "clientSecret": None,
}


@dataclass
class OAuthRequest:
    """One request to the provider. ``names`` are the behaviors that a client id may select."""

    request: HttpRequest
    origin: str
    ledger: Ledger
    scenario: Mapping[str, Any]
    names: Container[str]

    @cached_property
    def terms(self) -> Mapping[str, Any]:
        return {**_DEFAULT_TERMS, **self.scenario}

    @cached_property
    def fields(self) -> Mapping[str, str]:
        """The fields of the query or the body, a form or JSON; a repeated name has its last value."""
        if self.request.method == "GET":
            return self.request.query
        if "json" in self.request.headers.get("content-type", ""):
            return _read_json(self.request.body)
        return dict(parse_qsl(self.request.body.decode("utf-8", "replace"), keep_blank_values=True))

    @cached_property
    def client(self) -> tuple[str, str | None]:
        scheme, _, text = self.request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "basic":
            return self.fields.get("client_id", ""), self.fields.get("client_secret")
        try:
            name, _, secret = base64.b64decode(text, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            return "", None
        return unquote_plus(name), unquote_plus(secret)

    @property
    def denies(self) -> bool:
        return bool(self.terms["deny"]) or self.client[0] == DENIED

    def login(self, scope: str) -> Login:
        client = self.client[0]
        role = find_behavior(client, self.names)
        return Login(client, scope, role.name if role else "ok", self.terms["expiresIn"])


def _read_json(body: bytes) -> Mapping[str, str]:
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return {name: value for name, value in data.items() if isinstance(value, str)} if isinstance(data, dict) else {}
