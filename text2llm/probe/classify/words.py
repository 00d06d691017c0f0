"""Machine words of error bodies and what each means, with its source. Data only.

A word stands here when it means one thing wherever it is used. Words that providers use for many things
(``invalid_request_error``, ``unknown_error``) stand in :data:`WEAK_WORDS` and count when nothing else speaks.
"""

from __future__ import annotations

from collections.abc import Mapping

from text2llm.probe.result import Reason

WORDS: Mapping[str, Reason] = {
    # Anthropic, https://docs.claude.com/en/api/errors and the SDK's list of error types (@anthropic-ai/sdk 0.81)
    "authentication_error": Reason.INVALID_KEY,
    "billing_error": Reason.PAYMENT_REQUIRED,
    "permission_error": Reason.FORBIDDEN,
    "request_too_large": Reason.BAD_REQUEST,
    "rate_limit_error": Reason.RATE_LIMITED,
    "timeout_error": Reason.DEADLINE,
    "overloaded_error": Reason.OVERLOADED,
    # Anthropic, details.error_code: steipete/CodexBar Tests/CodexBarTests/StatusProbeTests.swift; the provider's docs
    "token_expired": Reason.EXPIRED,
    "enforced_spend_limit_reached": Reason.QUOTA_EXHAUSTED,
    # OpenAI: BerriAI/litellm, vercel/ai packages/openai fixtures, continuedev#10016, openai/openai-cookbook#844
    "invalid_api_key": Reason.INVALID_KEY,
    "insufficient_quota": Reason.CREDIT_EXHAUSTED,
    "credit_balance_exhausted": Reason.CREDIT_EXHAUSTED,
    "rate_limit_exceeded": Reason.RATE_LIMITED,
    "model_not_found": Reason.MODEL_NOT_FOUND,
    "context_length_exceeded": Reason.CONTEXT_OVERFLOW,
    "unsupported_parameter": Reason.UNSUPPORTED_PARAMETER,
    "unsupported_value": Reason.UNSUPPORTED_PARAMETER,
    "invalid_value": Reason.BAD_REQUEST,
    "server_is_overloaded": Reason.OVERLOADED,
    "slow_down": Reason.OVERLOADED,
    "content_filter": Reason.BAD_REQUEST,
    "moderation_blocked": Reason.BAD_REQUEST,  # theopenco/llmgateway specs
    "account_deactivated": Reason.REVOKED,  # nat/openplayground#143
    "billing_not_active": Reason.PAYMENT_REQUIRED,  # RamiAwar/dataline#175
    "usage_limit_reached": Reason.USAGE_WINDOW,  # router-for-me/CLIProxyAPI tests, Codex
    # OpenRouter, metadata.limit_source and metadata.error_type: https://openrouter.ai/docs/api-reference/errors
    "openrouter_credits": Reason.CREDIT_EXHAUSTED,
    "openrouter_key_limit": Reason.QUOTA_EXHAUSTED,
    "openrouter_guardrail_budget": Reason.QUOTA_EXHAUSTED,
    "openrouter_workspace_budget": Reason.QUOTA_EXHAUSTED,
    "invalid_prompt": Reason.BAD_REQUEST,
    "token_limit_exceeded": Reason.QUOTA_EXHAUSTED,
    # OpenAI-compatible gateways: LiteLLM (budget_exceeded), Vercel (insufficient_funds), Moonshot
    "budget_exceeded": Reason.QUOTA_EXHAUSTED,
    "insufficient_funds": Reason.CREDIT_EXHAUSTED,
    "exceeded_current_quota_error": Reason.CREDIT_EXHAUSTED,
    # Ends of a completion that is none, see openai_completions: DeepSeek's API reference; openclaw failover tests
    "finish_insufficient_system_resource": Reason.OVERLOADED,
    "finish_network_error": Reason.SERVER_ERROR,
    "finish_abort": Reason.SERVER_ERROR,
}

#: What a word means when status and text leave it open.
WEAK_WORDS: Mapping[str, Reason] = {
    # Anthropic uses it for other 4xx too: https://docs.claude.com/en/api/errors
    "invalid_request_error": Reason.BAD_REQUEST,
    "api_error": Reason.SERVER_ERROR,
    # OpenAI: vercel/ai packages/openai fixtures
    "server_error": Reason.SERVER_ERROR,
    "internal_server_error": Reason.SERVER_ERROR,
    "not_found_error": Reason.ENDPOINT_NOT_FOUND,
}
