"""TLS: certificates are verified, and no session keys are logged."""

from __future__ import annotations

import os
import ssl
from pathlib import Path

import certifi
import certifi.core
import pytest

from tests.net.hostile import answer, listen, say
from tests.net.sending import body, kind, send
from text2llm.net.client import create_tls_context
from text2llm.net.message import Failure, FailureKind, Response
from text2llm.settings.model import NetworkSettings, SettingsError
from text2llm.trust.origin import Origin


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
    assert not (tmp_path / "keys.log").exists()


def test_trusted_certificate_is_accepted(certificates: Path) -> None:
    with listen(answer(b"{}"), serving(certificates, "valid")) as server:
        assert body(send(server.origin, context=trusting(certificates, "valid"), deadline=3)) == b"{}"


@pytest.mark.parametrize("status", [b"301 Moved", b"307 Temporary"])
def test_a_redirect_to_plain_http_carries_nothing(certificates: Path, status: bytes) -> None:
    with listen(answer(b"")) as plain:
        moved = answer(b"", b"location: " + str(plain.origin).encode() + b"/", status=status)
        with listen(moved, serving(certificates, "valid")) as server:
            result = send(server.origin, context=trusting(certificates, "valid"), deadline=3)
    assert isinstance(result, Response)
    assert (result.status, plain.connections) == (int(status[:3]), 0)


def test_plain_server_on_a_tls_port_is_a_tls_failure() -> None:
    with listen(say(b"HTTP/1.1 400 Bad Request\r\n\r\n"), reads=False) as server:
        origin = Origin("https", "127.0.0.1", server.origin.port)
        assert kind(send(origin, context=create_tls_context(), deadline=3)) is FailureKind.TLS


def test_handshake_that_never_ends_is_closed_at_the_deadline() -> None:
    with listen(say(b"")) as server:
        origin = Origin("https", "127.0.0.1", server.origin.port)
        assert kind(send(origin, context=create_tls_context())) is FailureKind.DEADLINE


@pytest.fixture
def _every_authority(monkeypatch: pytest.MonkeyPatch) -> None:
    """All certificates, as outside of tests; other tests load only a few."""
    monkeypatch.setattr(certifi, "where", certifi.core.where)


@pytest.mark.usefixtures("_every_authority")
def test_authority_of_the_settings_is_trusted_beside_the_bundled_ones(certificates: Path) -> None:
    bundled = len(create_tls_context().get_ca_certs())
    context = create_tls_context(NetworkSettings(ca_file=str(certificates / "valid.pem")))
    assert bundled > 50
    assert len(context.get_ca_certs()) in {bundled, bundled + 1}  # only authorities are listed
    with listen(answer(b"{}"), serving(certificates, "valid")) as server:
        assert body(send(server.origin, context=context, deadline=3)) == b"{}"


def test_environments_authority_applies_only_if_the_settings_say_so(
    certificates: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificates / "valid.pem"))
    with listen(answer(b"{}"), serving(certificates, "valid")) as server:
        assert kind(send(server.origin, context=create_tls_context(), deadline=3)) is FailureKind.TLS
        context = create_tls_context(NetworkSettings(ca_file="environment"))
        assert body(send(server.origin, context=context, deadline=3)) == b"{}"


def test_environment_without_an_authority_leaves_the_bundled_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    context = create_tls_context(NetworkSettings(ca_file="environment"))
    assert len(context.get_ca_certs()) == len(create_tls_context().get_ca_certs())


@pytest.mark.parametrize(
    ("text", "why"), [(None, "No such file or directory"), ("no certificate", "it has no certificates")]
)
def test_authority_that_cannot_be_read_is_an_error(tmp_path: Path, text: str | None, why: str) -> None:
    path = tmp_path / "ca.pem"
    if text is not None:
        path.write_text(text)
    with pytest.raises(SettingsError) as caught:
        create_tls_context(NetworkSettings(ca_file=str(path)))
    assert caught.value.message == f"network.caFile: cannot read {path}: {why}"
    assert caught.value.hint


def test_tls_is_of_this_decade_and_verifies_names() -> None:
    context = create_tls_context()
    assert context.check_hostname
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.minimum_version >= ssl.TLSVersion.TLSv1_2
    assert not context.keylog_filename
