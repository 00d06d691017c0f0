from __future__ import annotations

from typing import Any

import pytest

from tests.providers.plugin_making import acme, loaded
from text2llm.providers.claims import find_claim
from text2llm.providers.registry import load_registry

REGISTRY = load_registry()


def env(*names: str) -> list[dict[str, str]]:
    return [{"name": name, "kind": "api_key"} for name in names]


def forms(*prefixes: str) -> list[dict[str, Any]]:
    return [{"name": "API key", "pattern": "x", "prefixes": list(prefixes), "source": "x"}]


def test_a_provider_of_its_own_claims_nothing() -> None:
    assert find_claim(acme(), REGISTRY) is None
    assert find_claim(acme(keyFormats=None, oauth=None), REGISTRY) is None
    assert find_claim(acme(keyFormats=forms("sk-acme-")), REGISTRY) is None


@pytest.mark.parametrize(
    ("changes", "claim"),
    [
        ({"id": "openai"}, "the name 'openai' belongs to the provider openai"),
        ({"id": "z-ai"}, "the name 'z-ai' belongs to the provider zai"),
        ({"aliases": ["acme-ai", "anthropic"]}, "the name 'anthropic' belongs to the provider anthropic"),
        ({"aliases": ["z.ai"]}, "the name 'z.ai' belongs to the provider zai"),
        ({"env": env("ACME_KEY", "OPENAI_API_KEY")}, "the variable OPENAI_API_KEY belongs to another provider"),
        ({"env": env("ANTHROPIC_ADMIN_KEY")}, "the variable ANTHROPIC_ADMIN_KEY belongs to another provider"),
        ({"env": env("VERCEL_OIDC_TOKEN")}, "the variable VERCEL_OIDC_TOKEN belongs to another provider"),
        ({"env": env("TEXT2LLM_HOME")}, "the variable TEXT2LLM_HOME belongs to text2llm itself"),
        ({"keyFormats": forms("acme_", "sk-ant-")}, "the key prefix 'sk-ant-' overlaps with another"),
        ({"keyFormats": forms("sk-")}, "the key prefix 'sk-' overlaps with another"),
        ({"keyFormats": forms("gsk_acme")}, "the key prefix 'gsk_acme' overlaps with another"),
    ],
)
def test_what_a_built_in_has_is_refused(changes: dict[str, Any], claim: str) -> None:
    assert (find_claim(acme(**changes), REGISTRY) or "").startswith(claim)


@pytest.mark.parametrize("key", ["clientIdEnv", "clientSecretEnv"])
def test_a_login_reads_no_variable_of_another(key: str) -> None:
    descriptor = acme()
    descriptor["oauth"][key] = "MISTRAL_API_KEY"
    assert find_claim(descriptor, REGISTRY) == "the variable MISTRAL_API_KEY belongs to another provider"


def test_no_other_way_of_authentication_reads_a_variable_of_another() -> None:
    descriptor = acme()
    descriptor["auth"]["alternative"] = {"header": "x-key", "format": "{secret}", "env": "GROQ_API_KEY"}
    assert find_claim(descriptor, REGISTRY) == "the variable GROQ_API_KEY belongs to another provider"


def test_what_another_plugin_has_is_refused_too() -> None:
    registry = REGISTRY.with_plugins([loaded(acme())])
    other = {"id": "bcme", "aliases": [], "env": env("BCME_KEY"), "oauth": None, "keyFormats": None}
    assert find_claim(acme(**other), registry) is None
    assert find_claim(acme(), registry) == "the name 'acme' belongs to the provider acme"
    assert find_claim(acme(**{**other, "id": "acme-ai"}), registry) == "the name 'acme-ai' belongs to the provider acme"
    assert find_claim(acme(**{**other, "env": env("ACME_CLIENT_ID")}), registry) == (
        "the variable ACME_CLIENT_ID belongs to another provider"
    )
