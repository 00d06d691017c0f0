from __future__ import annotations

import base64
import hashlib
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.login.terms_of import CLIENT_ID, make_gateway
from text2llm.login.authorize import (
    RANDOM_BYTES,
    authorization_url,
    find_redirect,
    make_challenge,
    place_state,
    read_pasted,
    read_query,
)
from text2llm.login.errors import LoginError
from text2llm.login.oidc import gateway_facts
from text2llm.login.terms import Issuer, LoginTerms
from text2llm.providers.oauth import OAuthFacts, load_logins
from text2llm.secret import Secret

CHALLENGE = make_challenge(bytes(range(64)))
STATE = CHALLENGE.state
HERE = "http://127.0.0.1:5000/callback"


def terms(provider: str, client_id: str | None = "mine", redirect: str | None = None) -> LoginTerms:
    return LoginTerms(load_logins()[provider], client_id, None, redirect)


def fields(url: str) -> dict[str, str]:
    return {name: value for name, (value,) in parse_qs(urlsplit(url).query).items()}


def test_page_of_a_registered_client() -> None:
    url = authorization_url(terms("anthropic"), HERE, CHALLENGE)
    assert url.startswith("https://claude.ai/oauth/authorize?")
    assert fields(url) == {
        "response_type": "code",
        "client_id": "mine",
        "redirect_uri": HERE,
        "scope": "user:profile user:inference",
        "state": STATE,
        "code_challenge": CHALLENGE.challenge,
        "code_challenge_method": "S256",
        "code": "true",
    }


def test_no_descriptor_changes_what_protects_a_login() -> None:
    parameters = {
        "state": "known",
        "code_challenge_method": "plain",
        "redirect_uri": "https://evil.example/",
        "hd": "x",
    }
    facts = OAuthFacts("p", ("pkce-loopback",), authorize_url="https://a.example/", authorize_parameters=parameters)
    sent = fields(authorization_url(LoginTerms(facts), HERE, CHALLENGE))
    assert (sent["state"], sent["code_challenge_method"], sent["redirect_uri"]) == (STATE, "S256", HERE)
    assert sent["hd"] == "x"


def test_page_of_an_open_provider_has_the_state_in_the_redirect() -> None:
    openrouter = terms("openrouter", None)
    redirect = place_state("http://localhost:5000/callback", openrouter, CHALLENGE)
    url = authorization_url(openrouter, redirect, CHALLENGE)
    assert fields(url) == {
        "callback_url": f"http://localhost:5000/callback/{STATE}",
        "code_challenge": CHALLENGE.challenge,
        "code_challenge_method": "S256",
    }


def test_page_with_a_query_of_its_own_keeps_it() -> None:
    facts = OAuthFacts("p", ("pkce-loopback",), authorize_url="https://a.example/login?realm=x")
    assert authorization_url(LoginTerms(facts), HERE, CHALLENGE).startswith(
        "https://a.example/login?realm=x&response_type="
    )


@pytest.mark.parametrize("page", [None, "javascript:alert(1)", "https://a.example/\x1b[2J", "http://a.example/"])
def test_page_that_must_not_be_opened(page: str | None) -> None:
    facts = OAuthFacts("p", ("pkce-loopback",), authorize_url=page)
    with pytest.raises(LoginError):
        authorization_url(LoginTerms(facts), HERE, CHALLENGE)


@pytest.mark.parametrize(
    ("written", "url"),
    [
        (None, "http://127.0.0.1:77/callback"),
        ("http://localhost:{port}/cb", "http://localhost:77/cb"),
        ("http://127.0.0.1:1456/oauth-callback", "http://127.0.0.1:1456/oauth-callback"),
        ("http://[::1]:{port}", "http://[::1]:77/"),
    ],
)
def test_redirect_is_the_registered_one(written: str | None, url: str) -> None:
    assert find_redirect(LoginTerms(OAuthFacts("p", ()), redirect=written)).url(77) == url


