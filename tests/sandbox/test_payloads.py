from __future__ import annotations

import pytest

from text2llm.sandbox.apis import APIS
from text2llm.sandbox.behaviours import BEHAVIOURS
from text2llm.sandbox.payloads import load_payloads

ROWS = [(api, name) for api, rows in load_payloads().items() for name in rows]


def test_every_api_has_payloads() -> None:
    assert {api.name for api in APIS.values()} == set(load_payloads())


@pytest.mark.parametrize(("api", "name"), ROWS)
def test_payload_names_its_source(api: str, name: str) -> None:
    assert len(load_payloads()[api][name]["source"]) > 10


@pytest.mark.parametrize(("api", "name"), ROWS)
def test_payload_has_the_envelope_of_its_api(api: str, name: str) -> None:
    body = load_payloads()[api][name]["body"]
    assert body is None or isinstance(body["error"]["message"], str)


def test_behaviour_has_a_payload_for_every_api_or_for_none() -> None:
    named = [{name for name in BEHAVIOURS if name in rows} for rows in load_payloads().values()]
    assert all(names == named[0] for names in named)
    assert len(named[0]) == 9
