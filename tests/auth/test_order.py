from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.auth.stores import make_auth, make_store
from text2llm.auth.order import OrderBook, order_profiles
from text2llm.refs import Spellings

_CASES = [json.loads(line) for line in Path("fixtures/stores/order-cases.jsonl").read_text().splitlines()]
_SPELLINGS = Spellings({"z.ai": "zai", "z-ai": "zai"})


@pytest.mark.parametrize("case", _CASES, ids=[case["id"] for case in _CASES])
def test_order(case: dict[str, Any]) -> None:
    store, auth = make_store(case["store"]), make_auth(case.get("auth", {}))
    pins = {(provider, model): name for provider, model, name in case.get("pins", ())}
    auth = auth._replace(agent_orders=case.get("agentOrders", {}), pins=pins)
    scope = case.get("scope", {})
    book = OrderBook(auth, store, _SPELLINGS, scope.get("agent", "main"))
    result = order_profiles(case.get("provider", "a"), book, 1000, scope.get("model"))
    if "environment" in case:
        assert result.environment == case["environment"]
    assert result.source.value == case["source"]
    assert list(result.usable) == case["usable"]
    assert {item.profile_id: item.reason.value for item in result.dropped} == case["dropped"]
    assert all(item.message for item in result.dropped)


def test_order_needs_no_spellings() -> None:
    store = make_store({"profiles": {"a:1": {"type": "api_key", "key": "k"}}})
    assert order_profiles("a", OrderBook(make_auth({}), store, Spellings(), "main"), 0, None).usable == ("a:1",)
