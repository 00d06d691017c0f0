"""What to do about a failed request, by its reason and provider. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from text2llm.upstream.verdict import Reason

_LOG_IN = "set its variable, or run `text2llm models auth login --provider {provider}`"
_BASE_URL = "{address}"
_MODELS = "`text2llm models list --all --provider {provider}`"

#: ``{provider}`` is the provider's canonical id, ``{address}`` where its address is set.
_HINTS: Mapping[Reason, str] = {
    Reason.INVALID_KEY: f"replace the credential with one that {{provider}} issued and did not revoke: {_LOG_IN}",
    Reason.EXPIRED: f"log in again, or store a new key or token: {_LOG_IN}",
    Reason.REVOKED: f"replace the credential, which {{provider}} revoked: {_LOG_IN}",
    Reason.FORBIDDEN: "check the credential's permissions and allowed networks at {provider}",
    Reason.CLIENT_NOT_ALLOWED: "use an API key: {provider} accepts this credential from its own clients only; run "
    "`text2llm models auth paste-api-key --provider {provider}`",
    Reason.PAYMENT_REQUIRED: "check the account's billing at {provider}",
    Reason.CREDIT_EXHAUSTED: "add credit to the account at {provider}",
    Reason.QUOTA_EXHAUSTED: "raise the limit of the key or the account at {provider}",
    Reason.MODEL_NOT_FOUND: f"check the model's name, and which models the account may use: {_MODELS}",
    Reason.MODEL_NOT_ENTITLED: "request access to the model at {provider}, or choose another one",
    Reason.MODEL_RETIRED: f"choose the model's successor with `text2llm models set`: {_MODELS}",
    Reason.ENDPOINT_NOT_FOUND: f"check {_BASE_URL}: the server does not know this path",
    Reason.RATE_LIMITED: "retry later, or lower the concurrency",
    Reason.OVERLOADED: "retry later",
    Reason.USAGE_WINDOW: "wait until the usage window resets, or use another credential",
    Reason.CONNECT: "check the network, or allow more time",
    Reason.DEADLINE: "retry, or allow more time",
    Reason.TLS: "check the clock, and whether a proxy intercepts TLS",
    Reason.UNREACHABLE: f"check {_BASE_URL}, and whether the server of {{provider}} is running",
    Reason.HOST_NOT_FOUND: f"check {_BASE_URL} and the network's DNS server",
    Reason.OTHER_MODEL: "check the model's name, and whether {provider} renamed or redirects it",
    Reason.CACHED: "retry: each probe asks with another prompt, so a cache that knows the answer ignores prompts",
    Reason.INVALID_RESPONSE: f"check {_BASE_URL}, and whether a proxy or login page responds instead",
}


def find_hint(reason: Reason, provider: str, address: str | None = None) -> str | None:
    """The hint for a provider (a canonical id). ``address`` is what was asked, if not its base URL."""
    hint = _HINTS.get(reason)
    if hint is None:
        return None
    return hint.replace("{address}", address or f"models.providers.{provider}.baseUrl").replace("{provider}", provider)