def test_redirect_of_the_descriptor_comes_second() -> None:
    assert find_redirect(terms("chutes")).url(77) == "http://127.0.0.1:1456/oauth-callback"
    assert find_redirect(terms("chutes", redirect="http://127.0.0.1:{port}/x")).url(77) == "http://127.0.0.1:77/x"


@pytest.mark.parametrize(
    "written",
    [
        "https://evil.example/cb",
        "http://127.0.0.1.evil.example:1/",
        "http://0.0.0.0:1/",
        "http://127.0.0.1/",
        "x",
        "http://127.0.0.1:0/",
        "http://127.0.0.1:70000/",
    ],
)
def test_redirect_that_leads_elsewhere_is_refused(written: str) -> None:
    with pytest.raises(LoginError, match="redirect of p"):
        find_redirect(LoginTerms(OAuthFacts("p", ()), redirect=written))


@pytest.mark.parametrize(
    "query",
    [
        "",
        "code=c",
        "code=c&state=other",
        f"state={STATE}",
        f"code=&state={STATE}",
        f"code=a&code=b&state={STATE}",
        f"code=c&state={STATE}x",
        f"code=a%20b&state={STATE}",
        f"code=%ff&state={STATE}",
        "&".join(["a=1"] * 50),
    ],
)
def test_query_of_another_response_is_ignored(query: str) -> None:
    assert read_query(query, CHALLENGE.state) is None


def test_query_with_the_right_state_has_the_code() -> None:
    assert read_query(f"code=c%2F1&state={STATE}&scope=x", CHALLENGE.state) == Secret("c/1")
    assert read_query("code=c", None) == Secret("c")


OURS, MIX_UP = "iss=https%3A%2F%2Fa.example", "iss=https%3A%2F%2Fb.example"


@pytest.mark.parametrize("always", [True, False])
def test_query_of_another_issuer_is_refused(*, always: bool) -> None:
    issuer = Issuer("https://a.example", always)
    assert read_query(f"code=c&state={STATE}&{OURS}", STATE, issuer) == Secret("c")
    for result in ("code=c", "error=access_denied"):
        for other in (MIX_UP, f"{OURS}%2F", "iss="):
            with pytest.raises(LoginError, match=r"names another issuer: it must be https://a\.example") as caught:
                read_query(f"{result}&state={STATE}&{other}", STATE, issuer)
            assert "b.example" not in f"{caught.value.message}{caught.value.hint}"
    assert read_query(f"code=c&state=other&{MIX_UP}", STATE, issuer) is None


def test_query_names_its_issuer_where_that_says_so() -> None:
    with pytest.raises(LoginError, match="does not name its issuer"):
        read_query(f"code=c&state={STATE}", STATE, Issuer("https://a.example", always=True))
    assert read_query(f"code=c&state={STATE}", STATE, Issuer("https://a.example")) == Secret("c")
    assert read_query(f"code=c&state={STATE}&{MIX_UP}", STATE) == Secret("c")


def test_pasted_address_of_another_issuer_is_refused() -> None:
    corp = LoginTerms(gateway_facts(make_gateway("https://a.example")), CLIENT_ID)
    assert read_pasted(f"{HERE}?code=c1&state={STATE}&{OURS}", HERE, corp, CHALLENGE) == Secret("c1")
    with pytest.raises(LoginError, match="names another issuer"):
        read_pasted(f"{HERE}?code=c1&state={STATE}&{MIX_UP}", HERE, corp, CHALLENGE)


