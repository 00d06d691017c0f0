import subprocess
import sys

import pytest

from tests.providers.descriptors import DESCRIPTORS
from text2llm.providers.descriptor import ApiEndpoint, HeaderAuth, KeyFormat, ProbeFacts, Provider, SetupToken
from text2llm.providers.registry import load_registry
from text2llm.providers.variables import EnvVar
from text2llm.refs import ModelRef, parse_ref

REGISTRY = load_registry()
HEAVY = {"yaml", "jsonschema", "inspect", "pathlib", "difflib", "importlib.resources", "text2llm.providers.descriptor"}


def provider(provider_id: str) -> Provider:
    found = REGISTRY.get(provider_id)
    assert found is not None
    return found


def test_ids_are_those_of_the_descriptors() -> None:
    assert REGISTRY.ids() == tuple(DESCRIPTORS)


def test_the_registry_is_read_once() -> None:
    assert load_registry() is REGISTRY


def test_a_provider_is_parsed_once() -> None:
    assert REGISTRY.get("groq") is REGISTRY.get("groq")


def test_an_unknown_id_or_a_spelling_has_no_provider() -> None:
    assert REGISTRY.get("nonexistent") is None
    assert REGISTRY.get("z.ai") is None


def test_anthropic_is_what_its_descriptor_says() -> None:
    anthropic = provider("anthropic")
    assert (anthropic.api, anthropic.base_url) == ("anthropic-messages", "https://api.anthropic.com")
    assert anthropic.endpoints[0].probe == ProbeFacts("/v1/messages", "claude-haiku-4-5-20251001", "max_tokens", 1)
    assert anthropic.origins == ("https://api.anthropic.com",)
    assert anthropic.setup_token == SetupToken("sk-ant-oat01-", 80, "claude setup-token")
    assert anthropic.env == (
        EnvVar("ANTHROPIC_OAUTH_TOKEN", "oauth_token"),
        EnvVar("ANTHROPIC_API_KEY", "api_key"),
        EnvVar("ANTHROPIC_ADMIN_KEY", "admin_key"),
        EnvVar("ANTHROPIC_ADMIN_API_KEY", "admin_key"),
    )


@pytest.mark.parametrize(
    ("provider_id", "names"),
    [
        ("anthropic", ["ANTHROPIC_OAUTH_TOKEN", "ANTHROPIC_API_KEY"]),
        ("openai", ["OPENAI_API_KEY"]),
        ("openai-codex", []),
        ("github-copilot", ["COPILOT_GITHUB_TOKEN", "GH_TOKEN", "GITHUB_TOKEN"]),
        ("amazon-bedrock", ["AWS_BEARER_TOKEN_BEDROCK"]),
        ("google-vertex", ["GOOGLE_CLOUD_API_KEY"]),
        ("google-gemini-cli", []),
        ("cloudflare-ai-gateway", ["CLOUDFLARE_AI_GATEWAY_API_KEY"]),
        ("chutes", ["CHUTES_OAUTH_TOKEN", "CHUTES_API_KEY"]),
        ("vercel-ai-gateway", ["AI_GATEWAY_API_KEY", "VERCEL_API_KEY"]),
    ],
)
def test_only_verified_credentials_for_inference_are_taken(provider_id: str, names: list[str]) -> None:
    assert [variable.name for variable in provider(provider_id).credential_vars()] == names
    assert [variable.name for variable in dict(REGISTRY.env_providers())[provider_id]] == names


def test_a_setup_token_travels_as_a_bearer_token_with_its_beta() -> None:
    auth = provider("anthropic").auth
    bearer = HeaderAuth(
        "Authorization",
        "Bearer {secret}",
        {"anthropic-version": "2023-06-01", "anthropic-beta": "oauth-2025-04-20"},
    )
    assert auth.header_for("sk-ant-oat01-x", is_token=False) == bearer
    assert auth.header_for("sandbox-ok", is_token=True) == bearer
    assert auth.header_for("sk-ant-api03-x", is_token=False) == HeaderAuth(
        "x-api-key", "{secret}", {"anthropic-version": "2023-06-01"}
    )


def test_a_token_travels_like_a_key_where_nothing_else_is_known() -> None:
    assert provider("qwen-portal").auth.header_for("x", is_token=True) == HeaderAuth(
        "Authorization", "Bearer {secret}", {}
    )


