"""``text2llm rule``: every id that a finding may have can be looked up."""

from __future__ import annotations

import json

import pytest

from tests.cli.test_output_schemas import obey
from tests.running import Run
from text2llm.rules.table import RULES


def test_list_has_every_rule_and_check(run: Run) -> None:
    done = run("rule")
    ids = [line.split()[0] for line in done.out.splitlines()]
    assert (done.code, ids) == (0, sorted(ids))
    checks = {"syntax", "schema", "unreadable", "unknown-kind", "environment", "include"}
    assert {rule.id for rule in RULES} | checks == set(ids)


def test_rule_says_what_why_and_how(run: Run) -> None:
    text = run("rule", "bare-reference").out
    assert text.startswith("bare-reference (warning)\nA model has no provider and is not an alias.\n\n")
    assert "fix: write provider/model\n" in text
    assert "# text2llm: ignore[bare-reference] reason\n" in text


@pytest.mark.parametrize("rule", ["secret-in-config", "schema"])
def test_what_cannot_be_lowered_says_so(run: Run, rule: str) -> None:
    assert run("rule", rule).out.endswith("\nIt can be neither lowered nor ignored.\n")


def test_json_obeys_its_schema(run: Run) -> None:
    for arguments in ((), ("foreign-origin",)):
        obey("outputs/rules", run("rule", *arguments, "--json").out)
    (rule,) = json.loads(run("rule", "foreign-origin", "--json").out)["rules"]
    assert (rule["id"], rule["severity"], rule["fixed"]) == ("foreign-origin", "warning", False)


@pytest.mark.parametrize(
    ("name", "hint"), [("bare-refrence", "did you mean 'bare-reference'?"), ("zzz", "`text2llm rule` lists them")]
)
def test_mistyped_rule_is_wrong_usage(run: Run, name: str, hint: str) -> None:
    done = run("rule", name)
    assert (done.code, done.err) == (64, f"error: there is no rule '{name}'\nhint: {hint}\n")
