"""How a provider is asked: the credential that is taken, and whether it may go where requests go."""

from __future__ import annotations

from typing import Any

import pytest

from tests.probe.making import granted, view
from text2llm.auth.order import DropReason
from text2llm.auth.sources import SourceKind
from text2llm.config.parse import build_config
from text2llm.config.reader import read_document
from text2llm.providers.registry import load_registry
from text2llm.rules.check_config import check_config
from text2llm.settings.binding import bind_registry
from text2llm.settings.model import Settings
from text2llm.trust.bindings import TrustedOriginsError, decide
from text2llm.upstream.access import Access, find_access
from text2llm.upstream.obstacle import check_address

KEY = "key-of-forty-characters-or-something-ok"
STAGING = "models: {providers: {anthropic: {baseUrl: 'https://staging.example', apiKey: '${STAGING_KEY}'}}}\n"
STORED = {"profiles": {"anthropic:prod": {"type": "api_key", "provider": "anthropic", "key": KEY}}}


def reach(provider: str, config: str = "", store: Any = None, model: str | None = None, **environ: str) -> Access:
    return find_access(provider, view(f"version: 1\n{config}", store, environ), model)


def lab(entry: str = "") -> str:
    return f"models: {{providers: {{lab: {{{entry}}}}}}}\n"


@pytest.mark.parametrize(
    ("provider", "config", "kind"),
    [
        ("ollama", "", SourceKind.NONE),
        ("lmstudio", "", SourceKind.NONE),
        ("anthropic", "", SourceKind.MISSING),
        ("nobody", "", SourceKind.MISSING),
        ("lab", lab(), SourceKind.MISSING),
        ("lab", lab("baseUrl: 'http://127.0.0.1:8000/v1'"), SourceKind.NONE),
        ("lab", lab("baseUrl: 'http://localhost'"), SourceKind.NONE),
        ("lab", lab("baseUrl: 'http://[::1]:1/'"), SourceKind.NONE),
        ("lab", lab("baseUrl: 'http://127.0.0.1.example/v1'"), SourceKind.MISSING),
        ("lab", lab("baseUrl: 'http://127.0.0.1:8000/v1', apiKey: '${GONE}'"), SourceKind.MISSING),
        ("lab", lab("api: ollama"), SourceKind.MISSING),
    ],
)
def test_who_needs_a_credential(provider: str, config: str, kind: SourceKind) -> None:
    found = reach(provider, config)
    assert (found.credential.kind, found.refused, found.usable) == (kind, None, ())


def test_refused_credential_is_skipped_for_the_next_allowed_one() -> None:
    grants = granted("https://staging.example", "env:STAGING_KEY")
    found = reach("anthropic", STAGING, STORED, ANTHROPIC_API_KEY=KEY, STAGING_KEY=KEY, **grants)
    assert (found.credential.label, found.refused) == ("STAGING_KEY", None)
    assert [each.label for each in found.usable] == ["STAGING_KEY"]
    assert [(each.label, each.reason, each.message) for each in found.credential.rejected] == [
        ("anthropic:prod", DropReason.UNTRUSTED, "may not be sent to https://staging.example"),
        ("ANTHROPIC_API_KEY", DropReason.UNTRUSTED, "may not be sent to https://staging.example"),
    ]


def test_where_none_may_go_the_hint_names_what_the_configuration_names() -> None:
    found = reach("anthropic", STAGING, STORED, STAGING_KEY=KEY)
    assert found.refused is not None
    assert (found.credential.label, str(found.refused.credential)) == ("STAGING_KEY", "env:STAGING_KEY")
    assert "--credential env:STAGING_KEY --origin https://staging.example" in found.refused.hint
    assert [each.label for each in found.usable] == ["STAGING_KEY", "anthropic:prod"]


def test_where_the_configuration_names_none_the_first_is_refused() -> None:
    config = "models: {providers: {anthropic: {baseUrl: 'https://staging.example'}}}\n"
    found = reach("anthropic", config, STORED, ANTHROPIC_API_KEY=KEY)
    assert found.refused is not None
    assert str(found.refused.credential) == "profile:anthropic:prod"