@pytest.mark.parametrize(
    ("error", "says"),
    [
        ("access_denied", "login denied by you or the provider"),
        ("server_error", "server_error"),
        ("%1b[2J", "without a name"),
    ],
)
def test_denial_is_reported_apart_from_the_providers_words(error: str, says: str) -> None:
    said = "%1b[31mnot%0aregistered%e2%80%ae" + "x" * 500
    with pytest.raises(LoginError, match=says) as caught:
        read_query(f"error={error}&error_description={said}&state={STATE}", CHALLENGE.state)
    assert caught.value.words == " ([31mnot registered " + "x" * 181 + ")"
    assert "31m" not in caught.value.message
    assert caught.value.quoting().message == caught.value.message + caught.value.words
    assert read_query(f"error={error}&state=other", CHALLENGE.state) is None


def test_a_no_without_a_description() -> None:
    with pytest.raises(LoginError) as caught:
        read_query(f"error=invalid_scope&state={STATE}", CHALLENGE.state)
    assert caught.value.message == "the provider refused the login: invalid_scope"


@pytest.mark.parametrize(
    "pasted",
    [
        f"{HERE}?code=c1&state={STATE}",
        f" {HERE}?code=c1&state={STATE}#x \n",
        f"?state={STATE}&code=c1",
        f"c1#{STATE}",
        "c1",
        f"{HERE}?code=c1&\nstate={STATE}",
    ],
)
def test_what_people_paste(pasted: str) -> None:
    assert read_pasted(pasted, HERE, terms("anthropic"), CHALLENGE) == Secret("c1")


@pytest.mark.parametrize(
    "pasted",
    [
        "",
        "c1#other",
        f"{HERE}?code=c1&state=other",
        f"https://evil.example/?code=c1&state={STATE}",
        HERE,
        "ü",
        "?x=1",
        "c1#\ud800",
        "?code=c1&state=\udc80",
    ],
)
def test_what_is_not_of_this_login_is_refused_without_being_quoted(pasted: str) -> None:
    with pytest.raises(LoginError) as caught:
        read_pasted(pasted, HERE, terms("anthropic"), CHALLENGE)
    assert "c1" not in f"{caught.value.message}{caught.value.hint}"


@given(st.text(st.characters(codec=None)) | st.from_regex(r"(http://127.*)?\?(code|state|error)=.*(&state=.*)?#?.*"))
def test_whatever_is_pasted_is_a_code_or_refused(pasted: str) -> None:
    try:
        code = read_pasted(pasted, HERE, terms("anthropic"), CHALLENGE)
    except LoginError:
        return
    assert code.reveal() in "".join(pasted.split())


def test_pasted_address_of_an_open_provider_has_its_state_in_the_path() -> None:
    openrouter = terms("openrouter", None)
    redirect = place_state("http://localhost:5000/callback", openrouter, CHALLENGE)
    assert read_pasted(f"{redirect}?code=c1", redirect, openrouter, CHALLENGE) == Secret("c1")
    with pytest.raises(LoginError, match="another login"):
        read_pasted("http://localhost:5000/callback/other?code=c1", redirect, openrouter, CHALLENGE)


def test_challenge_is_that_of_rfc_7636() -> None:
    # Appendix B: these bytes give that verifier and that challenge.
    octets = base64.urlsafe_b64decode("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk=")
    made = make_challenge(octets + bytes(32))
    assert made.verifier.reveal() == "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    assert made.challenge == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


def test_state_is_independent_of_the_verifier() -> None:
    made = make_challenge(bytes(range(RANDOM_BYTES)))
    other = make_challenge(bytes(32) + bytes(range(32, RANDOM_BYTES)))
    assert made.state == other.state
    assert made.verifier != other.verifier
    digest = hashlib.sha256(made.verifier.reveal().encode()).digest()
    assert made.state not in base64.urlsafe_b64encode(digest).decode()


def test_too_little_randomness_is_a_bug() -> None:
    with pytest.raises(ValueError, match="64 random bytes"):
        make_challenge(b"short")


def test_nothing_secret_is_printed() -> None:
    made = make_challenge(bytes(range(RANDOM_BYTES)))
    assert repr(made) == f"Challenge({made.challenge})"
