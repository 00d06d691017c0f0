"""Whoever tells whether a credential may go where requests go tells the same: it is one function that they ask.

The table is kinds of credential by addresses by what a person granted. ``text2llm run`` and the like join it here.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

import pytest

from tests.running import Run
from tests.status.world import KEY, NOW, assert_valid, profiles, with_model, write_config, write_store
from text2llm.auth.reading import Reading
from text2llm.auth.store import parse_store
from text2llm.catalog.bundle import load_bundle
from text2llm.config.parse import build_config
from text2llm.config.reader import read_document
from text2llm.errors import ExitCode
from text2llm.explain.credential import trace_credentials
from text2llm.plan.grants import Granted
from text2llm.probe.result import ProbeOptions
from text2llm.probe.routes import RouteChoice, find_routes, plan_gate
from text2llm.probe.targets import find_targets
from text2llm.providers.registry import load_registry
from text2llm.sandbox.server import Sandbox, serve
from text2llm.secret import RefSource, Secret, SecretRef
from text2llm.status.credentials import list_provider
from text2llm.status.model_list import ModelFilter, list_models
from text2llm.status.summary import summarise
from text2llm.upstream.access import find_access
from text2llm.upstream.verdict import Reason, Verdict

VALUE = "key-of-forty-characters-or-something-ok"
REGISTRY, CATALOG = load_registry(), load_bundle()
YES, MISSING, REFUSED = "yes", "missing", "refused"


class Having(NamedTuple):
    """Credentials: what the configuration says, what is stored, and the variables."""

    entry: Mapping[str, Any] = MappingProxyType({})
    stored: tuple[str, ...] = ()
    environ: Mapping[str, str] = MappingProxyType({})


_MINE = {"apiKey": "${MY_KEY}"}
CREDENTIALS = {
    "none": Having(),
    "profile": Having(stored=("a",)),
    "kept profile": Having(stored=("kept",)),
    "variable": Having(environ={"ANTHROPIC_API_KEY": VALUE}),
    "public variable": Having(environ={"ANTHROPIC_API_KEY": "sandbox-ok"}),
    "configured": Having(_MINE, environ={"MY_KEY": VALUE}),
    "unset": Having(_MINE),
    "public": Having({"apiKey": "sandbox-ok"}),
    "profile and configured": Having(_MINE, ("a",), {"MY_KEY": VALUE}),
    "profile and public": Having({"apiKey": "sandbox-ok"}, ("a",)),
    "header": Having({"headers": {"x-key": "${MY_KEY}"}}, environ={"MY_KEY": VALUE}),
    "header in place": Having({"headers": {"x-api-key": "${MY_KEY}"}}, ("a",), {"MY_KEY": VALUE}),
    "header unset": Having({"headers": {"x-key": "${MY_KEY}"}}, ("a",)),
}
ADDRESSES = {
    "built in": ("anthropic", None),
    "written out": ("anthropic", "https://api.anthropic.com"),
    "staging": ("anthropic", "https://staging.example/v1"),
    "loopback": ("anthropic", "http://127.0.0.1:9"),
    "own": ("lab", "https://staging.example/v1"),
    "own on loopback": ("lab", "http://127.0.0.1:9"),
}
PLACES = ("https://staging.example", "http://127.0.0.1:9", "https://api.anthropic.com")
GRANTED = {
    "nothing": (),
    "variable": ("env:MY_KEY",),
    "profile": ("profile:PROVIDER:a",),
    "provider": ("provider:PROVIDER",),
    "all": ("env:MY_KEY", "provider:PROVIDER", "profile:PROVIDER:a", "profile:PROVIDER:kept"),
}


class Case(NamedTuple):
    """One cell of the table, as everybody sees it; a probe alone reads what is ``kept`` elsewhere."""

    provider: str
    view: Reading
    probing: Reading


def make_case(having: Having, address: tuple[str, str | None], grants: tuple[str, ...]) -> Case:
    provider, url = address
    entry = {**having.entry} | ({} if url is None else {"baseUrl": url}) | {"api": "anthropic-messages"}
    data = {"version": 1, **with_model(f"{provider}/m"), "models": {"providers": {provider: entry}}}
    config = build_config(read_document("text2llm.yaml", json.dumps(data).encode()), {})
    values = {"a": VALUE, "kept": {"source": "file", "id": "/x"}}
    stored = {
        f"{provider}:{name}": {"type": "api_key", "provider": provider, "key": values[name]} for name in having.stored
    }
    store = parse_store(json.dumps({"version": 1, "profiles": stored}).encode(), "store.json")
    pairs = " ".join(f"{name.replace('PROVIDER', provider)}={place}" for name in grants for place in PLACES)
    environ = {**having.environ, "TEXT2LLM_TRUSTED_ORIGINS": pairs}
    seen = Reading(config, store, environ, REGISTRY, NOW, store_path="store.json")
    return Case(provider, seen, seen.knowing({SecretRef(RefSource.FILE, "/x"): Secret(VALUE)}))


def ask_status(case: Case) -> tuple[str, str]:
    (route,) = summarise(case.view).routes
    # 2: nobody has looked at it, or it expires soon.
    words = {ExitCode.OK: YES, ExitCode.WARNING: YES, ExitCode.FAILURE: MISSING, ExitCode.REFUSED: REFUSED}
    return words[route.verdict], route.credential.label


def ask_model_list(case: Case) -> str:
    (row,) = (row for row in list_models(case.view, CATALOG, ModelFilter()).rows if row.ref.model == "m")
    return REFUSED if row.refused is not None else YES if row.available else MISSING


def ask_auth_list(case: Case) -> tuple[str, str | None]:
    listing = list_provider(case.provider, case.view)
    taken = next((each.label for each in listing.credentials if each.taken), None)
    if listing.refusal is not None:
        return REFUSED, taken
    return (YES if taken is not None or listing.free else MISSING), taken


def ask_explain(case: Case) -> str:
    access = find_access(case.provider, case.view, "m")
    granted = tuple(Granted(each, None) for each in case.view.trust.grants)
    used, *permissions = trace_credentials(access, granted)
    if used.value is None:
        return MISSING
    return REFUSED if any(part.value == "no" for part in permissions) else YES


def tell(call: object) -> str:
    if not isinstance(call, Verdict):
        return YES
    return REFUSED if call.reason is Reason.UNTRUSTED_ORIGIN else MISSING


def ask_gate(case: Case) -> tuple[str, str]:
    (target,) = plan_gate(
        {"main": case.probing}, find_routes(("main",), case.view.resolver, RouteChoice()), RouteChoice()
    ).targets
    return tell(target.call), target.subject.label


def ask_status_probe(case: Case) -> set[str]:
    found = find_targets(case.probing, ProbeOptions())
    return {tell(target.call) for target in found}


@pytest.mark.parametrize(("having", "address", "granted"), [*itertools.product(CREDENTIALS, ADDRESSES, GRANTED)])
def test_all_commands_agree_on_access(having: str, address: str, granted: str) -> None:
    case = make_case(CREDENTIALS[having], ADDRESSES[address], GRANTED[granted])
    answer, label = ask_gate(case)
    if having == "kept profile" and "loopback" in address and answer == REFUSED:
        # Nobody but a probe reads it: it could be a public value of the sandbox, which may go there.
        answer = YES
    assert ask_status(case) == (answer, label)
    assert ask_model_list(case) == answer
    told, taken = ask_auth_list(case)
    assert (told, taken or label) == (answer, label)
    assert ask_explain(case) == answer
    probed = ask_status_probe(case)
    assert answer in probed or (answer, probed) == (YES, {REFUSED})
    assert YES not in probed or answer == YES


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with serve() as running:
        yield running


@pytest.mark.parametrize(
    ("entry", "environ", "code"),
    [
        ({"apiKey": "${MY_KEY}"}, {"MY_KEY": "sandbox-ok"}, 0),
        ({"apiKey": "${MY_KEY}"}, {"MY_KEY": VALUE}, 4),
        ({"apiKey": "${MY_KEY}"}, {"MY_KEY": VALUE, "TEXT2LLM_TRUSTED_ORIGINS": "env:MY_KEY=https://far.example"}, 4),
        ({"apiKey": "${MY_KEY}"}, {}, 1),
        ({"apiKey": "sandbox-ok"}, {"ANTHROPIC_API_KEY": VALUE}, 0),
        ({}, {"ANTHROPIC_API_KEY": VALUE}, 4),
        ({}, {"ANTHROPIC_API_KEY": "sandbox-ok", "TEXT2LLM_TRUSTED_ORIGINS": "garbage"}, 1),
    ],
)
def test_the_gate_that_runs_ends_as_check_does(  # noqa: PLR0917 - pytest passes them by name
    entry: dict[str, Any],
    environ: dict[str, str],
    code: int,
    run: Run,
    sandbox: Sandbox,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    write_config(
        {**with_model("anthropic/m"), "models": {"providers": {"anthropic": {"baseUrl": sandbox.url, **entry}}}}
    )
    before = len(sandbox.requests)
    assert run("models", "status", "--check").code == code
    assert run("probe").code == code
    assert len(sandbox.requests) - before == (code == 0)


def test_variable_that_the_configuration_names_may_not_go_to_the_built_in_address(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MY_KEY", VALUE)
    write_config(
        {**with_model("anthropic/claude-opus-4-5"), "models": {"providers": {"anthropic": {"apiKey": "${MY_KEY}"}}}}
    )
    refused = "may not be sent to https://api.anthropic.com"
    assert run("models", "status", "--check").code == ExitCode.REFUSED
    assert run("probe").code == ExitCode.REFUSED
    assert json.loads(run("models", "list", "--json").out)["models"][0]["refused"] == refused
    assert json.loads(run("models", "auth", "list", "--json").out)["providers"][0]["refused"] == f"env:MY_KEY {refused}"
    assert "env:MY_KEY may be sent to https://api.anthropic.com: no" in run("explain", "anthropic").out


def test_stored_production_key_neither_hides_nor_replaces_the_staging_key(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = "https://staging.example"
    staging = {"providers": {"anthropic": {"baseUrl": place, "apiKey": "${CORP_STAGING_KEY}"}}}
    write_config({**with_model("anthropic/claude-opus-4-5"), "models": staging})
    write_store(profiles(anthropic_prod=KEY))
    monkeypatch.setenv("CORP_STAGING_KEY", VALUE)
    hint = f"text2llm trust allow --credential env:CORP_STAGING_KEY --origin {place}"
    for command in (("models", "status", "--check"), ("probe",)):
        done = run(*command)
        told = " ".join((done.out + done.err).split())
        assert (done.code, hint in told, "--credential profile:" in told) == (ExitCode.REFUSED, True, False)
    monkeypatch.setenv("TEXT2LLM_TRUSTED_ORIGINS", f"env:CORP_STAGING_KEY={place}")
    done = run("models", "status", "--check", "--json")
    assert (done.code, json.loads(done.out)["routes"][0]["credential"]["label"]) == (0, "CORP_STAGING_KEY")
    (provider,) = json.loads(run("models", "auth", "list", "--json").out)["providers"]
    assert {each["label"]: (each["effective"], each["message"]) for each in provider["credentials"]} == {
        "CORP_STAGING_KEY": (True, None),
        "anthropic:prod": (False, f"may not be sent to {place}"),
    }


@pytest.mark.parametrize(
    "command",
    [
        ("models", "status"),
        ("models", "status", "--check"),
        ("models", "list"),
        ("models", "auth", "list"),
        ("models", "refresh"),
        ("explain", "anthropic"),
        ("trust", "list"),
        ("probe",),
    ],
    ids=" ".join,
)
def test_grants_that_cannot_be_read_are_an_error_everywhere(
    command: tuple[str, ...], run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEXT2LLM_TRUSTED_ORIGINS", "garbage")
    write_config(with_model("anthropic/claude-opus-4-5"))
    done = run(*command)
    assert (done.code, done.out) == (1, "")
    assert "TEXT2LLM_TRUSTED_ORIGINS: pair 1 does not start with a credential's name" in done.err


_TENANTS = {
    "amazon-bedrock/m": ({"AWS_BEARER_TOKEN_BEDROCK": VALUE}, "AWS_REGION", "us-east-1"),
    "google-vertex/gemini-3.1-pro-preview": (
        {"GOOGLE_APPLICATION_CREDENTIALS": "/f", "GOOGLE_CLOUD_PROJECT": "p"},
        "GOOGLE_CLOUD_LOCATION",
        "europe-west1",
    ),
    "azure-openai/m": ({"AZURE_OPENAI_API_KEY": VALUE}, "AZURE_OPENAI_RESOURCE_NAME", "my-resource"),
    "azure-openai/n": ({"AZURE_OPENAI_API_KEY": VALUE}, "AZURE_OPENAI_ENDPOINT", "my-resource"),
}


@pytest.mark.parametrize("value", ["evil.example/", "https://elsewhere.example", "a b", "-"])
@pytest.mark.parametrize("model", _TENANTS)
def test_variable_with_an_invalid_part_of_an_address_is_named(
    model: str, value: str, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    environ, variable, example = _TENANTS[model]
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION", "GOOGLE_CLOUD_LOCATION", "GOOGLE_VERTEX_LOCATION"):
        monkeypatch.delenv(name, raising=False)
    for name, each in {**environ, variable: value}.items():
        monkeypatch.setenv(name, each)
    write_config(with_model(model))
    status, gate = run("models", "status", "--check"), run("probe", "--json")
    for told in (" ".join(status.out.split()), json.loads(gate.out)["routes"][0]["probes"][0]["error"]):
        assert f"the value of {variable} is not valid" in told
        assert value == "-" or value not in told
    assert f"hint: correct {variable}" in status.out
    assert f"such as {example}" in json.loads(gate.out)["routes"][0]["probes"][0]["hint"]
    assert (status.code, gate.code) == (1, 1)


@pytest.mark.parametrize(
    ("entry", "environ", "text"),
    [
        ("lab", {"LABK": "sandbox-ok"}, "the provider has no baseUrl"),
        ("azure-openai", {"AZURE_OPENAI_API_KEY": VALUE}, "its base URL has a placeholder that must be filled in"),
    ],
)
def test_route_without_an_address_ends_as_the_gate_does(
    entry: str, environ: Mapping[str, str], text: str, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    lab = {"lab": {"api": "openai-completions", "apiKey": "${LABK}"}}
    write_config({**with_model(f"{entry}/m"), "models": {"providers": lab}})
    status = run("models", "status", "--check")
    assert (status.code, run("probe").code, text in status.out) == (2, 2, True)
    assert f"set models.providers.{entry}.baseUrl" in " ".join(status.out.split())
    document = json.loads(run("models", "status", "--json").out)
    assert_valid(document, "outputs/status")
    assert document["routes"][0]["fault"] == text
