from __future__ import annotations

from typing import Any

import pytest

from tests.probe.making import NOW, granted, only_call, targets
from text2llm.errors import UsageError
from text2llm.probe.result import ProbeOptions, ProbeSource
from text2llm.probe.targets import ProbeTarget
from text2llm.secret import Secret
from text2llm.upstream.exchange.identity import CopilotIdentity
from text2llm.upstream.verdict import Verdict
from text2llm.upstream.wire.shape import CompletionCall

ANTHROPIC = "agents: {defaults: {model: anthropic/claude-opus-4-5}}\n"
LAB = """
agents: {defaults: {model: lab/m1}}
models: {providers: {lab: {baseUrl: 'https://lab.example/v1', apiKey: '${LAB_KEY}', models: [{id: m1}]}}}
"""


AT_LAB = granted("https://lab.example", "env:LAB_KEY", "env:WHOLE", "env:MINE", "profile:lab:me")


def key(value: str = "sk-1") -> dict[str, Any]:
    return {"type": "api_key", "provider": "anthropic", "key": value}


def told(found: tuple[ProbeTarget, ...]) -> list[tuple[str, str | None, str]]:
    """Label, model and, when nothing will be sent, the reason."""
    return [(each.subject.label, each.subject.model, reason(each)) for each in found]


def reason(target: ProbeTarget) -> str:
    if isinstance(target.call, CompletionCall):
        return "sent"
    assert isinstance(target.call, Verdict)
    assert target.call.reason is not None
    return target.call.reason.word


def refusal(target: ProbeTarget) -> Verdict:
    assert isinstance(target.call, Verdict)
    return target.call


def test_every_profile_is_a_target_and_the_environment_is_left_out() -> None:
    store = {"profiles": {"anthropic:a": key(), "anthropic:b": key()}}
    assert told(targets(ANTHROPIC, store, {"ANTHROPIC_API_KEY": "x"})) == [
        ("anthropic:a", "anthropic/claude-opus-4-5", "sent"),
        ("anthropic:b", "anthropic/claude-opus-4-5", "sent"),
    ]


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        (key(""), "missing_credential"),
        ({"type": "token", "provider": "anthropic", "token": "t", "expires": NOW - 1}, "expired"),
        (key() | {"key": {"source": "env", "id": "UNSET"}}, "unresolved_ref"),
        (key() | {"key": {"source": "keyring", "id": "x"}}, "unresolved_ref"),
        ({"type": "passkey", "provider": "anthropic"}, "unresolved_ref"),
        ({"type": "oauth", "provider": "anthropic", "access": "a", "refresh": "r", "expires": NOW - 1},
         "needs_refresh"),
        ({"type": "oauth", "provider": "anthropic", "refresh": "r"}, "needs_refresh"),
        ({"type": "oauth", "provider": "anthropic", "access": "a", "refresh": "r", "expires": NOW + 1000}, "sent"),
        (key() | {"key": {"source": "env", "id": "SET"}}, "sent"),
    ],
)  # fmt: skip
def test_profile_that_cannot_be_sent_says_why(entry: dict[str, Any], expected: str) -> None:
    found = targets(ANTHROPIC, {"profiles": {"anthropic:a": entry}}, {"SET": "value"})
    assert told(found) == [("anthropic:a", "anthropic/claude-opus-4-5", expected)]
    assert found[0].subject.source is ProbeSource.PROFILE
    assert found[0].subject.profile_id == "anthropic:a"


def test_profile_outside_the_order_is_named_and_not_sent() -> None:
    store = {"profiles": {"anthropic:a": key(), "anthropic:b": key()}, "order": {"anthropic": ["anthropic:b"]}}
    assert [(label, why) for label, _, why in told(targets(ANTHROPIC, store))] == [
        ("anthropic:b", "sent"),
        ("anthropic:a", "excluded_by_auth_order"),
    ]


def test_environment_is_used_without_a_usable_profile() -> None:
    store = {"profiles": {"anthropic:a": key("")}}
    assert [(label, why) for label, _, why in told(targets(ANTHROPIC, store, {"ANTHROPIC_API_KEY": "x"}))] == [
        ("ANTHROPIC_API_KEY", "sent"),
        ("anthropic:a", "missing_credential"),
    ]


def test_provider_without_any_credential_says_so() -> None:
    (target,) = targets(ANTHROPIC)
    assert reason(target) == "missing_credential"
    assert refusal(target).error == "no credential for anthropic"
    assert target.subject.source is ProbeSource.ENV


