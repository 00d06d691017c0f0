"""Probes over real sockets: every behavior of the sandbox, sinks that must stay empty, and Ctrl-C."""

from __future__ import annotations

import json
import os
import signal
import threading
import time
from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.net.hostile import answer, listen, repeat
from tests.probe.making import completion, make_call, make_target, view
from text2llm.commands.status import probe_view
from text2llm.errors import ExitCode, worst_exit
from text2llm.net.message import Request, SecretHeader
from text2llm.probe import runner
from text2llm.probe.result import ProbeOptions, ProbeResult, ProbeSummary
from text2llm.probe.runner import run_probes
from text2llm.sandbox.server import Sandbox, serve
from text2llm.secret import Secret
from text2llm.trust.bindings import Bindings, CredentialKind, CredentialName, NamedSecret, Trust
from text2llm.upstream.verdict import Reason, Verdict
from text2llm.upstream.wire import build_completion
from text2llm.upstream.wire.shape import CompletionCall

QUICK = ProbeOptions(timeout_ms=700, concurrency=4)
NOTHING = Trust(Bindings())
KEY = "sk-real-0123456789abcdefghij"


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with serve() as running:
        yield running


EXPECTED = {
    "ok": "ok",
    "thinking": "ok",
    "slow": "timeout/deadline",
    "revoked": "auth/revoked",
    "expired": "auth/expired",
    "forbidden": "auth/forbidden",
    "unpaid": "billing/credit_exhausted",
    "limited": "rate_limit/rate_limited",
    "overloaded": "rate_limit/overloaded",
    "server-error": "unknown/server_error",
    "no-model": "no_model/model_not_found",
    "wrong-model": "ok",
    "no-choices": "unknown/invalid_response",
    "html": "unknown/invalid_response",
    "garbage": "unknown/invalid_response",
    "empty": "unknown/invalid_response",
    "redirect": "unknown/invalid_response",
    "truncated": "unknown/invalid_response",
    "bomb": "unknown/invalid_response",
    "hang": "timeout/deadline",
    "drip": "timeout/deadline",
    "interim": "timeout/deadline",
    "nonsense": "auth/invalid_key",
}


def told(result: ProbeResult) -> str:
    verdict = result.verdict
    return verdict.status.value + (f"/{verdict.reason.word}" if verdict.reason else "")


@pytest.mark.parametrize(("api", "path"), [("openai-completions", "/v1"), ("anthropic-messages", "")])
def test_every_behavior_of_the_sandbox_has_its_own_result(sandbox: Sandbox, api: str, path: str) -> None:
    calls = [make_call(api, url=sandbox.url + path, key=f"sandbox-{name}") for name in EXPECTED]
    targets = tuple(make_target(call, name) for call, name in zip(calls, EXPECTED, strict=True))
    started = time.monotonic()
    summary = run_probes(targets, replace(QUICK, concurrency=len(targets)), NOTHING)
    assert {result.subject.label: told(result) for result in summary.results} == EXPECTED
    assert time.monotonic() - started < 0.7 + 1
    assert worst_exit([each.verdict.gate.value for each in summary.results]) is ExitCode.FAILURE


def test_success_has_its_numbers(sandbox: Sandbox) -> None:
    seen: list[tuple[int, int, str]] = []
    target = make_target(make_call("openai-completions", url=f"{sandbox.url}/v1"))
    summary = run_probes((target,), QUICK, NOTHING, progress=lambda *each: seen.append((*each[:2], told(each[2]))))
    (result,) = summary.results
    assert (told(result), result.http_status) == ("ok", 200)
    assert result.latency_ms is not None
    assert 0 <= result.latency_ms < 700
    assert str(result.request_id).startswith("req_sandbox")
    assert (summary.total_targets, summary.interrupted, seen) == (1, False, [(1, 1, "ok")])
    assert 0 <= summary.duration_ms < 5000


def test_each_target_is_asked_once_and_a_failure_is_not_tried_again(sandbox: Sandbox) -> None:
    before = len(sandbox.requests)
    keys = ("sandbox-overloaded", "sandbox-limited", "sandbox-server-error")
    calls = [make_call("openai-completions", url=f"{sandbox.url}/v1", key=key) for key in keys]
    run_probes(tuple(map(make_target, calls)), QUICK, NOTHING)
    assert sorted(request.behavior for request in sandbox.requests[before:]) == [
        "limited",
        "overloaded",
        "server-error",
    ]


