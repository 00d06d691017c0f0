"""Machine words of error bodies and what each means, with its source. Data only.

A word stands in :data:`WORDS` when it means one thing wherever it is used, and its parts would not say it. All others
are read by their parts, :data:`PARTS`: codes are made of the same few nouns everywhere (``InvalidApiKey``,
``invalid_api_key``, ``API_KEY_INVALID``, ``wrong_api_key``), and the next provider's will be too. Words that providers
use for many things (``invalid_request_error``, ``unknown_error``) are weak and count when nothing else speaks.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from text2llm.upstream.verdict import Reason

WORDS: Mapping[str, Reason] = {
    # Anthropic, https://docs.claude.com/en/api/errors and the SDK's list of error types (@anthropic-ai/sdk 0.81)
    "billing_error": Reason.PAYMENT_REQUIRED,
    "request_too_large": Reason.BAD_REQUEST,
    # OpenAI: vercel/ai packages/openai fixtures; RamiAwar/dataline#175
    "invalid_value": Reason.BAD_REQUEST,
    "invalid_prompt": Reason.BAD_REQUEST,
    "billing_not_active": Reason.PAYMENT_REQUIRED,
    # OpenRouter, metadata.limit_source and metadata.error_type: https://openrouter.ai/docs/api-reference/errors
    "openrouter_credits": Reason.CREDIT_EXHAUSTED,
    "openrouter_key_limit": Reason.QUOTA_EXHAUSTED,
    "openrouter_guardrail_budget": Reason.QUOTA_EXHAUSTED,
    "openrouter_workspace_budget": Reason.QUOTA_EXHAUSTED,
    "token_limit_exceeded": Reason.QUOTA_EXHAUSTED,
    # Moonshot: https://platform.kimi.ai/docs/api/errors
    "exceeded_current_quota_error": Reason.CREDIT_EXHAUSTED,
    # Codex, a byte limit of its socket: router-for-me/CLIProxyAPI internal/runtime/executor tests
    "message_too_big": Reason.BAD_REQUEST,
    # OAuth token endpoints, RFC 6749 section 5.2; Codex: router-for-me/CLIProxyAPI tests
    "invalid_grant": Reason.EXPIRED,
    "refresh_token_reused": Reason.EXPIRED,
    # Ends of a completion that is none, see the wire formats: DeepSeek's API reference; openclaw failover tests
    "finish_insufficient_system_resource": Reason.OVERLOADED,
    "finish_network_error": Reason.SERVER_ERROR,
    "finish_abort": Reason.SERVER_ERROR,
}


@dataclass(frozen=True, slots=True)
class Part:
    """Parts of a word and what they mean. ``examples`` are words that they were read from, each with its source."""

    reason: Reason
    pattern: re.Pattern[str]
    examples: Mapping[str, str]


def _part(reason: Reason, pattern: str, **examples: str) -> Part:
    return Part(reason, re.compile(rf"(?:^|_)(?:{pattern})(?:_|$)"), examples)


_CREDENTIAL = r"(?:x_)?api_?keys?|(?:access_|bearer_|auth_|proxy_server_)?tokens?|credentials?|client|signature"
_MONEY = r"quota|balance|funds?|credits?"
_GOOGLE = "googleapis google/api/error_reason.proto"
_AWS = "AWS, common errors and Amazon Bedrock's"

#: Patterns over whole parts of a word; the first that fits decides.
PARTS: tuple[Part, ...] = (
    _part(
        Reason.EXPIRED,
        rf"(?:{_CREDENTIAL})_expired|expired_(?:{_CREDENTIAL})",
        token_expired="Codex: CodexBar CodexUserFacingErrorTests.swift",  # noqa: S106 - the name of an error
        access_token_expired=_GOOGLE,
        expired_token_exception=_AWS,
    ),
    _part(
        Reason.REVOKED,
        r"revoked|(?:account|user|consumer|organization|gcp|api_?key)_(?:deactivated|disabled|suspended|terminated|blocked"
        r"|banned|inactive)",
        account_deactivated="OpenAI: nat/openplayground#143",
        consumer_suspended=_GOOGLE,
        user_blocked_by_admin=_GOOGLE,
    ),
    _part(
        Reason.CREDIT_EXHAUSTED,
        rf"insufficient(?:_[a-z0-9]+)?_(?:{_MONEY})|(?:{_MONEY})_(?:balance_)?(?:exhausted|depleted|insufficient|too_low)"
        r"|credits_error|no_credits?|arrear(?:age|s)|overdue",
        insufficient_quota="OpenAI: vercel/ai packages/openai fixtures",
        credit_balance_exhausted="OpenAI's documentation",
        insufficient_balance_error="MiniMax: modelscope/modelscope#1691",
        insufficient_g1_credits_balance="google-gemini/gemini-cli googleQuotaErrors.test.ts",
        insufficient_funds="vercel/ai packages/gateway",
        credits_error="OpenCode: anomalyco/opencode#37161",
        arrearage="Alibaba: hsliuping/TradingAgents-CN#170",
    ),
    _part(
        Reason.QUOTA_EXHAUSTED,
        r"budget_(?:has_been_)?exceeded|exceeded_budget|spend(?:ing)?_limit|hard_limit",
        enforced_spend_limit_reached="Anthropic's documentation, details.error_code",
        budget_exceeded="BerriAI/litellm#20615",
        exceeded_budget="BerriAI/litellm documentation",
        billing_hard_limit_reached="OpenAI's documentation",
    ),
    _part(
        Reason.PAYMENT_REQUIRED,
        r"payment_required|billing_(?:disabled|required|inactive)|usage_not_included",
        billing_disabled=_GOOGLE,
        usage_not_included="Codex: badlogic/pi-mono openai-codex-responses.ts",
    ),
    _part(
        Reason.BAD_REQUEST,
        r"content_(?:filter|policy|moderation|violation)\w*|moderation(?:_blocked)?|data_inspection(?:_failed)?"
        r"|responsible_ai_policy_violation|prohibited_content|blocklist|spii|recitation|safety",
        content_filter="OpenAI, Azure, Moonshot",
        content_policy_violation="BerriAI/litellm#16231",
        moderation_blocked="theopenco/llmgateway specs",
        data_inspection_failed="Alibaba: QwenLM/Qwen#938",
        responsible_ai_policy_violation="Azure: compl-ai/compl-ai#20",
        finish_prohibited_content="https://ai.google.dev/api/generate-content, FinishReason",
    ),
    _part(
        Reason.CONTEXT_OVERFLOW,
        r"context_(?:length|window|limit|size)|(?:prompt|input|context)_(?:is_)?too_(?:long|large)"
        r"|string_above_max_length",
        context_length_exceeded="OpenAI's documentation",
        model_context_window_exceeded="Z.AI: badlogic/pi-mono utils/overflow.ts",
        exceed_context_size_error="ggml-org/llama.cpp#15780",
    ),
    _part(
        Reason.MODEL_RETIRED,
        r"model_(?:decommissioned|deprecated|retired|sunset|end_of_life)",
        model_decommissioned="Groq: rashadphz/farfalle#107",
    ),
    _part(
        Reason.MODEL_NOT_ENTITLED,
        r"model_(?:access_denied|not_allowed|restricted|not_entitled)",
        model_access_denied="https://help.aliyun.com/en/model-studio/error-code-start",
    ),
    _part(
        Reason.MODEL_NOT_FOUND,
        r"models?_(?:not_(?:found|exists?|supported|available)|does_not_exist|unsupported|unavailable|unknown|invalid)"
        r"|(?:invalid|unknown|unsupported|no_such)_model|deployment_not_found|endpoint_or_model_not_found",
        model_not_found="OpenAI: pydantic/pydantic-ai cassettes",
        model_not_supported="Copilot: github/copilot-cli#639",
        model_not_available="Together: HeyPuter/puter#3168",
        invalid_model="Mistral: tmc/langchaingo#1233; Perplexity: FerroxLabs/wayland#603",
        deployment_not_found="Azure: rashadphz/farfalle#79",
    ),
    _part(
        Reason.USAGE_WINDOW,
        r"usage_limit|free_usage_(?:exhausted|exceeded)|(?:hourly|daily|weekly|monthly|session)_(?:usage_)?limit|cooldown",
        usage_limit_reached="Codex: router-for-me/CLIProxyAPI tests",
        go_usage_limit_error="OpenCode: anomalyco/opencode",
        subscription_free_usage_exhausted="xAI: router-for-me/CLIProxyAPI xai_status_err_test.go",
        model_cooldown="router-for-me/CLIProxyAPI",
    ),
    _part(
        Reason.OVERLOADED,
        r"\w*overload(?:ed)?|capacity(?:_exhausted|_exceeded)?|slow_down|not_ready|(?:model|server|engine|system)_busy",
        overloaded_error="Anthropic's documentation",
        server_is_overloaded="OpenAI's documentation",
        slow_down="OpenAI's documentation",
        engine_overloaded_error="https://platform.kimi.ai/docs/api/errors",
        capacity_exceeded="Groq's documentation",
        model_capacity_exhausted="google-gemini/gemini-cli googleQuotaErrors.test.ts",
        model_not_ready_exception=_AWS,
    ),
    _part(
        Reason.RATE_LIMITED,
        r"rate_?limit(?:ed|ing)?|too_many_(?:requests|calls)|throttl(?:ing|ed|e)|(?:request|token|rate)_quota"
        r"|limit_requests|limit_burst_rate|(?:connection|concurrency)_limit|rate_exceeded",
        rate_limit_exceeded="OpenAI's documentation",
        rate_limited="Mistral: raycast/extensions#31107",
        throttling_exception=_AWS,
        throttling_allocation_quota="Alibaba: modelscope/ms-agent#50",
        too_many_requests_error="Cerebras: explyt/explyt#35",
        websocket_connection_limit_reached="Codex: router-for-me/CLIProxyAPI tests",
    ),
    _part(
        Reason.INVALID_KEY,
        rf"(?:invalid|incorrect|wrong|bad|missing|unrecognized|incomplete|no)_(?:{_CREDENTIAL}|auth\w*)"
        rf"|(?:{_CREDENTIAL})_(?:invalid|not_found|missing|does_not_match|not_valid|incorrect)"
        r"|auth(?:entication|orization)?_(?:error|fail(?:ed|ure)|required)|unauthenticated|invalid_subscription_key",
        authentication_error="Anthropic's documentation",
        invalid_api_key="OpenAI: continuedev/continue#10016; Alibaba: dinoanderson/qwen_cli_coder#1",
        api_key_invalid=_GOOGLE,
        credentials_missing=_GOOGLE,
        invalid_authentication_error="https://platform.kimi.ai/docs/api/errors",
        incorrect_api_key_error="https://platform.kimi.ai/docs/api/errors",
        unauthenticated_bad_credentials="xAI: router-for-me/CLIProxyAPI xai_status_err_test.go",
        token_not_found_in_db="LiteLLM: OpenHands/OpenHands#17390",  # noqa: S106 - the name of an error
        auth_error="LiteLLM: BerriAI/litellm#7287",
        unrecognized_client_exception=_AWS,
    ),
    _part(
        Reason.UNSUPPORTED_PARAMETER,
        r"unsupported_(?:parameter|value|argument)|(?:parameter|value|argument)_(?:unsupported|not_supported)"
        r"|unknown_(?:parameter|argument)|extra_forbidden",
        unsupported_parameter="OpenAI: pydantic/pydantic-ai cassettes",
        extra_forbidden="Mistral: partITech/php-mistral#76",
        system_parameter_unsupported=_GOOGLE,
    ),
    _part(
        Reason.DEADLINE,
        r"time(?:d_)?out|timed_out|deadline_exceeded",
        timeout_error="Anthropic's documentation",
        deadline_exceeded="googleapis google/rpc/code.proto",
        model_timeout_exception=_AWS,
    ),
)

#: What the parts of a word mean when status and text leave it open.
WEAK_PARTS: tuple[Part, ...] = (
    _part(
        Reason.FORBIDDEN,
        r"permission(?:_denied|_error)?|access_denied|forbidden|not_authorized",
        permission_denied="googleapis google/rpc/code.proto",
        access_denied="Alibaba: RooCodeInc/Roo-Code#12309",
        request_forbidden="OpenAI: nalgeon/pokitoki#42",
    ),
    _part(Reason.INVALID_KEY, r"unauthorized", unauthorized="many"),
    _part(Reason.QUOTA_EXHAUSTED, r"quota_exceeded", quota_exceeded="Copilot: github/copilot-cli#3431"),
    _part(Reason.RATE_LIMITED, r"exhausted", resource_exhausted="googleapis google/rpc/code.proto"),
    _part(
        Reason.SERVER_ERROR,
        r"unavailable|internal|server_error|api_error|bad_gateway|upstream|failed_dependency|stream_error|inference_failed",
        api_error="Anthropic's documentation",
        internal_server_error="vercel/ai packages/gateway",
        unavailable="googleapis google/rpc/code.proto",
    ),
    _part(
        Reason.ENDPOINT_NOT_FOUND,
        r"not_found",
        not_found_error="Anthropic's documentation",
        not_found="googleapis google/rpc/code.proto",
    ),
    _part(
        Reason.BAD_REQUEST,
        r"invalid|bad_request|validation|unprocessable|conflict|not_supported|tool_use_failed",
        invalid_request_error="Anthropic's documentation: it is used for other 4xx too",
        invalid_argument="googleapis google/rpc/code.proto",
        validation_exception=_AWS,
        conflict_error="Codex: router-for-me/CLIProxyAPI tests",
        tool_use_failed="Groq: pydantic/pydantic-ai cassettes",
    ),
)


def read_parts(word: str, table: Iterable[Part]) -> Reason | None:
    """What the parts of a word in ``snake_case`` mean; ``None`` when they mean nothing here."""
    return next((part.reason for part in table if part.pattern.search(word)), None)
