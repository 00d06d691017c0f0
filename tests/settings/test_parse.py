from __future__ import annotations

import pytest

from text2llm.config.reader import read_document
from text2llm.providers.registry import load_registry
from text2llm.secret import RefSource, SecretRef
from text2llm.settings.model import NetworkSettings, OAuthClient, OidcGateway, SecretSource, Settings
from text2llm.settings.parse import ParsedSettings, parse_settings
from text2llm.trust.bindings import parse_trusted_origins

EVERYTHING = """\
trust:
- credential: env:LAB_API_KEY
  origin: https://llm.corp.example
- {credential: "provider:Z.AI", origin: "http://localhost:8000/"}
oauth:
  Gemini:
    clientId: an-id
    clientSecret: {source: env, id: GOOGLE_CLIENT}
    redirect: http://127.0.0.1:{port}/callback
  xai: {clientId: other, clientSecret: {source: keyring, id: "xai, client"}}
oidc:
  lab:
    issuer: https://login.corp.example/realms/ai/
    clientId: text2llm
    clientSecret: {source: file, id: /run/secrets/lab}
    redirect: https://login.corp.example/cb
    scopes: [openid, llm]
    flows: [device-code]
    origins: ["https://TOKENS.corp.example:443"]
  lab2: {issuer: "http://127.0.0.1:9000", clientId: c}
plugins: [corp-gateway]
network: {proxy: "http://Proxy.corp.example:3128/", caFile: ~/corp.pem}
"""


def parse(text: str) -> ParsedSettings:
    return parse_settings(read_document("settings.yaml", text.encode()), load_registry().spellings())


def test_everything_becomes_values() -> None:
    assert parse(EVERYTHING) == ParsedSettings(
        Settings(
            path="settings.yaml",
            grants=parse_trusted_origins("env:LAB_API_KEY=https://llm.corp.example provider:zai=http://127.0.0.1:8000"),
            clients={
                "google": OAuthClient(
                    "an-id", SecretRef(RefSource.ENV, "GOOGLE_CLIENT"), "http://127.0.0.1:{port}/callback"
                ),
                "xai": OAuthClient("other", SecretRef(RefSource.KEYRING, "xai, client")),
            },
            gateways={
                "lab": OidcGateway(
                    "lab",
                    "https://login.corp.example/realms/ai/",
                    OAuthClient(
                        "text2llm", SecretRef(RefSource.FILE, "/run/secrets/lab"), "https://login.corp.example/cb"
                    ),
                    ("openid", "llm"),
                    ("device-code",),
                    ("https://tokens.corp.example",),
                ),
                "lab2": OidcGateway("lab2", "http://127.0.0.1:9000", OAuthClient("c")),
            },
            plugins=("corp-gateway",),
            network=NetworkSettings("http://proxy.corp.example:3128", "~/corp.pem"),
        )
    )


@pytest.mark.parametrize("text", ["", "# only words\n", "{}"])
def test_nothing_written_sets_nothing(text: str) -> None:
    assert parse(text) == ParsedSettings(Settings("settings.yaml"))


