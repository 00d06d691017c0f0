"""Certificates for servers on loopback."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.net.certificates import make_certificates


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Certificates of two servers: one valid, one expired; each signed by itself."""
    if shutil.which("openssl") is None:
        pytest.skip("there is no openssl to make certificates with")
    folder = tmp_path_factory.mktemp("tls")
    make_certificates(folder)
    return folder