def test_variable_of_a_config_that_is_not_set_is_named() -> None:
    (target,) = targets(LAB)
    assert reason(target) == "unresolved_ref"
    assert "LAB_KEY" in str(refusal(target).error)


@pytest.mark.parametrize(
    ("config", "model"),
    [
        ("agents: {defaults: {model: openai/gpt-5.2, imageModel: openai/gpt-4o}}\n", "openai/gpt-5.2"),
        ("agents: {defaults: {model: {primary: openai/a, fallbacks: [openai/b]}}}\n", "openai/a"),
        ("agents: {defaults: {imageModel: {primary: openai/i, fallbacks: [openai/j]}}}\n", "openai/i"),
        ("agents: {defaults: {models: {openai/c: {alias: c}}}}\n", "openai/c"),
        ("models: {providers: {openai: {models: [{id: own}]}}}\n", "openai/own"),
        ("models: {providers: {openai: {headers: {x-a: b}}}}\n", "openai/gpt-5-nano"),
    ],
)
def test_first_suitable_model_is_taken(config: str, model: str) -> None:
    (target,) = targets(config, environ={"OPENAI_API_KEY": "x"})
    assert target.subject.model == model
    assert reason(target) == "sent"


def test_stored_provider_that_no_model_uses_is_probed_with_its_cheap_model() -> None:
    store = {"profiles": {"claude:x": key()}}
    assert told(targets("version: 1\n", store)) == [("claude:x", "anthropic/claude-haiku-4-5-20251001", "sent")]


def test_provider_without_a_known_model_has_no_candidate() -> None:
    (target,) = targets("models: {providers: {lab: {baseUrl: 'https://lab.example'}}}\n", environ={})
    assert reason(target) == "no_candidate"
    assert target.subject.model is None


def test_narrowing_by_provider_and_profile() -> None:
    config = ANTHROPIC + "models: {providers: {openai: {}}}\n"
    store = {"profiles": {"anthropic:a": key(), "anthropic:b": key()}}
    environ = {"OPENAI_API_KEY": "x"}
    assert len(targets(config, store, environ)) == 3
    by_provider = targets(config, store, environ, ProbeOptions(provider="Claude"))
    assert [each.subject.label for each in by_provider] == ["anthropic:a", "anthropic:b"]
    by_profile = targets(config, store, environ, ProbeOptions(profile_ids=("anthropic:b",)))
    assert [each.subject.label for each in by_profile] == ["anthropic:b"]


@pytest.mark.parametrize(
    ("config", "options", "message", "hint"),
    [
        (ANTHROPIC, ProbeOptions(provider="groq"), "--probe-provider: neither", "name one of: anthropic"),
        ("version: 1\n", ProbeOptions(provider="groq"), "--probe-provider: neither", "configure a model first"),
        (
            ANTHROPIC,
            ProbeOptions(profile_ids=("x",)),
            "--probe-profile: profile 'x'",
            "no provider in view",
        ),
    ],
)
def test_narrowing_to_nothing_is_wrong_usage(config: str, options: ProbeOptions, message: str, hint: str) -> None:
    with pytest.raises(UsageError) as caught:
        targets(config, options=options)
    assert caught.value.message.startswith(message)
    assert str(caught.value.hint).startswith(hint)


def test_unknown_profile_names_those_in_view() -> None:
    with pytest.raises(UsageError) as caught:
        targets(ANTHROPIC, {"profiles": {"anthropic:a": key()}}, options=ProbeOptions(profile_ids=("anthropic:b",)))
    assert caught.value.hint == "name one of: anthropic:a"


def test_call_of_a_built_in_provider_follows_its_descriptor() -> None:
    call = only_call("agents: {defaults: {model: openai/gpt-5.2}}\n", environ={"OPENAI_API_KEY": "sk-x"})
    assert (call.api, str(call.base), call.path) == ("openai-responses", "https://api.openai.com/v1", "/responses")
    assert (call.max_tokens_field, call.min_tokens, call.place) == ("max_output_tokens", 16, None)
    (header,) = call.credentials
    assert (header.name, header.prefix, str(header.credential.name)) == (
        "Authorization",
        "Bearer ",
        "env:OPENAI_API_KEY",
    )


