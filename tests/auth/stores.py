"""Stores and auth settings for tests, from plain data."""

from __future__ import annotations

import json
from typing import Any

from text2llm.auth.credentials import AuthStore
from text2llm.auth.store import parse_store
from text2llm.config.model import AuthSettings, DeclaredProfile


def make_store(data: dict[str, Any], provider: str = "a") -> AuthStore:
    """A store; a profile without a provider is for ``provider``."""
    profiles = {name: {"provider": provider, **entry} for name, entry in data.get("profiles", {}).items()}
    return parse_store(json.dumps({**data, "profiles": profiles}).encode(), "store.json")


def make_auth(data: dict[str, Any]) -> AuthSettings:
    declared = data.get("profiles", {}).items()
    return AuthSettings(
        profiles={name: DeclaredProfile(name, item["provider"], item["mode"], ()) for name, item in declared},
        order={name: tuple(ids) for name, ids in data.get("order", {}).items()},
        warn_after=86_400_000,
    )
