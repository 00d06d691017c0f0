"""``models status`` and what providers tell of plans: when they are asked, what is shown, and what is kept."""

from __future__ import annotations

import json
import os
import re
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.net.hostile import Listener, Script, answer, listen, repeat
from tests.running import Run
from tests.status.test_command import run_in_terminal
from tests.status.world import KEY, NOW, assert_valid, freeze_clock, profiles, with_model, write_config, write_store
from text2llm.cli.models.status import StatusOptions, show_status
from text2llm.providers.endpoints import UsageEndpoint
from text2llm.sandbox.server import Sandbox, serve
from text2llm.settings.model import SettingsError
from text2llm.usage import fetch

MINUTE = 60_000
TOKEN = "token-of-a-login-0123456789"
ANSWER = b'{"five_hour": {"utilization": 42, "resets_at": "2026-11-22T21:33:20Z"}, "seven_day": {"utilization": 7}}'
WINDOWS = [{"label": "5h", "usedPercent": 42, "resetsAt": NOW + 120 * MINUTE}, {"label": "week", "usedPercent": 7}]


@pytest.fixture(autouse=True)
def _clock(monkeypatch: pytest.MonkeyPatch) -> None:
    freeze_clock(monkeypatch)
    monkeypatch.delenv("CI", raising=False)
    monkeypatch.setattr(fetch, "TIME_LIMIT", 0.6)


def use(url: str, **entries: dict[str, Any]) -> None:
    """A login of Anthropic that the config places at a loopback address, where public values may go."""
    anthropic = {"api": "anthropic-messages", "baseUrl": url, "models": []}
    write_config({**with_model("anthropic/x"), "models": {"providers": {"anthropic": anthropic}}})
    write_store(profiles(**entries or {"anthropic_me": {"type": "token", "token": "sandbox-ok"}}))


@contextmanager
def provider(script: Script) -> Iterator[Listener]:
    with listen(script) as server:
        use(str(server.origin))
        yield server


@pytest.fixture
def usage(run: Run) -> Any:
    def call(*arguments: str) -> Any:
        done = run("models", "status", "--json", *arguments)
        assert (done.code, done.err) == (0, "")
        report = json.loads(done.out)
        assert_valid(report, "outputs/status")
        return report["auth"].get("usage")

    return call


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Any:
    """Show the status as on a terminal, and give its lines about usage."""

    def call(**options: Any) -> list[str]:
        with monkeypatch.context() as patched:
            patched.setattr(sys.stdout, "isatty", lambda: True, raising=False)
            patched.setenv("NO_COLOR", "1")
            show_status(StatusOptions(**options))
        # A usage that is wrapped goes on below its own column, a credential two columns to the right of it.
        shown = re.sub(r"\n {18}(?=\w)", " ", capsys.readouterr().out)
        return [line.strip() for line in shown.splitlines() if "usage:" in line]

    return call


@pytest.fixture
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_json_has_it_when_asked(usage: Any) -> None:
    with provider(answer(ANSWER)):
        assert usage("--usage") == [
            {"provider": "anthropic", "label": "anthropic:me", "takenAt": NOW, "windows": WINDOWS}
        ]


def test_text_has_it_as_the_first_line_of_the_provider(run: Run) -> None:
    with provider(answer(ANSWER)):
        out = run("models", "status", "--usage").out
    assert (
        "  anthropic       usage: 5h 42 % (resets in 2h)  week 7 %\n"
        "                  * anthropic:me  set (no expiry)  token\n"
    ) in out


@pytest.mark.parametrize("arguments", [[], ["--json"], ["--plain"], ["--check"], ["--no-usage"], ["--json", "--check"]])
def test_nobody_is_asked_off_a_terminal(arguments: list[str], run: Run) -> None:
    with provider(answer(ANSWER)) as server:
        run("models", "status", "--usage")
        done = run("models", "status", *arguments)
        assert "usage" not in done.out
        assert server.connections == 1


