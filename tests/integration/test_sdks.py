"""The providers' own SDKs, and the frameworks over them, call the sandbox: whole, streamed and refused.

`make integration` installs three generations, each in an environment of its own; ``SDKS`` is the start of their
paths. What each calls is in ``sdks/calls.py``, which its Python runs.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from text2llm.sandbox.server import Sandbox, serve

ROOT = os.environ.get("SDKS", "")
CALLS = Path(__file__).with_name("sdks") / "calls.py"
pytestmark = pytest.mark.slow

_FRAMEWORKS = ("langchain", "pydantic-ai", "litellm router")
#: By environment: what is installed in it.
GENERATIONS: Mapping[str, tuple[str, ...]] = {
    "sdk-old": ("openai", "azure", "anthropic", *_FRAMEWORKS),
    "sdk-mid": ("openai", "azure", "anthropic", "any-llm", "bedrock"),
    "sdk-new": ("openai", "azure", "anthropic", *_FRAMEWORKS),
}
#: The reply to each case, whatever the SDK's generation.
REPLIES: Mapping[str, str] = {
    "openai chat": "pong",
    "openai chat stream": "pong",
    "openai tool stream": "noop{}",
    "openai responses": "pong",
    "openai responses stream": "pong",
    "azure chat": "pong",
    "azure chat stream": "pong",
    "bedrock converse": "pong",
    "bedrock stream": "pong",
    "anthropic messages": "pong",
    "anthropic bearer": "pong",
    "anthropic stream": "pong",
    "anthropic tool stream": "noop{}",
    **{
        f"{framework} {provider}{form}": "pong"
        for framework in (*_FRAMEWORKS, "any-llm")
        for provider in ("openai", "anthropic")
        for form in ("", " stream")
    },
}
#: The exceptions that behaviors raise, by case: what the SDKs document for the status or the broken connection.
ERRORS: Mapping[str, str] = {
    "openai chat:revoked": "AuthenticationError",
    "openai chat:unpaid": "RateLimitError",
    "openai chat:limited": "RateLimitError",
    "openai chat:overloaded": "InternalServerError",
    "openai chat:no-model": "NotFoundError",
    "openai chat:bad-request": "BadRequestError",
    "openai chat:truncated": "APIConnectionError",
    "openai chat stream:limited": "RateLimitError",
    "openai chat stream:stream-error": "APIError",
    "openai responses stream:stream-error": "APIError",
    "openai responses stream:unfinished": "RuntimeError",
    "anthropic messages:revoked": "PermissionDeniedError",
    "anthropic messages:unpaid": "BadRequestError",
    "anthropic messages:limited": "RateLimitError",
    "anthropic messages:overloaded": "OverloadedError",
    "anthropic messages:no-model": "NotFoundError",
    "anthropic stream:limited": "RateLimitError",
    "anthropic stream:stream-error": "APIStatusError",
    "anthropic stream:truncated": "RemoteProtocolError",
    "azure chat:no-model": "NotFoundError",
    "bedrock converse:limited": "ThrottlingException",
    "bedrock stream:stream-error": "EventStreamError",
    "litellm router openai:limited": "RateLimitError",
    "litellm router anthropic stream:limited": "RateLimitError",
    "any-llm openai:limited": "RateLimitError",
    "any-llm anthropic:revoked": "PermissionDeniedError",
}
CASES = [
    (generation, case, expected)
    for generation, installed in GENERATIONS.items()
    for case, expected in {**REPLIES, **ERRORS}.items()
    if case.startswith(installed)
]
Found = Callable[[str, str], str]


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with serve() as running:
        yield running


@pytest.fixture(scope="module")
def find_result(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Found:
    """Gives the result of a case; all those of a generation are called in one process, since imports take seconds."""
    results: dict[str, dict[str, str]] = {}

    def find(generation: str, case: str) -> str:
        python = f"{ROOT}-{generation}/bin/python"
        if not ROOT or not os.access(python, os.X_OK):
            pytest.skip(f"no {generation} here: run it with `make integration`")
        if generation not in results:
            cases = [name for known, name, _ in CASES if known == generation]
            environ = {"PATH": os.environ["PATH"], "HOME": str(tmp_path_factory.mktemp("home"))}
            results[generation] = call_all([python, "-I", str(CALLS), sandbox.url, *cases], environ)
        return results[generation][case]

    return find


def call_all(command: list[str], environ: dict[str, str]) -> dict[str, str]:
    environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"  # no download of prices
    done = subprocess.run(command, env=environ, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    found: dict[str, str] = json.loads(done.stdout.splitlines()[-1])
    return found


@pytest.mark.parametrize(("generation", "case", "expected"), CASES)
def test_sdk_gets_what_it_documents(find_result: Found, generation: str, case: str, expected: str) -> None:
    assert find_result(generation, case) == expected


def test_sandbox_received_the_calls_of_each_api(find_result: Found, sandbox: Sandbox) -> None:
    for generation in GENERATIONS:
        find_result(generation, "openai chat")
    assert {"/v1/chat/completions", "/v1/responses", "/v1/messages"} <= {request.path for request in sandbox.requests}
