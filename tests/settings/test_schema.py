"""The schema of settings keeps the rules of the others."""

from __future__ import annotations

import json

import pytest

from tests.config import test_schema as published
from text2llm.config.schema_files import schema_text

SCHEMA = json.loads(schema_text("settings"))


@pytest.mark.parametrize(
    "rule",
    [
        published.test_every_key_has_title_description_and_examples_that_obey,
        published.test_only_keywords_with_words_and_a_quick_check_are_used,
        published.test_patterns_are_anchored_portable_and_linear,
    ],
)
def test_settings_schema_is_as_good_as_the_others(rule: object) -> None:
    assert callable(rule)
    rule(SCHEMA)


def test_shared_definitions_are_equal() -> None:
    assert SCHEMA["$defs"]["providerId"] == published.CONFIG["$defs"]["providerId"]
