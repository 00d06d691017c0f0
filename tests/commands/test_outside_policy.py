"""`validate --policy`: a policy from outside, whose findings nothing in the repository changes."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from tests.running import Run

CONFIG = """\
version: 1
agents:
  defaults:
    model:
      primary: openai/gpt-5.2-pro  # text2llm: ignore[policy-price] ours
      fallbacks: [anthropic/claude-opus-4-5, gw/large]
  entries:
    coder: {policy: {unknown: ok}}
models:
  providers:
    openai: {models: [{id: gpt-5.2-pro, contextWindow: 9000000}]}
    gw: {baseUrl: "https://gw.corp.example/v1", models: [{id: large, contextWindow: 900000}]}
policy: {price: {input: 10, output: 10}, unknown: ok}
rules: {policy-context: off, policy-price: info}
"""
POLICY = """\
version: 1
policy:
  price: {input: 5}
  context: 1000000
  exceptions:
    - {rule: policy-context, models: ["anthropic/*"], until: "2026-11-12", reason: "until the larger one"}
    - {rule: policy-price, models: ["OpenAI/gpt-5.2-pro"], until: "2026-11-11", reason: "a trial"}
    - {rule: policy-chain, models: ["openai/*"], until: "2027-01-31", reason: "no other is approved"}
  chain: {models: 9}