def test_unsendable_target_is_reported_with_a_sendable_one(sandbox: Sandbox) -> None:
    call = make_call("openai-completions", url=f"{sandbox.url}/v1")
    unsent = replace(make_target(call, "unsent"), call=Verdict(Reason.EXPIRED, "it has expired"))
    summary = run_probes((unsent, make_target(call)), QUICK, NOTHING)
    assert [(told(each), each.latency_ms is None) for each in summary.results] == [
        ("auth/expired", True),
        ("ok", False),
    ]


def test_bug_in_one_probe_costs_no_other_its_result(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    def build(call: CompletionCall, max_tokens: int) -> Request:
        if call.model == "odd":
            raise TypeError(KEY)
        return build_completion(call, max_tokens)

    monkeypatch.setattr(runner, "build_completion", build)
    calls = [make_call("openai-completions", model, url=f"{sandbox.url}/v1") for model in ("m1", "odd", "m2")]
    summary = run_probes(tuple(map(make_target, calls)), QUICK, NOTHING)
    assert [told(each) for each in summary.results] == ["ok", "unknown/bug", "ok"]
    assert summary.results[1].verdict.error == "a bug in text2llm (TypeError): nothing is known of this route"
    assert [type(each) for each in summary.bugs] == [TypeError]


def test_nothing_to_probe() -> None:
    summary = run_probes((), QUICK, NOTHING)
    assert (summary.total_targets, summary.results) == (0, ())


def test_results_keep_the_order_of_the_targets() -> None:
    slow = repeat(b"", b"", 0.01)
    body = json.dumps(completion()).encode()
    with listen(slow) as first, listen(answer(body)) as second:
        urls = (str(first.origin), str(second.origin))
        targets = tuple(make_target(make_call("openai-completions", url=url), url) for url in urls)
        summary = run_probes(targets, QUICK, NOTHING)
    assert [(each.subject.label, told(each)) for each in summary.results] == [
        (urls[0], "timeout/deadline"),
        (urls[1], "ok"),
    ]


def test_bad_servers_do_not_hold_up_a_good_one() -> None:
    flood = repeat(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 100)
    body = json.dumps(completion()).encode()
    with listen(flood) as bad, listen(answer(body)) as good:
        urls = [str(bad.origin)] * 20 + [str(good.origin)]
        targets = tuple(make_target(make_call("openai-completions", url=url)) for url in urls)
        summary = run_probes(targets, ProbeOptions(2000, concurrency=21), NOTHING)
    assert told(summary.results[-1]) == "ok"
    assert {told(result) for result in summary.results[:-1]} == {"timeout/deadline"}
    assert summary.duration_ms < 2 * 2000


def test_ctrl_c_gives_what_is_known(sandbox: Sandbox) -> None:
    keys = ("sandbox-ok", "sandbox-hang", "sandbox-hang")
    calls = [make_call("openai-completions", url=f"{sandbox.url}/v1", key=key) for key in keys]
    timer = threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGINT))
    timer.start()
    summary = run_probes(tuple(map(make_target, calls)), ProbeOptions(timeout_ms=20_000), NOTHING)
    timer.join()
    assert summary.interrupted
    assert [told(result) for result in summary.results] == ["ok"]
    assert summary.total_targets == 3
    assert summary.duration_ms < 5000


def test_ctrl_c_before_the_first_request_gives_what_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("text2llm.net.client.create_tls_context", interrupt)
    call = make_call("openai-completions")
    unsent = replace(make_target(call, "unsent"), call=Verdict(Reason.EXPIRED, "it has expired"))
    summary = run_probes((make_target(call), unsent), QUICK, NOTHING)
    assert summary.interrupted
    assert [told(result) for result in summary.results] == ["auth/expired"]


def probe_config(config: str, environ: dict[str, str], store: dict[str, object] | None = None) -> ProbeSummary:
    return probe_view(view(config, store, environ), QUICK)


def told_once(summary: ProbeSummary) -> ProbeResult:
    (result,) = summary.results
    return result


