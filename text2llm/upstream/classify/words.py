"""The meaning of machine words in error bodies. Data only.

:data:`WORDS` has words with one meaning everywhere that their parts do not show. All others are matched by their
parts, :data:`PARTS`: codes consist of the same few nouns everywhere (``InvalidApiKey``, ``invalid_api_key``,
``API_KEY_INVALID``, ``wrong_api_key``). Words that providers use for many things (``invalid_request_error``,
``unknown_error``) are weak: they apply if nothing else does. ``tests/upstream/word_examples.py`` has the words that
the patterns were made from, with their sources.
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
    # Moonshot: https://platform.kimi.ai/docs/api/errors
    "exceeded_current_quota_error": Reason.CREDIT_EXHAUSTED,
    # Codex, a byte limit of its socket: router-for-me/CLIProxyAPI internal/runtime/executor tests
    "message_too_big": Reason.BAD_REQUEST,
    # OAuth token endpoints, RFC 6749 section 5.2; Codex: router-for-me/CLIProxyAPI tests
    "invalid_grant": Reason.EXPIRED,
    "refresh_token_reused": Reason.EXPIRED,
    # Finish reasons of failed completions, see the wire formats: DeepSeek's API reference; openclaw failover tests
    "finish_insufficient_system_resource": Reason.OVERLOADED,
    "finish_network_error": Reason.SERVER_ERROR,
    "finish_abort": Reason.SERVER_ERROR,
}


@dataclass(frozen=True, slots=True)
class WordPart:
    reason: Reason
    pattern: re.Pattern[str]


def _part(reason: Reason, pattern: str) -> WordPart:
    return WordPart(reason, re.compile(rf"(?:^|_)(?:{pattern})(?:_|$)"))


_CREDENTIAL = r"(?:x_)?api_?keys?|(?:access_|bearer_|auth_|proxy_server_)?tokens?|credentials?|client|signature"
_MONEY = r"quota|balance|funds?|credits?"

#: Patterns over whole parts of a word; the first match decides.
PARTS: tuple[WordPart, ...] = (
    _part(Reason.EXPIRED, rf"(?:{_CREDENTIAL})_expired|expired_(?:{_CREDENTIAL})"),
    _part(
        Reason.REVOKED,
        r"revoked|(?:account|user|consumer|organization|gcp|api_?key)_(?:deactivated|disabled|suspended|terminated|blocked"
        r"|banned|inactive)",
    ),
    _part(
        Reason.CREDIT_EXHAUSTED,
        rf"insufficient(?:_[a-z0-9]+)?_(?:{_MONEY})"
        rf"|(?:{_MONEY})_(?:balance_)?(?:exhausted|depleted|insufficient|too_low|not_enough|failed)"
        r"|credits_error|no_credits?|arrear(?:age|s)|overdue",
    ),
    _part(Reason.QUOTA_EXHAUSTED, r"budget_(?:has_been_)?exceeded|exceeded_budget|spend(?:ing)?_limit|hard_limit"),
    _part(
        Reason.PAYMENT_REQUIRED,
        r"payment_(?:required|failed|instrument)|insufficient_(?:plan|tier|subscription)|(?:plan|tier|subscription)_required|billing_(?:disabled|required|inactive|failed)|usage_not_included",
    ),
    _part(
        Reason.BAD_REQUEST,
        r"content_(?:filter|policy|moderation|violation)\w*|moderation(?:_blocked)?|data_inspection(?:_failed)?"
        r"|responsible_ai_policy_violation|prohibited_content|blocklist|spii|recitation|safety",
    ),
    _part(
        Reason.CONTEXT_OVERFLOW,
        r"context_(?:length|window|limit|size)|(?:prompt|input|context)_(?:is_)?too_(?:long|large)"
        r"|string_above_max_length",
    ),
    _part(Reason.MODEL_RETIRED, r"model_(?:decommissioned|deprecated|retired|sunset|end_of_life)"),
    _part(Reason.MODEL_NOT_ENTITLED, r"model_(?:access_denied|not_allowed|restricted|not_entitled)"),
    _part(
        Reason.MODEL_NOT_FOUND,
        r"models?_(?:not_(?:found|exists?|supported|available)|does_not_exist|unsupported|unavailable|unknown|invalid)"
        r"|(?:invalid|unknown|unsupported|no_such)_model(?!_(?:config|input|output|param|response|settings))|deployment_not_found|endpoint_or_model_not_found",
    ),
    _part(
        Reason.USAGE_WINDOW,
        r"usage_limit|free_usage_(?:exhausted|exceeded)|(?:hourly|daily|weekly|monthly|session)_(?:usage_)?limit|cooldown",
    ),
    _part(
        Reason.OVERLOADED,
        r"\w*overload(?:ed)?|capacity(?:_exhausted|_exceeded)?|slow_down|not_ready|(?:model|server|engine|system)_busy",
    ),
    _part(
        Reason.RATE_LIMITED,
        r"rate_?limit(?:ed|ing)?|too_many_(?:requests|calls)|throttl(?:ing|ed|e)|(?:request|token|rate)_quota"
        r"|limit_requests|limit_burst_rate|(?:connection|concurrency)_limit|rate_exceeded",
    ),
    _part(
        Reason.INVALID_KEY,
        rf"(?:invalid|incorrect|wrong|bad|missing|unrecognized|incomplete|no)_(?:{_CREDENTIAL}|auth\w*)"
        rf"|(?:{_CREDENTIAL})_(?:invalid|not_found|missing|does_not_match|not_valid|incorrect)"
        r"|(?:invalid|incorrect|wrong)_key"
        r"|auth(?:entication|orization)?_(?:error|fail(?:ed|ure)|required)|unauthenticated|invalid_subscription_key",
    ),
    _part(
        Reason.UNSUPPORTED_PARAMETER,
        r"unsupported_(?:parameter|value|argument)|(?:parameter|value|argument)_(?:unsupported|not_supported)"
        r"|unknown_(?:parameter|argument)|extra_forbidden",
    ),
    _part(Reason.DEADLINE, r"time(?:d_)?out|timed_out|deadline_exceeded"),
)

#: Parts that apply if neither the status nor the text decides.
WEAK_PARTS: tuple[WordPart, ...] = (
    _part(Reason.FORBIDDEN, r"permission(?:_denied|_error)?|access_denied|forbidden|not_authorized"),
    _part(Reason.INVALID_KEY, r"unauthorized"),
    _part(Reason.QUOTA_EXHAUSTED, r"quota_exceeded"),
    _part(Reason.RATE_LIMITED, r"exhausted"),
    _part(
        Reason.SERVER_ERROR,
        r"unavailable|internal|server_error|api_error|bad_gateway|upstream|failed_dependency|stream_error|inference_failed",
    ),
    _part(Reason.ENDPOINT_NOT_FOUND, r"not_found"),
    _part(Reason.BAD_REQUEST, r"invalid|bad_request|validation|unprocessable|conflict|not_supported|tool_use_failed"),
)


def read_parts(word: str, table: Iterable[WordPart]) -> Reason | None:
    """The reason of the first part found in a word in ``snake_case``; ``None`` if there is none."""
    return next((part.reason for part in table if part.pattern.search(word)), None)