def test_variable_of_the_configuration_may_not_go_to_a_built_in_address_either() -> None:
    found = reach("anthropic", "models: {providers: {anthropic: {apiKey: '${MY_KEY}'}}}\n", MY_KEY=KEY)
    assert found.refused is not None
    assert (str(found.refused.credential), str(found.refused.origin)) == ("env:MY_KEY", "https://api.anthropic.com")


def test_grants_of_the_settings_count() -> None:
    seen = view(f"version: 1\n{STAGING}", None, {"STAGING_KEY": KEY})
    (grant,) = reach("x", **granted("https://staging.example", "env:STAGING_KEY")).view.trust.grants
    seen.settings = Settings(grants=(grant,))
    assert find_access("anthropic", seen, None).refused is None


def test_public_value_stays_on_this_machine() -> None:
    assert reach("openai", OPENAI_API_KEY="sandbox-ok").refused is not None
    assert reach("lab", lab("baseUrl: 'http://127.0.0.1:9', apiKey: sandbox-ok")).refused is None


@pytest.mark.parametrize(
    ("url", "refused"), [("http://127.0.0.1:9", False), ("https://lab.example", True), ("https://a b", False)]
)
def test_unread_value_may_be_a_public_value(url: str, refused: bool) -> None:  # noqa: FBT001
    kept = {"type": "api_key", "provider": "lab", "key": {"source": "file", "id": "/secret"}}
    found = reach("lab", lab(f"baseUrl: '{url}'"), {"profiles": {"lab:me": kept}})
    assert (found.credential.is_unread(), found.refused is not None) == (True, refused)


def test_header_takes_the_place_of_the_credential_that_it_would_hide() -> None:
    config = lab("baseUrl: 'https://lab.example', apiKey: '${LAB}', headers: {Authorization: '${WHOLE}'}")
    found = reach("lab", config, LAB=KEY, WHOLE=KEY, **granted("https://lab.example", "env:WHOLE"))
    assert (found.credential.label, found.refused) == ("LAB", None)
    assert [str(each.credential.name) for each in found.secrets] == ["env:WHOLE"]


def test_variable_of_a_header_that_may_not_go_there_refuses_every_credential() -> None:
    config = lab("baseUrl: 'https://lab.example', apiKey: '${LAB}', headers: {x-team: '${TEAM}'}")
    found = reach("lab", config, LAB=KEY, TEAM=KEY, **granted("https://lab.example", "env:LAB"))
    assert found.refused is not None
    assert str(found.refused.credential) == "env:TEAM"
    alone = reach("lab", lab("baseUrl: 'https://lab.example', headers: {x-team: '${TEAM}'}"), TEAM=KEY)
    assert alone.refused is not None


def test_model_says_which_endpoint_is_asked() -> None:
    responses, usual = (reach("openai", model=model).address for model in ("gpt-5.2", None))
    assert responses.api == "openai-responses"
    assert (usual.api, usual.moved, reach("openai").place) == (load_registry().get("openai").api, False, None)  # type: ignore[union-attr]


@pytest.mark.parametrize("provider_id", load_registry().ids())
def test_own_credentials_are_allowed_without_loading_trust(provider_id: str) -> None:
    registry = load_registry()
    provider, bindings = registry.get(provider_id), bind_registry(registry)
    assert provider is not None
    store = {"profiles": {"a": {"type": "api_key", "provider": provider_id, "key": KEY}}}
    for environ in ({}, *({each.name: "tid=" + KEY} for each in provider.credential_vars())):
        found = reach(provider_id, store=None if environ else store, **environ)
        for each in found.decisions:
            certain = found._is_bound()
            assert certain is (not provider.local)
            assert (found.refused is None) is certain
            assert each == decide(found.secrets[0].credential, each.origin, bindings, (), None) or not found.secrets


