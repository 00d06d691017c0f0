from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.sandbox.talking import Client, Quiet
from text2llm.sandbox.server import Sandbox, serve


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with serve(slow=0.3) as running:
        yield running


@pytest.fixture
def client(sandbox: Sandbox) -> Client:
    return Client(sandbox.port)


@pytest.fixture
def quiet() -> Quiet:
    return Quiet()
