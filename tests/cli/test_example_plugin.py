"""The plugin of the guide, as its reader uses it: installed, enabled, logged in with, and its key proven by a probe."""

from __future__ import annotations

import json
import os
import pty
import shutil
import ssl
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.login.answering import Replies
from tests.net.conftest import certificates  # noqa: F401 - a fixture
from tests.net.hostile import Listener, listen
from tests.providers.plugin_making import EXAMPLE

TICKET, KEY = "ticket-5f0d8c1b77aa", "acme_" + "q3" * 16
COMPLETION = {
    "id": "c1",
    "object": "chat.completion",
    "model": "anvil-mini",
    "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": "ok"}}],
    "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2},
}
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def authority(request: pytest.FixtureRequest) -> Path:
    """The certificate and key of a server on loopback."""
    found: Path = request.getfixturevalue("certificates")
    return found


@pytest.fixture
def acme(authority: Path) -> Iterator[Listener]:
    """Acme: gives a key for a ticket, then answers a chat."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(authority / "valid.pem", authority / "valid.key")
    with listen(Replies([(200, {"key": KEY}), (200, COMPLETION)]), context) as server:
        yield server


@pytest.fixture
def environ(tmp_path: Path, acme: Listener, authority: Path) -> dict[str, str]:
    """The example, installed with the server's address in it, and enabled."""
    source, installed = tmp_path / "source", tmp_path / "installed"
    shutil.copytree(EXAMPLE, source)
    descriptor = source / "text2llm_acme" / "acme.yaml"
    descriptor.write_text(descriptor.read_text().replace("https://api.acme.example", str(acme.origin)))
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-index", "--no-deps"]
    install = [*pip, "--no-build-isolation", "--target", str(installed), str(source)]
    subprocess.run(install, check=True, capture_output=True)
    settings = tmp_path / "home" / "config" / "settings.yaml"
    settings.parent.mkdir(parents=True)
    settings.write_text(f"plugins: [text2llm-acme]\nnetwork:\n  caFile: {authority / 'valid.pem'}\n")
    settings.chmod(0o600)
    (tmp_path / "text2llm.yaml").write_text("version: 1\nagents:\n  defaults:\n    model: acme/anvil-mini\n")
    return {**os.environ, "TEXT2LLM_HOME": str(tmp_path / "home"), "PYTHONPATH": str(installed)}


def text2llm(*arguments: str) -> list[str]:
    return [str(Path(sys.executable).parent / "text2llm"), *arguments]


def output(folder: Path, environ: dict[str, str], *arguments: str) -> str:
    done = subprocess.run(text2llm(*arguments), cwd=folder, env=environ, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def log_in(folder: Path, environ: dict[str, str], answer: str) -> tuple[int, str]:
    """Log in at a terminal that shows nothing of ``answer``; the exit code and all that was printed."""
    keyboard, terminal = pty.openpty()
    program = text2llm("models", "auth", "login", "--provider", "acme", "--method", "acme-ticket", "--no-keyring")
    process = subprocess.Popen(
        program,
        stdin=terminal,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        cwd=folder,
        env=environ,
        start_new_session=True,  # the terminal of whoever runs the tests is not asked
    )
    assert process.stdout is not None
    shown = b""
    while b"Ticket: " not in shown and (block := os.read(process.stdout.fileno(), 4096)):
        shown += block  # what is typed before the question is thrown away
    os.write(keyboard, answer.encode() + b"\n")
    shown += process.communicate(timeout=60)[0]
    os.close(keyboard)
    os.close(terminal)
    return process.returncode, shown.decode()


def test_the_example_is_listed(tmp_path: Path, environ: dict[str, str]) -> None:
    (plugin,) = json.loads(output(tmp_path, environ, "plugins", "list", "--json"))["plugins"]
    assert (plugin["distribution"], plugin["name"], plugin["version"]) == ("text2llm-acme", "acme", "1.0.0")
    assert (plugin["state"], plugin["provider"]["id"]) == ("loaded", "acme")
    assert [each["name"] for each in plugin["provider"]["methods"]] == ["device-code", "acme-ticket", "api-key"]


def test_a_login_by_its_own_method_gives_a_key_that_a_probe_proves(
    tmp_path: Path, environ: dict[str, str], acme: Listener
) -> None:
    code, shown = log_in(tmp_path, environ, TICKET)
    assert code == 0, shown
    assert "https://console.acme.example/tickets shows a ticket." in shown
    assert acme.received[0].startswith(b"POST /v1/tickets HTTP/1.1\r\n")
    assert acme.received[0].endswith(b'{"ticket": "%b"}' % TICKET.encode())

    probed = json.loads(output(tmp_path, environ, "models", "status", "--probe", "--json"))
    assert [(each["profileId"], each["status"]) for each in probed["auth"]["probes"]["results"]] == [
        ("acme:default", "ok")
    ]
    assert acme.received[1].startswith(b"POST /v1/chat/completions HTTP/1.1\r\n")
    assert f"authorization: bearer {KEY}".encode() in acme.received[1].lower()
    assert len(acme.received) == 2
    assert TICKET not in shown
    assert KEY not in shown + json.dumps(probed)


def test_a_ticket_goes_to_no_other_origin_than_the_descriptors(
    tmp_path: Path, environ: dict[str, str], acme: Listener
) -> None:
    (tmp_path / "text2llm.yaml").write_text(
        "version: 1\nmodels:\n  providers:\n    acme:\n      baseUrl: https://evil.example/v1\n"
    )
    assert log_in(tmp_path, environ, TICKET)[0] == 0
    assert acme.received[0].startswith(b"POST /v1/tickets HTTP/1.1\r\n")
