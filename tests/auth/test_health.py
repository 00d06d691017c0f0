from __future__ import annotations

from typing import Any

import pytest

from tests.auth.stores import make_store
from text2llm.auth.health import Health, HealthStatus, needs_refresh, profile_health

NOW, DAY = 10_000_000_000, 86_400_000


@pytest.mark.parametrize(
    ("entry", "status", "remaining"),
    [
        ({"type": "api_key", "key": "k"}, "static", None),
        ({"type": "api_key", "key": ""}, "missing", None),
        ({"type": "api_key", "key": {"source": "env", "id": "K"}}, "static", None),
        ({"type": "token", "token": "t"}, "static", None),
        ({"type": "token"}, "missing", None),
        ({"type": "token", "token": "t", "expires": NOW + DAY + 1}, "ok", DAY + 1),
        ({"type": "token", "token": "t", "expires": NOW + DAY}, "expiring", DAY),
        ({"type": "token", "token": "t", "expires": NOW}, "expired", 0),
        ({"type": "oauth", "access": "a", "refresh": "r", "expires": NOW - 5}, "ok", -5),
        ({"type": "oauth", "access": "a", "refresh": "r", "expires": NOW + 5}, "ok", 5),
        ({"type": "oauth", "access": "", "refresh": "r"}, "ok", None),
        ({"type": "oauth", "access": "a", "expires": NOW - 5}, "expired", -5),
        ({"type": "oauth", "access": "a", "expires": NOW + 5}, "expiring", 5),
        ({"type": "oauth", "access": "a"}, "static", None),
        ({"type": "oauth"}, "missing", None),
        ({"type": "mtls"}, "missing", None),
    ],
)
def test_health(entry: dict[str, Any], status: str, remaining: int | None) -> None:
    store = make_store({"profiles": {"a:1": entry}})
    health = profile_health(store.profiles["a:1"], store.stats("a:1"), NOW, DAY)
    assert (health.status.value, health.remaining) == (status, remaining)


@pytest.mark.parametrize(
    ("access", "expires", "status"),
    [("a", NOW - 5, "expired"), ("a", NOW + 5, "expiring"), ("", NOW + 5, "expired")],
)
def test_login_whose_refresh_failed_lives_as_long_as_its_access_token(access: str, expires: int, status: str) -> None:
    entry = {"type": "oauth", "access": access, "refresh": "r", "expires": expires}
    store = make_store({"profiles": {"a:1": entry}, "usageStats": {"a:1": {"refreshFailedAt": NOW - 1}}})
    assert profile_health(store.profiles["a:1"], store.stats("a:1"), NOW, DAY).status.value == status


def test_expired_and_missing_are_not_usable() -> None:
    assert [status.value for status in HealthStatus if not status.is_usable()] == ["expired", "missing"]
    assert Health(HealthStatus.OK).expires_at is None


OLD = {"type": "oauth", "provider": "a", "access": "at", "refresh": "rt", "expires": NOW}


def due(entry: dict[str, Any], stats: dict[str, Any] | None = None, lead: int = 300) -> bool:
    store = make_store({"profiles": {"a:1": {**OLD, **entry}}, "usageStats": {"a:1": stats or {}}})
    return needs_refresh(store.profiles["a:1"], store.stats("a:1"), NOW, lead)


@pytest.mark.parametrize(
    ("entry", "stats", "lead", "expected"),
    [
        ({}, {}, 300, True),
        ({"expires": NOW + 300_000}, {}, 300, True),
        ({"expires": NOW + 300_001}, {}, 300, False),
        ({"expires": NOW + 1}, {}, 0, False),
        ({"expires": None}, {}, 300, False),
        ({"access": ""}, {}, 300, True),
        ({"refresh": ""}, {}, 300, False),
        ({}, {"refreshFailedAt": 5}, 300, False),
        ({"type": "token", "token": "t"}, {}, 300, False),
        ({"type": "api_key", "key": "k"}, {}, 300, False),
        ({"type": "unheard-of"}, {}, 300, False),
    ],
)
def test_token_is_renewed_when_it_is_due(
    entry: dict[str, Any], stats: dict[str, Any], lead: int, *, expected: bool
) -> None:
    assert due(entry, stats, lead) is expected
