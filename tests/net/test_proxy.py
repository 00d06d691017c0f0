"""A proxy is used if the settings say so, for requests to other hosts, and sees no credential."""

from __future__ import annotations

import select
import socket
import ssl
from pathlib import Path

import pytest

from tests.net.hostile import Script, answer, listen, repeat
from tests.net.sending import KEY, body, kind, send
from tests.net.test_tls import serving
from text2llm.net.client import create_tls_context
from text2llm.net.message import Failure, FailureKind
from text2llm.net.proxy import Proxy, ProxyRule, find_proxy
from text2llm.secret import Secret
from text2llm.settings.model import NetworkSettings, SettingsError
from text2llm.trust.origin import Origin, parse_origin, parse_proxy

PROXY = parse_proxy("http://proxy.corp.example:3128")
CORP = parse_origin("https://llm.corp.example")
FROM_ENVIRONMENT = NetworkSettings(proxy="environment")


def test_nothing_goes_through_a_proxy_by_itself() -> None:
    environ = {"HTTPS_PROXY": "http://evil.example", "ALL_PROXY": "http://evil.example"}
    assert find_proxy(NetworkSettings(), environ) == ProxyRule()
    assert ProxyRule().proxy_for(CORP) is None


def test_proxy_of_the_settings_is_for_everything_but_this_machine() -> None:
    rule = find_proxy(NetworkSettings(proxy=str(PROXY)), {"NO_PROXY": "*"})
    assert rule.proxy_for(CORP) == Proxy(PROXY)
    for origin in ("http://127.0.0.1:1", "https://127.0.0.1", "https://[::1]:8"):
        assert rule.proxy_for(parse_origin(origin)) is None


@pytest.mark.parametrize(
    ("environ", "proxy"),
    [
        ({}, None),
        ({"HTTP_PROXY": "http://evil.example"}, None),
        ({"HTTPS_PROXY": ""}, None),
        ({"HTTPS_PROXY": "http://proxy.corp.example:3128"}, Proxy(PROXY)),
        ({"HTTPS_PROXY": " proxy.corp.example:3128/ "}, Proxy(PROXY)),
        ({"https_proxy": "http://proxy.corp.example:3128", "HTTPS_PROXY": "http://b:1"}, Proxy(PROXY)),
        ({"ALL_PROXY": "http://proxy.corp.example:3128"}, Proxy(PROXY)),
        ({"https_proxy": "http://u%40x:p%2Fw@proxy.corp.example:3128"}, Proxy(PROXY, ("u@x", Secret("p/w")))),
        ({"https_proxy": "user@proxy.corp.example:3128"}, Proxy(PROXY, ("user", Secret("")))),
    ],
)
def test_environment_names_the_proxy_when_the_settings_say_so(environ: dict[str, str], proxy: Proxy | None) -> None:
    assert find_proxy(FROM_ENVIRONMENT, environ).proxy == proxy


@pytest.mark.parametrize("url", ["socks5://user:hunter2@proxy", "http://user:hunter2@proxy/x", "http://a@hunter2@b"])
def test_invalid_proxy_is_an_error_that_does_not_quote_it(url: str) -> None:
    with pytest.raises(SettingsError) as caught:
        find_proxy(FROM_ENVIRONMENT, {"HTTPS_PROXY": url})
    assert caught.value.message.startswith("network.proxy uses the environment's proxy, but HTTPS_PROXY is invalid")
    assert "hunter2" not in f"{caught.value.message}{caught.value.hint}"


@pytest.mark.parametrize(
    ("listed", "host", "exempt"),
    [
        ("llm.corp.example", "llm.corp.example", True),
        ("other.example, .CORP.example", "llm.corp.example", True),
        ("corp.example", "llm.corp.example", True),
        ("*.corp.example", "llm.corp.example", True),
        ("*", "llm.corp.example", True),
        ("corp.example:443", "llm.corp.example", True),
        ("corp.example:8443", "llm.corp.example", False),
        ("orp.example", "llm.corp.example", False),
        ("llm.corp.example.evil", "llm.corp.example", False),
        (",", "llm.corp.example", False),
        (".", "llm.corp.example", False),
        ("2001:db8::1", "[2001:db8::1]", True),
        ("[2001:db8::1]:443", "[2001:db8::1]", True),
    ],
)
def test_exempt_hosts(listed: str, host: str, *, exempt: bool) -> None:
    rule = find_proxy(FROM_ENVIRONMENT, {"https_proxy": "http://proxy.corp.example:3128", "no_proxy": listed})
    assert (rule.proxy_for(Origin("https", host, 443)) is None) is exempt