def test_environment_is_asked_for_by_name() -> None:
    parsed = parse("network: {proxy: environment, caFile: environment}").settings
    assert parsed is not None
    assert parsed.network == NetworkSettings("environment", "environment")


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        ("trust: [{credential: 'env:A-B', origin: 'https://a.example'}]", "1:22", "this is not a credential's name"),
        ("trust: [{credential: 'login:x', origin: 'https://a.example'}]", "1:22", "expected a credential's name"),
        ("trust: [{credential: 'sk-live-xyz', origin: 'https://a.example'}]", "1:22", "expected a credential's name"),
        ("trust: [{credential: 'env:A', origin: 'https://a.example/v1'}]", "1:39", "the URL has a path"),
        ("trust: [{credential: 'env:A', origin: 'http://api.openai.com'}]", "1:39", "uses plain http to a host of a"),
        ("trust: [{credential: 'env:A', origin: 'http://a.example/v1'}]", "1:39", "has a path"),
        (
            "oidc: {lab: {issuer: 'https://a.example', origins: ['http://a.example'], clientId: x}}",
            "1:53",
            "plain http",
        ),
        ("trust: [{credential: 'env:A', origin: 'https://*.example'}]", "1:39", "a host that is not a domain name"),
        ("trust: [{credential: 'env:A'}]", "1:9", "missing key 'origin'"),
        ("trust: {env:A: x}", "1:8", "expected a list, got a map"),
        ("[]", "1:1", "expected a map, got a list"),
        ("trusts: []", "1:1", "unknown key 'trusts'"),
        ("oauth: {google: {clientId: a}, gemini: {clientId: b}}", "1:32", "google is defined twice"),
        ("oauth: {a: {clientId: x, redirect: 'http://a.example/'}}", "1:36", "uses plain http to a remote host"),
        ("oauth: {a: {clientId: x, redirect: 'http://127.0.0.1/{port}'}}", "1:36", "has an odd path"),
        ("oauth: {a: {clientId: x, clientSecret: hunter2}}", "1:40", "expected a map, got a string"),
        ("oauth: {a: {clientId: x, clientSecret: {source: env, id: a b}}}", "1:58", "expected the name of a variable"),
        ("oauth: {a: {clientId: x, clientSecret: {source: file, id: a/b}}}", "1:59", "expected an absolute path"),
        ("oauth: {a: {clientId: x, clientSecret: {source: vault, id: a}}}", "1:49", "expected one of: env, file"),
        ("oidc: {lab: {issuer: 'http://a.example', clientId: x}}", "1:22", "uses plain http to a remote host"),
        ("oidc: {lab: {issuer: 'https://a.example?x', clientId: x}}", "1:22", "has a query"),
        ("oidc: {l: {issuer: 'https://a', clientId: x, origins: ['https://a/b']}}", "1:56", "the URL has a path"),
        (
            "oauth: {l: {clientId: x}}\noidc: {l: {issuer: 'https://a', clientId: x}}",
            "2:8",
            "l is defined under oauth, too",
        ),
        ("plugins: [../evil]", "1:11", "expected the name of a plugin"),
        ("network: {proxy: 'http://user:pass@proxy:1'}", "1:18", "has user info before the host"),
        ("network: {proxy: 'http://proxy:1/path'}", "1:18", "the URL has a path"),
        ("network: {proxy: 'socks5://proxy'}", "1:18", "expected an http:// or https:// URL"),
        ("network: {caFile: corp.pem}", "1:19", "expected an absolute path"),
    ],
)
def test_what_is_wrong_has_its_place(text: str, place: str, message: str) -> None:
    settings, (finding,) = parse(text)
    assert settings is None
    assert f"{finding.location.line}:{finding.location.column}" == place
    assert message in finding.message
    assert finding.hint or text == "[]"
    assert not any(value in f"{finding}" for value in ("hunter2", "user:pass", "sk-live"))


def test_findings_come_in_the_order_of_the_file() -> None:
    text = "network: {proxy: 'http://p:1/x'}\ntrust:\n- {credential: 'env:1', origin: 'https://a/b'}\n"
    assert [finding.location.line for finding in parse(text).findings] == [1, 3, 3]


def test_secret_sources_have_a_command_of_an_absolute_path() -> None:
    vault = "vault: {command: [/bin/helper, --quiet], env: [ADDR], timeout: 2s}"
    text = f"secrets: {{sources: {{{vault}, bare: {{command: [helper]}}}}}}"
    parsed = parse_settings(read_document("settings.yaml", text.encode()), load_registry().spellings())
    (finding,) = parsed.findings
    assert finding.message == "the program is not named by an absolute path"
    whole = text.replace("[helper]", "[/helper]").encode()
    settings = parse_settings(read_document("settings.yaml", whole), load_registry().spellings()).settings
    assert settings is not None
    assert settings.sources == {
        "vault": SecretSource("vault", ("/bin/helper", "--quiet"), ("ADDR",), 2000),
        "bare": SecretSource("bare", ("/helper",)),
    }
