from __future__ import annotations

import json
from typing import Any

import pytest

from tests.auth.stores import make_store
from text2llm.auth.order import DropReason
from text2llm.auth.reading import Reading
from text2llm.auth.sources import Rejected, SourceKind, find_credentials
from text2llm.config.parse import build_config
from text2llm.config.reader import read_document
from text2llm.providers.registry import load_registry
from text2llm.secret import RefSource, Secret, SecretRef

_TWO = {"anthropic:a": {"type": "token", "token": "t1"}, "anthropic:b": {"type": "api_key", "key": "k1"}}


def _view(
    profiles: dict[str, Any] | None = None,
    environ: dict[str, str] | None = None,
    providers: dict[str, Any] | None = None,
    stats: dict[str, Any] | None = None,
    kept: dict[SecretRef, Secret | str] | None = None,
) -> Reading:
    data = {"version": 1, "models": {"providers": providers or {}}}
    config = build_config(read_document("t.yaml", json.dumps(data).encode()), {})
    store = make_store({"profiles": profiles or {}, "usageStats": stats or {}}, "anthropic")
    return Reading(config, store, environ or {}, load_registry(), 1000, kept or {})


def _lab(**entry: str) -> dict[str, Any]:
    return {"Lab": {"api": "openai-completions", "baseUrl": "https://lab.example/v1", **entry}}


@pytest.mark.parametrize("provider", ["lab", "ollama"])
@pytest.mark.parametrize("profile", [{"type": "token", "token": "t", "expires": 1}, {"type": "api_key", "key": ""}])
def test_refused_profile_is_missed_where_none_is_needed(provider: str, profile: dict[str, Any]) -> None:
    view = _view({f"{provider}:a": {"provider": provider, **profile}}, providers=_lab(baseUrl="http://127.0.0.1/v1"))
    assert find_credentials(provider, view, None).effective.kind is SourceKind.MISSING


def test_profile_that_an_order_leaves_out_is_not_missed() -> None:
    data = {"version": 1, "models": {"providers": _lab(baseUrl="http://127.0.0.1/v1")}, "auth": {"order": {"lab": []}}}
    config = build_config(read_document("t.yaml", json.dumps(data).encode()), {})
    store = make_store({"profiles": {"lab:a": {"provider": "lab", "type": "api_key", "key": "k"}}}, "lab")
    view = Reading(config, store, {}, load_registry(), 1000, {})
    assert find_credentials("lab", view, None, local=True).effective.kind is SourceKind.NONE


def test_profiles_come_first() -> None:
    found = find_credentials("anthropic", _view(_TWO, {"ANTHROPIC_API_KEY": "e"}), None).effective
    assert (found.kind, found.label, found.mode, found.secret) == (
        SourceKind.PROFILE,
        "anthropic:a",
        "token",
        Secret("t1"),
    )
    assert found.profile_id == "anthropic:a"
    assert found.is_usable()


def test_every_usable_credential_in_order() -> None:
    view = _view(_TWO, {"ANTHROPIC_API_KEY": "e", "ANTHROPIC_OAUTH_TOKEN": "o", "ANTHROPIC_ADMIN_KEY": "no"})
    labels = [item.label for item in find_credentials("anthropic", view, None).usable]
    assert labels == ["anthropic:a", "anthropic:b", "ANTHROPIC_OAUTH_TOKEN", "ANTHROPIC_API_KEY"]


def test_login_variables_come_before_keys_whatever_the_descriptor_says() -> None:
    view = _view(environ={"MINIMAX_API_KEY": "k", "MINIMAX_OAUTH_TOKEN": "o"})
    found = find_credentials("minimax", view, None).effective
    assert (found.variable, found.mode, found.kind) == ("MINIMAX_OAUTH_TOKEN", "oauth", SourceKind.ENV)


def test_blank_variable_is_not_set() -> None:
    assert (
        find_credentials("anthropic", _view(environ={"ANTHROPIC_API_KEY": " \n"}), None).effective.kind
        is SourceKind.MISSING
    )


def test_dropped_profiles_are_reported_with_their_reasons() -> None:
    profiles = {"anthropic:old": {"type": "token", "token": "t", "expires": 5}}
    found = find_credentials("anthropic", _view(profiles, {"ANTHROPIC_API_KEY": "e"}), None).effective
    assert found.kind is SourceKind.ENV
    assert [(item.label, item.reason.value, item.message) for item in found.rejected] == [
        ("anthropic:old", "expired", "it has expired")
    ]


def test_reference_to_a_variable_is_read() -> None:
    profiles = {"anthropic:a": {"type": "api_key", "key": {"source": "env", "id": "MY_VAR"}}}
    found = find_credentials("anthropic", _view(profiles, {"MY_VAR": "v"}), None).effective
    assert (found.secret, found.ref) == (Secret("v"), SecretRef(RefSource.ENV, "MY_VAR"))


