"""Credentials in comments and in base64: what is found, and what is not."""

from __future__ import annotations

import time
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path

import pytest

from text2llm.config.reader import read_document
from text2llm.redaction.comments import find_in_comments
from text2llm.redaction.encoded import find_encoded
from text2llm.redaction.forms import Forms, SecretSpan
from text2llm.redaction.literals import Evidence, find_literals

ROOT = Path(__file__).parents[2]
KEY = "sk-ant-api03-Zm9vYmFyYmF6cXV4MTIzNDU2Nzg5MGFiY2RlZg"
HEX = "da39a3ee5e6b4b0d3255bfef95601890afd80709"
SLASHED = "/JalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEZ"
SHA256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
AWS = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYqR7sTuVwXy"


def encode(text: str, encoding: str = "utf-8") -> str:
    return b64encode(text.encode(encoding)).decode()


def find(text: str) -> list[tuple[str, Evidence, str]]:
    document = read_document("c.yaml", f"version: 1\n{text}\n".encode())
    return [
        (document.text[each.start : each.end], each.evidence, each.name) for each in find_literals(document, Forms())
    ]


@pytest.mark.parametrize(
    ("comment", "value", "name"),
    [
        (f"# apiKey: {HEX}", HEX, "apiKey"),
        (f"#apiKey: '{HEX}'", HEX, "apiKey"),
        (f'# "apiKey": "{HEX}",', HEX, "apiKey"),
        (f"# apiKey:\n  #   {HEX}", HEX, "apiKey"),
        (f"a: 1 # apiKey = {HEX}", HEX, "apiKey"),
        (f"# api_key => {HEX}", HEX, "api_key"),
        (f"# AWS_SECRET_ACCESS_KEY={AWS}", AWS, "AWS_SECRET_ACCESS_KEY"),
        (f"# run it with: export AWS_SECRET_ACCESS_KEY={AWS}; text2llm", AWS, "AWS_SECRET_ACCESS_KEY"),
        (f"# cmd=env: MY_API_KEY={HEX}", HEX, "MY_API_KEY"),
        ("# GITHUB_TOKEN=abcdefghijklmn0pqrstuvwxyz", "abcdefghijklmn0pqrstuvwxyz", "GITHUB_TOKEN"),
        (f"# Authorization: Basic {encode('user:hunter2')}", encode("user:hunter2"), "Authorization"),
        (f"# curl -H 'Authorization: Bearer {HEX}'", HEX, "Authorization"),
        (f"# X-Api-Key: {HEX.upper()}.", f"{HEX.upper()}.", "X-Api-Key"),
        ("# client-secret: lab-7f3k22kd9s8d-xk31", "lab-7f3k22kd9s8d-xk31", "client-secret"),
        ("# db_password: Tr0ub4dor&3", "Tr0ub4dor&3", "db_password"),
        ("# db_password: Summer-2024", "Summer-2024", "db_password"),
        (f"# apiKey: >-\n#   {HEX}", HEX, "apiKey"),
        (f"# apiKey: |\n  #   {HEX}", HEX, "apiKey"),
        (f"# apiKey:\n#   - {HEX}", HEX, "apiKey"),
        (f"# apiKeys: [{HEX}]", HEX, "apiKeys"),
        (f"# apiKeys: [\n#   '{HEX}',\n# ]", HEX, "apiKeys"),
        (f"# OPENAI_API_KEY_OLD={HEX}", HEX, "OPENAI_API_KEY_OLD"),
        (f"# API_KEY_2={HEX}", HEX, "API_KEY_2"),
        (f"# OPENAI_KEY_PROD: {HEX}", HEX, "OPENAI_KEY_PROD"),
        (f"# apiKeyProd2: {HEX}", HEX, "apiKeyProd2"),
        (f"# apiKey: !secret {HEX}", HEX, "apiKey"),
        (f"# apiKey: &lab {HEX}", HEX, "apiKey"),
        (f"# apiKey := {HEX}", HEX, "apiKey"),
        (f"# apiKey (prod): {HEX}", HEX, "apiKey"),
        (f"# do not commit apiKey: {HEX}", HEX, "apiKey"),
        (f"# not in a commit, key: {HEX}", HEX, "key"),
        (f"# HASHICORP_KEY={HEX}", HEX, "HASHICORP_KEY"),
        ("# url: https://bob:hunter2secret@host/v1", "hunter2secret", "user info of a URL"),
        ("# redis://:S3cretpw0rd@db/1", "S3cretpw0rd", "user info of a URL"),
        (f"# AWS_SECRET_ACCESS_KEY={SLASHED}", SLASHED, "AWS_SECRET_ACCESS_KEY"),
    ],
)
def test_setting_in_a_comment_has_its_credential(comment: str, value: str, name: str) -> None:
    assert find(comment) == [(value, Evidence.PLACE, name)]


