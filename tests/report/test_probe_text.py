from __future__ import annotations

from text2llm.probe.result import ProbeOptions, ProbeResult, ProbeSource, ProbeSubject, ProbeSummary
from text2llm.redaction import redact
from text2llm.redaction.forms import Forms
from text2llm.report.probe import probe_progress_line, probe_text
from text2llm.report.style import Style
from text2llm.upstream.verdict import Reason, Verdict

PLAIN = Style(enabled=False)


def result(label: str, reason: Reason | None, *, profile: bool = False, **verdict: str) -> ProbeResult:
    source = ProbeSource.PROFILE if profile else ProbeSource.ENV
    subject = ProbeSubject("lab", "lab/m1", label, source, "api_key", label if profile else None)
    sent = reason is not Reason.UNTRUSTED_ORIGIN
    return ProbeResult(subject, Verdict(reason, **verdict), 12 if sent else None, 200 if sent else None, "req_1")


def summary(*results: ProbeResult, total: int | None = None, interrupted: bool = False) -> ProbeSummary:
    count = len(results) if total is None else total
    return ProbeSummary(1000, 1500, count, ProbeOptions(), results, interrupted)


def test_table_for_a_pipe_has_no_word_of_the_provider() -> None:
    failed = result("lab:b", Reason.INVALID_KEY, profile=True, error="HTTP 401 invalid_api_key", hint="h", said="told")
    refused = result("X_KEY", Reason.UNTRUSTED_ORIGIN, error="env:X_KEY is not bound")
    text = probe_text(summary(result("LAB_KEY", None), failed, refused), PLAIN, terminal=False)
    assert (
        text
        == """\
Probes: 1 ok, 2 auth (500 ms)
  credential          model   result                          latency
  lab (env: LAB_KEY)  lab/m1  ok                              12 ms
  lab:b               lab/m1  fail: auth/invalid_key          12 ms
    HTTP 401 invalid_api_key
    request req_1
    hint: h
  lab (env: X_KEY)    lab/m1  refused: auth/untrusted_origin  not sent
    env:X_KEY is not bound
    request req_1
"""
    )


def test_terminal_shows_the_providers_words_without_what_acts() -> None:
    failed = result("a", Reason.RATE_LIMITED, error="HTTP 429", said="\x1b[2J##vso[task] wait\n::error::x" + "y" * 900)
    text = probe_text(summary(failed), PLAIN, terminal=True)
    assert "HTTP 429: \\x1b[2J# #vso[task] wait\\n::error::x" in text
    assert "\x1b" not in text
    assert len(text) < 700


def test_key_in_a_providers_words_is_masked() -> None:
    key = "sk-ant-api03-" + "a1B2" * 24
    found = summary(result("a", Reason.FORBIDDEN, error="HTTP 403", said=key))
    text = probe_text(redact(found, Forms()), PLAIN, terminal=True)
    assert "HTTP 403: [secret]" in text


def test_colour_follows_the_gate() -> None:
    style = Style(enabled=True)
    text = probe_text(
        summary(result("a", None), result("b", Reason.DEADLINE), result("c", Reason.REVOKED)), style, terminal=True
    )
    starts = [line[:5] for line in text.splitlines()[2:] if line.startswith("\x1b")]
    assert starts == ["\x1b[32m", "\x1b[33m", "\x1b[31m"]


def test_interrupted_run_says_what_is_missing() -> None:
    text = probe_text(summary(result("a", None), total=3, interrupted=True), PLAIN, terminal=True)
    assert text.startswith("Probes: 1 ok; interrupted, 2 not known (500 ms)\n")
    nothing = probe_text(summary(total=3, interrupted=True), PLAIN, terminal=True)
    assert nothing.startswith("Probes: interrupted, 3 not known (500 ms)\n")


def test_nothing_to_probe_is_said() -> None:
    assert probe_text(summary(), PLAIN, terminal=False).startswith("Probes: nothing to probe\nhint: ")


def test_progress_names_the_credential_and_its_result() -> None:
    assert probe_progress_line(1, 3, result("a\x1b", Reason.DEADLINE)) == "probing 1/3: a\\x1b ?: timeout/deadline"
