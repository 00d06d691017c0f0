"""The registry with plugins: another value, in which the shipped providers are what they were."""

from __future__ import annotations

from tests.providers.plugin_making import ACME, PLAIN, acme, loaded
from text2llm.providers.descriptor import parse_provider
from text2llm.providers.oauth import OAuthFacts, OwnMethod, load_logins
from text2llm.providers.registry import load_registry
from text2llm.redaction.forms import Forms
from text2llm.settings.binding import bind_logins, bind_registry
from text2llm.trust.bindings import CredentialKind, CredentialName
from text2llm.trust.origin import parse_origin

SHIPPED = load_registry()
WITH = SHIPPED.with_plugins([loaded(ACME)])
KEY = "acme_" + "q3" * 16


def test_a_plugins_provider_is_one_like_the_others() -> None:
    assert WITH.get("acme") == parse_provider(ACME)
    assert WITH.spellings().provider("Acme-AI") == "acme"
    assert WITH.near("acmee") == ("acme",)
    assert [variable.name for variable in dict(WITH.env_providers())["acme"]] == ["ACME_API_KEY"]
    assert WITH.ids() == tuple(sorted((*SHIPPED.ids(), "acme")))


def test_how_it_speaks_of_errors_is_known() -> None:
    errors = {"codes": {"7001": "credit_exhausted"}, "source": "https://docs.acme.example/errors"}
    provider = SHIPPED.with_plugins([loaded(acme(errors=errors))]).get("acme")
    assert provider is not None
    assert provider.errors == {"codes": {"7001": "credit_exhausted"}}


def test_the_shipped_registry_stays_what_it_is() -> None:
    assert SHIPPED.get("acme") is None
    assert SHIPPED.plugins == ()
    assert all(WITH.get(each) == SHIPPED.get(each) for each in SHIPPED.ids())


def test_its_variables_are_known_whatever_they_are_for() -> None:
    assert WITH.variables() - SHIPPED.variables() == {"ACME_API_KEY", "ACME_CLIENT_ID"}
    assert {"VERCEL_OIDC_TOKEN", "CHUTES_CLIENT_ID", "GOOGLE_CLOUD_API_KEY"} <= SHIPPED.variables()


def test_its_login_is_added_to_the_shipped_ones() -> None:
    logins = WITH.logins()
    assert logins["acme"].flows == ("device-code",)
    assert logins["acme"].methods == (
        OwnMethod("acme-ticket", ACME["loginMethods"][0]["summary"], "https://api.acme.example/v1/tickets"),
    )
    assert logins["acme"].method_url("acme-ticket") == "https://api.acme.example/v1/tickets"
    assert {name: login for name, login in logins.items() if name != "acme"} == load_logins()


def test_a_login_in_code_alone_has_no_flow() -> None:
    logins = SHIPPED.with_plugins([loaded(acme(oauth=None))]).logins()
    assert logins["acme"] == OAuthFacts("acme", (), methods=WITH.logins()["acme"].methods)
    assert "acme" not in SHIPPED.with_plugins([loaded(PLAIN)]).logins()


def test_code_of_a_login_is_found_by_its_provider() -> None:
    async def exchange() -> None: ...

    registry = SHIPPED.with_plugins([loaded(ACME, ticket=exchange)])
    assert registry.login_methods("acme") == {"ticket": exchange}
    assert registry.login_methods("openai") == {}


def test_its_credentials_are_bound_to_its_origins() -> None:
    bindings = bind_logins(bind_registry(WITH), WITH.logins().values())
    origin = parse_origin("https://api.acme.example")
    assert bindings.origins_of(CredentialName(CredentialKind.ENV, "ACME_API_KEY")) == {origin}
    assert bindings.origins_of(CredentialName(CredentialKind.PROFILE, "acme:default", "acme")) == {origin}
    assert bindings.origins_of(CredentialName(CredentialKind.LOGIN, "acme")) == {origin}


def test_its_keys_have_a_form_to_its_registry_alone() -> None:
    assert Forms(SHIPPED).redact(f"not a key: {KEY}") == f"not a key: {KEY}"
    assert Forms(WITH).redact(f"a key: {KEY}") == "a key: [secret]"
