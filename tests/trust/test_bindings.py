from __future__ import annotations

import re
from dataclasses import replace

import pytest

from text2llm.diagnostics import Location
from text2llm.refs import Spellings
from text2llm.secret import Secret
from text2llm.trust.bindings import (
    Allowed,
    AllowReason,
    Bindings,
    CredentialKind,
    CredentialName,
    Grant,
    NamedSecret,
    Refused,
    TrustedOriginsError,
    decide,
    parse_credential_name,
    parse_trusted_origins,
    spell_name,
)
from text2llm.trust.origin import parse_origin
from text2llm.trust.public import is_public_value

ANTHROPIC = parse_origin("https://api.anthropic.com")
EVIL = parse_origin("https://evil.example")
LOOPBACK = parse_origin("http://127.0.0.1:8000")
BINDINGS = Bindings({"anthropic": frozenset({ANTHROPIC})}, {"ANTHROPIC_API_KEY": frozenset({"anthropic"})})


def env(name: str, value: str = "sk-real-value") -> NamedSecret:
    return NamedSecret(CredentialName(CredentialKind.ENV, name), Secret(value))


def profile(name: str, provider: str) -> NamedSecret:
    return NamedSecret(CredentialName(CredentialKind.PROFILE, name, provider), Secret("sk-real-value"))


@pytest.mark.parametrize("credential", [env("ANTHROPIC_API_KEY"), profile("anthropic:work", "anthropic")])
def test_descriptor_binds_its_variables_and_profiles_to_its_origins(credential: NamedSecret) -> None:
    assert decide(credential, ANTHROPIC, BINDINGS, ()) == Allowed(credential.name, ANTHROPIC, AllowReason.DESCRIPTOR)
    assert isinstance(decide(credential, EVIL, BINDINGS, ()), Refused)


@pytest.mark.parametrize(
    "credential",
    [
        env("GITHUB_TOKEN"),
        env("anthropic_api_key"),
        profile("anthropic:work", "lab"),
        NamedSecret(CredentialName(CredentialKind.CONFIG, "anthropic"), Secret("sk-real-value")),
        NamedSecret(CredentialName(CredentialKind.PROVIDER, "anthropic"), Secret("sk-real-value")),
    ],
)
def test_nothing_else_goes_to_a_built_in_origin(credential: NamedSecret) -> None:
    assert isinstance(decide(credential, ANTHROPIC, BINDINGS, ()), Refused)


@pytest.mark.parametrize(
    ("grants", "credential", "allowed"),
    [
        ("env:LAB_API_KEY=https://evil.example", env("LAB_API_KEY"), True),
        ("env:LAB_API_KEY=https://evil.example", env("OTHER_KEY"), False),
        ("env:LAB_API_KEY=https://evil.example:444", env("LAB_API_KEY"), False),
        ("profile:anthropic:work=https://evil.example", profile("anthropic:work", "anthropic"), True),
        ("profile:anthropic:work=https://evil.example", profile("anthropic:home", "anthropic"), False),
        ("provider:anthropic=https://evil.example", profile("anthropic:home", "anthropic"), True),
        ("provider:anthropic=https://evil.example", env("ANTHROPIC_API_KEY"), True),
        ("provider:anthropic=https://evil.example", env("LAB_API_KEY"), False),
        ("provider:Anthropic=https://EVIL.example:443/", env("ANTHROPIC_API_KEY"), True),
    ],
)
def test_grant_covers_exactly_its_pair(grants: str, credential: NamedSecret, *, allowed: bool) -> None:
    verdict = decide(credential, EVIL, BINDINGS, parse_trusted_origins(grants))
    assert verdict == Allowed(credential.name, EVIL, AllowReason.GRANT) if allowed else isinstance(verdict, Refused)


def test_loopback_needs_a_grant_too() -> None:
    assert isinstance(decide(env("ANTHROPIC_API_KEY"), LOOPBACK, BINDINGS, ()), Refused)


def test_public_value_is_free_on_loopback_only() -> None:
    public = env("ANTHROPIC_API_KEY", "sandbox-ok")
    assert decide(public, LOOPBACK, BINDINGS, ()) == Allowed(public.name, LOOPBACK, AllowReason.PUBLIC)
    refused = decide(public, ANTHROPIC, BINDINGS, ())
    assert isinstance(refused, Refused)
    assert "only be sent to loopback" in refused.reason