def test_reference_to_an_unset_variable_is_rejected() -> None:
    profiles = {"anthropic:a": {"type": "api_key", "key": {"source": "env", "id": "MY_VAR"}}}
    found = find_credentials("anthropic", _view(profiles), None).effective
    assert found.kind is SourceKind.MISSING
    assert [item.message for item in found.rejected] == ["it refers to the variable MY_VAR, which is not set"]


def test_reference_to_a_keyring_is_left_to_the_one_who_sends() -> None:
    profiles = {"anthropic:a": {"type": "api_key", "key": {"source": "keyring", "id": "x"}}}
    found = find_credentials("anthropic", _view(profiles), None).effective
    assert (found.kind, found.secret, found.ref) == (SourceKind.PROFILE, None, SecretRef(RefSource.KEYRING, "x"))


@pytest.mark.parametrize("source", ["keyring", "file"])
def test_reference_that_was_read_is_the_secret(source: str) -> None:
    profiles = {"anthropic:a": {"type": "api_key", "key": {"source": source, "id": "/x"}}}
    ref = SecretRef(RefSource(source), "/x")
    found = find_credentials("anthropic", _view(profiles, kept={ref: Secret("v")}), None).effective
    assert (found.kind, found.secret, found.ref) == (SourceKind.PROFILE, Secret("v"), ref)


def test_reference_that_could_not_be_read_is_rejected() -> None:
    profiles = {"anthropic:a": {"type": "api_key", "key": {"source": "file", "id": "/x"}}}
    kept: dict[SecretRef, Secret | str] = {SecretRef(RefSource.FILE, "/x"): "cannot read the file /x"}
    found = find_credentials("anthropic", _view(profiles, kept=kept), None).effective
    assert found.kind is SourceKind.MISSING
    assert found.rejected == (
        Rejected(SourceKind.PROFILE, "anthropic:a", DropReason.UNRESOLVED, "cannot read the file /x"),
    )


def test_login_with_only_a_refresh_token_is_usable_without_a_secret_yet() -> None:
    profiles = {"anthropic:a": {"type": "oauth", "refresh": "r"}}
    found = find_credentials("anthropic", _view(profiles), None).effective
    assert (found.kind, found.secret, found.mode) == (SourceKind.PROFILE, None, "oauth")
    assert found.credential is not None


def test_config_key_by_reference() -> None:
    view = _view(environ={"LAB_API_KEY": "v"}, providers=_lab(apiKey="${LAB_API_KEY}"))
    found = find_credentials("lab", view, None).effective
    assert (found.kind, found.label, found.secret) == (SourceKind.CONFIG, "LAB_API_KEY", Secret("v"))


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ("${LAB_API_KEY}", "the variable LAB_API_KEY is not set"),
        ("sk-literal", "it is a literal; only a reference such as ${NAME} is used"),
        ("x${LAB_API_KEY}", "it is a literal; only a reference such as ${NAME} is used"),
    ],
)
def test_config_key_that_cannot_be_used(written: str, message: str) -> None:
    found = find_credentials("lab", _view(providers=_lab(apiKey=written)), None).effective
    assert found.kind is SourceKind.MISSING
    assert [item.message for item in found.rejected] == [message]


def test_public_sandbox_value_may_stand_in_the_config() -> None:
    found = find_credentials("lab", _view(providers=_lab(apiKey="sandbox-ok")), None).effective
    assert (found.kind, found.secret) == (SourceKind.CONFIG, Secret("sandbox-ok"))


def test_sdk_credentials_are_reported_as_such_and_come_last() -> None:
    view = _view(environ={"AWS_PROFILE": "work", "AWS_BEARER_TOKEN_BEDROCK": "b"})
    assert [(item.kind, item.label) for item in find_credentials("amazon-bedrock", view, None).usable] == [
        (SourceKind.ENV, "AWS_BEARER_TOKEN_BEDROCK"),
        (SourceKind.SDK, "AWS_PROFILE"),
    ]
    assert find_credentials("amazon-bedrock", view, None).usable[1].secret is None


def test_profile_of_another_spelling_is_found() -> None:
    found = find_credentials("zai", _view({"z:1": {"type": "api_key", "key": "k", "provider": "Z.AI"}}), None).effective
    assert found.label == "z:1"


def test_no_environment_in_the_repr() -> None:
    assert "canary" not in repr(_view({"a:1": {"type": "api_key", "key": "canary"}}, {"X": "canary"}))


def test_header_that_is_a_variable_has_the_credential() -> None:
    providers = _lab() | {"Lab": {**_lab()["Lab"], "headers": {"x-team": "${TEAM}", "x-plain": "a"}}}
    found = find_credentials("lab", _view(environ={"TEAM": "t"}, providers=providers), None).effective
    assert (found.kind, found.label) == (SourceKind.NONE, "its headers have the credential")
    unset = find_credentials("lab", _view(providers=providers), None).effective
    assert (unset.kind, unset.rejected[0].label) == (SourceKind.MISSING, "${TEAM}")
