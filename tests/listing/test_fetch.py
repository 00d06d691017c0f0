"""What comes of asking: pages, servers that lie, and limits that hold."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from socket import socket
from typing import Any

import pytest

from tests.net.hostile import Listener, Script, answer, listen, repeat, say
from tests.probe.making import view
from text2llm.listing.fetch import FetchedListing, fetch_listings
from text2llm.listing.parse import ListedModel
from text2llm.listing.plan import ListingPlace, ListingQuery
from text2llm.settings.model import NetworkSettings
from text2llm.trust.bindings import Bindings, Trust
from text2llm.trust.origin import BaseUrl
from text2llm.upstream.access import find_access
from text2llm.upstream.address import SiblingUrl
from text2llm.upstream.verdict import Reason, Verdict

NETWORK = NetworkSettings()
NO_TRUST = Trust(Bindings(), ())


def tell(body: Any, *, status: bytes = b"200 OK") -> Script:
    return answer(json.dumps(body).encode(), b"content-type: application/json", status=status)


def make_query(
    server: Listener, shape: str = "openai", key: str = "sandbox-ok", *, public: bool = False
) -> ListingQuery:
    config = f"models: {{providers: {{lab: {{baseUrl: '{server.origin}/v1', apiKey: '${{LAB_API_KEY}}'}}}}}}\n"
    access = find_access("lab", view(config, environ={"LAB_API_KEY": key}), None)
    return ListingQuery(ListingPlace(SiblingUrl(BaseUrl(server.origin, "/v1/models")), shape, public), access)


def ask(script: Script, shape: str = "openai", *, limit: float = 1.0, key: str = "sandbox-ok") -> Any:
    with listen(script) as server:
        (fetched,) = fetch_listings([make_query(server, shape, key)], NO_TRUST, NETWORK, limit)
    assert fetched.provider == "lab"
    return fetched.models


def paging(make_page: Callable[[str | None], Any]) -> tuple[Script, list[str]]:
    """A server that answers by the cursor of the request, which the script cannot see: pages come in turn."""
    asked: list[str] = []

    def script(connection: socket) -> None:
        body = make_page(str(len(asked)))
        asked.append("page")
        tell(body)(connection)

    return script, asked


def test_no_queries_send_no_requests() -> None:
    assert fetch_listings([], NO_TRUST, NETWORK) == ()


def test_listing_with_its_credential() -> None:
    with listen(tell({"data": [{"id": "m1"}, {"id": "m2"}]})) as server:
        told = fetch_listings([make_query(server)], NO_TRUST, NETWORK)
        assert told == (FetchedListing("lab", {"m1": ListedModel(), "m2": ListedModel()}),)
        (request,) = server.received
    assert request.startswith(b"GET /v1/models HTTP/1.1\r\n")
    assert b"bearer sandbox-ok" in request.lower()


def test_public_listing_is_asked_for_without_it() -> None:
    with listen(tell({"data": [{"id": "m1"}]})) as server:
        fetch_listings([make_query(server, public=True)], NO_TRUST, NETWORK)
        assert b"sandbox-ok" not in server.received[0]


def test_credential_that_is_not_bound_to_the_place_is_not_sent() -> None:
    with listen(tell({"data": []})) as server:
        (told,) = fetch_listings([make_query(server, key="sk-a-real-key-0123456789")], NO_TRUST, NETWORK)
        assert server.received == []
    assert isinstance(told.models, Verdict)
    assert told.models.reason is Reason.UNTRUSTED_ORIGIN


@pytest.mark.parametrize("shape", ["anthropic", "google"])
def test_pages_are_followed_to_the_end(shape: str) -> None:
    def make_page(number: str | None) -> Any:
        rows = [{"id": f"m{number}", "name": f"models/m{number}"}]
        more = number != "2"
        page: dict[str, Any] = {"data": rows, "models": rows, "has_more": more, "last_id": f"c{number}"}
        return page | ({"nextPageToken": f"c{number}"} if more else {})

    script, _ = paging(make_page)
    with listen(script) as server:
        (told,) = fetch_listings([make_query(server, shape)], NO_TRUST, NETWORK)
        paths = [re.split(rb"[ ]", request)[1].decode() for request in server.received]
    assert isinstance(told.models, dict)
    assert list(told.models) == ["m2", "m1", "m0"]
    assert [path.rpartition("=")[2] for path in paths] == ["1000", "c0", "c1"]


def test_list_without_an_end_is_refused() -> None:
    script, asked = paging(lambda number: {"data": [], "has_more": True, "last_id": number})
    verdict = ask(script, "anthropic", limit=10)
    assert (verdict.reason, verdict.error) == (Reason.INVALID_RESPONSE, "HTTP 200: the list does not end")
    assert len(asked) == 20


def test_pages_with_more_models_than_anybody_has_are_refused() -> None:
    def make_page(number: str | None) -> Any:
        rows = [{"id": f"m{number}-{index}"} for index in range(6000)]
        return {"data": rows, "has_more": True, "last_id": "c"}

    script, asked = paging(make_page)
    assert ask(script, "anthropic", limit=30).error == "HTTP 200: the list does not end"
    assert len(asked) == 2


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        (tell({"error": {"message": "no", "code": "invalid_api_key"}}, status=b"401 Unauthorized"), Reason.INVALID_KEY),
        (tell({"error": {"message": "model not found"}}, status=b"404 Not Found"), Reason.ENDPOINT_NOT_FOUND),
        (tell({}, status=b"429 Too Many"), Reason.RATE_LIMITED),
        (tell({}, status=b"500 Oops"), Reason.SERVER_ERROR),
        (answer(b"", b"location: http://127.0.0.1/", status=b"302 Found"), Reason.INVALID_RESPONSE),
        (answer(b"<html>log in</html>"), Reason.INVALID_RESPONSE),
        (tell({"data": {}}), Reason.INVALID_RESPONSE),
        (answer(b'{"data": [' + b" " * (9 << 20) + b"]}"), Reason.INVALID_RESPONSE),
        (say(b"HTTP/1.1 200 OK\r\n"), Reason.NETWORK),
        (repeat(b"HTTP/1.1 200 OK\r\n\r\n", b" ", pause=0.02), Reason.DEADLINE),
        (repeat(b"", b"", pause=0.05), Reason.DEADLINE),
    ],
)
def test_server_that_lies_is_a_verdict(script: Script, reason: Reason) -> None:
    started = time.monotonic()
    assert ask(script).reason is reason
    assert time.monotonic() - started < 2.5


def test_slow_pages_share_one_deadline() -> None:
    def script(connection: socket) -> None:
        time.sleep(0.4)
        tell({"data": [], "has_more": True, "last_id": "c"})(connection)

    started = time.monotonic()
    assert ask(script, "anthropic").reason is Reason.DEADLINE
    assert time.monotonic() - started < 1.9


def test_slow_server_delays_no_other() -> None:
    with listen(repeat(b"", b"", pause=0.05)) as slow, listen(tell({"data": [{"id": "m"}]})) as good:
        told = fetch_listings([make_query(slow), make_query(good)], NO_TRUST, NETWORK, 0.5)
    assert isinstance(told[0].models, Verdict)
    assert told[1].models == {"m": ListedModel()}
