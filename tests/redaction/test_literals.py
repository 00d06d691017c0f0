"""Credentials and values that only look like one."""

from __future__ import annotations

import pytest

from text2llm.config.reader import read_document
from text2llm.redaction.forms import Forms
from text2llm.redaction.literals import Evidence, find_literals, redact_document

KEY = "sk-ant-api03-Zm9vYmFyYmF6cXV4MTIzNDU2Nzg5MGFiY2RlZg"


def find(text: str) -> list[tuple[str, Evidence, str]]:
    document = read_document("c.yaml", text.encode())
    return [
        (document.text[each.start : each.end], each.evidence, each.name) for each in find_literals(document, Forms())
    ]


@pytest.mark.parametrize(
    "text",
    [
        "apiKey: ${LAB_API_KEY}",
        "apiKey: sandbox-ok",
        "apiKey: ''",
        "apiKey:",
        "apiKey: false",
        "token: 5",
        "order: {token: [a], refresh: [b]}",
        "params: {template: 'x ${Y}'}",
        "headers: {X-Team: platform, anthropic-beta: fine-grained-tool-streaming-2025-05-14}",
        "headers: {HTTP-Referer: 'https://example.com/A1b2/C3d4e5f6'}",
        "headers: {X-Name: '${NAME}'}",
        "apiKey: {source: env, id: LAB}",
        "trust: [{credential: env:LAB_API_KEY}, {credential: profile:lab:a}]",
        "maxTokens: 4096",
        "headers: {X-Author: me, X-Keyword: chat, X-Tokenizer: o200k}",
        "headers: {HTTP-Referer: 'https://example.com/?keyword=x&page=2'}",
        "params: {key: team-a, access: public, metadata: {token: end}}",
        "# sk-xxxxxxxxxxxxxxxxxxxxxxxx\na: sk-ant-api03-************************",
        "x: https://example.com/@user",
        "headers: {X-Session-Id: main, X-Keys-Enabled: 'true', X-Request-Signature-Version: v1.2}",
        "headers: {OpenAI-Organization: org-AbCdEf123456GhIjKl7890Mn, OpenAI-Project: proj_AbCdEf123456GhIjKl7890Mn}",
        "headers: {x-workspace-id: 0123456789abcdef01234567}",
        "# AKIAIOSFODNN7EXAMPLE",
        "models: {providers: {lab}}",
        "params: {callback: 'https://${USER}@example.com/?key=${KEY}'}",
    ],
)
def test_harmless(text: str) -> None:
    assert find(text) == []


@pytest.mark.parametrize(
    ("text", "value", "name"),
    [
        ("apiKey: hunter2", "hunter2", "apiKey"),
        ("API_KEY: hunter2", "hunter2", "API_KEY"),
        ("credential: env:hunter-2", "env:hunter-2", "credential"),
        ("headers: {credential: env:LAB}", "env:LAB", "credential"),
        ("x: {client-secret: hunter2}", "hunter2", "client-secret"),
        ("apiKey: [hunter2]", "hunter2", "apiKey"),
        ("apiKey: {hunter2}", "hunter2", "apiKey"),
        ("apiKey: {value: hunter2}", "hunter2", "apiKey"),
        ("headers: {Authorization: {plain: [{text: hunter2}]}}", "hunter2", "Authorization"),
        ("headers: {X-Session-Id: hunter2}", "hunter2", "X-Session-Id"),
        ("apiKey: 12345678", "12345678", "apiKey"),
        ("apiKey: sandbox-" + "x" * 40, "sandbox-" + "x" * 40, "apiKey"),
        ("apiKey: |\n  one\n  two\n", "|\n  one\n  two", "apiKey"),
        ("headers: {X-Auth: abc}", "abc", "X-Auth"),
        ("headers: {X-Trace: aB3dE6gH9jK2mN5pQ8sT}", "aB3dE6gH9jK2mN5pQ8sT", "X-Trace"),
        ("headers: {X-Trace: 0123456789abcdef01234567}", "0123456789abcdef01234567", "X-Trace"),
        ("headers: {X-Session-Id: aB3dE6gH9jK2mN5pQ8sT}", "aB3dE6gH9jK2mN5pQ8sT", "X-Session-Id"),
        ("headers: {X-Valid: aB3dE6gH9jK2mN5pQ8sT}", "aB3dE6gH9jK2mN5pQ8sT", "X-Valid"),
        ("headers: {X-AuthToken: abc}", "abc", "X-AuthToken"),
        ("headers: {X_Session_Keys: abc}", "abc", "X_Session_Keys"),
        ("headers: {Proxy-Authentication: abc}", "abc", "Proxy-Authentication"),
        ("params: {aws_secret_access_key: hunter2}", "hunter2", "aws_secret_access_key"),
        ("params: {x-goog-api-key: hunter2}", "hunter2", "x-goog-api-key"),
        ("params: {api_key: hunter2}", "hunter2", "api_key"),
        ("params: {token: aB3dE6gH9jK2mN5pQ8sT}", "aB3dE6gH9jK2mN5pQ8sT", "token"),
        ("apiKey: sk-xxxxxxxxxxxxxxxxxxxxxxxx", "sk-xxxxxxxxxxxxxxxxxxxxxxxx", "apiKey"),
    ],
)
def test_by_place(text: str, value: str, name: str) -> None:
    assert find(text) == [(value, Evidence.PLACE, name)]


