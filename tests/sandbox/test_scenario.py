from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.config import test_schema as published
from tests.sandbox.talking import Quiet
from text2llm.config.load import read_file
from text2llm.config.schema import check_text
from text2llm.config.schema_files import schema_text
from text2llm.sandbox.behaviors import BEHAVIORS
from text2llm.sandbox.scenario import AnswerRule, RequestSubject, list_unknown, parse_scenario
from text2llm.sandbox.usage import NUMBERS

SCHEMA = schema_text("sandbox-scenario")
EXAMPLES = sorted((Path(__file__).parents[2] / "fixtures" / "scenarios").glob("*.yaml"))


def plays(*entries: dict[str, Any], **more: Any) -> Quiet:
    return Quiet({"answers": list(entries), **more})


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
def test_example_obeys_the_schema_and_names_what_there_is(path: Path) -> None:
    document = read_file(str(path))
    assert check_text(document, SCHEMA) == []
    data: Any = document.data
    assert list(list_unknown(data, BEHAVIORS)) == []
    parse_scenario(data, BEHAVIORS)


@pytest.mark.parametrize(
    "rule",
    [
        published.test_every_key_has_title_description_and_examples_that_obey,
        published.test_only_keywords_with_words_and_a_quick_check_are_used,
        published.test_patterns_are_anchored_portable_and_linear,
    ],
)
def test_schema_is_as_good_as_the_others(rule: object) -> None:
    assert callable(rule)
    rule(json.loads(SCHEMA))


def test_schema_has_the_numbers_that_usage_has() -> None:
    usage = json.loads(SCHEMA)["properties"]["usage"]["properties"]
    assert {provider: set(part["properties"]) for provider, part in usage.items()} == {
        provider: set(numbers) for provider, numbers in NUMBERS.items()
    }


def test_rule_changes_what_a_key_plays() -> None:
    sandbox = plays({"key": "sandbox-ok", "plays": "limited"})
    assert sandbox.ask("openai").status == 429
    assert sandbox.ask("openai", "sandbox-unpaid").data["error"]["code"] == "insufficient_quota"


def test_key_that_a_rule_names_is_known() -> None:
    sandbox = plays({"key": "sandbox-ci", "latencyMs": 250})
    assert sandbox.ask("openai", "sandbox-ci").status == 200
    assert sandbox.delay == 0.25
    assert sandbox.ask("openai", "sandbox-other").status == 401


@pytest.mark.parametrize(
    ("condition", "hit", "missed"),
    [
        ({"model": "gpt-old*"}, ("openai", {"model": "gpt-old-1"}), ("openai", {"model": "gpt-new"})),
        ({"model": "m[1]"}, ("openai", {"model": "m[1]"}), ("openai", {"model": "m1"})),
        ({"model": "m?"}, ("openai", {"model": "m?"}), ("openai", {"model": "m1"})),
        ({"provider": "anthropic"}, ("anthropic", {}), ("openai", {})),
        ({"path": "/v1/responses"}, ("responses", {}), ("openai", {})),
        ({"key": "sandbox-*", "model": "m1"}, ("google", {}), ("openai", {"model": "m2"})),
    ],
)
def test_rule_is_for_what_it_names(
    condition: dict[str, str], hit: tuple[str, dict[str, Any]], missed: tuple[str, dict[str, Any]]
) -> None:
    sandbox = plays({**condition, "plays": "server-error"})
    assert sandbox.ask(hit[0], **hit[1]).status == 500
    assert sandbox.ask(missed[0], **missed[1]).status == 200


def test_first_rule_that_fits_decides() -> None:
    sandbox = plays({"model": "m1", "plays": "ok"}, {"plays": "overloaded"})
    assert (sandbox.ask("openai").status, sandbox.ask("openai", model="m2").status) == (200, 503)


def test_rule_does_not_make_a_stranger_welcome() -> None:
    sandbox = plays({"model": "*", "plays": "ok"})
    assert sandbox.ask("openai", "sk-real").status == 401
    assert sandbox.ask("openai", None).status == 401


def test_sequence_is_played_to_its_end_by_each_key_and_model() -> None:
    sandbox = plays({"plays": ["limited", "overloaded", "ok"]})
    assert [sandbox.ask("openai").status for _ in range(4)] == [429, 503, 200, 200]
    assert sandbox.ask("openai", model="m2").status == 429
    assert sandbox.ask("openai", "sandbox-ok-b").status == 429


def test_behavior_of_a_rule_may_have_a_number() -> None:
    sandbox = plays({"plays": "slow-30"})
    sandbox.ask("openai")
    assert sandbox.delay == 0.03


def test_latency_is_that_of_the_rule_or_of_all() -> None:
    sandbox = plays({"model": "m2", "latencyMs": 0}, {"model": "m3", "plays": "slow-100"}, latencyMs=200)
    delays = []
    for model in ("m1", "m2", "m3"):
        sandbox.ask("openai", model=model)
        delays.append(round(sandbox.delay, 3))
    assert delays == [0.2, 0, 0.3]


def test_list_of_models_can_fail() -> None:
    sandbox = plays({"path": "/v1/models", "plays": "server-error"})
    assert sandbox.look("/v1/models").status == 500


def test_scenario_of_nothing_is_the_plain_sandbox() -> None:
    scenario = parse_scenario({}, BEHAVIORS)
    assert (scenario.rules, scenario.latency, scenario.catalog_size) == ((), 0, 48)


def test_unknown_behavior_is_found_with_its_path() -> None:
    data = {"answers": [{"plays": "limted"}, {"plays": ["ok", "slow-x-y", "nope"]}, {"latencyMs": 1}]}
    assert list(list_unknown(data, BEHAVIORS)) == [
        (("answers", 0, "plays"), "limted"),
        (("answers", 1, "plays", 1), "slow-x-y"),
        (("answers", 1, "plays", 2), "nope"),
    ]
    with pytest.raises(ValueError, match="unknown behavior"):
        parse_scenario(data, BEHAVIORS)


def test_rule_without_conditions_is_for_everybody() -> None:
    assert AnswerRule({}).matches(RequestSubject("", "", "openai", "/"))