def test_model_that_another_api_of_its_provider_serves_is_asked_there() -> None:
    call = only_call("agents: {defaults: {model: opencode/gpt-5}}\n", environ={"OPENCODE_API_KEY": "k"})
    assert (call.api, call.path) == ("openai-responses", "/responses")


def test_anthropic_key_and_token_travel_in_their_own_headers() -> None:
    by_key = only_call(ANTHROPIC, environ={"ANTHROPIC_API_KEY": "sk-ant-api03-x"})
    assert [(each.name, each.prefix) for each in by_key.credentials] == [("x-api-key", "")]
    assert by_key.headers == {"anthropic-version": "2023-06-01"}
    for environ in ({"ANTHROPIC_OAUTH_TOKEN": "t"}, {"ANTHROPIC_API_KEY": "sk-ant-oat01-x"}):
        by_token = only_call(ANTHROPIC, environ=environ)
        assert [(each.name, each.prefix) for each in by_token.credentials] == [("Authorization", "Bearer ")]
        assert by_token.headers == {"anthropic-version": "2023-06-01", "anthropic-beta": "oauth-2025-04-20"}


def test_call_of_a_configured_provider_has_the_place_of_its_origin() -> None:
    call = only_call(LAB, environ={"LAB_KEY": "x", **AT_LAB})
    assert (call.api, str(call.base), call.path) == (
        "openai-completions",
        "https://lab.example/v1",
        "/chat/completions",
    )
    assert (call.place and call.place.line, str(call.credentials[0].credential.name)) == (3, "env:LAB_KEY")


def test_public_value_of_a_config_has_a_name_that_cannot_be_granted() -> None:
    call = only_call(LAB.replace("${LAB_KEY}", "sandbox-ok").replace("https://lab.example", "http://127.0.0.1:1"))
    assert str(call.credentials[0].credential.name) == "config:lab"


def test_profile_of_a_configured_provider_is_sent_as_its_api_wants_it() -> None:
    config = LAB.replace("baseUrl", "api: anthropic-messages, baseUrl")
    store = {"profiles": {"lab:me": {"type": "api_key", "provider": "lab", "key": "k"}}}
    (target,) = targets(config, store, AT_LAB)
    assert isinstance(target.call, CompletionCall)
    (header,) = target.call.credentials
    assert (header.name, str(header.credential.name), header.credential.name.provider) == (
        "x-api-key",
        "profile:lab:me",
        "lab",
    )
    assert target.call.path == "/v1/messages"


def test_changed_api_of_a_built_in_provider_takes_that_apis_facts() -> None:
    config = "models: {providers: {deepseek: {api: anthropic-messages, models: [{id: x}]}}}\n"
    call = only_call(config, environ={"DEEPSEEK_API_KEY": "k"})
    assert (call.api, call.path) == ("anthropic-messages", "/v1/messages")
    strange = (
        "models: {providers: {groq: {api: anthropic-messages, baseUrl: 'https://api.groq.com', models: [{id: x}]}}}\n"
    )
    call = only_call(strange, environ={"GROQ_API_KEY": "k"})
    assert (call.api, call.path, call.credentials[0].name) == ("anthropic-messages", "/v1/messages", "x-api-key")


def test_headers_of_a_config_win_and_their_variables_are_credentials() -> None:
    config = """
models: {providers: {lab: {api: anthropic-messages, baseUrl: 'http://127.0.0.1:1', models: [{id: m}],
  headers: {Anthropic-Version: '2024-01-01', X-Api-Key: '${MINE}'}}}}
"""
    call = only_call(config, environ={"MINE": "v", **granted("http://127.0.0.1:1", "env:MINE")})
    assert call.headers == {"anthropic-version": "2024-01-01"}
    assert [(each.name, each.prefix, str(each.credential.name)) for each in call.credentials] == [
        ("X-Api-Key", "", "env:MINE")
    ]


def test_header_with_a_variable_replaces_the_key_and_an_unset_one_is_reported() -> None:
    config = LAB.replace("models: [", "headers: {authorization: '${WHOLE}'}, models: [")
    call = only_call(config, environ={"LAB_KEY": "k", "WHOLE": "Bearer v", **AT_LAB})
    assert [(each.name, str(each.credential.name)) for each in call.credentials] == [("authorization", "env:WHOLE")]
    (target,) = targets(config, environ={"LAB_KEY": "k"})
    assert refusal(target).error == "the header authorization needs the variable WHOLE, which is not set"


