from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.login.answering import Replies, Reply, answering
from tests.login.terms_of import make_gateway, make_terms, trust_gateway, with_client
from tests.net.hostile import listen
from text2llm.login.errors import LoginError
from text2llm.login.oidc import complete_terms, gateway_facts, read_discovery
from text2llm.login.terms import Issuer, LoginTerms
from text2llm.providers.oauth import OAuthFacts, Refresh, load_logins
from text2llm.secret import Secret
from text2llm.settings.model import OidcGateway

ISSUER = "https://login.corp.example/realms/ai"
DOCUMENT: dict[str, Any] = {
    "issuer": ISSUER,
    "authorization_endpoint": f"{ISSUER}/auth",
    "token_endpoint": f"{ISSUER}/token?p=1",
    "device_authorization_endpoint": f"{ISSUER}/device",
    "code_challenge_methods_supported": ["plain", "S256"],
}
NAMES = "authorization_response_iss_parameter_supported"
FACTS = gateway_facts(make_gateway(ISSUER))


def read(origins: tuple[str, ...] = (), facts: OAuthFacts = FACTS, **changed: Any) -> OAuthFacts:
    return read_discovery({**DOCUMENT, **changed}, facts, origins)


def terms_of(gateway: OidcGateway) -> LoginTerms:
    return LoginTerms(gateway_facts(gateway))


def test_gateway_is_a_login_without_endpoints() -> None:
    facts = gateway_facts(make_gateway(ISSUER))
    assert facts.provider == "corp"
    assert facts.discovery_url == f"{ISSUER}/.well-known/openid-configuration"
    assert facts.token_url is None
    assert facts.authorize_parameters == {"prompt": "consent"}
    assert facts.refresh == Refresh("form", ("grant_type", "client_id", "refresh_token"), ("invalid_grant",), 300)


def test_slash_at_the_end_of_an_issuer_is_not_doubled() -> None:
    assert gateway_facts(make_gateway(f"{ISSUER}/")).discovery_url == f"{ISSUER}/.well-known/openid-configuration"


def test_consent_is_asked_for_only_with_offline_access() -> None:
    assert gateway_facts(make_gateway(ISSUER, scopes=("openid",))).authorize_parameters == {}


def test_document_names_the_endpoints() -> None:
    facts = read()
    assert facts.authorize_url == f"{ISSUER}/auth"
    assert facts.token_url == f"{ISSUER}/token?p=1"
    assert facts.device_url == f"{ISSUER}/device"
    assert facts.flows == ("pkce-loopback", "device-code")


@pytest.mark.parametrize(("said", "always"), [({}, False), ({NAMES: True}, True), ({NAMES: 1}, False)])
def test_document_says_whether_redirects_name_the_issuer(said: dict[str, Any], *, always: bool) -> None:
    assert LoginTerms(read(**said)).issuer == Issuer(ISSUER, always)


@pytest.mark.parametrize("issuer", [f"{ISSUER}/", "https://login.corp.example", "https://evil.example", None, 5])
def test_document_of_another_issuer_is_refused(issuer: object) -> None:
    with pytest.raises(LoginError, match="says that it is another issuer's"):
        read(issuer=issuer)


@pytest.mark.parametrize("name", ["authorization_endpoint", "token_endpoint", "device_authorization_endpoint"])
def test_endpoint_elsewhere_is_refused_and_may_be_allowed(name: str) -> None:
    elsewhere = "https://tokens.corp.example/x"
    changed: dict[str, Any] = {name: elsewhere}
    with pytest.raises(
        LoginError, match=f"its `{name}` is on https://tokens.corp.example, which is not allowed"
    ) as caught:
        read(**changed)
    assert caught.value.hint is not None
    assert "add https://tokens.corp.example to the `origins` of `oidc.corp`" in caught.value.hint

    assert elsewhere in read(("https://tokens.corp.example",), **changed)


@pytest.mark.parametrize(
    "url",
    [
        "http://login.corp.example/token",
        "https://login.corp.example:8443/token",
        "https://ada@login.corp.example/token",
        "https://login.corp.example./token",
        "https://login.corp.example/token#x",
        "/token",
        "",
        5,
    ],
)
def test_odd_endpoint_is_refused(url: object) -> None:
    with pytest.raises(LoginError, match="`token_endpoint`"):
        read(token_endpoint=url)


