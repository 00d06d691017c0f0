"""Models for other purposes, with every command that takes a role."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.running import Run

CONFIG = """version: 1
agents:
  defaults:
    model: anthropic/claude-opus-4-5
    roles: {small: openai/gpt-5.2, embedding: openai/text-embedding-3-small}
  entries:
    coder: {roles: {small: {fallbacks: []}}}
"""


@pytest.fixture(autouse=True)
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "text2llm.yaml"
    path.write_text(CONFIG)
    return path


def test_a_new_role_is_set_where_the_others_are(run: Run, config: Path) -> None:
    assert run("models", "set", "--role", "review", "anthropic/claude-opus-4-5").code == 0
    assert "review: {primary: anthropic/claude-opus-4-5}" in config.read_text()


def test_fallbacks_of_a_role_start_from_the_inherited(run: Run, config: Path) -> None:
    options = ("--role", "small")
    assert run("models", "fallbacks", "add", *options, "anthropic/claude-opus-4-5").code == 0
    assert run("models", "fallbacks", "list", *options, "--plain").out == "anthropic/claude-opus-4-5\n"
    assert run("models", "fallbacks", "list", *options, "--agent", "coder", "--plain").out == ""
    assert run("models", "fallbacks", "remove", *options, "anthropic/claude-opus-4-5").code == 0
    failed = run("models", "fallbacks", "remove", *options, "anthropic/claude-opus-4-5")
    assert "is not among the small fallbacks" in failed.err
    assert "`text2llm models fallbacks list --role small`" in failed.err


def test_set_image_and_the_role_image_are_one(run: Run, config: Path) -> None:
    assert run("models", "set", "--role", "image", "openai/gpt-5.2").code == 0
    assert run("models", "set-image", "openai/gpt-5.2").out == "no changes\n"


@pytest.mark.parametrize(
    ("name", "hint"), [("Main", "'main'"), ("model", "'main'"), ("roles", "use main, image"), ("a b", "use main")]
)
def test_a_name_that_no_role_can_have(name: str, hint: str, run: Run, config: Path) -> None:
    done = run("models", "set", "--role", name, "openai/gpt-5.2")
    assert (done.code, f"{name!r} is not a role" in done.err, hint in done.err) == (64, True, True)


def test_status_and_list_show_every_role(run: Run) -> None:
    routes = json.loads(run("models", "status", "--json").out)["routes"]
    assert [(route["role"], route["slot"], route["position"]) for route in routes] == [
        ("main", "model", 0),
        ("small", "small", 0),
        ("embedding", "embedding", 0),
    ]
    assert "  small model      openai/gpt-5.2" in run("models", "status").out
    rows = json.loads(run("models", "list", "--json").out)["models"]
    assert [row["tags"] for row in rows] == [["default"], ["small"], ["embedding"]]


def test_the_gate_takes_roles(run: Run) -> None:
    document = json.loads(run("probe", "--role", "small", "--require", "roles", "--json").out)
    assert [(route["agent"], route["position"], route["required"]) for route in document["routes"]] == [
        ("main", "role:small", True),
        ("coder", "role:small", True),
    ]


def test_main_and_image_are_required_by_their_names_too(run: Run) -> None:
    document = json.loads(run("probe", "--role", "main", "--require", "role:main", "--json").out)
    assert (document["policy"]["require"], document["routes"][0]["required"]) == (["primary"], True)


def test_a_completion_proves_no_embedding(run: Run) -> None:
    done = run("probe", "--role", "embedding", "--require", "role:embedding")
    assert (done.code, "unknown/not_provable" in done.out) == (2, True)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--role", "smal"), "no agent has the role 'smal'"),
        (("--require", "role:smal"), "did you mean 'small'?"),
        (("--require", "role:Small"), "is not a position of a chain"),
        (("--role", "small", "--slot", "model"), "cannot be combined"),
    ],
)
def test_a_role_that_nobody_has_is_an_error(arguments: tuple[str, ...], told: str, run: Run) -> None:
    done = run("probe", *arguments)
    assert (done.code, told in done.err) == (64, True)


def test_the_older_spelling_of_the_option_stays(run: Run) -> None:
    routes = json.loads(run("probe", "--slot", "model", "--json").out)["routes"]
    assert {route["role"] for route in routes} == {"main"}


def test_no_catalog_lists_models_for_embeddings(run: Run) -> None:
    assert run("validate", "--strict").code == 0
    assert "unknown model" not in run("models", "status").out


def test_roles_are_completed(run: Run) -> None:
    from text2llm.cli.offers import find_offers
    from text2llm.cli.options import open_workspace

    offered = [each.value for each in find_offers("roles", "s", open_workspace, {})]
    assert offered == ["small", "subagent", "summary"]


def test_a_partial_configuration_keeps_the_fallbacks_of_a_role(run: Run, config: Path, tmp_path: Path) -> None:
    run("models", "fallbacks", "add", "--role", "small", "anthropic/claude-opus-4-5")
    (tmp_path / "wanted.yaml").write_text("agents: {defaults: {roles: {small: openai/gpt-5.4-mini}}}\n")
    assert run("plan", "wanted.yaml", "--out", "p.json").code == 0
    assert run("apply", "p.json", "--yes").code == 0
    assert "{primary: openai/gpt-5.4-mini, fallbacks: [anthropic/claude-opus-4-5]}" in config.read_text()