@pytest.mark.parametrize("value", ["sandbox-ok", "sandbox-no-model", "sandbox-500"])
def test_public_values(value: str) -> None:
    assert is_public_value(Secret(value))


@pytest.mark.parametrize(
    "value", ["sandbox", "sandbox-", "Sandbox-ok", "sandbox-ok\n", "xsandbox-ok", "sandbox-9f8e7d6c5b4a3928170615"]
)
def test_values_that_may_be_secrets_are_not_public(value: str) -> None:
    assert not is_public_value(Secret(value))


def test_refusal_names_origin_credential_place_and_remedy() -> None:
    refused = decide(env("LAB_API_KEY"), EVIL, BINDINGS, (), Location("text2llm.yaml", 12, 7))
    assert isinstance(refused, Refused)
    assert refused.reason == (
        "env:LAB_API_KEY is not bound to https://evil.example (text2llm.yaml:12:7): nothing was sent"
    )
    assert refused.hint == (
        "if you trust it, run `text2llm trust allow --credential env:LAB_API_KEY --origin https://evil.example`; "
        'in CI set TEXT2LLM_TRUSTED_ORIGINS="env:LAB_API_KEY=https://evil.example" outside the repository'
    )


@pytest.mark.parametrize(
    ("profile_id", "command", "pair"),
    [
        ("a;rm -rf $HOME", "--credential provider:lab ", '"provider:lab=https://evil.example"'),
        ("a`id`", "--credential 'profile:a`id`' ", "'profile:a`id`=https://evil.example'"),
        ("it's", """--credential 'profile:it'"'"'s' """, """'profile:it'"'"'s=https://evil.example'"""),
        ("käse", "--credential provider:lab ", '"provider:lab=https://evil.example"'),
    ],
)
def test_hint_is_safe_to_paste_and_names_what_can_be_granted(profile_id: str, command: str, pair: str) -> None:
    refused = decide(profile(profile_id, "lab"), EVIL, BINDINGS, ())
    assert isinstance(refused, Refused)
    assert f"`text2llm trust allow {command}--origin https://evil.example`" in refused.hint
    assert f"TEXT2LLM_TRUSTED_ORIGINS={pair} " in refused.hint
    assert "\n" not in refused.hint


LOGIN = CredentialName(CredentialKind.LOGIN, "anthropic")
LOGIN_ORIGIN = parse_origin("https://login.anthropic.example")
WITH_LOGIN = replace(BINDINGS, logins={"anthropic": frozenset({LOGIN_ORIGIN}), "lab": frozenset({EVIL})})


def test_what_a_login_sends_goes_to_its_own_login_only() -> None:
    secret = NamedSecret(LOGIN, Secret("a-refresh-token"))
    assert decide(secret, LOGIN_ORIGIN, WITH_LOGIN, ()) == Allowed(LOGIN, LOGIN_ORIGIN, AllowReason.DESCRIPTOR)
    for origin in (ANTHROPIC, EVIL, LOOPBACK):
        refused = decide(secret, origin, WITH_LOGIN, ())
        assert isinstance(refused, Refused)
        assert "trust allow" not in refused.hint
    assert isinstance(decide(secret, LOGIN_ORIGIN, BINDINGS, ()), Refused)


@pytest.mark.parametrize("granted", [LOGIN, CredentialName(CredentialKind.PROVIDER, "anthropic")])
def test_no_grant_moves_what_a_login_sends(granted: CredentialName) -> None:
    secret = NamedSecret(LOGIN, Secret("a-refresh-token"))
    assert isinstance(decide(secret, EVIL, WITH_LOGIN, (Grant(granted, EVIL),)), Refused)


def test_no_grant_is_for_a_literal_of_a_config() -> None:
    literal = NamedSecret(CredentialName(CredentialKind.CONFIG, "lab"), Secret("sk-real-value"))
    assert isinstance(decide(literal, EVIL, BINDINGS, (Grant(literal.name, EVIL),)), Refused)


@pytest.mark.parametrize("text", ["login:anthropic", "LOGIN:anthropic", "config:lab"])
def test_names_that_no_grant_can_have(text: str) -> None:
    assert parse_credential_name(text) is None


@pytest.mark.parametrize("credential", [env("ANTHROPIC_API_KEY"), profile("anthropic:work", "anthropic")])
def test_credential_for_models_does_not_go_to_the_login(credential: NamedSecret) -> None:
    assert isinstance(decide(credential, LOGIN_ORIGIN, WITH_LOGIN, ()), Refused)


