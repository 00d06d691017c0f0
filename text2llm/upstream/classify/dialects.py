"""The codes, statuses and wordings of single providers, and of APIs that several providers speak. Data only.

A dialect takes precedence over the general tables, see :class:`text2llm.upstream.classify.dialect.Dialect`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from text2llm.upstream.classify.dialect import Dialect
from text2llm.upstream.classify.phrases import DENIED, FAULT, row
from text2llm.upstream.verdict import Reason

_ANTHROPIC = Dialect(
    codes={
        # https://docs.claude.com/en/api/errors
        "not_found_error": Reason.ENDPOINT_NOT_FOUND,
    },
    weak={"permission_error": Reason.FORBIDDEN},
    overruling=(
        # router-for-me/CLIProxyAPI internal/runtime/executor/claude_executor_beta_policy_test.go; openclaw/docs
        # gateway/troubleshooting.md: refusals of entitlement that are typed rate_limit_error
        row(Reason.CREDIT_EXHAUSTED, r"usage credits (are|is) required|extra usage is required", (429,)),
        # a model that is unknown: pydantic/pydantic-ai tests/models/cassettes/test_anthropic
        row(Reason.MODEL_NOT_FOUND, r"\bmodel\b", (404,), loose=True),
    ),
    phrases=(
        # anthropics/claude-code#45048 and #45911: a subscription token in another client
        row(Reason.CREDIT_EXHAUSTED, r"draw from your extra usage|out of extra usage", FAULT),
        # anthropics/claude-code#8046, anymorph-ai/Claudable#45: a subscription token outside the provider's own client
        row(Reason.CLIENT_NOT_ALLOWED, r"only authorized for use with", (400, *DENIED)),
    ),
)

# xAI writes the description of a gRPC status into `code`: hyperium/tonic tonic/src/status.rs, Code::description
_GRPC_SENTENCES: Mapping[str | int, Reason] = {
    "the_request_does_not_have_valid_authentication_credentials": Reason.INVALID_KEY,
    "deadline_expired_before_operation_could_complete": Reason.DEADLINE,
    "the_service_is_currently_unavailable": Reason.OVERLOADED,
    "internal_error": Reason.SERVER_ERROR,
}

# google.rpc.Code and google.api.ErrorReason: googleapis/googleapis google/rpc/code.proto,
# google/api/error_reason.proto;
# google-gemini/gemini-cli packages/core/src/utils/googleQuotaErrors.test.ts
_GOOGLE = Dialect(
    codes={
        "api_key_service_blocked": Reason.FORBIDDEN,
        "api_key_http_referrer_blocked": Reason.FORBIDDEN,
        "api_key_ip_address_blocked": Reason.FORBIDDEN,
        "service_disabled": Reason.FORBIDDEN,
        "security_policy_violated": Reason.FORBIDDEN,
        "access_token_scope_insufficient": Reason.FORBIDDEN,
        "user_project_denied": Reason.FORBIDDEN,
        "validation_required": Reason.FORBIDDEN,
        "billing_disabled": Reason.PAYMENT_REQUIRED,
        "quota_exhausted": Reason.USAGE_WINDOW,
        "unauthenticated": Reason.INVALID_KEY,
    },
    # the free tier is not offered in the country: https://ai.google.dev/gemini-api/docs/troubleshooting
    weak={"failed_precondition": Reason.PAYMENT_REQUIRED},
    statuses={
        # https://ai.google.dev/gemini-api/docs/troubleshooting
        402: Reason.CREDIT_EXHAUSTED,
        499: Reason.DEADLINE,
        503: Reason.OVERLOADED,
        504: Reason.DEADLINE,
    },
    phrases=(
        # snailyp/gemini-balance#328: status FAILED_PRECONDITION, which else asks for billing (see classify)
        row(Reason.PAYMENT_REQUIRED, r"without a billing account|enable billing", (400,)),
    ),
)

_BEDROCK = Dialect(
    # https://docs.aws.amazon.com/bedrock/latest/userguide/troubleshooting-api-error-codes.html and the API reference
    codes={
        "ftu_form_not_filled": Reason.FORBIDDEN,
        "not_authorized": Reason.FORBIDDEN,
        "opt_in_required": Reason.FORBIDDEN,
        "unrecognized_client_exception": Reason.INVALID_KEY,
        "invalid_client_token_id": Reason.INVALID_KEY,
        "invalid_signature_exception": Reason.INVALID_KEY,
        "incomplete_signature": Reason.INVALID_KEY,
        "missing_authentication_token": Reason.INVALID_KEY,
        "missing_authentication_token_exception": Reason.INVALID_KEY,
        "expired_token_exception": Reason.EXPIRED,
        "request_expired": Reason.INVALID_KEY,
        "service_quota_exceeded_exception": Reason.RATE_LIMITED,
        "service_unavailable": Reason.OVERLOADED,
        "service_unavailable_exception": Reason.OVERLOADED,
        "internal_failure": Reason.SERVER_ERROR,
        "internal_server_exception": Reason.SERVER_ERROR,
        "model_error_exception": Reason.SERVER_ERROR,
        "model_stream_error_exception": Reason.SERVER_ERROR,
    },
    weak={"access_denied_exception": Reason.FORBIDDEN, "resource_not_found_exception": Reason.MODEL_NOT_FOUND},
    phrases=(
        # the permission of the identity, not of the account: the same documentation
        row(Reason.FORBIDDEN, r"don't have access to the model|not authorized to perform", (403,)),
        # served through an inference profile only: mlcommons/modelbench#1654
        row(Reason.MODEL_NOT_FOUND, r"\bon-demand throughput\b", (400,)),
    ),
)

#: llama-server, which runs inside Ollama and LM Studio, answers 500 to a prompt that is too long: ggml-org/llama.cpp
#: tools/server, ggml-org/llama.cpp#19774
_LLAMA_SERVER = (row(Reason.CONTEXT_OVERFLOW, r"context size|too large to process", (500,)),)

_OLLAMA = Dialect(
    # ollama/ollama docs/api/errors.mdx, api/client_test.go
    codes={"unavailable_error": Reason.OVERLOADED},
    statuses={502: Reason.NETWORK, 503: Reason.OVERLOADED},
    phrases=_LLAMA_SERVER,
)

_OPENAI = Dialect(
    overruling=(
        # vercel/ai packages/openai/src/responses/__fixtures__/openai-error.1.json; at Google the wording means a rate
        row(Reason.CREDIT_EXHAUSTED, r"check your plan and billing", (402, 429)),
    ),
    phrases=(
        # n8n-io/n8n#18352, micz/ThunderAI#570: the model is there, but answers on another API of the provider
        row(Reason.UNCLASSIFIED, r"only supported in v1/responses|not a chat model", (404,)),
    ),
)

_ZAI = Dialect(
    # https://docs.bigmodel.cn/cn/api/api-code, https://docs.z.ai/api-reference/api-code; openclaw/docs providers/zai.md
    codes={
        **dict.fromkeys((1000, 1001, 1002, 1004, 1111), Reason.INVALID_KEY),
        1003: Reason.EXPIRED,
        **dict.fromkeys((1110, 1112, 1121), Reason.REVOKED),
        1113: Reason.CREDIT_EXHAUSTED,
        **dict.fromkeys((1120, 1230, 1234), Reason.SERVER_ERROR),
        **dict.fromkeys((1210, 1213, 1215), Reason.BAD_REQUEST),
        1211: Reason.MODEL_NOT_FOUND,
        1212: Reason.UNSUPPORTED_PARAMETER,
        1220: Reason.FORBIDDEN,
        **dict.fromkeys((1221, 1222), Reason.ENDPOINT_NOT_FOUND),
        1261: Reason.CONTEXT_OVERFLOW,
        **dict.fromkeys((1300, 1301), Reason.BAD_REQUEST),
        **dict.fromkeys((1302, 1303, 1313), Reason.RATE_LIMITED),
        **dict.fromkeys((1304, 1308, 1310), Reason.USAGE_WINDOW),
        **dict.fromkeys((1305, 1312), Reason.OVERLOADED),
        1309: Reason.PAYMENT_REQUIRED,
        1311: Reason.MODEL_NOT_ENTITLED,
    },
    statuses={434: Reason.FORBIDDEN, 435: Reason.BAD_REQUEST},
    # headroomlabs-ai/headroom#1812 (Anthropic endpoint), openclaw failover-error.test.ts
    number_in_text=re.compile(r"^\[(\d{4})\]|\berror (\d{4}):"),
)

_MINIMAX = Dialect(
    # steipete/CodexBar MiniMaxCurrentTokenPlanResponseTests.swift; adrianlyjak/obsidian-aloud-tts#114 (1008)
    codes={
        1000: Reason.SERVER_ERROR,
        1001: Reason.DEADLINE,
        1002: Reason.RATE_LIMITED,
        1004: Reason.INVALID_KEY,
        1008: Reason.CREDIT_EXHAUSTED,
        2013: Reason.BAD_REQUEST,
        2056: Reason.USAGE_WINDOW,
        2061: Reason.MODEL_NOT_ENTITLED,  # liliMozi/openhanako#452
    },
    # MiniMax-AI/MiniMax-M2#62: the Anthropic endpoint answers 500 api_error
    number_in_text=re.compile(r"\((\d{4})\)$"),
)

_MOONSHOT = Dialect(
    # https://platform.kimi.ai/docs/api/errors, https://www.kimi.com/code/docs/en/kimi-code/error-reference.html
    codes={"access_terminated_error": Reason.CLIENT_NOT_ALLOWED},
    overruling=(row(Reason.USAGE_WINDOW, r"reached your (?:\S+ ){0,3}usage limit", (403, 429)),),
    phrases=(row(Reason.CREDIT_EXHAUSTED, r"check your plan and billing|exceeded current quota", (403, 429)),),
)

#: The endpoints that exchange a credential for a token: they are asked for nothing else, so that whatever they refuse,
#: they refuse the credential. RFC 6749, 5.2; learn.microsoft.com, AADSTS error codes; GitHub hides by a 404.
_TOKEN_ENDPOINT = Dialect(
    codes={
        **dict.fromkeys(("invalid_client", "invalid_grant", "invalid_request"), Reason.INVALID_KEY),
        **dict.fromkeys(("unauthorized_client", "access_denied", "invalid_scope"), Reason.FORBIDDEN),
        "temporarily_unavailable": Reason.OVERLOADED,
    },
    overruling=(row(Reason.FORBIDDEN, r"^not found$", (404,)), row(Reason.EXPIRED, r"\baadsts7000222\b", DENIED)),
    statuses={400: Reason.INVALID_KEY, 401: Reason.INVALID_KEY, 403: Reason.FORBIDDEN, 404: Reason.FORBIDDEN},
    silent=True,
)
#: The name of their dialect among those of APIs.
TOKEN_ENDPOINT = "token-endpoint"  # noqa: S105

#: By the provider's id, or the API's.
DIALECTS: Mapping[str, Dialect] = {
    TOKEN_ENDPOINT: _TOKEN_ENDPOINT,
    "anthropic-messages": _ANTHROPIC,
    "anthropic": _ANTHROPIC,
    "google-generative-ai": _GOOGLE,
    "google": _GOOGLE,
    "google-vertex": _GOOGLE,
    "google-gemini-cli": _GOOGLE,
    "bedrock-converse": _BEDROCK,
    "amazon-bedrock": _BEDROCK,
    "ollama": _OLLAMA,
    "ollama-cloud": _OLLAMA,
    "openai": _OPENAI,
    "openai-codex": _OPENAI,
    "azure-openai": _OPENAI,
    "zai": _ZAI,
    "minimax": _MINIMAX,
    "moonshot": _MOONSHOT,
    "kimi-coding": _MOONSHOT,
    "xai": Dialect(codes=_GRPC_SENTENCES),
    "openrouter": Dialect(
        # https://openrouter.ai/docs/api-reference/errors; openclaw/docs concepts/model-failover.md
        codes={"token_limit_exceeded": Reason.QUOTA_EXHAUSTED},
        phrases=(
            row(Reason.QUOTA_EXHAUSTED, r"key limit exceeded|budget limit exceeded", (403,)),
            # no provider serves the model under the data policy, or none of them supports the request
            row(Reason.MODEL_NOT_ENTITLED, r"no endpoints found matching your data policy", (404,)),
            row(Reason.UNSUPPORTED_PARAMETER, r"no endpoints found that support", (404,)),
        ),
        statuses={502: Reason.OVERLOADED, 503: Reason.MODEL_NOT_ENTITLED},
    ),
    "groq": Dialect(
        # https://console.groq.com/docs/errors
        statuses={413: Reason.CONTEXT_OVERFLOW, 498: Reason.OVERLOADED, 503: Reason.OVERLOADED}
    ),
    "cohere": Dialect(
        # cohere-ai/cohere-developer-experience fern/pages/cohere-api/errors.mdx; https://docs.cohere.com/reference/errors
        statuses={498: Reason.INVALID_KEY, 503: Reason.OVERLOADED}
    ),
    # https://api-docs.deepseek.com/quick_start/error_codes
    "deepseek": Dialect(statuses={503: Reason.OVERLOADED}),
    # mistralai/platform-docs-public public/resources/error-glossary.md
    "mistral": Dialect(
        codes={1300: Reason.RATE_LIMITED, 1500: Reason.MODEL_NOT_FOUND},
        statuses={503: Reason.OVERLOADED},
    ),
    "together": Dialect(
        # https://docs.together.ai/docs/error-codes: 403 is a request that is too long, not a matter of rights
        phrases=(row(Reason.FORBIDDEN, r"\b(forbidden|permission|not allowed|access)\b", (403,)),),
        statuses={403: Reason.CONTEXT_OVERFLOW, 503: Reason.OVERLOADED},
    ),
    # https://docs.fireworks.ai/guides/inference-error-codes.md, pollinations#12136: 412 is a suspended account
    "fireworks": Dialect(statuses={412: Reason.PAYMENT_REQUIRED}),
    "nvidia": Dialect(
        # Alishahryar1/free-claude-code#1021: listed, but not provisioned for the account; capocasa/3code#2: retired
        overruling=(row(Reason.MODEL_NOT_FOUND, r"not found for account", (404,)),),
        statuses={410: Reason.MODEL_RETIRED},
    ),
    # vercel/ai packages/gateway, reports of an internal_server_error that asks for a credit card
    "vercel-ai-gateway": Dialect(overruling=(row(Reason.PAYMENT_REQUIRED, r"valid credit card on file"),)),
    "opencode": Dialect(
        # anomalyco/opencode#38624: 401 for every refusal; the type says what it is about
        codes={"model_error": Reason.MODEL_NOT_FOUND},
        # anomalyco/opencode#37161, #16568: a window of the free allowance, although credits are offered
        overruling=(row(Reason.USAGE_WINDOW, r"free usage exceeded"),),
    ),
    "lmstudio": Dialect(phrases=_LLAMA_SERVER),
    # Portkey-AI/gateway src/providers/workers-ai/utils.ts has the envelope; 10000 is Cloudflare's refusal of a token
    "cloudflare-ai-gateway": Dialect(codes={10000: Reason.INVALID_KEY}),
    "litellm": Dialect(
        # BerriAI/litellm docs: ExceededBudget with status 400
        codes={"exceeded_budget": Reason.QUOTA_EXHAUSTED}
    ),
}
