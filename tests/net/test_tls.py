"""TLS: certificates are verified, and nothing of a session is written down."""

from __future__ import annotations

import os
import shutil
import ssl
import subprocess
from pathlib import Path

import pytest

from tests.net.hostile import answer, listen, say
from tests.net.sending import body, kind, send
from text2llm.net.client import create_tls_context
from text2llm.net.message import Failure, FailureKind
from text2llm.trust.origin import Origin

CA = """
[ca]
default_ca = own
[own]
database = index.txt
new_certs_dir = .
serial = serial
default_md = sha256
policy = any
x509_extensions = host
unique_subject = no
[any]
commonName = supplied
[host]
subjectAltName = IP:127.0.0.1
"""


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Certificates of two servers: one valid, one expired; each signed by itself."""
    if shutil.which("openssl") is None:
        pytest.skip("there is no openssl to make certificates with")
    folder = tmp_path_factory.mktemp("tls")
    for name, text in (("ca.cnf", CA), ("index.txt", ""), ("serial", "01\n")):
        (folder / name).write_text(text)
    for name, year in (("valid", 2049), ("expired", 2021)):
        request = f"req -newkey rsa:2048 -nodes -keyout {name}.key -out {name}.csr -subj /CN=127.0.0.1"
        dates = f"-startdate 20200101000000Z -enddate {year}0101000000Z"
        sign = f"ca -batch -selfsign -config ca.cnf -in {name}.csr -keyfile {name}.key -out {name}.pem -notext {dates}"
        for command in (request, sign):
            subprocess.run(["openssl", *command.split()], cwd=folder, capture_output=True, check=True)
    return folder


def serving(folder: Path, name: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / f"{name}.pem", folder / f"{name}.key")
    return context


def trusting(folder: Path, name: str) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=os.fspath(folder / f"{name}.pem"))


@pytest.mark.parametrize("name", ["valid", "expired"])
def test_certificate_of_a_stranger_is_refused(certificates: Path, name: str) -> None:
    with listen(answer(b"{}"), serving(certificates, name)) as server:
        assert kind(send(server.origin, context=create_tls_context(), deadline=3)) is FailureKind.TLS
        assert server.received == [b""]


def test_expired_certificate_is_refused(certificates: Path) -> None:
    with listen(answer(b"{}"), serving(certificates, "expired")) as server:
        result = send(server.origin, context=trusting(certificates, "expired"), deadline=3)
    assert kind(result) is FailureKind.TLS
    assert isinstance(result, Failure)
    assert "certificate has expired" in result.message


def test_session_keys_are_not_logged(certificates: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SSLKEYLOGFILE", str(tmp_path / "keys.log"))
    with listen(answer(b"{}"), serving(certificates, "valid")) as server:
        send(server.origin, context=create_tls_context(), deadline=3)
    assert "SECRET" not in (tmp_path / "keys.log").read_text()


def test_trusted_certificate_is_accepted(certificates: Path) -> None:
    with listen(answer(b"{}"), serving(certificates, "valid")) as server:
        assert body(send(server.origin, context=trusting(certificates, "valid"), deadline=3)) == b"{}"


def test_plain_server_on_a_tls_port_is_a_tls_failure() -> None:
    with listen(say(b"HTTP/1.1 400 Bad Request\r\n\r\n"), reads=False) as server:
        origin = Origin("https", "127.0.0.1", server.origin.port)
        assert kind(send(origin, context=create_tls_context(), deadline=3)) is FailureKind.TLS


def test_handshake_that_never_ends_is_closed_at_the_deadline() -> None:
    with listen(say(b"")) as server:
        origin = Origin("https", "127.0.0.1", server.origin.port)
        assert kind(send(origin, context=create_tls_context())) is FailureKind.DEADLINE