def test_provider_of_a_grant_has_one_spelling() -> None:
    spellings = Spellings({"z.ai": "zai"})
    names = [parse_credential_name(text) for text in ("provider:Z.AI", "env:z", "profile:z.ai")]
    assert [str(spell_name(name, spellings)) for name in names if name] == ["provider:zai", "env:z", "profile:z.ai"]


def test_literal_of_a_config_cannot_be_granted() -> None:
    literal = NamedSecret(CredentialName(CredentialKind.CONFIG, "lab"), Secret("sk-real-value"))
    refused = decide(literal, EVIL, BINDINGS, ())
    assert isinstance(refused, Refused)
    assert "apiKey: ${NAME}" in refused.hint


def test_grants_are_pairs_separated_by_white_space() -> None:
    assert parse_trusted_origins(" env:A=https://a.example\n\tprofile:x=1=http://localhost:1 ") == (
        Grant(CredentialName(CredentialKind.ENV, "A"), parse_origin("https://a.example")),
        Grant(CredentialName(CredentialKind.PROFILE, "x=1"), parse_origin("http://127.0.0.1:1")),
    )
    assert parse_trusted_origins("") == ()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("sk-live-secret=https://a.example", "pair 1 does not start with a credential's name and `=`"),
        ("env:A=https://a.example env:B", "pair 2 does not start with a credential's name and `=`"),
        ("env:A-B=https://a.example", "pair 1 does not start with a credential's name and `=`"),
        ("env:=https://a.example", "pair 1 does not start with a credential's name and `=`"),
        ("config:lab=https://a.example", "pair 1 does not start with a credential's name and `=`"),
        ("env:A=https://*.example", "pair 1 (env:A): the URL has a host that is not a domain name"),
        ("env:A=https://u:sk-live-secret@a.example", "pair 1 (env:A): the URL has user info before the host"),
        ("env:A=https://a.example/v1", "pair 1 (env:A): the URL has a path"),
    ],
)
def test_bad_grant_is_named_without_its_text(text: str, message: str) -> None:
    with pytest.raises(TrustedOriginsError) as caught:
        parse_trusted_origins(text)
    assert caught.value.message == f"TEXT2LLM_TRUSTED_ORIGINS: {message}"
    assert "sk-live" not in f"{caught.value.message}{caught.value.hint}"


@pytest.mark.parametrize("text", ["", "env", "ENV:A", "env:1A", "profile:", "profile:a b", "provider:\n"])
def test_other_texts_are_no_names(text: str) -> None:
    assert parse_credential_name(text) is None


PLAIN = parse_origin("http://gpu.example", plain=True)


@pytest.mark.parametrize(
    ("grant", "allowed"),
    [
        ("env:LAB_API_KEY=http://gpu.example", True),
        ("env:LAB_API_KEY=https://gpu.example", False),
        ("env:LAB_API_KEY=https://gpu.example:80", False),
        ("env:LAB_API_KEY=http://gpu.example:8080", False),
        ("env:OTHER=http://gpu.example", False),
    ],
)
def test_only_a_grant_that_names_plain_http_allows_it(grant: str, *, allowed: bool) -> None:
    verdict = decide(env("LAB_API_KEY"), PLAIN, BINDINGS, parse_trusted_origins(grant))
    assert isinstance(verdict, Allowed) is allowed
    if isinstance(verdict, Refused):
        assert "if you trust it and the network, which can read the credential, run" in verdict.hint


def test_a_grant_for_plain_http_is_none_for_https() -> None:
    grants = parse_trusted_origins("env:LAB_API_KEY=http://gpu.example")
    assert isinstance(decide(env("LAB_API_KEY"), parse_origin("https://gpu.example"), BINDINGS, grants), Refused)


def test_no_descriptor_binds_a_credential_without_encryption() -> None:
    bindings = Bindings(
        {"anthropic": frozenset({PLAIN})},
        {"ANTHROPIC_API_KEY": frozenset({"anthropic"})},
        families={"anthropic": (re.compile("http://gpu.*"),)},
    )
    assert isinstance(decide(env("ANTHROPIC_API_KEY"), PLAIN, bindings, ()), Refused)


def test_a_public_value_does_not_leave_this_machine_either() -> None:
    assert isinstance(decide(env("ANTHROPIC_API_KEY", "sandbox-ok"), PLAIN, BINDINGS, ()), Refused)
