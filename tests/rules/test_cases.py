"""Every file under fixtures/configs: the valid ones have no finding, the invalid ones exactly those beside them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from text2llm.cli.validation import Validation
from text2llm.rules.check import RULES

FIXTURES = Path(__file__).parents[2] / "fixtures" / "configs"
VALID = sorted((FIXTURES / "valid").glob("*.yaml"))
INVALID = sorted((FIXTURES / "invalid").glob("*/*.yaml"))


def validate(path: Path) -> Validation:
    validation = Validation(path.name)
    validation.run([path.name])
    return validation


@pytest.mark.parametrize("path", VALID, ids=lambda path: path.stem)
def test_valid_file_has_no_finding(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(path.parent)
    assert validate(path).findings == []


@pytest.mark.parametrize("path", INVALID, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_invalid_file_has_exactly_these_findings(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(path.parent)
    found = [
        {
            "at": f"{each.location.line}:{each.location.column}",
            "severity": each.severity.value,
            "rule": each.rule,
            "message": each.message,
            "hint": each.hint,
        }
        for each in validate(path).findings
    ]
    assert found == json.loads(path.with_suffix(".findings.json").read_text())


@pytest.mark.parametrize("path", INVALID, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_the_case_shows_the_rule_that_it_is_filed_under(path: Path) -> None:
    assert path.parent.name in {each["rule"] for each in json.loads(path.with_suffix(".findings.json").read_text())}


def test_every_rule_has_a_case() -> None:
    assert {rule.id for rule in RULES} <= {path.parent.name for path in INVALID}
