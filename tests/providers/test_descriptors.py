import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.providers.descriptors import DESCRIPTORS, FOLDER

every_descriptor = pytest.mark.parametrize("descriptor", DESCRIPTORS.values(), ids=DESCRIPTORS)
FOREIGN = re.compile(
    r"user-agent|x-app|originator|editor-|x-msh|x-goog-api-client|client-metadata|codex_cli|claude-code"
)


def walk(value: object, key: str = "") -> Iterator[tuple[str, object]]:
    yield key, value
    if isinstance(value, dict):
        for name, each in value.items():
            yield from walk(each, name)
    if isinstance(value, list):
        for each in value:
            yield from walk(each, key)


def base_urls(descriptor: dict[str, Any]) -> list[str]:
    elsewhere = [each["baseUrl"] for each in descriptor.get("apis", []) if not each.get("unverified")]
    return [descriptor["baseUrl"], *elsewhere]


def test_every_provider_of_the_facts_is_described() -> None:
    assert " ".join(DESCRIPTORS) == (
        "alibaba amazon-bedrock anthropic azure-openai cerebras chutes cloudflare-ai-gateway cohere deepinfra deepseek "
        "fireworks github-copilot google google-gemini-cli google-vertex groq huggingface kimi-coding litellm lmstudio "
        "minimax mistral moonshot nvidia ollama ollama-cloud openai openai-codex opencode openrouter perplexity "
        "qwen-portal sglang synthetic together venice vercel-ai-gateway vllm xai zai"
    )


@every_descriptor
def test_a_file_is_named_after_its_id(descriptor: dict[str, Any]) -> None:
    assert (FOLDER / f"{descriptor['id']}.yaml").is_file()


def test_no_spelling_belongs_to_two_providers() -> None:
    names = [name for each in DESCRIPTORS.values() for name in (each["id"], *each["aliases"])]
    assert sorted(names) == sorted(set(names))


@every_descriptor
def test_oauth_variables_come_before_keys(descriptor: dict[str, Any]) -> None:
    kinds = [variable["kind"] for variable in descriptor["env"]]
    assert kinds == sorted(kinds, key=lambda kind: kind != "oauth_token")


@every_descriptor
def test_each_variable_is_listed_once_and_has_a_source(descriptor: dict[str, Any]) -> None:
    names = [variable["name"] for variable in descriptor["env"]]
    assert len(names) == len(set(names))
    assert descriptor["envSource"]


def test_only_ollama_shares_a_credential_variable() -> None:
    owners: dict[str, list[str]] = {}
    for provider_id, descriptor in DESCRIPTORS.items():
        for variable in descriptor["env"]:
            if variable["kind"] in {"api_key", "oauth_token", "github_token"}:
                owners.setdefault(variable["name"], []).append(provider_id)
    assert {name: ids for name, ids in owners.items() if len(ids) > 1} == {"OLLAMA_API_KEY": ["ollama", "ollama-cloud"]}


#: Where a credential is exchanged for a short-lived one, and a host without the part that the user fills in.
EXCHANGES = {
    "azure-openai": {
        "https://login.microsoftonline.com",
        "https://login.microsoftonline.us",
        "https://login.partner.microsoftonline.cn",
    },
    "github-copilot": {"https://api.github.com"},
    "google-vertex": {
        "https://aiplatform.googleapis.com",
        "https://oauth2.googleapis.com",
        "https://sts.googleapis.com",
        "https://iamcredentials.googleapis.com",
    },
}


@every_descriptor
def test_origins_are_those_of_whole_verified_remote_base_urls(descriptor: dict[str, Any]) -> None:
    whole = [urlsplit(url) for url in base_urls(descriptor) if "{" not in url and not descriptor["local"]]
    expected = {f"{url.scheme}://{url.netloc}" for url in whole} | EXCHANGES.get(descriptor["id"], set())
    assert sorted(descriptor["origins"]) == sorted(expected)


@every_descriptor
def test_only_local_providers_are_on_this_machine(descriptor: dict[str, Any]) -> None:
    on_this_machine = {urlsplit(url).hostname == "127.0.0.1" for url in base_urls(descriptor)}
    assert on_this_machine == {descriptor["local"]}


@every_descriptor
def test_every_fact_with_a_source_is_marked_when_it_is_from_memory(descriptor: dict[str, Any]) -> None:
    unmarked = [
        value
        for _, value in walk(descriptor)
        if isinstance(value, dict) and value.get("source") == "from memory" and not value.get("unverified")
    ]
    inside_unverified = [each["probe"] for each in descriptor.get("apis", []) if each.get("unverified")]
    assert [value for value in unmarked if value not in inside_unverified] == []


@every_descriptor
def test_no_identity_of_another_product_is_borrowed(descriptor: dict[str, Any]) -> None:
    for key, value in walk(descriptor):
        assert key not in {"clientId", "client_id"}
        if key in {"headers", "authorizeParameters"} and isinstance(value, dict):
            assert FOREIGN.search(str(value).lower()) is None
        if key == "scopes" and isinstance(value, str):
            assert FOREIGN.search(value.replace("_", "-")) is None


@every_descriptor
def test_key_patterns_begin_with_their_prefixes(descriptor: dict[str, Any]) -> None:
    for each in descriptor.get("keyFormats", []):
        re.compile(each["pattern"])
        for prefix in each.get("prefixes", []):
            family = prefix.replace("-", "[-_]") if "[-_]" in each["pattern"] else prefix
            alternatives = re.findall(r"[A-Za-z0-9]+", family)
            assert all(word in each["pattern"] for word in alternatives)


@every_descriptor
def test_only_plugins_log_in_by_code(descriptor: dict[str, Any]) -> None:
    assert "loginMethods" not in descriptor
