"""What each API calls the words for parameters: the one table that translates them. Pure.

A status loads it if parameters are set: it has named tuples for that reason.
A word that an API lacks is there as ``None``; the source of an API's names says so by not having it.
"""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple


class Field(NamedTuple):
    """The field of a request that says a word: a path with dots; ``others`` say it, too, at some servers.

    ``shape`` makes the field's value of the word's. ``header``: it is the name of a header, and not of a field.
    """

    path: str
    others: tuple[str, ...] = ()
    shape: Callable[[Any], Any] = lambda value: value
    header: bool = False


class WireWords(NamedTuple):
    """The names of one API. ``inside`` is the field that holds all parameters but those of ``beside``."""

    source: str
    fields: Mapping[str, Field | None]
    inside: str | None = None
    beside: frozenset[str] = frozenset()


def _as_list(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


_COMPLETIONS = WireWords(
    source="platform.openai.com/docs/api-reference/chat/create; openrouter.ai/docs/api/reference/parameters (top_k)",
    fields={
        "temperature": Field("temperature"),
        "topP": Field("top_p"),
        "topK": Field("top_k"),
        "maxTokens": Field("max_tokens", ("max_completion_tokens",)),
        "stop": Field("stop"),
        "seed": Field("seed"),
        "effort": Field("reasoning_effort", ("reasoning.effort",)),
        "serviceTier": Field("service_tier"),
        "context1m": None,
    },
)
_RESPONSES = WireWords(
    source="platform.openai.com/docs/api-reference/responses/create",
    fields={
        "temperature": Field("temperature"),
        "topP": Field("top_p"),
        "topK": None,
        "maxTokens": Field("max_output_tokens"),
        "stop": None,
        "seed": None,
        "effort": Field("reasoning.effort"),
        "serviceTier": Field("service_tier"),
        "context1m": None,
    },
)
_GOOGLE = WireWords(
    source="ai.google.dev/api/generate-content (GenerationConfig, ThinkingConfig)",
    fields={
        "temperature": Field("generationConfig.temperature"),
        "topP": Field("generationConfig.topP"),
        "topK": Field("generationConfig.topK"),
        "maxTokens": Field("generationConfig.maxOutputTokens"),
        "stop": Field("generationConfig.stopSequences", shape=_as_list),
        "seed": Field("generationConfig.seed"),
        "effort": Field("generationConfig.thinkingConfig.thinkingLevel"),
        "serviceTier": Field("serviceTier"),
        "context1m": None,
    },
    inside="generationConfig",
    beside=frozenset({"generationConfig", "safetySettings", "labels", "serviceTier"}),
)
#: By API. Azure's deployments have OpenAI's names; a Codex login's server takes no limit and no sampling.
WIRES: Mapping[str, WireWords] = {
    "openai-completions": _COMPLETIONS,
    "azure-openai": _COMPLETIONS._replace(
        source="learn.microsoft.com/azure/ai-foundry/openai/reference (chat completions)",
        fields={**_COMPLETIONS.fields, "topK": None, "effort": Field("reasoning_effort")},
    ),
    "openai-responses": _RESPONSES,
    "openai-codex-responses": _RESPONSES._replace(
        source="github.com/openai/codex codex-rs (the fields of a Responses request)",
        fields={
            **dict.fromkeys(_RESPONSES.fields),
            "effort": Field("reasoning.effort"),
            "serviceTier": Field("service_tier"),
        },
    ),
    "anthropic-messages": WireWords(
        source="platform.claude.com/docs/en/api/messages; …/build-with-claude/effort; …/context-windows",
        fields={
            "temperature": Field("temperature"),
            "topP": Field("top_p"),
            "topK": Field("top_k"),
            "maxTokens": Field("max_tokens"),
            "stop": Field("stop_sequences", shape=_as_list),
            "seed": None,
            "effort": Field("output_config.effort"),
            "serviceTier": Field("service_tier"),
            "context1m": Field("anthropic-beta", shape=lambda on: on and "context-1m-2025-08-07", header=True),
        },
    ),
    "google-generative-ai": _GOOGLE,
    "google-gemini-cli": _GOOGLE._replace( source="github.com/google-gemini/gemini-cli packages/core/src/code_assist"),
    "bedrock-converse": WireWords(
        # A model's own fields, with the effort of its reasoning, differ by publisher: additionalModelRequestFields.
        source="docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse (inferenceConfig, serviceTier)",
        fields={
            "temperature": Field("inferenceConfig.temperature"),
            "topP": Field("inferenceConfig.topP"),
            "topK": None,
            "maxTokens": Field("inferenceConfig.maxTokens"),
            "stop": Field("inferenceConfig.stopSequences", shape=_as_list),
            "seed": None,
            "effort": None,
            "serviceTier": Field("serviceTier.type"),
            "context1m": None,
        },
        inside="inferenceConfig",
        beside=frozenset((
            *("inferenceConfig", "additionalModelRequestFields", "guardrailConfig", "performanceConfig"),
            *("requestMetadata", "serviceTier"),
        )),
    ),
    "ollama": WireWords(
        source="github.com/ollama/ollama docs/api.md, docs/modelfile.md (PARAMETER), docs/capabilities/thinking",
        fields={
            "temperature": Field("options.temperature"),
            "topP": Field("options.top_p"),
            "topK": Field("options.top_k"),
            "maxTokens": Field("options.num_predict"),
            "stop": Field("options.stop", shape=_as_list),
            "seed": Field("options.seed"),
            "effort": Field("think", shape=lambda level: level != "none" and level),
            "serviceTier": None,
            "context1m": None,
        },
        inside="options",
        beside=frozenset({"options", "think", "keep_alive", "truncate"}),
    ),
    "cohere-v2-chat": WireWords(
        source="docs.cohere.com/reference/chat",
        fields={
            "temperature": Field("temperature"),
            "topP": Field("p"),
            "topK": Field("k"),
            "maxTokens": Field("max_tokens"),
            "stop": Field("stop_sequences", shape=_as_list),
            "seed": Field("seed"),
            "effort": None,
            "serviceTier": None,
            "context1m": None,
        },
    ),
}  # fmt: skip
#: A server that speaks like OpenAI may know more than OpenAI: what these providers' own servers refuse.
LACKING: Mapping[str, frozenset[str]] = {"openai": frozenset({"topK"})}


#: The words that are a part of no request: they are for the program that sends it.
OF_CLIENT = frozenset({"timeout"})
#: Folded names of what is no parameter: it would request another model than the chain has, or at another address.
ROUTING = frozenset({"model", "base_url", "api_base"})
#: The words for parameters; :data:`text2llm.params.words.WORDS` says what they mean.
NAMES = (*_COMPLETIONS.fields, *OF_CLIENT)
#: The levels of ``effort``, from the least to the most.
EFFORTS = ("none", "minimal", "low", "medium", "high", "xhigh", "max")


def find_wire(api: str) -> WireWords:
    """The names of an API; those of OpenAI's older one for an API that has none here, as most gateways speak it."""
    return WIRES.get(api, _COMPLETIONS)


def find_field(word: str, api: str, provider: str) -> Field | None:
    """The field that says a word at a provider (a canonical id); ``None`` if there is none."""
    return None if word in LACKING.get(provider, ()) else find_wire(api).fields.get(word)
