"""Scans of a sandbox that lists as OpenRouter does."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from socket import socket
from typing import Any

import pytest

from tests.cli.pseudo_terminal import open_terminal
from tests.net.hostile import listen
from tests.running import Done, Run
from tests.status.world import assert_valid, write_store
from text2llm.net.message import Request
from text2llm.probe import runner
from text2llm.sandbox.behaviors import BEHAVIORS
from text2llm.sandbox.scenario import parse_scenario
from text2llm.sandbox.server import Sandbox, serve
from text2llm.upstream.wire import build_completion
from text2llm.upstream.wire.shape import CompletionCall

EYE, TALL, PLAIN, DUMB, PAID = (
    "openrouter/acorn/eye-8b:free",
    "openrouter/acorn/tall-70b:free",
    "openrouter/birch/plain:free",
    "openrouter/birch/dumb-3b:free",
    "openrouter/cedar/paid-405b",
)
TOOLS = ["max_tokens", "tools"]
CATALOG: list[dict[str, Any]] = [
    {"id": "cedar/paid-405b", "created": 1_790_000_000},
    {"id": "acorn/eye-8b:free", "architecture": {"input_modalities": ["text", "image"]}, "context_length": 32768},
    {"id": "acorn/tall-70b:free", "context_length": 1_048_576, "created": 1_700_000_000},
    {"id": "birch/plain:free", "context_length": 8192, "created": 1_700_000_000},
    {"id": "birch/dumb-3b:free", "context_length": 8192, "supported_parameters": ["max_tokens"]},
]
#: By their latency the large ones come last.
ANSWERS: list[dict[str, Any]] = [
    {"model": "acorn/tall-70b:free", "latencyMs": 250},
    {"model": "birch/plain:free", "latencyMs": 100},
]
CONFIG = """version: 1
agents:
  defaults:
    model: {primary: anthropic/claude-opus-4-5, fallbacks: [openai/gpt-5.2]}
    imageModel: {primary: openai/gpt-5.2}
models:
  providers:
    openrouter: {baseUrl: 'URL/api/v1', apiKey: 'KEY'}
