from __future__ import annotations

from typing import Any

import pytest

from text2llm.explain.key import Key, parse_key_path

SCHEMA: dict[str, Any] = {
    "properties": {
        "agents": {
            "properties": {
                "entries": {"additionalProperties": {"properties": {"model": {"title": "M"}}}},
                "defaults": {"properties": {"models": {}, "list": {"items": {"title": "item"}}}},
            }
        },
        "probe": {"properties": {"timeout": {"default": "8s"}}},
    }
}
DATA = {
    "agents": {
        "entries": {"Ops": {"model": {"primary": "x"}}},
        "defaults": {"models": {"a/b": {"alias": "x"}, "a/b.c": {"alias": ["y", "z"]}}, "list": ["i", "j"]},
    }
}


@pytest.mark.parametrize(
    ("text", "pointer"),
    [
        ("agents", ("agents",)),
        ("agents.entries.ops.model", ("agents", "entries", "Ops", "model")),
        ("agents.list[OPS].model.primary", ("agents", "entries", "Ops", "model", "primary")),
        ("Agents.Defaults.models.a/b.c.alias", ("agents", "defaults", "models", "a/b.c", "alias")),
        ("agents.defaults.models.a/b.alias", ("agents", "defaults", "models", "a/b", "alias")),
        ("agents.defaults.models['a/b.c'].alias[1]", ("agents", "defaults", "models", "a/b.c", "alias", 1)),
        ('agents.defaults.models["a/b"]', ("agents", "defaults", "models", "a/b")),
        ("agents.defaults.list[0]", ("agents", "defaults", "list", 0)),
        ("agents.defaults.list.1", ("agents", "defaults", "list", 1)),
        ("agents.defaults.models.a/b.c.alias.0", ("agents", "defaults", "models", "a/b.c", "alias", 0)),
        ("probe.timeout", ("probe", "timeout")),
    ],
)
def test_a_path_leads_to_its_key(text: str, pointer: tuple[str | int, ...]) -> None:
    found = parse_key_path(text, DATA, SCHEMA)
    assert found is not None
    assert found.pointer == pointer


@pytest.mark.parametrize(
    "text",
    [
        *("", "agent", "agents.", "agents..defaults", "agents.nobody", "agents.entries.nobody", "agents.entries[ops"),
        *("agents.entries[]", "agents.defaults.list[2]", "agents.defaults.list[x]", "agents.defaults.list[²]"),
        *("agents.defaults.list.2", "agents.defaults.list.x", "agents.defaults.list.01", "agents.defaults.list.0.x"),
        *("probe.timeout.x", "probe[timeout", "[", "probe.timeout[0]", "opus", ".", "agents[entries]x"),
    ],
)
def test_what_is_no_key_is_none(text: str) -> None:
    assert parse_key_path(text, DATA, SCHEMA) is None


def test_a_key_has_its_schema() -> None:
    assert parse_key_path("probe.timeout", DATA, SCHEMA) == Key(("probe", "timeout"), {"default": "8s"})
    assert parse_key_path("agents.entries.ops.model", DATA, SCHEMA) == Key(
        ("agents", "entries", "Ops", "model"), {"title": "M"}
    )
    assert parse_key_path("agents.defaults.list[1]", DATA, SCHEMA) == Key(
        ("agents", "defaults", "list", 1), {"title": "item"}
    )
