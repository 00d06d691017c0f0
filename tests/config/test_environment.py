"""What can be wrong with an environment, alone and over its configuration; each finding stands where its cause is."""

from __future__ import annotations

import pytest

from tests.config.layering import lay_over, under_prod
from text2llm.config.environment import check_environment, find_name, refuse_abstract, refuse_unknown
from text2llm.config.load import load_document
from text2llm.config.reader import read_document


def findings(base: str, prod: str, *agents: str) -> list[str]:
    loaded = lay_over(base, prod, *agents)
    assert loaded.layer is not None
    return [f"{each.location} {each.message}" for each in loaded.findings]


PROFILE = "auth: {profiles: {'lab:a': {provider: lab, mode: api_key}}}"


@pytest.mark.parametrize(
    ("prod", "found"),
    [
        ("auth: {profiles: {'lab:a': {mode: ~}}}", "text2llm.prod.yaml:3:29 missing key 'mode'"),
        ("auth: {profiles: {'lab:b': {mode: token}}}", "text2llm.prod.yaml:3:19 missing key 'provider'"),
        ("models: {providers: {lab: {models: [{name: x}]}}}", "text2llm.prod.yaml:3:37 missing key 'id'"),
        ("auth: {profile: {}}", "text2llm.prod.yaml:3:8 unknown key 'profile'"),
        ("include: [agents/*.yaml]", "text2llm.prod.yaml:3:1 an environment includes no agent files"),
        ("rules: {secret-in-config: 'off'}", "text2llm.prod.yaml:3:27 'secret-in-config': expected error"),
    ],
)
def test_what_makes_the_whole_invalid_is_told_with_the_line_of_the_layer(prod: str, found: str) -> None:
    assert findings(PROFILE, prod) == [found]


def test_what_is_wrong_below_is_told_there() -> None:
    assert findings("agents: {default: {}}", "") == ["text2llm.yaml:2:10 unknown key 'default'"]


def test_nulls_are_allowed_beside_every_value_of_a_map() -> None:
    prod = """
agents: {defaults: {provider: ~, model: {primary: ~, fallbacks: ~}, modelPolicy: {allow: ~}}, entries: {ops: ~}}
models: {providers: {lab: {api: ~, baseUrl: ~, models: ~, headers: {X: ~}}, gw: ~}}
auth: {profiles: {x: ~}, warnAfter: ~}
rules: {unknown-model: ~, secret-in-config: ~}
probe: ~
"""
    assert under_prod("probe: {attempts: 2}", prod).probe.attempts is None


def test_a_file_must_be_called_as_it_says() -> None:
    document = read_document("text2llm.prod.yaml", b"version: 1\nenvironment: staging\n")
    found = [f"{each.location} {each.message}" for each in check_environment(document, "prod")]
    assert found == ["text2llm.prod.yaml:2:14 the file is called as the environment 'prod' is, and says 'staging'"]
    assert check_environment(document, "staging") == []


@pytest.mark.parametrize(
    ("text", "name"), [("environment: prod", "prod"), ("environment: [x]", None), ("[]", None), ("version: 1", None)]
)
def test_the_name_that_a_file_says(text: str, name: str | None) -> None:
    assert find_name(read_document("x", text.encode())) == name


def test_an_environment_is_no_configuration() -> None:
    found = load_document(read_document("text2llm.prod.yaml", b"version: 1\nenvironment: prod\nagent: {}\n")).findings
    assert [(each.message, each.location.line) for each in found] == [
        ("this is an environment, not a configuration", 2)
    ]


def test_a_file_of_a_newer_version_is_only_that() -> None:
    document = read_document("text2llm.prod.yaml", b"version: 2\nenvironment: prod\nnew: 1\n")
    assert [each.rule for each in check_environment(document, "prod")] == ["newer-version"]


@pytest.mark.parametrize(
    ("known", "hint"),
    [
        (("dev", "prod"), "did you mean 'prod'?"),
        (("dev", "test"), "use dev, test"),
        ((), "it has none: write one beside it, with `environment: NAME`"),
    ],
)
def test_an_environment_that_is_not_there(known: tuple[str, ...], hint: str) -> None:
    error = refuse_unknown("prd", known, "text2llm.yaml", "--env")
    assert (error.message, error.hint) == ("--env: text2llm.yaml has no environment 'prd'", hint)


@pytest.mark.parametrize(
    ("known", "hint"), [(("dev", "prod"), "use --env with dev, prod"), ((), "write an environment beside it")]
)
def test_an_abstract_configuration_is_refused_alone(known: tuple[str, ...], hint: str) -> None:
    config = load_document(read_document("text2llm.yaml", b"version: 1\nabstract: true\n")).require()
    error = refuse_abstract(config, known)
    assert (config.abstract, str(error.location), error.hint) == (True, "text2llm.yaml:2:11", hint)


@pytest.mark.parametrize("text", ["version: 1\nagents: {}\n", "environment: prod\nagents: {}\n"])
def test_a_configuration_that_is_included_is_told_what_to_be(text: str) -> None:
    found = findings("", "", text)
    assert found == ["agents/0.yaml:1:1 an included file has one agent, and this is a configuration"]
