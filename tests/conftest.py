from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import certifi
import pytest
from hypothesis import HealthCheck, settings

from tests.running import Done, Run
from text2llm.cli.boundary import run_guarded
from text2llm.cli.main import main

# The first examples pay for imports and tables, which on a busy machine looks like slow data generation.
settings.register_profile("text2llm", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("text2llm")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes seconds goes first: at the end, all would wait for it."""
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)


@pytest.fixture(scope="session")
def _homes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """New empty folders. pytest's own would each be numbered by a look at all the others, of ten thousand tests."""
    parent = tmp_path_factory.mktemp("homes")
    return (parent / str(number) / "home" for number in count())


@pytest.fixture(autouse=True)
def _own_home(_homes: Iterator[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    """No test sees the user's files or credentials."""
    home = next(_homes)
    home.mkdir(parents=True)
    for name in list(os.environ):
        if name.endswith(("_API_KEY", "_TOKEN", "_KEY")) or name.startswith(("TEXT2LLM_", "PI_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("TEXT2LLM_HOME", str(home))
    if not os.environ.get("CI"):
        monkeypatch.setenv("CI", "1")  # no test at a terminal asks a real provider for usage


@pytest.fixture(autouse=True, scope="session")
def _few_authorities(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """In this process few certificates are bundled: to read all takes longer than most tests that send something."""
    end = "-----END CERTIFICATE-----\n"
    path = tmp_path_factory.mktemp("authorities") / "few.pem"
    path.write_text("".join(part + end for part in certifi.contents().split(end)[:3]))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(certifi, "where", lambda: str(path))
        yield


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """The program in this process, in an empty directory."""
    monkeypatch.chdir(tmp_path)

    def call(*arguments: str, stdin: str = "") -> Done:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin.encode())))
        code = run_guarded(main, arguments)
        captured = capsys.readouterr()
        return Done(int(code), captured.out, captured.err)

    return call
