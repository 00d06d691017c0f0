"""Parameters that providers name themselves and no word says: what is known of their values. Pure.

Sources: those of :mod:`text2llm.params.wires`; openrouter.ai/docs/api/reference/parameters, …/provider-routing;
docs.vllm.ai (sampling parameters, extra parameters); docs.mistral.ai/api; docs.x.ai/docs/api-reference;
api-docs.deepseek.com; alibabacloud.com/help/model-studio (Qwen); docs.perplexity.ai/api-reference.

A name that is not here is a provider's own, too: only one that is nearly another is a misspelling.
"""

from __future__ import annotations

from collections.abc import Mapping

from text2llm.params.values import FLAG, LIST, MAP, ValueRule, either, integer, is_number, number, one_of, word

_PENALTY = number(-2, 2)
_COUNT = integer(1)
#: -1 lets Gemini decide.
_BUDGET = integer(-1)
_NUMBER = ValueRule("a number", is_number)

#: By path, in names with underscores.
NATIVES: Mapping[tuple[str, ...], ValueRule] = {
    ("frequency_penalty",): _PENALTY,
    ("presence_penalty",): _PENALTY,
    ("repetition_penalty",): number(0, 10),
    ("repeat_penalty",): number(0, 10),
    ("min_p",): number(0, 1),
    ("top_a",): number(0, 1),
    ("n",): _COUNT,
    ("best_of",): _COUNT,
    ("candidate_count",): _COUNT,
    ("logit_bias",): MAP,
    ("logprobs",): either(FLAG, integer(0)),
    ("top_logprobs",): integer(0),
    ("response_logprobs",): FLAG,
    ("min_tokens",): integer(0),
    ("verbosity",): one_of("low", "medium", "high"),
    ("text",): MAP,
    ("text", "verbosity"): one_of("low", "medium", "high"),
    ("response_format",): MAP,
    ("store",): FLAG,
    ("stream",): FLAG,
    ("parallel_tool_calls",): FLAG,
    ("metadata",): MAP,
    ("user",): word(),
    ("safety_identifier",): word(),
    ("prompt_cache_key",): word(),
    ("prompt_cache_retention",): word(),
    ("truncation",): word(),
    ("modalities",): LIST,
    ("include",): LIST,
    ("web_search_options",): MAP,
    ("reasoning",): MAP,
    ("reasoning", "summary"): word("auto", "concise", "detailed"),
    ("reasoning", "max_tokens"): _COUNT,
    ("reasoning", "exclude"): FLAG,
    ("reasoning", "enabled"): FLAG,
    ("include_reasoning",): FLAG,
    ("thinking",): either(MAP, FLAG, word()),
    ("thinking", "type"): word("enabled", "disabled", "adaptive", "auto"),
    ("thinking", "budget_tokens"): _COUNT,
    ("thinking_budget",): _BUDGET,
    ("enable_thinking",): FLAG,
    ("output_config",): MAP,
    ("chat_template_kwargs",): MAP,
    ("cache_control",): MAP,
    ("cache_retention",): word("none", "short", "long"),
    ("provider",): MAP,
    ("provider", "only"): LIST,
    ("provider", "order"): LIST,
    ("provider", "ignore"): LIST,
    ("provider", "quantizations"): LIST,
    ("provider", "allow_fallbacks"): FLAG,
    ("provider", "require_parameters"): FLAG,
    ("provider", "zdr"): FLAG,
    ("provider", "data_collection"): one_of("allow", "deny"),
    ("provider", "sort"): either(word("price", "throughput", "latency"), MAP),
    ("provider", "max_price"): MAP,
    ("models",): LIST,
    ("route",): word(),
    ("transforms",): LIST,
    ("plugins",): LIST,
    ("safe_prompt",): FLAG,
    ("random_seed",): integer(0),
    ("generation_config",): MAP,
    ("thinking_config",): MAP,
    ("generation_config", "thinking_config"): MAP,
    ("thinking_config", "thinking_budget"): _BUDGET,
    ("generation_config", "thinking_config", "thinking_budget"): _BUDGET,
    ("thinking_config", "include_thoughts"): FLAG,
    ("generation_config", "thinking_config", "include_thoughts"): FLAG,
    ("safety_settings",): LIST,
    ("response_mime_type",): word(),
    ("response_schema",): MAP,
    ("labels",): MAP,
    ("inference_config",): MAP,
    ("additional_model_request_fields",): MAP,
    ("guardrail_config",): MAP,
    ("performance_config",): MAP,
    ("request_metadata",): MAP,
    ("options",): MAP,
    ("think",): either(FLAG, one_of("low", "medium", "high")),
    ("keep_alive",): either(word(), _NUMBER),
    ("truncate",): FLAG,
    ("format",): either(word(), MAP),
    ("options", "num_ctx"): _COUNT,
    ("num_ctx",): _COUNT,
    ("extra_body",): MAP,
    ("extra_headers",): MAP,
}  # fmt: skip
#: What would choose a credential: that is no parameter.
CREDENTIALS = frozenset({
    *("profile", "profile_id", "auth", "auth_order", "auth_profile", "auth_profile_id", "api_key", "token"),
    *("access_token", "credential", "credentials"),
})  # fmt: skip
