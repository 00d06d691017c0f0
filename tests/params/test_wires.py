"""The table of words and APIs, against requests from the providers' documentation."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from text2llm.params.spelling import read_params
from text2llm.params.translate import translate
from text2llm.params.wires import NAMES, OF_CLIENT, WIRES
from text2llm.params.words import WORDS
from text2llm.providers.registry import load_registry
from text2llm.upstream.wire import WIRES as PROBED

CASES = [
    json.loads(line)
    for line in (Path(__file__).parents[2] / "fixtures" / "http" / "params.jsonl").read_text().splitlines()
]
IDS = [f"{case['api']}-{case['provider']}" for case in CASES]
SENT = [word for word in WORDS if word not in OF_CLIENT]


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_every_word_becomes_what_the_documentation_calls_it(case: dict[str, Any]) -> None:
    found = translate(read_params(case["params"]), case["api"], case["provider"])
    assert (found.request, found.headers, list(found.dropped)) == (case["request"], case["headers"], case["dropped"])


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_a_request_in_the_providers_words_is_read_as_ours_and_sent_as_it_was(case: dict[str, Any]) -> None:
    spoken = read_params(case["request"])
    assert set(spoken) <= set(WORDS)
    assert translate(spoken, case["api"], case["provider"]).request == case["request"]


@pytest.mark.parametrize("api", WIRES)
def test_each_api_has_a_source_and_a_cell_for_each_word(api: str) -> None:
    assert WIRES[api].source
    assert list(WIRES[api].fields) == SENT


def test_every_api_that_is_probed_or_described_is_in_the_table() -> None:
    registry = load_registry()
    providers = [provider for name in registry.ids() if (provider := registry.get(name)) is not None]
    described = {endpoint.api for provider in providers for endpoint in provider.endpoints}
    assert described | set(PROBED) == set(WIRES)


@pytest.mark.parametrize("api", PROBED)
def test_the_limit_of_the_table_is_the_field_that_probes_use(api: str) -> None:
    field = WIRES[api].fields["maxTokens"]
    assert field is not None
    assert field.path == PROBED[api].max_tokens_field


def test_every_word_is_described() -> None:
    assert tuple(WORDS) == NAMES


def test_every_case_is_of_the_table() -> None:
    assert {case["api"] for case in CASES} == set(WIRES)
