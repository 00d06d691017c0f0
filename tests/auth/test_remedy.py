from __future__ import annotations

import json
from typing import Any

import pytest

from text2llm.auth.credentials import AuthStore
from text2llm.auth.reading import Reading
from text2llm.auth.remedy import find_remedies, join_remedies
from text2llm.auth.sources import find_credentials
from text2llm.config.parse import build_config
from text2llm.config.reader import read_document
from text2llm.providers.registry import load_registry

_ADD = "run `text2llm models auth add`"


@pytest.mark.parametrize(
    ("provider", "entry", "first"),
    [
        ("openai", None, "set OPENAI_API_KEY"),
        ("github-copilot", None, "set COPILOT_GITHUB_TOKEN"),
        ("lab", {"apiKey": "${LAB_KEY}"}, "set the variable that the config names, ${LAB_KEY}"),
        ("lab", {"headers": {"X-Key": "${LAB_KEY}"}}, "set the variable that the config names, ${LAB_KEY}"),
        ("lab", {"apiKey": "sk-written-out"}, "write apiKey: ${NAME}"),
        ("lab", {}, "give models.providers.lab an apiKey: ${NAME}"),
        ("nobody", None, None),
    ],
)
def test_missing_credential_can_be_given_in_two_ways(
    provider: str, entry: dict[str, Any] | None, first: str | None
) -> None:
    view = _view({} if entry is None else {provider: {"baseUrl": "https://lab.example/v1", **entry}})
    missing = find_credentials(provider, view, None).effective
    assert find_remedies(missing, view, None) == ((_ADD,) if first is None else (first, _ADD))


def test_credential_that_is_there_needs_no_remedy() -> None:
    view = _view({}, {"OPENAI_API_KEY": "k"})
    assert find_remedies(find_credentials("openai", view, None).effective, view, None) == ()


def test_an_agent_with_a_store_of_its_own_is_named() -> None:
    view = _view({})
    view.owner = "triage"
    assert find_remedies(find_credentials("nobody", view, None).effective, view, None) == (
        "run `text2llm models auth add --agent triage`",
    )


def test_remedies_are_one_hint() -> None:
    assert join_remedies(("set A", "run B")) == "set A, or run B"


def _view(providers: dict[str, Any], environ: dict[str, str] | None = None) -> Reading:
    data = {"version": 1, "models": {"providers": providers}}
    config = build_config(read_document("t.yaml", json.dumps(data).encode()), {})
    return Reading(config, AuthStore(), environ or {}, load_registry(), 1000)


def test_variable_behind_an_order_is_allowed_by_naming_it() -> None:
    document = read_document("text2llm.yaml", b"version: 1\nauth: {order: {openai: ['openai:team']}}\n")
    view = Reading(build_config(document, {}), AuthStore(), {"OPENAI_API_KEY": "k"}, load_registry(), 0)
    missing = find_credentials("openai", view, None).effective
    assert find_remedies(missing, view, None) == (
        "add env to the auth.order for openai",
        f"{_ADD}, and name the profile openai:team",
    )


def test_variable_behind_the_profile_of_a_model_needs_that_profile_removed() -> None:
    view = _view(
        {"openai": {"models": [{"id": "m", "profile": "openai:team"}, {"id": "n"}]}}, {"OPENAI_API_KEY": "some-key"}
    )
    missing = find_credentials("openai", view, "m").effective
    assert find_remedies(missing, view, "m") == (
        "remove the profile openai:team of the model m",
        f"{_ADD}, and name the profile openai:team",
    )
    assert missing.rejected[1].message == "the model's profile for openai does not name it"
    assert find_credentials("openai", view, "n").effective.variable == "OPENAI_API_KEY"