ATTACKS = {
    "a built-in provider with another base URL": (
        "models: {{providers: {{anthropic: {{baseUrl: '{url}'}}}}}}\n",
        {"ANTHROPIC_API_KEY": KEY},
    ),
    "the same by another spelling": (
        "models: {{providers: {{Claude: {{baseUrl: '{url}'}}}}}}\n",
        {"ANTHROPIC_API_KEY": KEY},
    ),
    "another variable of the environment": (
        "models: {{providers: {{lab: {{baseUrl: '{url}', apiKey: '${{GITHUB_TOKEN}}', models: [{{id: m}}]}}}}}}\n",
        {"GITHUB_TOKEN": KEY},
    ),
    "a built-in variable for a provider of the config": (
        "models: {{providers: {{lab: {{baseUrl: '{url}', apiKey: '${{OPENAI_API_KEY}}', models: [{{id: m}}]}}}}}}\n",
        {"OPENAI_API_KEY": KEY},
    ),
    "a variable in a header": (
        "models: {{providers: {{lab: {{baseUrl: '{url}', headers: {{x: '${{AWS_KEY}}'}}, models: [{{id: m}}]}}}}}}\n",
        {"AWS_KEY": KEY},
    ),
    "a grant for another credential": (
        "models: {{providers: {{lab: {{baseUrl: '{url}', apiKey: '${{B}}', models: [{{id: m}}]}}}}}}\n",
        {"B": KEY, "TEXT2LLM_TRUSTED_ORIGINS": "env:A={url}"},
    ),
}


@pytest.mark.parametrize("name", ATTACKS)
def test_repository_gets_no_credential_sent_anywhere_else(name: str) -> None:
    config, environ = ATTACKS[name]
    with listen(answer(b"{}")) as sink:
        filled = {key: value.format(url=sink.origin) for key, value in environ.items()}
        result = told_once(probe_config(config.format(url=sink.origin), filled))
        time.sleep(0.05)
        assert sink.connections == 0
    assert told(result) == "auth/untrusted_origin"
    assert (result.latency_ms, result.http_status) == (None, None)
    error = str(result.verdict.error)
    assert str(sink.origin) in error
    assert "text2llm.yaml:1:" in error
    assert KEY not in f"{result}"
    assert "TEXT2LLM_TRUSTED_ORIGINS" in str(result.verdict.hint)
    assert result.verdict.gate.value is ExitCode.REFUSED


def test_stored_profile_of_a_built_in_provider_stays_with_its_origins() -> None:
    store: dict[str, object] = {"profiles": {"anthropic:a": {"type": "api_key", "provider": "anthropic", "key": KEY}}}
    with listen(answer(b"{}")) as sink:
        config = f"models: {{providers: {{anthropic: {{baseUrl: '{sink.origin}'}}}}}}\n"
        assert told(told_once(probe_config(config, {}, store))) == "auth/untrusted_origin"
        assert sink.connections == 0
        environ = {"TEXT2LLM_TRUSTED_ORIGINS": f"profile:anthropic:a={sink.origin}"}
        assert told(told_once(probe_config(config, environ, store))) == "unknown/invalid_response"
        assert sink.connections == 1


def test_grant_lets_its_credential_through_and_no_other_header() -> None:
    body = json.dumps(completion("m")).encode()
    with listen(answer(body)) as server:
        config = (
            f"models: {{providers: {{lab: {{baseUrl: '{server.origin}', apiKey: '${{LAB}}', models: [{{id: m}}]}}}}}}\n"
        )
        environ = {"LAB": KEY, "TEXT2LLM_TRUSTED_ORIGINS": f"env:LAB={server.origin}"}
        assert told(told_once(probe_config(config, environ))) == "ok"
        assert f"Bearer {KEY}".encode() in server.received[0]


def test_public_value_does_not_leave_the_machine() -> None:
    config = "agents: {defaults: {model: openai/gpt-5.2}}\n"
    assert told(told_once(probe_config(config, {"OPENAI_API_KEY": "sandbox-ok"}))) == "auth/untrusted_origin"


def test_host_header_of_a_config_is_not_sent(sandbox: Sandbox) -> None:
    config = (
        f"models: {{providers: {{lab: {{baseUrl: '{sandbox.url}/v1', apiKey: sandbox-ok, models: [{{id: m}}], "
        "headers: {Host: evil.example}}}}\n"
    )
    result = told_once(probe_config(config, {}))
    assert (told(result), result.latency_ms) == ("format/bad_request", None)
    assert result.verdict.error == "the header 'host' cannot be set"


def test_key_with_a_newline_is_not_sent(sandbox: Sandbox) -> None:
    call = make_call("openai-completions", url=f"{sandbox.url}/v1")
    named = NamedSecret(CredentialName(CredentialKind.ENV, "A"), Secret("a\r\nb"))
    origins = {"p": frozenset({call.base.origin})}
    trust = Trust(Bindings(origins, {"A": frozenset({"p"})}))
    bad = replace(call, credentials=(SecretHeader("x-api-key", "", named),))
    result = told_once(run_probes((make_target(bad),), QUICK, trust))
    assert told(result) == "auth/invalid_key"
    assert result.latency_ms is None
