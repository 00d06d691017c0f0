"""Machine words of real errors, each with its source, by the reason that their parts mean."""

from __future__ import annotations

from collections.abc import Mapping

from text2llm.upstream.verdict import Reason

_GOOGLE = "googleapis google/api/error_reason.proto"
_AWS = "AWS, common errors and Amazon Bedrock's"

STRONG: Mapping[Reason, Mapping[str, str]] = {
    Reason.EXPIRED: {
        "token_expired": "Codex: CodexBar CodexUserFacingErrorTests.swift",
        "access_token_expired": _GOOGLE,
        "expired_token_exception": _AWS,
    },
    Reason.REVOKED: {
        "account_deactivated": "OpenAI: nat/openplayground#143",
        "consumer_suspended": _GOOGLE,
        "user_blocked_by_admin": _GOOGLE,
    },
    Reason.CREDIT_EXHAUSTED: {
        "insufficient_quota": "OpenAI: vercel/ai packages/openai fixtures",
        "credit_balance_exhausted": "OpenAI's documentation",
        "insufficient_balance_error": "MiniMax: modelscope/modelscope#1691",
        "insufficient_g1_credits_balance": "google-gemini/gemini-cli googleQuotaErrors.test.ts",
        "insufficient_funds": "vercel/ai packages/gateway",
        "credits_error": "OpenCode: anomalyco/opencode#37161",
        "arrearage": "Alibaba: hsliuping/TradingAgents-CN#170",
    },
    Reason.QUOTA_EXHAUSTED: {
        "enforced_spend_limit_reached": "Anthropic's documentation, details.error_code",
        "budget_exceeded": "BerriAI/litellm#20615",
        "exceeded_budget": "BerriAI/litellm documentation",
        "billing_hard_limit_reached": "OpenAI's documentation",
    },
    Reason.PAYMENT_REQUIRED: {
        "billing_disabled": _GOOGLE,
        "usage_not_included": "Codex: badlogic/pi-mono openai-codex-responses.ts",
        "insufficient_plan": "NavyAI: tashfeenahmed/freellmapi#1139",
    },
    Reason.BAD_REQUEST: {
        "content_filter": "OpenAI, Azure, Moonshot",
        "content_policy_violation": "BerriAI/litellm#16231",
        "moderation_blocked": "theopenco/llmgateway specs",
        "data_inspection_failed": "Alibaba: QwenLM/Qwen#938",
        "responsible_ai_policy_violation": "Azure: compl-ai/compl-ai#20",
        "finish_prohibited_content": "https://ai.google.dev/api/generate-content, FinishReason",
    },
    Reason.CONTEXT_OVERFLOW: {
        "context_length_exceeded": "OpenAI's documentation",
        "model_context_window_exceeded": "Z.AI: badlogic/pi-mono utils/overflow.ts",
        "exceed_context_size_error": "ggml-org/llama.cpp#15780",
    },
    Reason.MODEL_RETIRED: {
        "model_decommissioned": "Groq: rashadphz/farfalle#107",
    },
    Reason.MODEL_NOT_ENTITLED: {
        "model_access_denied": "https://help.aliyun.com/en/model-studio/error-code-start",
    },
    Reason.MODEL_NOT_FOUND: {
        "model_not_found": "OpenAI: pydantic/pydantic-ai cassettes",
        "model_not_supported": "Copilot: github/copilot-cli#639",
        "model_not_available": "Together: HeyPuter/puter#3168",
        "invalid_model": "Mistral: tmc/langchaingo#1233; Perplexity: FerroxLabs/wayland#603",
        "deployment_not_found": "Azure: rashadphz/farfalle#79",
    },
    Reason.USAGE_WINDOW: {
        "usage_limit_reached": "Codex: router-for-me/CLIProxyAPI tests",
        "go_usage_limit_error": "OpenCode: anomalyco/opencode",
        "subscription_free_usage_exhausted": "xAI: router-for-me/CLIProxyAPI xai_status_err_test.go",
        "model_cooldown": "router-for-me/CLIProxyAPI",
    },
    Reason.OVERLOADED: {
        "overloaded_error": "Anthropic's documentation",
        "server_is_overloaded": "OpenAI's documentation",
        "slow_down": "OpenAI's documentation",
        "engine_overloaded_error": "https://platform.kimi.ai/docs/api/errors",
        "capacity_exceeded": "Groq's documentation",
        "model_capacity_exhausted": "google-gemini/gemini-cli googleQuotaErrors.test.ts",
        "model_not_ready_exception": _AWS,
    },
    Reason.RATE_LIMITED: {
        "rate_limit_exceeded": "OpenAI's documentation",
        "rate_limited": "Mistral: raycast/extensions#31107",
        "throttling_exception": _AWS,
        "throttling_allocation_quota": "Alibaba: modelscope/ms-agent#50",
        "too_many_requests_error": "Cerebras: explyt/explyt#35",
        "websocket_connection_limit_reached": "Codex: router-for-me/CLIProxyAPI tests",
    },
    Reason.INVALID_KEY: {
        "authentication_error": "Anthropic's documentation",
        "invalid_api_key": "OpenAI: continuedev/continue#10016; Alibaba: dinoanderson/qwen_cli_coder#1",
        "api_key_invalid": _GOOGLE,
        "credentials_missing": _GOOGLE,
        "invalid_authentication_error": "https://platform.kimi.ai/docs/api/errors",
        "incorrect_api_key_error": "https://platform.kimi.ai/docs/api/errors",
        "unauthenticated_bad_credentials": "xAI: router-for-me/CLIProxyAPI xai_status_err_test.go",
        "token_not_found_in_db": "LiteLLM: OpenHands/OpenHands#17390",
        "auth_error": "LiteLLM: BerriAI/litellm#7287",
        "unrecognized_client_exception": _AWS,
    },
    Reason.UNSUPPORTED_PARAMETER: {
        "unsupported_parameter": "OpenAI: pydantic/pydantic-ai cassettes",
        "extra_forbidden": "Mistral: partITech/php-mistral#76",
        "system_parameter_unsupported": _GOOGLE,
    },
    Reason.DEADLINE: {
        "timeout_error": "Anthropic's documentation",
        "deadline_exceeded": "googleapis google/rpc/code.proto",
        "model_timeout_exception": _AWS,
    },
}