def test_flow_without_an_endpoint_is_left_out() -> None:
    assert read(device_authorization_endpoint=None).flows == ("pkce-loopback",)
    assert read(authorization_endpoint=None).flows == ("device-code",)


@pytest.mark.parametrize(
    "changed",
    [{"token_endpoint": None}, {"authorization_endpoint": None, "device_authorization_endpoint": None}],
)
def test_document_without_what_the_flows_need_is_refused(changed: dict[str, Any]) -> None:
    with pytest.raises(LoginError, match="has no endpoints for pkce-loopback, device-code"):
        read(**changed)


@pytest.mark.parametrize("methods", [["plain"], [], "S256", 5])
def test_issuer_that_does_not_take_a_challenge_is_refused(methods: object) -> None:
    with pytest.raises(LoginError, match="does not accept the code challenge S256"):
        read(code_challenge_methods_supported=methods)


def test_challenge_matters_to_codes_only() -> None:
    only_device = gateway_facts(make_gateway(ISSUER, flows=("device-code",)))
    assert read(facts=only_device, code_challenge_methods_supported=["plain"]).flows == ("device-code",)
    assert read(code_challenge_methods_supported=None).flows == ("pkce-loopback", "device-code")


def test_issuer_that_cannot_be_reached_is_reported() -> None:
    with answering(b"") as server:
        gateway = make_gateway(str(server.origin))
        with pytest.raises(LoginError, match=r"/\.well-known/openid-configuration: "):
            with_client(
                trust_gateway(gateway), lambda client: complete_terms(LoginTerms(gateway_facts(gateway)), client)
            )


@pytest.mark.parametrize(
    ("reply", "message"),
    [
        ((404, {}), "has no discovery document: HTTP 404"),
        ((200, []), "is not a JSON object"),
        ((200, {}), "another issuer's"),
    ],
)
def test_invalid_document_is_reported(reply: Reply, message: str) -> None:
    with answering(reply) as server:
        gateway = make_gateway(f"{server.origin}/realms/ai/")
        with pytest.raises(LoginError, match=message):
            with_client(
                trust_gateway(gateway), lambda client: complete_terms(LoginTerms(gateway_facts(gateway)), client)
            )
    assert server.received[0].startswith(b"GET /realms/ai/.well-known/openid-configuration HTTP/1.1")


def serve_terms(secret_methods: object) -> LoginTerms:
    """The terms of a client with a secret after a discovery."""
    replies: list[Reply] = [b""]
    with listen(Replies(replies)) as server:
        issuer = str(server.origin)
        document = {"issuer": issuer, "authorization_endpoint": f"{issuer}/a", "token_endpoint": f"{issuer}/t"}
        replies[0] = (200, {**document, "token_endpoint_auth_methods_supported": secret_methods})
        gateway = make_gateway(issuer)
        terms = replace(make_terms(gateway_facts(gateway)), client_secret=Secret("the-client-secret"))
        return with_client(trust_gateway(gateway), lambda client: complete_terms(terms, client))


@pytest.mark.parametrize("methods", [None, ["client_secret_post", "private_key_jwt"]])
def test_secret_in_the_body_is_what_text2llm_sends(methods: object) -> None:
    assert serve_terms(methods).facts.flows == ("pkce-loopback",)


def test_issuer_that_rejects_a_secret_in_the_body_is_reported() -> None:
    with pytest.raises(LoginError, match="does not accept a client secret in the body"):
        serve_terms(["client_secret_basic"])


def test_complete_terms_need_no_request() -> None:
    terms = make_terms(load_logins()["chutes"])
    with answering(b"") as server:
        completed = with_client(trust_gateway(make_gateway(str(server.origin))), lambda it: complete_terms(terms, it))
    assert completed is terms
    assert server.connections == 0


def test_built_in_login_may_have_a_discovery_too() -> None:
    facts = load_logins()["xai"]
    found = read_discovery(
        {
            "issuer": "https://auth.x.ai",
            "token_endpoint": "https://auth.x.ai/token",
            "device_authorization_endpoint": "https://auth.x.ai/device",
        },
        facts,
        (),
    )
    assert (found.flows, found.token_url) == (("device-code",), "https://auth.x.ai/token")