@pytest.mark.parametrize("value", ["garbage", "env:A=http://api.openai.com", " x "])
def test_grants_that_cannot_be_read_are_an_error_for_whoever_decides(value: str) -> None:
    with pytest.raises(TrustedOriginsError):
        reach("ollama", TEXT2LLM_TRUSTED_ORIGINS=value)


LAN = "baseUrl: 'http://%s/v1'"


@pytest.mark.parametrize(
    "host",
    [
        *(
            "192.168.1.10:8000",
            "10.0.0.1",
            "172.31.0.1",
            "169.254.1.1",
            "[fd00::1]:8000",
            "[fe80::1]",
            "gpu",
            "gpu.local",
        ),
        *("host.docker.internal:1", "llm.home.arpa", "ollama.ollama.svc.cluster.local:11434"),
    ],
)
def test_a_server_in_ones_own_network_needs_no_credential(host: str) -> None:
    found = reach("lab", lab(LAN % host))
    assert (found.credential.kind, found.refused, found.fault) == (SourceKind.NONE, None, None)


@pytest.mark.parametrize("host", ["llm.example.com", "8.8.8.8", "172.32.0.1", "10.example.com", "[2001:db8::1]"])
def test_a_server_elsewhere_needs_one(host: str) -> None:
    assert reach("lab", lab(LAN % host)).credential.kind is SourceKind.MISSING


def test_what_has_no_tls_in_ones_own_network_gets_no_credential_without_a_grant() -> None:
    config = lab(LAN % "gpu" + ", apiKey: '${K}', headers: {X-Team: '${TEAM}'}")
    refused = reach("lab", config, K="k", TEAM="t")
    assert refused.refused is not None
    half = reach("lab", config, K="k", TEAM="t", TEXT2LLM_TRUSTED_ORIGINS="env:K=http://gpu")
    assert str(half.refused and half.refused.credential) == "env:TEAM"
    both = "env:K=http://gpu env:TEAM=http://gpu"
    assert reach("lab", config, K="k", TEAM="t", TEXT2LLM_TRUSTED_ORIGINS=both).refused is None
    over_tls = both.replace("http:", "https:")
    assert reach("lab", config, K="k", TEAM="t", TEXT2LLM_TRUSTED_ORIGINS=over_tls).refused is not None


AZURE = "AZURE_OPENAI_RESOURCE_NAME"


@pytest.mark.parametrize(
    ("provider", "config", "environ", "fault"),
    [
        ("lab", lab(), {}, "the provider has no baseUrl"),
        ("groq", "models: {providers: {groq: {api: anthropic-messages}}}\n", {}, "groq has no address for the API"),
        ("groq", "models: {providers: {groq: {api: openai-completions}}}\n", {}, None),
        ("azure-openai", "", {}, "its base URL has a placeholder that must be filled in"),
        ("azure-openai", "", {AZURE: "not a label"}, "is not valid: it becomes a part of the base URL"),
        ("azure-openai", "", {AZURE: "mine"}, None),
        ("anthropic", "", {}, None),
    ],
)
def test_validate_status_and_gate_say_the_same_of_an_address(
    provider: str, config: str, environ: dict[str, str], fault: str | None
) -> None:
    access = reach(provider, config, None, "m", **environ)
    text = None if access.fault is None else access.fault.text
    assert (fault or "") in (text or "")
    assert (text is None) is (fault is None)
    whole = f"version: 1\nagents: {{defaults: {{model: {provider}/m}}}}\nrules: {{unknown-model: off}}\n{config}"
    checked = check_config(build_config(read_document("c.yaml", whole.encode()), {}), load_registry(), environ=environ)
    found = [(each.message, each.hint) for each in checked if each.rule == "missing-address"]
    said = [] if access.fault is None else [(f"nothing can be sent to {provider}/m: {text}", access.fault.hint)]
    assert found == said
    verdict = check_address(provider, access.address, environ)
    assert (verdict and verdict.error) == text