WEAK: Mapping[Reason, Mapping[str, str]] = {
    Reason.FORBIDDEN: {
        "permission_denied": "googleapis google/rpc/code.proto",
        "access_denied": "Alibaba: RooCodeInc/Roo-Code#12309",
        "request_forbidden": "OpenAI: nalgeon/pokitoki#42",
    },
    Reason.INVALID_KEY: {
        "unauthorized": "many",
    },
    Reason.QUOTA_EXHAUSTED: {
        "quota_exceeded": "Copilot: github/copilot-cli#3431",
    },
    Reason.RATE_LIMITED: {
        "resource_exhausted": "googleapis google/rpc/code.proto",
    },
    Reason.SERVER_ERROR: {
        "api_error": "Anthropic's documentation",
        "internal_server_error": "vercel/ai packages/gateway",
        "unavailable": "googleapis google/rpc/code.proto",
    },
    Reason.ENDPOINT_NOT_FOUND: {
        "not_found_error": "Anthropic's documentation",
        "not_found": "googleapis google/rpc/code.proto",
    },
    Reason.BAD_REQUEST: {
        "invalid_request_error": "Anthropic's documentation: it is used for other 4xx too",
        "invalid_argument": "googleapis google/rpc/code.proto",
        "validation_exception": _AWS,
        "conflict_error": "Codex: router-for-me/CLIProxyAPI tests",
        "tool_use_failed": "Groq: pydantic/pydantic-ai cassettes",
    },
}
