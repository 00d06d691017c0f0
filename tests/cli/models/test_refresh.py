from __future__ import annotations

import json
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.running import Done, Run
from tests.status.world import assert_valid, write_store
from text2llm.commands.refresh import open_view
from text2llm.listing.plan import find_facts, find_listings
from text2llm.sandbox.server import Sandbox, serve
from text2llm.workspace import Workspace


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with serve() as running:
        yield running


def write(sandbox: Sandbox | None = None, /, **providers: str) -> None:
    """A config whose providers have these settings; ``URL`` in them is that of the sandbox."""
    url = "" if sandbox is None else sandbox.url
    lines = "".join(f"    {name}: {{{text.replace('URL', url)}}}\n" for name, text in providers.items())
    Path("text2llm.yaml").write_text("version: 1\n" + (f"models:\n  providers:\n{lines}" if lines else ""))


def cache() -> Path:
    return Path(os.environ["TEXT2LLM_HOME"], "cache", "listings.jsonl")


def told(done: Done) -> dict[str, Any]:
    body = json.loads(done.out)
    assert_valid(body, "outputs/models-refresh")
    return {row["provider"]: row for row in body["listings"]}


GOOD = {
    "openai": "baseUrl: 'URL/v1', apiKey: sandbox-ok",
    "anthropic": "baseUrl: 'URL', apiKey: sandbox-ok",
    "google": "baseUrl: 'URL/v1beta', apiKey: sandbox-ok",
    "openrouter": "baseUrl: 'URL/api/v1', apiKey: sandbox-ok",
    "ollama": "baseUrl: 'URL'",
    "lab": "api: openai-completions, baseUrl: 'URL/v1', apiKey: sandbox-ok",
}


def test_every_provider_in_view_is_asked_and_kept(run: Run, sandbox: Sandbox) -> None:
    write(sandbox, **GOOD)
    done = run("models", "refresh")
    assert done == Done(
        0,
        "anthropic: 3 models\ngoogle: 3 models\nlab: 3 models\nollama: 2 models\nopenai: 3 models\n"
        "openrouter: 48 models\n",
        "",
    )
    assert stat.S_IMODE(cache().stat().st_mode) == 0o600


def test_kept_listings_are_found_where_the_configuration_still_points(run: Run, sandbox: Sandbox) -> None:
    write(sandbox, **GOOD)
    run("models", "refresh")
    view, in_view = open_view(Workspace(os.environ))
    facts = find_facts(in_view, view)
    assert facts["google"]["gemini-2.5-pro"].context_window == 1048576
    assert find_listings(["openai", "nobody"], view)["openai"].place == f"{sandbox.url}/v1/models"
    write(openai="baseUrl: 'http://127.0.0.1:9/v1', apiKey: sandbox-ok")
    view, in_view = open_view(Workspace(os.environ))
    assert find_facts(in_view, view) == {}
    cache().unlink()
    assert find_facts(in_view, view) == {}


def test_provider_that_fails_keeps_its_last_listing_and_says_so(run: Run, sandbox: Sandbox) -> None:
    write(sandbox, **GOOD)
    run("models", "refresh")
    before = told(run("models", "refresh", "--json"))
    write(sandbox, **{**GOOD, "openai": "baseUrl: 'URL/v1', apiKey: sandbox-revoked"})
    done = run("models", "refresh")
    first = next(line for line in done.out.splitlines() if line.startswith("openai: "))
    assert first.startswith("openai: failed: HTTP 401")
    assert "; kept: 3 models of 2" in first
    way = "set its variable, or run `text2llm models auth login --provider openai`"
    assert f"  hint: replace the credential, which openai revoked: {way}\n" in done.out
    assert done.code == 0
    after = told(run("models", "refresh", "--json"))
    assert (after["openai"]["takenAt"], after["openai"]["models"]) == (before["openai"]["takenAt"], 3)
    assert after["lab"]["takenAt"] > before["lab"]["takenAt"]


def test_named_provider_that_fails_decides_the_exit_code(run: Run, sandbox: Sandbox) -> None:
    write(sandbox, **{**GOOD, "openai": "baseUrl: 'URL/v1', apiKey: sandbox-revoked"})
    assert run("models", "refresh", "--provider", "lab").code == 0
    done = run("models", "refresh", "--provider", "lab", "--provider", "OpenAI", "--json")
    assert done.code == 1
    rows = told(done)
    assert {name: row["outcome"] for name, row in rows.items()} == {"lab": "renewed", "openai": "failed"}
    assert (rows["openai"]["reason"], rows["openai"]["models"]) == ("revoked", None)


def test_when_nobody_answers_that_is_a_failure(run: Run, sandbox: Sandbox) -> None:
    write(sandbox, openai="baseUrl: 'URL/v1', apiKey: sandbox-revoked")
    assert run("models", "refresh").code == 1


def test_who_has_no_credential_or_no_listing_is_skipped_unless_named(run: Run) -> None:
    write(perplexity="apiKey: sandbox-ok", openai="models: [{id: gpt-5.2}]")
    done = run("models", "refresh")
    assert done == Done(
        0,
        "openai: skipped: no credential for openai\nperplexity: skipped: no listing of perplexity is known\n",
        "",
    )
    named = run("models", "refresh", "--provider", "perplexity")
    assert named.code == 1
    assert "hint: name its models in models.providers.perplexity.models" in named.out
    assert told(run("models", "refresh", "--json"))["openai"]["reason"] == "missing_credential"


def test_nobody_in_view(run: Run) -> None:
    write()
    done = run("models", "refresh")
    assert (done.code, done.out.splitlines()[0]) == (0, "no provider to list")


def test_unknown_provider_is_refused(run: Run) -> None:
    write()
    done = run("models", "refresh", "--provider", "opnai")
    assert done.code == 64
    assert "did you mean openai" in done.err


def test_credential_goes_nowhere_but_where_it_is_bound(run: Run, sandbox: Sandbox) -> None:
    write(sandbox, openai="baseUrl: 'URL/v1'")
    write_store({"version": 1, "profiles": {"openai:me": {"type": "api_key", "provider": "openai", "key": "k" * 40}}})
    done = run("models", "refresh", "--provider", "openai")
    assert (done.code, sandbox.requests) == (4, ())
    assert "trust allow" in done.out
