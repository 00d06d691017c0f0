from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.login.oidc_server import Provider, run_provider


@pytest.fixture(scope="session")
def oidc() -> Iterator[Provider]:
    """A real OpenID provider; tests that count what reaches it compare before and after."""
    with run_provider() as provider:
        yield provider