def tunnel_to(port: int) -> Script:
    """A proxy that connects every CONNECT to a port of this machine."""

    def script(client: socket.socket) -> None:
        with socket.create_connection(("127.0.0.1", port)) as server:
            client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            ways = {client: server, server: client}
            while True:
                for end in select.select(list(ways), [], [])[0]:
                    data = end.recv(65536)
                    if not data:
                        return
                    ways[end].sendall(data)

    return script


def trusting(certificates: Path, proxy: str) -> tuple[NetworkSettings, ssl.SSLContext]:
    network = NetworkSettings(proxy=proxy, ca_file=str(certificates / "valid.pem"))
    return network, create_tls_context(network)


def test_tls_goes_through_the_proxy_to_the_server(certificates: Path) -> None:
    with (
        listen(answer(b'{"a": 1}'), serving(certificates, "valid")) as server,
        listen(tunnel_to(server.origin.port)) as proxy,
    ):
        network, context = trusting(certificates, str(proxy.origin))
        assert body(send(CORP, context=context, network=network, deadline=5)) == b'{"a": 1}'
        (seen,), (request,) = proxy.received, server.received
    assert seen.startswith(b"CONNECT llm.corp.example:443 HTTP/1.1\r\n")
    assert KEY.encode() not in seen
    assert b"authorization: bearer " + KEY.lower().encode() in request.lower()


def test_proxy_reached_by_tls_with_a_password(certificates: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with (
        listen(answer(b"{}"), serving(certificates, "valid")) as server,
        listen(answer(b"", status=b"407 Proxy Authentication Required"), serving(certificates, "valid")) as proxy,
    ):
        monkeypatch.setenv("HTTPS_PROXY", f"https://user:hunter2hunter2@127.0.0.1:{proxy.origin.port}")
        network, context = trusting(certificates, "environment")
        result = send(CORP, context=context, network=network, deadline=5)
        assert server.connections == 0
        assert b"proxy-authorization: basic dxnlcjpodw50zxiyahvudgvymg==" in proxy.received[0].lower()
    assert kind(result) is FailureKind.NETWORK
    assert isinstance(result, Failure)
    assert result.message == f"{CORP} through the proxy {proxy.origin}: the proxy refused to connect: HTTP 407"
    assert result.hint == "add the proxy's user and password to `network.proxy` in your settings"


def test_untrusted_origin_gets_no_connection_through_a_proxy_either(certificates: Path) -> None:
    with listen(answer(b"{}")) as proxy:
        network, context = trusting(certificates, str(proxy.origin))
        result = send(CORP, grants=(), context=context, network=network)
        assert proxy.connections == 0
    assert kind(result) is FailureKind.UNTRUSTED_ORIGIN


def test_server_on_this_machine_is_reached_directly(certificates: Path) -> None:
    with listen(answer(b"{}")) as server, listen(answer(b"proxy")) as proxy:
        network, context = trusting(certificates, str(proxy.origin))
        assert body(send(server.origin, context=context, network=network)) == b"{}"
        assert proxy.connections == 0


def test_certificate_of_a_stranger_behind_the_proxy_is_refused(certificates: Path) -> None:
    with (
        listen(answer(b"{}"), serving(certificates, "valid")) as server,
        listen(tunnel_to(server.origin.port)) as proxy,
    ):
        network = NetworkSettings(proxy=str(proxy.origin))
        result = send(CORP, context=create_tls_context(network), network=network, deadline=5)
        assert server.received == [b""]
    assert kind(result) is FailureKind.TLS


def test_proxy_that_hangs_ends_at_the_deadline(certificates: Path) -> None:
    with listen(repeat(b"", b"", 0.05)) as proxy:
        network, context = trusting(certificates, str(proxy.origin))
        result = send(CORP, context=context, network=network)
    assert kind(result) is FailureKind.DEADLINE
