from __future__ import annotations

import json

import pytest

from text2llm.config.load import load_document
from text2llm.config.reader import read_document
from text2llm.config.schema import check_schema
from text2llm.config.schema_files import schema_text
from text2llm.diagnostics import Diagnostic, Location, Severity
from text2llm.providers.registry import load_registry
from text2llm.rules.check_config import check_config
from text2llm.rules.check_files import check_files
from text2llm.rules.files import FILE_RULES
from text2llm.rules.run import limit_findings
from text2llm.rules.table import CONFIG_RULES, RULES


def check(text: str) -> list[Diagnostic]:
    loaded = load_document(read_document("c.yaml", text.encode()))
    return check_config(loaded.require(), load_registry())


def test_a_severity_of_the_config_wins() -> None:
    found = check("version: 1\nrules: {bare-reference: error}\nagents: {defaults: {model: x}}\n")
    assert [(each.rule, each.severity) for each in found] == [("bare-reference", Severity.ERROR)]


def test_a_rule_that_is_off_is_silent() -> None:
    assert check('version: 1\nrules: {bare-reference: "off"}\nagents: {defaults: {model: x}}\n') == []


@pytest.mark.parametrize("severity", ["warning", "info", '"off"'])
@pytest.mark.parametrize("rule", [rule.id for rule in RULES if rule.fixed])
def test_a_fixed_rule_cannot_be_lowered(rule: str, severity: str) -> None:
    document = read_document("c.yaml", f"version: 1\nrules: {{{rule}: {severity}}}\n".encode())
    assert [each.message for each in check_schema(document, "config")] == [f"'{rule}': expected \"error\""]


def test_a_secret_stays_an_error_when_the_data_ask_otherwise() -> None:
    text = "version: 1\nrules: {secret-in-config: info}\nmodels: {providers: {lab: {apiKey: hunter2}}}\n"
    assert [each.severity for each in check_files([read_document("c.yaml", text.encode())])] == [Severity.ERROR]


def test_rules_over_files_are_all_fixed() -> None:
    assert all(rule.fixed for rule in FILE_RULES)


def test_rules_are_documented() -> None:
    for rule in RULES:
        assert rule.check.__doc__
        assert rule.summary.endswith(".")
        assert not rule.hint.endswith(".")


def test_rules_and_the_schema_know_the_same_ids() -> None:
    known = json.loads(schema_text("config"))["properties"]["rules"]["properties"]
    assert {rule.id for rule in RULES} <= set(known)
    assert {rule.id for rule in RULES if rule.fixed} == {
        name for name, each in known.items() if each["$ref"] == "#/$defs/alwaysError"
    }


def test_errors_are_looked_for_first() -> None:
    severities = [rule.severity is Severity.ERROR for rule in CONFIG_RULES]
    assert severities == sorted(severities, reverse=True)


def test_at_most_100_findings_of_a_hostile_config() -> None:
    aliases = "".join(f"      a/m{number}: {{alias: x}}\n" for number in range(500))
    limited, cut = limit_findings(check(f"version: 1\nagents:\n  defaults:\n    models:\n{aliases}"))
    assert (len(limited), cut) == (100, ["c.yaml"])


def test_findings_are_sorted_by_place() -> None:
    found = check("version: 1\nagents: {defaults: {model: {primary: zzz/y, fallbacks: [x, qqq/x]}}}\n")
    assert [each.rule for each in found] == ["unknown-provider", "bare-reference", "unknown-provider"]


KEY = "AIzaSyA-1234567890abcdefghijklmnopqrstu"


@pytest.mark.parametrize(
    "text",
    [
        f"agents: {{defaults: {{model: {KEY}/x}}}}",
        f"agents: {{defaults: {{provider: {KEY}, model: x}}}}",
        f"agents: {{entries: {{{KEY}: {{default: true}}, b: {{default: true}}}}}}",
        f"agents: {{defaults: {{model: openai/{KEY}, modelPolicy: {{allow: []}}}}}}",
        f"models: {{providers: {{{KEY}: {{}}, {KEY.upper()}: {{}}}}}}",
        f"agents: {{defaults: {{model: {KEY}}}}}\nmodels: {{providers: {{lab: {{apiKey: {KEY}}}}}}}",
        f'agents: {{defaults: {{model: "{KEY.replace("A", chr(92) + "x41")}/x"}}}}',
        "agents: {defaults: {model: it's-hunter2}}\nmodels: {providers: {lab: {apiKey: 'it''s-hunter2'}}}",
        "agents: {defaults: {model: hunter2}}\nmodels: {providers: {lab: {apiKey: hunter2}}}",
    ],
)
def test_no_finding_repeats_a_credential_in_any_case(text: str) -> None:
    found = check(f"version: 1\n{text}\n")
    words = "".join(f"{each.message}{each.hint}" for each in found).lower()
    assert "secret-in-config" in {each.rule for each in found}
    assert "[secret]" in words
    assert KEY.lower() not in words
    assert "hunter2" not in words


def test_a_near_match_that_is_what_it_is_taken_for_anyway_is_no_question() -> None:
    text = "version: 1\nagents: {defaults: {model: {primary: lab/x-1, fallbacks: [x-1]}, provider: lab}}\n"
    assert [each.hint for each in check(text) if each.rule == "bare-reference"] == [
        "write lab/x-1 if that is what it means"
    ]


def test_a_name_that_is_no_credential_is_shown() -> None:
    text = "version: 1\nagents: {defaults: {model: abc}}\nmodels: {providers: {lab: {apiKey: hunter2}}}\n"
    assert [each.message for each in check(text) if each.rule == "bare-reference"] == [
        "'abc' has no provider and is not an alias: it resolves to anthropic/abc"
    ]


def _finding(rule: str, line: int, path: str = "c.yaml") -> Diagnostic:
    return Diagnostic(rule, Severity.ERROR, "m", Location(path, line))


def test_limit_keeps_each_finding_once_and_100_a_file() -> None:
    findings = [_finding("schema", line) for line in range(200, 0, -1)] * 2 + [_finding("schema", 1, "d.yaml")]
    limited, cut = limit_findings(findings)
    assert [each.location.line for each in limited] == [*range(1, 101), 1]
    assert cut == ["c.yaml"]


def test_no_number_of_warnings_hides_an_error() -> None:
    warnings = [_finding("unused-alias", line)._replace(severity=Severity.WARNING) for line in range(1, 200)]
    limited, _ = limit_findings([*warnings, _finding("schema", 300)])
    assert [each.location.line for each in limited] == [*range(1, 100), 300]


def test_no_number_of_errors_hides_a_credential() -> None:
    errors = [_finding("schema", line) for line in range(1, 200)]
    limited, _ = limit_findings([*errors, _finding("secret-in-config", 300)])
    assert [each.location.line for each in limited] == [*range(1, 100), 300]


def test_a_secret_speaks_for_its_value() -> None:
    limited, _ = limit_findings([_finding("schema", 3), _finding("secret-in-config", 3), _finding("schema", 4)])
    assert [(each.rule, each.location.line) for each in limited] == [("secret-in-config", 3), ("schema", 4)]


def test_as_many_comments_as_findings_leave_nothing() -> None:
    names = "".join(f"      openai/m{number}: {{}}  # text2llm: ignore[unknown-model] ours\n" for number in range(150))
    assert check(f"version: 1\nagents:\n  defaults:\n    models:\n{names}") == []