def test_provider_whose_only_credential_is_a_header_is_sent() -> None:
    config = """
models: {providers: {lab: {baseUrl: 'https://lab.example', models: [{id: m}], headers: {x-key: '${MINE}'}}}}
"""
    assert [each.name for each in only_call(config, environ={"MINE": "v", **AT_LAB}).credentials] == ["x-key"]


def test_key_for_a_provider_that_wants_none_travels_as_usual() -> None:
    config = "models: {providers: {ollama: {apiKey: '${MINE}', models: [{id: m}]}}}\n"
    call = only_call(config, environ={"MINE": "v", **granted("http://127.0.0.1:11434", "env:MINE")})
    assert (call.api, call.credentials[0].name, call.credentials[0].prefix) == ("ollama", "Authorization", "Bearer ")


@pytest.mark.parametrize(
    ("url", "api", "path"),
    [
        ("http://127.0.0.1:11434", "ollama", "/api/chat"),
        ("http://127.0.0.1:11434/", "ollama", "/api/chat"),
        ("http://127.0.0.1:11434/v1", "openai-completions", "/chat/completions"),
        ("http://127.0.0.1:11434/elsewhere", "ollama", "/api/chat"),
    ],
)
def test_configured_base_url_selects_the_api(url: str, api: str, path: str) -> None:
    call = only_call(f"models: {{providers: {{ollama: {{baseUrl: '{url}', models: [{{id: m}}]}}}}}}\n")
    assert (call.api, call.path) == (api, path)


def test_token_that_must_be_exchanged_is_not_sent() -> None:
    config = "agents: {defaults: {model: github-copilot/gpt-5-mini}}\n"
    call = only_call(config, environ={"COPILOT_GITHUB_TOKEN": "gho_x"})
    assert isinstance(call.identity, CopilotIdentity)
    assert (call.credentials, call.identity.secret.secret) == ((), Secret("gho_x"))
    assert only_call(config, environ={"COPILOT_GITHUB_TOKEN": "tid=1;exp=2"}).api == "openai-completions"


def test_local_server_is_asked_without_a_credential() -> None:
    config = "models: {providers: {lab: {baseUrl: 'http://127.0.0.1:1/v1', models: [{id: m}]}}}\n"
    (target,) = targets(config)
    assert isinstance(target.call, CompletionCall)
    assert (target.call.credentials, target.subject.mode, target.subject.source) == ((), "none", ProbeSource.CONFIG)


@pytest.mark.parametrize(
    ("config", "environ", "word", "text"),
    [
        ("agents: {defaults: {model: google-gemini-cli/gemini-2.5-flash}}\n", {"GEMINI_CLI_ACCESS_TOKEN": "k"},
         "missing_credential", "no credential for google-gemini-cli"),
        (LAB.replace("baseUrl:", "api: openai-codex-responses, baseUrl:"), {"LAB_KEY": "k", **AT_LAB}, "unclassified",
         "the wire format openai-codex-responses cannot be probed yet"),
        ("agents: {defaults: {model: azure-openai/x}}\n", {"AZURE_OPENAI_API_KEY": "k"}, "unclassified",
         "its base URL has a placeholder that must be filled in"),
        ("agents: {defaults: {model: azure-openai/x}}\n", {"AZURE_CLIENT_SECRET": "k"}, "unresolved_ref",
         "env:AZURE_CLIENT_SECRET needs AZURE_TENANT_ID too, which is not set"),
        ("agents: {defaults: {model: nobody/x}}\n", {}, "missing_credential", "no credential for nobody"),
        (LAB.replace("https://lab.example", "http://api.openai.com"), {"LAB_KEY": "k"}, "bad_request",
         "models.providers.lab.baseUrl: the URL uses plain http to a host of a built-in provider"),
        (LAB.replace("https://lab", "http://lab"), {"LAB_KEY": "k", **AT_LAB}, "untrusted_origin",
         "env:LAB_KEY is not bound to http://lab.example (text2llm.yaml:3:37): nothing was sent"),
        (LAB.replace("baseUrl: 'https://lab.example/v1', ", ""), {"LAB_KEY": "k"}, "unclassified",
         "the provider has no baseUrl"),
    ],
)  # fmt: skip
def test_what_cannot_be_reached_says_why(config: str, environ: dict[str, str], word: str, text: str) -> None:
    (target,) = targets(config, environ=environ)
    assert (reason(target), refusal(target).error) == (word, text)