@pytest.mark.parametrize(
    "comment",
    [
        "# apiKey: ${LAB_API_KEY}",
        "# apiKey: $LAB_API_KEY",
        "# apiKey: your-api-key-goes-here",
        "# apiKey: <the key of the lab>",
        "# apiKey: sandbox-rate-limited",
        "# apiKey: xxxxxxxxxxxxxxxxxxxxxxxx1",
        "# token: the token of the login, which expires after 3600 seconds",
        "# AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
        "# OPENAI_API_KEY=sk-...",
        "# Authorization: Bearer $TOKEN",
        "# Authorization: Basic credentials",
        "# Authorization: Basic credentialsss",
        "# Authorization: Basic cr\u00e9dentials",
        "# key: openai/gpt-5.2-codex-max-2026-11-12",
        "# password: $PASSWORD1",
        "# password: required",
        f"# sshPublicKey: {AWS}",
        "# token: /run/secrets/Api1Token.txt",
        "# privateKey: ~/.ssh/Id1_ed25519_of_the_lab.pem",
        '# password: "changeme123"',
        "# password: your-password-1",
        "# password: min8chars!",
        "# password: at-least-8-chars",
        "# password: see1password.com/item",
        "# password: vault/lab1/openai",
        "# password: rotate-every-90-days",
        "# password: oauth2-login",
        "# password: sha256-hash",
        "# password: v1.2.3-beta1",
        "# passphrase: LAB_KEY1",
        "# apiKey: projects/lab-1/secrets/openai1key/versions/3",
        f"# cacheKey: {HEX}",
        f"# public key: {HEX}",
        "# apiKey: anExampleKey1234567890abc",
        "# apiKey: !secret lab_api_key",
        "# apiKey: xxx-1a2b3c4d5e6f7a8b9c0d",
        "# key: Qwen/Qwen3-Coder-480B-A35B-Instruct",
        f"# Authorization: Basic {encode('user:password')}",
        f"# Authorization: Basic {encode('bob:changeme')}",
        f"# commit signature: {HEX}",
        f"# sha256 key: {SHA256}",
        f"# sha: {HEX}",
        f"# pinned commit key: {HEX}",
        f"# commitKey: {HEX}",
        f"# SHA-256 of the token: {SHA256}",
        f"# fingerprint of the apiKey: {HEX}",
        "# url: https://user:password1@host/v1",
        "# url: https://bob:$PASSWORD1@host/v1",
        "# url: https://bob@host/v1",
        "# key: /Secrets/Lab1/OpenAiKeyOfTheLab.d/Key",
        f"# maxTokens: 128000, commit: {HEX}",
        f"# the key {HEX}",
        f"a: 'x#apiKey: {HEX}'",
    ],
)
def test_prose_and_placeholders_in_comments_are_harmless(comment: str) -> None:
    assert find(comment) == []


@pytest.mark.parametrize("text", [f"[{HEX}, '{SHA256}']", f"\n#  - {HEX}\n#  - {SHA256}"])
def test_every_credential_of_a_list_in_a_comment_is_found(text: str) -> None:
    assert [value for value, *_ in find(f"# apiKeys: {text}")] == [HEX, SHA256]


