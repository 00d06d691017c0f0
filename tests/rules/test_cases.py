"""Every file under fixtures/configs: the valid ones have no finding, the invalid ones exactly those beside them."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from text2llm.commands import validate as use_case
from text2llm.commands.validate import CheckRequest, Validation
from text2llm.config.environment_files import split_path
from text2llm.rules.environments import ENVIRONMENT_RULES
from text2llm.rules.table import RULES
from text2llm.workspace import Workspace


def has_base(path: Path) -> bool:
    """Whether it is an environment, which is part of the case of its configuration."""
    parts = split_path(str(path))
    return parts is not None and Path(parts[0]).exists()


FIXTURES = Path(__file__).parents[2] / "fixtures" / "configs"
VALID = sorted((FIXTURES / "valid").glob("*.yaml"))
INVALID = sorted(
    path
    for path in (FIXTURES / "invalid").glob("*/*.*")
    if path.suffix in (".yaml", ".json") and not path.name.endswith(".findings.json") and not has_base(path)
)


def validate(path: Path) -> Validation:
    named = path.name if split_path(path.name) is None else None
    return use_case.run(Workspace(os.environ, named), CheckRequest((path.name,)))


@pytest.mark.parametrize("path", VALID, ids=lambda path: path.stem)
def test_valid_file_has_no_finding(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(path.parent)
    assert validate(path).findings == []


@pytest.mark.parametrize("path", INVALID, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_invalid_file_has_exactly_these_findings(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(path.parent)
    found = [
        {
            **({} if each.location.path == path.name else {"file": each.location.path}),
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


MUTATIONS = [
    ("secret-in-config", "apiKey: ${LAB_API_KEY}", "apiKey: hunter2"),
    ("secret-in-config", "X-Team: platform", "X-Team-Token: platform"),
    (
        "secret-in-config",
        "fallbacks: [openrouter",
        "fallbacks: [ # sk-ant-api03-Zm9vYmFyYmF6cXV4MTIzNDU2Nzg5\n openrouter",
    ),
    ("misplaced-reference", 'Authorization: "${LAB_TOKEN}"', 'Authorization: "Bearer ${LAB_TOKEN}"'),
    ("newer-version", "version: 1", "version: 2"),
    ("alias-collision", "alias: [fast, mini]", "alias: [fast, mini, OPUS]"),
    ("agent-default-conflict", "coder: {", "coder: {default: true, "),
    ("id-collision", "Writer_2:", "Coder: {model: opus}\n    Writer_2:"),
    ("unknown-provider", "allow: [anthropic/*", "allow: [antropic/*, anthropic/*"),
    ("policy-violation", "primary: openai/gpt-5.2", "primary: mistral/mistral-large-4"),
    ("policy-violation", "imageModel: {fallbacks: []}", "imageModel: {fallbacks: [mistral/mistral-large-4]}"),
    ("policy-providers", "deny: [chutes]", "deny: [google]"),
    ("policy-models", '"*-preview*"', '"GOOGLE/*"'),
    ("policy-origins", '"https://*", "http://127.0.0.1:8000"', '"https://*"'),
    ("policy-price", "primary: openai/gpt-5.2", "primary: openai/gpt-5.2-pro"),
    ("policy-context", "contextWindow: 32000", "contextWindow: 31999"),
    ("policy-retirement", "primary: openai/gpt-5.2", "primary: openai/gpt-5.1"),
    ("policy-effort", "    modelPolicy:", "      lab/m1: {params: {effort: max}}\n    modelPolicy:"),
    ("policy-chain", "chain: {models: 1", "chain: {models: 2"),
    ("fallback-duplicate", "kimi-k2, fast]", "kimi-k2, fast, openai/gpt-5.4-mini]"),
    ("bare-reference", "kimi-k2, fast]", "kimi-k2, fats]"),
    ("invalid-origin", "http://127.0.0.1:8000/v1", "https://127.1/v1"),
    ("alias-shadows-model", "alias: [fast, mini]", "alias: [fast, claude-opus-4-5]"),
    ("alias-unused-target", "    modelPolicy:", "      mistral/mistral-large-4: {alias: big}\n    modelPolicy:"),
    ("fallback-same-provider", "primary: openai/gpt-5.2, fallbacks: []", "primary: openai/gpt-5.2, fallbacks: [mini]"),
    ("profile-unknown-provider", "{provider: openai-codex", "{provider: opnai-codex"),
    ("order-unknown-profile", "anthropic:default]", "default]"),
    ("order-wrong-provider", "anthropic:default]", "openai:default]"),
    ("invalid-ignore", "    lab:\n", "    lab:  # text2llm: ignore[foreign-origin]\n"),
    ("unused-ignore", "    lab:\n", "    lab:  # text2llm: ignore[foreign-origin] it moved\n"),
    ("unknown-model", "primary: openai/gpt-5.2", "primary: openai/gpt-52"),
    ("deprecated-model", "    modelPolicy:", "      openai/gpt-5-mini: {}\n    modelPolicy:"),
    ("retired-model", "    modelPolicy:", "      openai/gpt-4: {}\n    modelPolicy:"),
    ("fallback-smaller-context", "gpt-5.2, fallbacks: []", "gpt-5.2, fallbacks: [lab/m1]"),
    ("duplicate-model", "models: [{id: m1,", "models: [{id: m1}, {id: m1,"),
    ("unknown-role", "roles: {small:", "roles: {smal:"),
    ("unknown-param", "params: {temperature: 0.5", "params: {temprature: 0.5"),
    ("image-model-cannot-see", "imageModel: {fallbacks: []}", "imageModel: openai/gpt-audio-1.5"),
    ("invalid-facts", "catalog: anthropic", "catalog: antropic"),
    ("missing-address", "      baseUrl: https://llm.example.com/v1\n", ""),
    ("plain-http", "    lab:\n", "    far: {baseUrl: http://far.example/v1}\n    lab:\n"),
    ("base-url-shape", "https://llm.example.com/v1", "https://llm.example.com/v1/chat/completions"),
    ("foreign-origin", "    lab:\n", "    openai: {baseUrl: https://llm.example/v1}\n    lab:\n"),
]


@pytest.mark.parametrize(("rule", "valid", "broken"), MUTATIONS, ids=lambda value: value[:30])
def test_one_mistake_is_one_finding(
    rule: str, valid: str, broken: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = (FIXTURES / "valid" / "everything.yaml").read_text()
    assert valid in text
    (tmp_path / "text2llm.yaml").write_text(text.replace(valid, broken, 1))
    monkeypatch.chdir(tmp_path)
    assert [each.rule for each in validate(tmp_path / "text2llm.yaml").findings] == [rule]


#: No catalog knows the stage of any model, and what allows no model does not allow those in use.
MANY_FINDINGS = {"policy-stages", "policy-unsatisfiable"}


def test_every_rule_has_a_mistake_of_its_own() -> None:
    of_environments = {rule.id for rule in ENVIRONMENT_RULES}  # no mistake in a configuration
    expected = {rule.id for rule in RULES} - of_environments - MANY_FINDINGS
    assert {rule for rule, _, _ in MUTATIONS} == expected