@pytest.mark.parametrize(
    ("provider_id", "scheme", "header"),
    [
        ("ollama", "none", None),
        ("cloudflare-ai-gateway", "upstream", None),
        ("amazon-bedrock", "sigv4", "Authorization"),
        ("google-vertex", "google-adc", "x-goog-api-key"),
        ("azure-openai", "header", "api-key"),
    ],
)
def test_a_key_travels_as_the_scheme_says(provider_id: str, scheme: str, header: str | None) -> None:
    auth = provider(provider_id).auth
    assert (auth.scheme, auth.key and auth.key.header) == (scheme, header)


def test_an_adc_token_travels_in_its_own_header() -> None:
    assert provider("google-vertex").auth.header_for("x", is_token=True) == HeaderAuth(
        "Authorization", "Bearer {secret}", {}
    )


def test_another_wire_format_has_its_own_endpoint() -> None:
    assert provider("openai").endpoint("openai-completions") == ApiEndpoint(
        "openai-completions",
        "https://api.openai.com/v1",
        ProbeFacts("/chat/completions", "gpt-5-nano", "max_completion_tokens", 16),
    )
    assert provider("openai").endpoint("ollama") is None


def test_unverified_endpoints_are_left_out() -> None:
    assert [endpoint.api for endpoint in provider("google").endpoints] == ["google-generative-ai"]


@pytest.mark.parametrize(
    ("model", "path"),
    [
        ("claude-opus-4-5", "/messages"),
        ("gpt-5.2", "/responses"),
        ("gemini-3-pro", "/models/{model}:generateContent"),
        ("kimi-k2", "/chat/completions"),
    ],
)
def test_a_model_is_asked_in_the_format_that_it_needs(model: str, path: str) -> None:
    assert provider("opencode").endpoint_for(model).probe.path == path


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("z.ai/glm-4.7", ModelRef("zai", "glm-4.7")),
        ("Z-AI/glm-4.7", ModelRef("zai", "glm-4.7")),
        ("opencode-zen/x", ModelRef("opencode", "x")),
        ("qwen/coder", ModelRef("qwen-portal", "coder")),
        ("kimi-code/x", ModelRef("kimi-coding", "x")),
        ("dashscope/qwen-flash", ModelRef("alibaba", "qwen-flash")),
        ("anthropic/opus-4.5", ModelRef("anthropic", "claude-opus-4-5")),
        ("anthropic/Sonnet-4.5", ModelRef("anthropic", "claude-sonnet-4-5")),
        ("google/gemini-3-pro", ModelRef("google", "gemini-3-pro-preview")),
        ("google/gemini-3-flash", ModelRef("google", "gemini-3-flash-preview")),
        ("openrouter/moonshotai/kimi-k2", ModelRef("openrouter", "moonshotai/kimi-k2")),
    ],
)
def test_spellings_lead_to_canonical_references(text: str, expected: ModelRef) -> None:
    assert parse_ref(text, REGISTRY.spellings()) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("antropic", ("anthropic",)),
        ("Nopenai ", ("openai",)),
        ("opencode-zem", ("opencode",)),
        ("xyzzy", ()),
        ("nope", ()),
    ],
)
def test_a_mistyped_provider_is_near_the_right_one(name: str, expected: tuple[str, ...]) -> None:
    assert REGISTRY.near(name)[:1] == expected


def test_configured_providers_are_near_too_and_three_are_enough() -> None:
    assert REGISTRY.near("labb", ["lab"]) == ("lab",)
    assert REGISTRY.near("open", ["open1", "open2", "open3", "open4"]) == ("open4", "open3", "open2")


def test_key_formats_say_which_are_unverified() -> None:
    assert REGISTRY.key_formats("groq") == (
        KeyFormat("API key", "gsk_[A-Za-z0-9]{20,}", ("gsk_",), "A-Za-z0-9", unverified=False),
    )
    assert REGISTRY.key_formats("vllm") == ()


def test_status_of_a_service_is_known() -> None:
    assert provider("qwen-portal").status == "discontinued"
    assert (provider("openai").status, provider("openai").status_note) == (None, None)


def test_a_status_needs_no_heavy_module() -> None:
    script = (
        "import sys, text2llm.refs; start = set(sys.modules); "
        "from text2llm.providers.registry import load_registry; "
        "list(load_registry().env_providers()); load_registry().spellings(); "
        "before = set(sys.modules); load_registry().get('openai'); "
        "print(*before - start); print(*set(sys.modules) - before)"
    )
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    loaded, at_lookup = run.stdout.splitlines()
    assert HEAVY & set(loaded.split()) == set()
    assert at_lookup.split() == ["text2llm.providers.descriptor"]
