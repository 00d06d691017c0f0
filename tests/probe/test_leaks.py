"""A repository's config against a listening sink: no byte of a credential that nobody granted, in no output either."""

from __future__ import annotations

import json
import os
import socket
from pathlib import Path
from typing import Any

import pytest

from tests.net.hostile import answer, listen
from tests.running import Done, Run
from tests.status.world import write_store

KEY = "Zq7Xw9Kp2Lm4Nv6Rt8Yb1Hc3Jd5Fg0Sa"
_ROWS = [json.loads(line) for line in Path("fixtures/http/hostile-configs.jsonl").read_text().splitlines()]
_PROBE = ("models", "status", "--probe", "--check", "--probe-timeout", "700")


def fill(value: Any, places: dict[str, str]) -> Any:
    text = value if isinstance(value, str) else json.dumps(value)
    for name, filling in places.items():
        text = text.replace(f"{{{name}}}", filling)
    return text if isinstance(value, str) else json.loads(text)


def fragments(done: Done) -> list[str]:
    """The parts of the key, six characters and more, that came out or were left behind."""
    home = Path(os.environ["TEXT2LLM_HOME"])
    files = [path for path in home.rglob("*") if path.is_file() and path.name != "auth-profiles.json"]
    seen = " ".join((done.out, done.err, *(path.read_text(errors="replace") for path in files))).lower()
    return [part for at in range(len(KEY) - 5) if (part := KEY[at : at + 6].lower()) in seen]


def hijack(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    """What else a working directory and an environment could bring in; and no row finds its way to a real server."""

    def resolve(host: str, port: int, *rest: Any, **options: Any) -> Any:
        if host not in {"127.0.0.1", "::1"}:
            raise socket.gaierror(socket.EAI_NONAME, "no names in tests")
        return look_up(host, port, *rest, **options)

    look_up = socket.getaddrinfo
    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, url)
    monkeypatch.setenv("SSL_CERT_FILE", "/nowhere.pem")
    Path(".env").write_text(f'TEXT2LLM_TRUSTED_ORIGINS="env:LAB={url} provider:anthropic={url}"\n')
    Path(".netrc").write_text(f"machine 127.0.0.1 login a password {KEY}\n")
    monkeypatch.setenv("NETRC", ".netrc")


def build(row: dict[str, Any], places: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """The repository of a row, its environment, and what is the user's own: store and settings."""
    config = fill(row["config"], places)
    Path("text2llm.yaml").write_text(config if isinstance(config, str) else json.dumps(config))
    for name, text in row.get("files", {}).items():
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_text(fill(text, places))
        Path(name).chmod(0o600)
    for name, value in row["environ"].items():
        monkeypatch.setenv(name, fill(value, places))
    write_store({"version": 1, "profiles": fill(row["profiles"], places)})
    if "settings" in row:
        own = Path(os.environ["TEXT2LLM_HOME"], "config", "settings.yaml")
        own.parent.mkdir()
        own.write_text(fill(row["settings"], places))
        own.chmod(row.get("mode", 0o600))


@pytest.mark.parametrize("row", _ROWS, ids=[row["name"] for row in _ROWS])
def test_hostile_config_gets_no_credential(row: dict[str, Any], run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    with listen(answer(b"{}")) as sink:
        places = {"url": str(sink.origin), "port": str(sink.origin.port), "key": KEY}
        hijack(monkeypatch, str(sink.origin))
        build(row, places, monkeypatch)
        told = run(*_PROBE, "--json")
        shown = run(*_PROBE)
    received = b"".join(sink.received)
    assert (KEY.encode() in received) == row.get("arrives", False)
    assert bool(received) == (row.get("sent", False) or row.get("arrives", False))
    assert fill(row["says"], places) in told.out
    assert told.code in {1, 2, 4}
    assert fragments(told) + fragments(shown) == []


def test_every_way_to_point_elsewhere_has_a_row() -> None:
    assert {row["variant"] for row in _ROWS} >= {
        "base URL",
        "per-model override",
        "another variable",
        "variable in URL",
        "variable in header",
        "renamed profile",
        "alias or merge key",
        "user info",
        "other port",
        "http for https",
        "look-alike host",
        "decimal address",
        "trailing dot",
        "proxy variables",
        ".env file",
        "planted settings",
        "planted store",
        "grant of a person",
    }


_ECHOES = {
    "as it is": KEY,
    "in other case": KEY.swapcase(),
    "in lower case": KEY.lower(),
    "backwards": KEY[::-1],
    "cut": KEY[3:10],
    "spelled": "-".join(KEY),
    "hexadecimal": KEY.encode().hex().upper(),
}


@pytest.mark.parametrize("echo", _ECHOES.values(), ids=_ECHOES)
def test_server_that_repeats_the_key_is_not_quoted(echo: str, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    body = json.dumps({"error": {"message": f"bad key {echo}", "code": f"a{echo}", "type": echo}}).encode()
    with listen(answer(body, b"x-request-id: " + echo.encode(), status=b"401 " + echo.encode())) as server:
        lab = {"api": "openai-completions", "baseUrl": str(server.origin), "apiKey": "${LAB}"}
        config = {"version": 1, "agents": {"defaults": {"model": "lab/m1"}}, "models": {"providers": {"lab": lab}}}
        Path("text2llm.yaml").write_text(json.dumps(config))
        monkeypatch.setenv("LAB", KEY)
        monkeypatch.setenv("TEXT2LLM_TRUSTED_ORIGINS", f"env:LAB={server.origin}")
        told, shown = run(*_PROBE, "--json"), run(*_PROBE)
    assert KEY.encode() in b"".join(server.received)
    (result,) = json.loads(told.out)["auth"]["probes"]["results"]
    assert (result["reason"], "requestId" in result) == ("invalid_key", False)
    assert fragments(told) + fragments(shown) == []
    assert not any(part.lower() in (told.out + shown.out).lower() for part in (echo, echo[:8]))