"""

Start = Callable[..., Sandbox]


@pytest.fixture
def start(run: Run) -> Iterator[Start]:
    running: list[Sandbox] = []

    def begin(key: str = "sandbox-ok", answers: list[dict[str, Any]] = ANSWERS, **scenario: Any) -> Sandbox:
        data = {"answers": answers, "catalog": {"models": CATALOG}, **scenario}
        running.append(serve(scenario=parse_scenario(data, BEHAVIORS)))
        Path("text2llm.yaml").write_text(CONFIG.replace("URL", running[-1].url).replace("KEY", key))
        return running[-1]

    yield begin
    for sandbox in running:
        sandbox.close()


def chain(slot: str = "model") -> Any:
    import yaml

    return yaml.safe_load(Path("text2llm.yaml").read_text())["agents"]["defaults"][slot]


def told(done: Done) -> dict[str, Any]:
    body: dict[str, Any] = json.loads(done.out)
    assert_valid(body, "outputs/models-scan")
    return body


def keys(body: dict[str, Any]) -> list[str]:
    return [row["key"] for row in body["results"]]


def test_metadata_alone_asks_no_model_and_writes_nothing(run: Run, start: Start) -> None:
    sandbox = start()
    before = Path("text2llm.yaml").read_text()
    done = run("models", "scan", "--no-probe")
    assert (done.code, done.err) == (0, "")
    lines = done.out.splitlines()
    assert lines[0] == "openrouter lists 5 models: 4 free"
    assert lines[1].split() == ["#", "model", "input", "ctx", "params", "age", "tool", "image"]
    assert lines[2].split()[:5] == ["1", EYE, "text+image", "32.8k", "8b"]
    assert [line.split()[1] for line in lines[3:]] == [TALL, DUMB, PLAIN]
    assert Path("text2llm.yaml").read_text() == before
    assert [(each.method, each.path) for each in sandbox.requests] == [("GET", "/api/v1/models")]


def test_probes_rank_and_propose_and_write_nothing_unasked(run: Run, start: Start) -> None:
    sandbox = start()
    before = Path("text2llm.yaml").read_text()
    done = run("models", "scan")
    assert done.code == 0
    assert f"proposed fallbacks: {EYE}, {PLAIN}, {TALL}\nproposed image fallbacks: {EYE}\n" in done.out
    assert done.err == "nothing was written\nhint: accept the proposal with --yes\n"
    assert Path("text2llm.yaml").read_text() == before
    # Each is asked for a call, one for an image; what the listing rules out is not asked for.
    assert len([each for each in sandbox.requests if each.method == "POST"]) == 4


def test_yes_writes_the_proposal_in_one_edit_with_its_diff(run: Run, start: Start) -> None:
    start()
    done = run("models", "scan", "--yes")
    assert done.code == 0
    assert done.out.count("--- text2llm.yaml") == 1
    assert "applied to text2llm.yaml\n" in done.out
    assert chain() == {"primary": "anthropic/claude-opus-4-5", "fallbacks": [EYE, PLAIN, TALL]}
    assert chain("imageModel") == {"primary": "openai/gpt-5.2", "fallbacks": [EYE]}


def test_primaries_are_set_on_demand_and_candidates_limited(run: Run, start: Start) -> None:
    start()
    run("models", "scan", "--yes", "--set-default", "--set-image", "--max-candidates", "2")
    assert chain() == {"primary": EYE, "fallbacks": [PLAIN]}
    assert chain("imageModel") == {"primary": EYE}


def test_only_the_most_promising_are_probed(run: Run, start: Start) -> None:
    sandbox = start()
    done = run("models", "scan", "--max-candidates", "1")
    assert done.out.splitlines()[0] == "openrouter lists 5 models: 4 free, the 3 most promising probed"
    assert sum(each.method == "POST" for each in sandbox.requests) == 3  # of the one that sees, two
    (left,) = (line for line in done.out.splitlines() if f"4 {PLAIN}" in " ".join(line.split()))
    assert left.split()[-2:] == ["-", "-"]


def test_what_the_policy_forbids_is_neither_probed_nor_proposed(run: Run, start: Start) -> None:
    sandbox = start()
    config = Path("text2llm.yaml")
    policy = "    modelPolicy: {allow: [anthropic/*, openai/*, openrouter/acorn/*]}\n"
    config.write_text(config.read_text().replace("models:\n", f"{policy}models:\n", 1))
    done = run("models", "scan", "--yes")
    assert (done.code, chain()["fallbacks"]) == (0, [EYE, TALL])
    assert "4 free, 2 forbidden by modelPolicy" in done.out
    assert sum(each.method == "POST" for each in sandbox.requests) == 3  # of the one that sees, two


def test_images_are_not_proposed_where_no_image_model_is_wanted(run: Run, start: Start) -> None:
    start()
    config = Path("text2llm.yaml")
    config.write_text(config.read_text().replace("    imageModel: {primary: openai/gpt-5.2}\n", ""))
    done = run("models", "scan", "--yes")
    assert "proposed image fallbacks" not in done.out
    assert f"hint: no image model is set; --set-image makes it {EYE}\n" in done.out


@pytest.mark.parametrize(
    ("arguments", "left"),
    [
        ("--min-params 8", [EYE, TALL]),
        ("--min-params 9", [TALL]),
        ("--max-age-days 3", [EYE, DUMB]),
        ("--provider-prefix birch/", [DUMB, PLAIN]),
        ("--provider-prefix nobody", []),
    ],
)
def test_filters(run: Run, start: Start, arguments: str, left: list[str]) -> None:
    start()
    done = run("models", "scan", "--no-probe", "--json", *arguments.split())
    assert keys(told(done)) == left
    table = run("models", "scan", "--no-probe", *arguments.split()).out
    assert table.startswith(f"openrouter lists 5 models: 4 free, {len(left)} after the filters\n")
    assert ("no model is left" in table) == (left == [])


def test_json_alone_never_writes(run: Run, start: Start) -> None:
    start()
    before = Path("text2llm.yaml").read_text()
    body = told(run("models", "scan", "--json"))
    assert Path("text2llm.yaml").read_text() == before
    assert "plan" not in body
    assert body["proposal"] == {"fallbacks": [EYE, PLAIN, TALL], "imageFallbacks": [EYE]}
    assert body["probes"] == {"timeoutMs": 12000, "concurrency": 3}
    by_key = {row["key"]: row for row in body["results"]}
    assert by_key[DUMB]["tool"] == {"status": "skipped", "why": "not in the listing"}
    assert by_key[EYE]["image"]["status"] == "ok"
    assert (by_key[TALL]["params"], by_key[TALL]["created"]) == (70, 1_700_000_000)


def test_json_with_yes_reports_the_plan(run: Run, start: Start) -> None:
    start()
    done = run("models", "scan", "--json", "--yes")
    plan = told(done)["plan"]
    assert_valid(plan, "outputs/edit")
    assert (plan["applied"], len(plan["changes"])) == (True, 2)
    again = told(run("models", "scan", "--json", "--yes"))["plan"]
    assert (again["applied"], again["changes"]) == (False, [])


def test_without_a_key_there_is_only_metadata(run: Run, start: Start) -> None:
    sandbox = start()
    path = Path("text2llm.yaml")
    path.write_text(path.read_text().replace(", apiKey: 'sandbox-ok'", ""))
    done = run("models", "scan")
    assert done.code == 0
    assert "nothing was probed: no credential for openrouter\nhint: " in done.out
    assert len(sandbox.requests) == 1
    assert told(run("models", "scan", "--json"))["notProbed"] == "no credential for openrouter"
    assert run("models", "scan", "--yes").code == 1


def test_models_without_images_leave_the_image_model_alone(run: Run, start: Start) -> None:
    start()
    done = run("models", "scan", "--yes", "--provider-prefix", "birch")
    assert "proposed image" not in done.out
    assert (chain()["fallbacks"], chain("imageModel")) == ([PLAIN], {"primary": "openai/gpt-5.2"})


def test_login_that_must_be_renewed_first_is_told(run: Run, start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    sandbox = start()
    monkeypatch.setenv("TEXT2LLM_TRUSTED_ORIGINS", f"profile:openrouter:me={sandbox.url}")
    path = Path("text2llm.yaml")
    path.write_text(path.read_text().replace(", apiKey: 'sandbox-ok'", ""))
    stale = {"type": "oauth", "provider": "openrouter", "access": "a", "refresh": "r", "expires": 1}
    write_store({"version": 1, "profiles": {"openrouter:me": stale}})
    done = run("models", "scan")
    assert (done.code, len(sandbox.requests)) == (1, 0)
    assert "the access token has expired" in done.err


def test_models_that_fail_are_not_proposed(run: Run, start: Start) -> None:
    answers = [{"model": "acorn/*", "plays": "limited"}, {"model": "birch/*", "plays": "no-model"}]
    start(answers=answers)
    done = run("models", "scan", "--yes")
    assert done.code == 1
    assert "nothing to propose" in done.out
    assert "rate_limit/rate_limited" in done.out
    body = told(run("models", "scan", "--json"))
    assert body["proposal"] == {"fallbacks": [], "imageFallbacks": []}
    assert {row["tool"].get("reason") for row in body["results"]} == {"rate_limited", "model_not_found", None}


def test_refused_key_is_told_row_by_row(run: Run, start: Start) -> None:
    start("sandbox-revoked")
    body = told(run("models", "scan", "--json"))
    assert body["results"][0]["tool"]["status"] == "auth"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ("--no-probe --yes", "--no-probe and --yes cannot be combined"),
        ("--no-probe --set-default", "--no-probe and --set-default cannot be combined"),
        ("--no-probe --set-image", "--no-probe and --set-image cannot be combined"),
        ("--input --yes", "--input and --yes cannot be combined"),
        ("--input --json", "--input and --json cannot be combined"),
        ("--input", "--input needs a terminal"),
        ("--timeout 0", "--timeout must be a positive number (ms)"),
        ("--concurrency 1.5", "--concurrency must be a whole number"),
        ("--max-candidates 0", "0 is not in the range"),
        ("--min-params -1", "is not in the range"),
        ("--min-params nan", "--min-params"),
        ("--provider opnrouter", "did you mean openrouter"),
    ],
)
def test_what_contradicts_itself_is_refused_before_anything_is_sent(
    run: Run, start: Start, arguments: str, says: str
) -> None:
    sandbox = start()
    done = run("models", "scan", *arguments.split())
    assert done.code == 64
    assert says in done.out + done.err
    assert sandbox.requests == ()


def test_listing_that_is_not_to_be_had_is_an_error(run: Run, start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    start()
    done = run("models", "scan", "--provider", "perplexity", "--json")
    assert (done.code, json.loads(done.err or done.out)["error"]["code"]) == (1, "listing")
    path = Path("text2llm.yaml")
    path.write_text(path.read_text().replace("sandbox-ok", "${LAB}"))
    monkeypatch.setenv("LAB", "a-real-key-of-many-characters")
    done = run("models", "scan")
    assert done.code == 4
    assert "the models of openrouter cannot be listed" in done.err


def test_other_providers_are_scanned_too(run: Run, start: Start) -> None:
    sandbox = start()
    path = Path("text2llm.yaml")
    path.write_text(path.read_text() + f"    ollama: {{baseUrl: '{sandbox.url}'}}\n")
    assert run("models", "scan", "--provider", "Ollama", "--no-probe").out.startswith("ollama lists 2 models: 0 free\n")


def test_config_without_models_gets_its_first(run: Run, start: Start) -> None:
    start()
    path = Path("text2llm.yaml")
    path.write_text("version: 1\nmodels:" + path.read_text().partition("\nmodels:")[2])
    assert run("models", "scan", "--yes", "--set-default").code == 0
    assert chain() == {"primary": EYE, "fallbacks": [PLAIN, TALL]}


@pytest.mark.parametrize(("options", "allowed"), [([], 3), (["--concurrency", "5"], 5)])
def test_no_more_requests_at_once_than_allowed(run: Run, start: Start, options: list[str], allowed: int) -> None:
    start()
    lock, now, most = threading.Lock(), [0], [0]
    listing = json.dumps({"data": [{"id": f"m{number}:free"} for number in range(15)]}).encode()

    def script(connection: socket) -> None:
        if len(server.received) == 1:
            connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n%b" % (len(listing), listing))
            return
        with lock:
            now[0] += 1
            most[0] = max(most[0], now[0])
        time.sleep(0.1)
        with lock:
            now[0] -= 1
        connection.sendall(b"HTTP/1.1 429 No\r\ncontent-length: 0\r\n\r\n")

    with listen(script) as server:
        Path("text2llm.yaml").write_text(CONFIG.replace("URL", str(server.origin)).replace("KEY", "sandbox-ok"))
        run("models", "scan", "--json", *options)
    assert most[0] == allowed


def test_each_probe_has_its_own_deadline(run: Run, start: Start) -> None:
    start(answers=[{"model": "acorn/tall-70b:free", "plays": "hang"}])
    body = told(run("models", "scan", "--json", "--timeout", "400"))
    assert {row["key"]: row["tool"].get("reason") for row in body["results"]}[TALL] == "deadline"
    assert body["proposal"]["fallbacks"] == [EYE, PLAIN]


def test_person_at_a_terminal_picks_and_orders(start: Start) -> None:
    start()
    with open_terminal("models", "scan", "--no-color") as terminal:
        terminal.expect("scanning 4/4")
        terminal.expect("proposed fallbacks: ")
        terminal.expect("fallbacks: numbers in order, 0 for none, Enter for 1 2 3, q to quit: ")
        terminal.type("4\n")
        terminal.expect("give numbers from 1 to 3, such as: 2 1")
        terminal.type("3 1\n")
        terminal.expect("image fallbacks: numbers in order, 0 for none, Enter for 1, q to quit: ")
        terminal.type("\n")
        assert terminal.finish() == 0, terminal.shown
        assert "applied to text2llm.yaml" in terminal.shown
    assert chain() == {"primary": "anthropic/claude-opus-4-5", "fallbacks": [TALL, EYE]}
    assert chain("imageModel") == {"primary": "openai/gpt-5.2", "fallbacks": [EYE]}


@pytest.mark.parametrize("typed", [["q\n"], ["1\n", "q\n"], ["0\n", "0\n"], ["\x03"], ["\x04"]])
def test_who_leaves_changes_nothing(start: Start, typed: list[str]) -> None:
    start()
    before = Path("text2llm.yaml").read_text()
    with open_terminal("models", "scan") as terminal:
        for count, each in enumerate(typed):
            terminal.expect("q to quit: " if count == 0 else "image fallbacks: numbers")
            time.sleep(0.1)  # the prompt is shown a moment before the program listens
            terminal.type(each)
        code = terminal.finish()
        assert (code, "Traceback" in terminal.shown) == (130 if typed[0] in "\x03\x04" else 0, False), terminal.shown
    assert Path("text2llm.yaml").read_text() == before


def test_no_input_asks_nobody_at_a_terminal(start: Start) -> None:
    start()
    with open_terminal("models", "scan", "--no-input") as terminal:
        assert terminal.finish() == 0
        assert "nothing was written" in terminal.shown
        assert "numbers in order" not in terminal.shown


def test_interrupted_scan_shows_what_is_known_and_writes_nothing(start: Start) -> None:
    start(answers=[{"model": "birch/plain:free", "plays": "hang"}])
    before = Path("text2llm.yaml").read_text()
    with open_terminal("models", "scan", "--yes") as terminal:
        terminal.expect("scanning 3/4")
        terminal.type("\x03")
        assert terminal.finish() == 130, terminal.shown
        assert "openrouter lists 5 models: 4 free; interrupted" in terminal.shown
    assert Path("text2llm.yaml").read_text() == before


def test_bug_in_a_probe_costs_no_other_candidate_its_result(
    run: Run, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    def build(call: CompletionCall, max_tokens: int) -> Request:
        if f"openrouter/{call.model}" == PLAIN:
            raise TypeError
        return build_completion(call, max_tokens)

    start()
    monkeypatch.setattr(runner, "build_completion", build)
    done = run("models", "scan")
    assert done.code == 3
    assert f"proposed fallbacks: {EYE}, {TALL}\n" in done.out
    assert "a bug in text2llm (TypeError)" in done.err
