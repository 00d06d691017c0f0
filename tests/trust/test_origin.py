from __future__ import annotations

import json
from pathlib import Path

import httpx
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from text2llm.trust.origin import Origin, OriginError, parse_base_url, parse_origin, parse_proxy

CASES = json.loads((Path(__file__).parents[2] / "fixtures/http/origins.json").read_text())


@pytest.mark.parametrize("case", CASES["refused"], ids=lambda case: case["name"])
def test_odd_origin_is_refused_with_a_reason_and_a_hint(case: dict[str, str]) -> None:
    with pytest.raises(OriginError) as caught:
        parse_origin(case["url"])
    assert caught.value.message == f"the URL {case['reason']}"
    assert caught.value.hint


@pytest.mark.parametrize("case", CASES["accepted"], ids=lambda case: case["name"])
def test_origin_has_one_spelling(case: dict[str, str]) -> None:
    assert str(parse_origin(case["url"])) == case["origin"]


@pytest.mark.parametrize(
    ("origin", "loopback"),
    [
        ("http://127.0.0.1", True),
        ("https://[::1]", True),
        ("https://localhost", True),
        ("https://127.evil.example", False),
        ("https://127.0.0.1.evil.example", False),
        ("https://[::2]", False),
    ],
)
def test_only_this_machine_is_loopback(origin: str, *, loopback: bool) -> None:
    assert parse_origin(origin).loopback is loopback


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("https://h.example", ""),
        ("https://h.example/v1/", "/v1"),
        ("https://h.example/api/v1", "/api/v1"),
        ("https://h.example/a%20b", "/a%20b"),
    ],
)
def test_base_url_keeps_its_path(url: str, path: str) -> None:
    assert parse_base_url(url).path == path
    assert str(parse_base_url(url)) == f"https://h.example{path}"


@pytest.mark.parametrize(
    "path", ["//evil.example", "/a/../b", "/./a", "/a//b", "/100%", "/%zz", '/"', "/%2e%2E/b", "/a%2Fb", "/a%5cb"]
)
def test_odd_path_is_refused(path: str) -> None:
    with pytest.raises(OriginError, match="odd path"):
        parse_base_url(f"https://h.example{path}")


@given(st.text(alphabet="htps:/@\\.[]%?#0x1a-_:8 \t.localhost127", max_size=40).map("https://".__add__))
@example("https://a@b")
def test_what_is_accepted_means_the_same_to_the_client(url: str) -> None:
    try:
        base = parse_base_url(url)
    except OriginError:
        return
    seen = httpx.URL(f"{base}/x")
    assert (seen.scheme, seen.host, seen.port or 443) == ("https", base.origin.host.strip("[]"), base.origin.port)
    assert parse_base_url(str(base)) == base


def test_message_never_holds_the_url() -> None:
    with pytest.raises(OriginError) as caught:
        parse_origin("https://user:hunter2secret@h.example")
    assert "hunter2" not in f"{caught.value.message}{caught.value.hint}"


def test_origins_compare_by_all_three_parts() -> None:
    assert parse_origin("https://h.example") == Origin("https", "h.example", 443)
    assert parse_origin("https://h.example:444") != parse_origin("https://h.example")
    assert parse_origin("http://127.0.0.1:443") != parse_origin("https://127.0.0.1:443")


def test_proxy_may_be_reached_in_the_clear() -> None:
    assert parse_proxy("http://proxy.corp.example:3128/") == Origin("http", "proxy.corp.example", 3128)
    with pytest.raises(OriginError, match="has a path"):
        parse_proxy("http://proxy.corp.example/pac")


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("http://gpu.local:8000", "http://gpu.local:8000"),
        ("http://192.168.1.10:80", "http://192.168.1.10"),
        ("http://[FD00::1]", "http://[fd00::1]"),
        ("http://127.0.0.1", "http://127.0.0.1"),
        ("https://api.openai.com", "https://api.openai.com"),
    ],
)
def test_plain_http_to_another_machine_is_accepted_where_it_may_be(url: str, origin: str) -> None:
    assert str(parse_origin(url, plain=True)) == origin


@pytest.mark.parametrize(
    "url",
    [
        "http://api.openai.com",
        "http://API.Anthropic.com:8080",
        "http://my-resource.openai.azure.com",
        "http://bedrock-runtime.eu-west-1.amazonaws.com",
    ],
)
def test_no_built_in_provider_is_requested_over_plain_http(url: str) -> None:
    with pytest.raises(OriginError, match="uses plain http to a host of a built-in provider"):
        parse_origin(url, plain=True)


@pytest.mark.parametrize("url", ["http://0.0.0.0:1", "http://[::]"])
def test_this_machine_has_no_other_name(url: str) -> None:
    with pytest.raises(OriginError, match="names no machine"):
        parse_origin(url, plain=True)


@given(st.text(alphabet="htps:/@\\.[]%?#0x1a-_:8 \t.localhost127", max_size=40).map("http://".__add__))
def test_what_is_accepted_over_plain_http_is_loopback_or_accepted_over_https(url: str) -> None:
    try:
        base = parse_base_url(url, plain=True)
    except OriginError:
        return
    other = parse_base_url(url.replace("http:", "https:", 1))
    assert (base.origin.host, base.path) == (other.origin.host, other.path)
    assert base.origin.unencrypted is not base.origin.loopback
    if base.origin.loopback:
        assert parse_base_url(url) == base