@pytest.mark.parametrize(
    ("value", "names"),
    [
        (f"Basic {encode('bob:hunter2secret')}", ["X-Foo"]),
        (f"basic {encode('bob:hunter2secret')}", ["X-Foo"]),
        (f"token={HEX}", ["X-Foo"]),
        (f"v=1; api_key={HEX}", ["X-Foo"]),
        ("Basic plan", []),
        (f"Basic {encode('user:pass')}", []),
        (f"commit key={HEX}", []),
        ("token=unlimited", []),
    ],
)
def test_header_of_any_name_may_say_that_it_is_a_credential(value: str, names: list[str]) -> None:
    assert [name for *_, name in find(f"headers: {{X-Foo: '{value}'}}")] == names


@pytest.mark.parametrize(
    "text",
    [
        encode(KEY),
        encode(KEY).rstrip("="),
        encode(f"user:{KEY}"),
        encode(f"x{KEY}yz"),
        encode(KEY, "utf-16-le"),
        b64encode(f"??>{KEY}".encode(), b"-_").decode(),
        f"name_{encode(KEY)}",
    ],
)
def test_key_in_base64_is_found_in_values_and_comments(text: str) -> None:
    for line in (f"note: {text}", f"# {text}", f"other: 'data:text/plain;base64,{text}'"):
        assert find(line) == [(text, Evidence.FORM, "Anthropic API key in base64")]


@pytest.mark.parametrize(
    "text",
    [
        encode("a text of this length that has no key in it, only words"),
        encode("sk-ant-api03-" + "x" * 40),
        f"sha512-{encode(HEX * 2)}",
        "anthropic/claude-opus-4-5/and-another-segment",
        "AbCdEfGhIjKlMnOpQrStU",
    ],
)
def test_other_base64_is_harmless(text: str) -> None:
    assert list(find_encoded(text, Forms())) == []


def test_many_runs_are_searched_together_and_the_one_with_a_key_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    searched, whole = list[str](), Forms.find
    lines = [encode(f"Words of line {number:05}, which has no key in it at all") for number in range(3000)]
    lines[1500] = f"name_{encode(KEY)}"

    def count(self: Forms, text: str) -> tuple[SecretSpan, ...]:
        searched.append(text)
        return whole(self, text)

    monkeypatch.setattr(Forms, "find", count)
    text = "\n".join(lines)
    assert [text[each.start : each.end] for each in find_encoded(text, Forms())] == [lines[1500]]
    # One search for each batch; in that of the key four for each run.
    assert len(searched) < len(lines) * 1.7


def texts() -> Iterator[Path]:
    for folder in ("fixtures", "docs", "schemas", "text2llm"):
        yield from (
            path for path in (ROOT / folder).rglob("*") if path.suffix in (".yaml", ".md", ".json", ".py", ".j2")
        )


def test_nothing_of_this_repository_is_a_false_alarm() -> None:
    forms, found = Forms(), list[tuple[str, str]]()
    for path in texts():
        text = path.read_text(encoding="utf-8")
        found += [(path.name, text[each.start : each.end]) for each in find_encoded(text, forms)]
        found += [(path.name, text[each.start : each.end]) for each in find_in_comments(text)]
    assert found == []


@pytest.mark.parametrize(
    "text",
    [
        "aB1" * 330_000,
        "#" * 10**6,
        "# a:" * 250_000,
        "\n# key:" * 140_000,
        "# " + "ab:" * 330_000,
        "# " + "ab=" * 330_000,
        "# apiKeys: [" + "abcdefgh," * 60_000,
        "# " + "apiKeyss: [" * 90_000,
        "# " + "apiKeyss: [abcdefgh, " * 45_000,
        "# apiKeys:" + "\n# - abcdefgh" * 50_000,
        "# " + "key (a b) " * 100_000,
        "# key: " + "!a " * 330_000,
        "# key: >\n" * 110_000,
        "# key:" + ("\n" + " " * 1000) * 1000,
        "# " + "://a:" * 200_000,
        "# ://" + "a" * 10**6,
        "# " + "commit key: A1b2C3d4E5f6G7h8I9j0K1l2 " * 14_000,
        "=" * 10**6,
    ],
)
def test_time_grows_with_the_length_alone(text: str) -> None:
    started = time.process_time()
    list(find_encoded(text, Forms()))
    list(find_in_comments(text))
    assert time.process_time() - started < 2