"""


@pytest.fixture
def policy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "repository").mkdir()
    monkeypatch.chdir(tmp_path / "repository")
    Path("text2llm.yaml").write_text(CONFIG)
    path = tmp_path / "policy.yaml"
    path.write_text(POLICY)
    return path


def find(run: Run, policy: Path, *options: str) -> list[str]:
    done = run("validate", "text2llm.yaml", "--policy", str(policy), "--json", *options)
    found = json.loads(done.out)["findings"]
    return [
        f"{each['severity']} {each['rule']} {each['message'].split(' (')[0]}"
        for each in found
        if "policy.yaml" in each["message"] or "policy.yaml" in each["path"]
    ]


def test_no_comment_severity_or_declared_fact_of_the_repository_counts(run: Run, policy: Path) -> None:
    assert find(run, policy) == [
        "error policy-context openai/gpt-5.2-pro has a context window of 272,000 tokens, less than 1,000,000",
        "error policy-price openai/gpt-5.2-pro costs $21 per million input tokens, more than $5",
        "warning policy-context gw/large has no known context window",
        "warning policy-price gw/large has no known input price",
    ]


def test_an_exception_ends_after_its_day(run: Run, policy: Path) -> None:
    opus = "error policy-context anthropic/claude-opus-4-5 has a context window of 200,000 tokens, less than 1,000,000"
    assert opus not in find(run, policy, "--as-of", "2026-11-12")
    assert opus in find(run, policy, "--as-of", "2026-11-13")
    assert not any("policy-price openai" in each for each in find(run, policy, "--as-of", "2026-11-11"))


def test_an_exception_is_not_for_another_model_that_the_repository_requests_under_that_name(
    run: Run, policy: Path
) -> None:
    pro = "error policy-price openai/gpt-4o costs $21 per million input tokens, more than $5"
    models = "{providers: {openai: {models: [{id: gpt-4o, wire: gpt-5.2-pro}]}}}"
    Path("text2llm.yaml").write_text(f"version: 1\nagents: {{defaults: {{model: openai/gpt-4o}}}}\nmodels: {models}\n")
    for excepted, found in (("openai/gpt-4o", [pro]), ("openai/gpt-4o, openai/gpt-5.2-pro", [])):
        exception = f"{{rule: policy-price, models: [{excepted}], until: 2027-01-31, reason: a trial}}"
        policy.write_text(f"version: 1\npolicy: {{price: {{input: 5}}, exceptions: [{exception}]}}\n")
        assert find(run, policy) == found


def test_exceptions_in_use_are_counted(run: Run, policy: Path) -> None:
    done = run("validate", "text2llm.yaml", "--policy", str(policy))
    assert (done.code, done.err) == (1, "1 file checked: 2 errors, 4 warnings; 2 exceptions of the policy in use\n")
    done = run("validate", "text2llm.yaml", "--policy", str(policy), "--json")
    assert json.loads(done.out)["exceptions"] == 2
    policy.write_text("version: 1\npolicy: {unknown: deny}\n")
    assert run("validate", "text2llm.yaml", "--policy", str(policy)).code == 0


def test_a_model_that_no_fact_is_known_of_is_refused_where_the_policy_says_so(run: Run, policy: Path) -> None:
    policy.write_text("version: 1\npolicy: {context: 100000, unknown: deny}\n")
    assert find(run, policy) == ["error policy-context gw/large has no known context window"]


def test_a_policy_that_no_model_can_meet_is_told_at_its_file(run: Run, policy: Path) -> None:
    policy.write_text("version: 1\npolicy: {models: {allow: []}}\n")
    assert find(run, policy)[0] == "error policy-unsatisfiable no known model meets the policy"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("version: 1\npolicy: {prices: {}}\n", "schema: unknown key 'prices'"),
        ("version: 2\npolicy: {}\n", "newer-version: "),
        ("version: 1\n", "schema: missing key 'policy'"),
        (POLICY.replace("2026-11-12", "2026-02-30"), "schema: 'until': expected a date as YYYY-MM-DD"),
        (POLICY.replace("2026-11-12", "soon"), "schema: 'until': expected a date as YYYY-MM-DD"),
        (POLICY.replace("rule: policy-chain", "rule: retired-model"), "schema: 'rule': expected one of: policy-chain"),
        (POLICY.replace(', reason: "a trial"', ""), "schema: missing key 'reason'"),
    ],
)
def test_a_policy_with_a_mistake_is_not_asked_and_fails(run: Run, policy: Path, text: str, message: str) -> None:
    policy.write_text(text)
    done = run("validate", "text2llm.yaml", "--policy", str(policy))
    assert (done.code, message in done.out) == (1, True), done.out
    assert "error policy-context: " not in done.out


def test_the_file_is_validated_by_itself_too(run: Run, policy: Path) -> None:
    assert run("validate", str(policy)).code == 0
    policy.write_text(POLICY.replace("context: 1000000", "context: much"))
    done = run("validate", str(policy))
    assert (done.code, "'context': expected a whole number" in done.out) == (1, True)


def test_a_file_that_is_not_there_or_a_report_over_it_is_refused(run: Run, policy: Path) -> None:
    assert "cannot read" in run("validate", "--policy", str(policy.parent / "nothing.yaml")).err
    assert run("validate", "--policy", str(policy), "--report", f"json={policy}").code == 64
    assert policy.read_text() == POLICY
    assert run("validate", "--policy", str(policy), "--secrets-only", "text2llm.yaml").code == 64


def test_an_agent_file_is_asked_with_its_configuration(run: Run, policy: Path) -> None:
    Path("text2llm.yaml").write_text("version: 1\ninclude: [a.yaml]\n")
    Path("a.yaml").write_text("id: a\nmodel: openai/gpt-5.2-pro  # text2llm: ignore[policy-price] ours\n")
    policy.write_text("version: 1\npolicy: {price: {input: 5}}\n")
    done = run("validate", "a.yaml", "--policy", str(policy))
    assert (done.code, done.out.startswith("a.yaml:2:8: error policy-price")) == (1, True), done.out


def test_policies_hold_under_each_environment(run: Run, policy: Path) -> None:
    base = "version: 1\nagents: {defaults: {model: openai/gpt-5.2}}\npolicy: {price: {input: 1}, context: 500000}\n"
    Path("text2llm.yaml").write_text(base)
    Path("text2llm.prod.yaml").write_text(
        "version: 1\nenvironment: prod\npolicy: {price: {input: 5}, context: ~, models: {deny: ['*/gpt-*']}}\n"
    )
    policy.write_text("version: 1\npolicy: {price: {output: 3}}\n")
    done = run("validate", "text2llm.yaml", "--policy", str(policy), "--json")
    found = [each["message"].replace(str(policy), "policy.yaml") for each in json.loads(done.out)["findings"]]
    assert [message.removeprefix("openai/gpt-5.2 ") for message in found] == [
        "has a context window of 272,000 tokens, less than 500,000 (the policy, text2llm.yaml:3:29) [base]",
        "is denied (the policy, text2llm.prod.yaml:3:50) [prod]",
        "costs $1.75 per million input tokens, more than $1 (the policy, text2llm.yaml:3:18) [base]",
        "costs $14 per million output tokens, more than $3 (the policy, policy.yaml:2:18)",
    ]


@pytest.mark.parametrize("options", [[], ["."], ["--all"]])
def test_the_repository_excludes_no_configuration_from_it(run: Run, policy: Path, options: list[str]) -> None:
    policy.write_text('version: 1\npolicy: {models: {deny: ["openai/*"]}}\n')
    subprocess.run(["git", "init", "-q"], check=True)
    Path("text2llm.yaml").write_text("version: 1\nvalidate: {exclude: [below]}\n")
    Path("below").mkdir()
    Path("below/text2llm.yaml").write_text("version: 1\nagents: {defaults: {model: openai/gpt-5.2}}\n")
    assert run("validate", *options).code == 0
    done = run("validate", *options, "--policy", str(policy), "--json")
    assert [each["path"] for each in json.loads(done.out)["findings"]] == ["below/text2llm.yaml"]
