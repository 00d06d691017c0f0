from __future__ import annotations

import json
from typing import Any

from tests.auth.stores import make_store
from text2llm.auth.credentials import NO_STATS
from text2llm.auth.health import HealthStatus
from text2llm.auth.order import DropReason, OrderSource
from text2llm.auth.reading import Reading
from text2llm.auth.sources import SourceKind
from text2llm.config.parse import build_config
from text2llm.config.reader import read_document
from text2llm.config.resolve import build_resolver
from text2llm.providers.registry import load_registry
from text2llm.secret import RefSource, SecretRef
from text2llm.status.credentials import CredentialRow, list_credentials, list_provider, providers_in_use

KEY = "key-of-forty-characters-or-something-ok"
FINGERPRINT = "524f5b5d"


def view(store: dict[str, Any] | None = None, environ: dict[str, str] | None = None, **config: Any) -> Reading:
    built = build_config(read_document("t.yaml", json.dumps({"version": 1, **config}).encode()), {})
    return Reading(built, make_store(store or {"profiles": {}}, "anthropic"), environ or {}, load_registry(), 1000)


def told(items: tuple[CredentialRow, ...]) -> list[tuple[str, bool, DropReason | None]]:
    return [(item.label, item.taken, item.reason) for item in items]


def test_every_place_is_listed_and_the_first_is_taken() -> None:
    store = {"profiles": {"anthropic:a": {"type": "api_key", "key": KEY}}}
    environ = {"ANTHROPIC_API_KEY": "e", "MY_KEY": KEY}
    providers = {"anthropic": {"apiKey": "${MY_KEY}"}}
    found = list_provider("anthropic", view(store, environ, models={"providers": providers}))
    assert (found.source, found.free) == (OrderSource.STORED, False)
    assert told(found.credentials) == [
        ("anthropic:a", True, None),
        ("ANTHROPIC_API_KEY", False, None),
        ("MY_KEY", False, DropReason.UNTRUSTED),
    ]
    profile, variable, configured = found.credentials
    assert (profile.fingerprint, variable.fingerprint, configured.fingerprint) == (FINGERPRINT, None, FINGERPRINT)
    assert (profile.kind, variable.kind, configured.kind) == (SourceKind.PROFILE, SourceKind.ENV, SourceKind.CONFIG)
    assert (variable.profile, variable.stats) == (None, NO_STATS)
    assert (configured.mode, configured.health.status) == ("api_key", HealthStatus.STATIC)


def test_what_is_not_used_has_its_reason() -> None:
    store = {
        "profiles": {
            "anthropic:old": {"type": "token", "token": KEY, "expires": 1},
            "anthropic:odd": {"type": "passkey"},
            "anthropic:other": {"type": "api_key", "key": {"source": "env", "id": "UNSET"}},
            "anthropic:free": {"type": "api_key", "key": KEY},
        },
        "order": {"anthropic": ["anthropic:old", "anthropic:gone", "anthropic:odd", "anthropic:other"]},
    }
    found = list_provider("anthropic", view(store))
    assert told(found.credentials) == [
        ("anthropic:other", False, DropReason.UNRESOLVED),
        ("anthropic:old", False, DropReason.EXPIRED),
        ("anthropic:gone", False, DropReason.NOT_STORED),
        ("anthropic:odd", False, DropReason.UNKNOWN_TYPE),
        ("anthropic:free", False, DropReason.NOT_IN_ORDER),
    ]
    other, old, gone, odd, free = found.credentials
    assert (other.ref, other.fingerprint) == (SecretRef(RefSource.ENV, "UNSET"), None)
    assert (old.health.status, gone.health.status) == (HealthStatus.EXPIRED, HealthStatus.MISSING)
    assert (gone.profile, gone.mode, odd.mode) == (None, "none", "passkey")
    assert free.fingerprint == FINGERPRINT


def test_value_that_was_not_read_has_no_fingerprint() -> None:
    store = {"profiles": {"anthropic:a": {"type": "api_key", "key": {"source": "file", "id": "/k"}}}}
    (found,) = list_provider("anthropic", view(store)).credentials
    assert (found.taken, found.ref, found.fingerprint) == (True, SecretRef(RefSource.FILE, "/k"), None)


def test_what_a_tool_put_aside_is_told() -> None:
    entry = {"type": "api_key", "key": KEY}
    stats = {"anthropic:a": {"disabledUntil": 9000, "disabledReason": "billing"}, "anthropic:b": {"cooldownUntil": 9}}
    store = {"profiles": {"anthropic:a": entry, "anthropic:b": entry}, "usageStats": stats}
    found = list_provider("anthropic", view(store)).credentials
    assert [(item.label, item.aside_until, item.stats.disabled_reason) for item in found] == [
        ("anthropic:b", None, None),
        ("anthropic:a", 9000, "billing"),
    ]


def test_providers_of_every_origin_are_listed_once() -> None:
    store = {"profiles": {"zai:a": {"type": "api_key", "key": "k", "provider": "z.ai"}}}
    model = {"primary": "openai/gpt-5.2", "fallbacks": ["ollama/llama3"]}
    config = {"models": {"providers": {"Lab": {"api": "openai-completions"}}}, "agents": {"defaults": {"model": model}}}
    seen = view(store, {"GROQ_API_KEY": "x"}, **config)
    in_use = providers_in_use(build_resolver(seen.config, seen.spellings), None)
    assert in_use == {"openai", "ollama"}
    listings = list_credentials(seen, in_use)
    assert [listing.provider for listing in listings] == ["groq", "lab", "ollama", "openai", "zai"]
    assert [listing.provider for listing in listings if listing.free] == ["ollama"]