@pytest.mark.parametrize(
    "text", [f"# {KEY}\na: 1", f"x: {KEY}", f"{KEY}: 1", f"x: see {KEY} there", f"x: [a, '{KEY}']"]
)
def test_by_form_wherever_it_stands(text: str) -> None:
    assert find(text) == [(KEY, Evidence.FORM, "Anthropic API key")]


@pytest.mark.parametrize(
    ("text", "value", "name"),
    [
        ("baseUrl: https://me:hunter2@x.example/v1", "me:hunter2", "user info of a URL"),
        ("baseUrl: >-\n  https://hunter2@x.example/v1\n", "hunter2", "user info of a URL"),
        ("x: 'https://x.example/v1?a=b&api-key=hunter2#c'", "hunter2", "parameter of a URL"),
        (r'x: "https:\/\/me:hunter2@x.example"', r'"https:\/\/me:hunter2@x.example"', "user info of a URL"),
    ],
)
def test_in_an_address(text: str, value: str, name: str) -> None:
    assert find(text) == [(value, Evidence.FORM, name)]


def test_an_escape_hides_nothing() -> None:
    assert [each[1] for each in find(f'x: "{KEY.replace("-", chr(92) + "x2d")}"')] == [Evidence.FORM]
    assert find('x: "a\\tb"') == []


@pytest.mark.parametrize(
    "text",
    ["model: ${M}", "apiKey: x${Y}", "headers: {a: 'Bearer ${T}'}", "baseUrl: 'https://${H}/v1'", "'${K}': 1"],
)
def test_a_reference_that_cannot_work(text: str) -> None:
    assert [each[1] for each in find(text)] == [Evidence.PARTIAL]


def test_a_secret_with_a_reference_is_a_secret() -> None:
    assert find(f"apiKey: {KEY}.${{X}}") == [(f"{KEY}.${{X}}", Evidence.FORM, "Anthropic API key")]


def test_place_wins_over_form() -> None:
    assert find(f"apiKey: {KEY}") == [(KEY, Evidence.PLACE, "apiKey")]


def test_an_alias_is_found_where_its_value_is_written() -> None:
    assert find("x: &k hunter2\napiKey: *k\ntoken: *k\n") == [("hunter2", Evidence.PLACE, "apiKey")]


def test_a_merge_brings_headers() -> None:
    text = "x: &h {a: 1, X-Auth: one}\nheaders: {<<: *h, X-Key: two}\n"
    assert [each[0] for each in find(text)] == ["one", "two"]


def test_an_empty_file_has_none() -> None:
    assert find("") == []


def test_a_file_is_shown_without_its_credentials() -> None:
    document = read_document("c.yaml", f"a: 1\napiKey: hunter2 # not {KEY}\n".encode())
    assert redact_document(document, Forms()) == "a: 1\napiKey: [secret] # not [secret]\n"