@pytest.mark.usefixtures("_here")
def test_person_at_a_terminal_sees_it_without_asking(terminal: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    with provider(answer(ANSWER)) as server:
        assert terminal(check=True) == terminal(usage=False) == []
        monkeypatch.setenv("CI", "true")
        assert terminal() == []
        monkeypatch.delenv("CI")
        assert server.connections == 0
        assert terminal() == ["anthropic       usage: 5h 42 % (resets in 2h)  week 7 %"]
        assert server.connections == 1


@pytest.mark.usefixtures("_here")
def test_failure_is_told_only_to_who_asked(terminal: Any) -> None:
    with provider(answer(b"{}", status=b"403 Forbidden")) as server:
        assert terminal() == []
        assert terminal(usage=True) == ["anthropic       usage: not known (HTTP 403)"]
        assert server.connections == 1


def test_real_terminal_has_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with provider(answer(b'{"five_hour": {"utilization": 99}}')):
        assert "\x1b[33musage: 5h 99 %\x1b[0m" in run_in_terminal(["models", "status"], tmp_path, columns=100)


def test_script_in_a_loop_asks_once_a_minute(usage: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    with provider(answer(ANSWER)) as server:
        first = usage("--usage")
        freeze_clock(monkeypatch, NOW + MINUTE - 1)
        assert usage("--usage") == first
        assert server.connections == 1
        freeze_clock(monkeypatch, NOW + MINUTE)
        assert usage("--usage")[0]["takenAt"] == NOW + MINUTE
        assert server.connections == 2


def test_failure_is_kept_too(usage: Any) -> None:
    with provider(repeat(b"", b"", pause=0.05)) as server:
        for _ in range(2):
            (told,) = usage("--usage")
            assert (told["error"], told["windows"]) == ("timed out", [])
        assert server.connections == 1


def test_renewed_token_is_asked_for_anew(usage: Any) -> None:
    with provider(answer(ANSWER)) as server:
        usage("--usage")
        use(str(server.origin), anthropic_me={"type": "token", "token": "sandbox-ok-renewed-at-noon"})
        usage("--usage")
        assert server.connections == 2


def cache_file() -> Path:
    return Path(os.environ["TEXT2LLM_HOME"], "cache", "usage.json")


def test_cache_has_no_secret_and_is_private(usage: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    with listen(answer(ANSWER)) as server:
        trust_endpoint(monkeypatch, server)
        usage("--usage")
        assert server.connections == 1
    text = cache_file().read_text()
    assert TOKEN not in text
    assert "anthropic:me" not in text
    assert stat.S_IMODE(cache_file().stat().st_mode) == 0o600


@pytest.mark.parametrize("data", [b"", b'{"version": 1, "entries": {"x": 1}}', b"\xff\xfe"])
def test_broken_cache_costs_a_request(data: bytes, usage: Any) -> None:
    cache_file().parent.mkdir()
    cache_file().write_bytes(data)
    with provider(answer(ANSWER)) as server:
        usage("--usage")
        usage("--usage")
        assert server.connections == 1


def trust_endpoint(monkeypatch: pytest.MonkeyPatch, server: Listener, *, granted: bool = True) -> None:
    """A real credential, and an endpoint that stands on another origin than the descriptor's."""
    endpoint = UsageEndpoint(f"{server.origin}/usage", "Bearer ", "anthropic", needs_login=True)
    monkeypatch.setattr("text2llm.providers.endpoints.load_usage", lambda _: {"anthropic": endpoint})
    if granted:
        monkeypatch.setenv("TEXT2LLM_TRUSTED_ORIGINS", f"profile:anthropic:me={server.origin}")
    write_config(with_model("anthropic/x"))
    write_store(profiles(anthropic_me={"type": "token", "token": TOKEN}))


def test_endpoint_that_the_credential_is_not_bound_to_is_not_asked_nor_kept(
    usage: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    with listen(answer(ANSWER)) as server:
        trust_endpoint(monkeypatch, server, granted=False)
        (told,) = usage("--usage")
        assert told["error"] == "not sent: the credential is not bound to the endpoint's origin"
        assert (server.connections, cache_file().exists()) == (0, False)
        trust_endpoint(monkeypatch, server)
        (told,) = usage("--usage")
        assert (told["windows"], server.connections) == (WINDOWS, 1)


def test_config_that_places_the_provider_elsewhere_gets_no_credential(usage: Any) -> None:
    with listen(answer(ANSWER)) as server:
        use(str(server.origin), anthropic_me={"type": "token", "token": TOKEN})
        assert usage("--usage") == []
        assert server.connections == 0


@pytest.mark.parametrize(
    "entry",
    [
        KEY,
        {"type": "token", "token": "sandbox-ok", "expires": NOW - 1},
        {"type": "oauth", "access": "sandbox-ok", "refresh": "r", "expires": NOW - 1},
        {"type": "oauth", "access": "", "refresh": "r"},
    ],
)
def test_credential_that_nothing_can_be_told_of_is_not_asked_for(entry: dict[str, Any], usage: Any) -> None:
    with listen(answer(ANSWER)) as server:
        use(str(server.origin), anthropic_me=entry)
        assert usage("--usage") == []
        assert server.connections == 0


def test_secret_in_a_file_is_read_and_one_that_cannot_be_is_told(usage: Any, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("sandbox-ok\n")
    secret.chmod(0o600)
    with listen(answer(ANSWER)) as server:
        use(str(server.origin), anthropic_me={"type": "token", "token": {"source": "file", "id": str(secret)}})
        assert usage("--usage")[0]["windows"] == WINDOWS
        secret.unlink()
        assert "its secret cannot be read: cannot read the file" in usage("--usage")[0]["error"]


@pytest.mark.usefixtures("_here")
def test_keyring_is_opened_only_when_asked(terminal: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "keyring", None)
    use("http://127.0.0.1:1", anthropic_me={"type": "token", "token": {"source": "keyring", "id": "x"}})
    assert terminal() == []
    (line,) = terminal(usage=True)
    assert "usage: not known (its secret cannot be read: the package keyring is not installed" in line


@pytest.mark.usefixtures("_here")
def test_settings_that_forbid_every_request_do_not_hide_the_status(terminal: Any) -> None:
    use("http://127.0.0.1:1")
    settings = Path(os.environ["TEXT2LLM_HOME"], "config", "settings.yaml")
    settings.parent.mkdir()
    settings.write_text("network: {caFile: /nowhere/ca.pem}\n")
    settings.chmod(0o600)
    assert terminal() == []
    with pytest.raises(SettingsError):
        terminal(usage=True)


def test_usage_and_plain_exclude_each_other(run: Run) -> None:
    write_config({})
    done = run("models", "status", "--plain", "--usage")
    assert (done.code, done.out) == (64, "")
    assert "--usage and --plain cannot be combined" in done.err


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with serve() as running:
        yield running


def test_sandbox_plays_every_endpoint(sandbox: Sandbox, usage: Any) -> None:
    kinds = {"anthropic": "anthropic-messages", "zai": "openai-completions", "openai-codex": "openai-responses"}
    customs = {name: {"api": api, "baseUrl": sandbox.url, "models": []} for name, api in kinds.items()}
    customs["openrouter"] = {"api": "openai-completions", "baseUrl": f"{sandbox.url}/api/v1", "models": []}
    write_config({"models": {"providers": customs}})
    names = {"anthropic": "token", "openai-codex": "oauth", "openrouter": "api_key", "zai": "api_key"}
    fields = {"token": "token", "oauth": "access", "api_key": "key"}
    entries = {
        f"{each}:me": {"provider": each, "type": kind, fields[kind]: "sandbox-ok"} for each, kind in names.items()
    }
    write_store({"version": 1, "profiles": entries})
    told = {each["provider"]: each for each in usage("--usage")}
    assert {name: [window["label"] for window in each["windows"]] for name, each in told.items()} == {
        "anthropic": ["5h", "week", "week, Sonnet"],
        "openai-codex": ["5h", "week"],
        "openrouter": ["key limit"],
        "zai": ["tools, month", "tokens, 5h", "tokens, 1w"],
    }
    assert not [each for each in told.values() if "error" in each]
