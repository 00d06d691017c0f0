"""The reasons why a completion ended. Pure.

Gateways send one API's reasons with another API's completions, so APIs share them; any other reason is a failure.
"""

from __future__ import annotations

from typing import Any

#: The model ended, or it waits for a tool. Hugging Face: eos_token; Together: eos; Cohere: COMPLETE; Snowflake: "".
_WHOLE = {
    *("", "stop", "end_turn", "stop_sequence", "eos", "eos_token", "complete", "completed", "end", "finished"),
    *("tool_calls", "tool_call", "tool_use", "function_call", "pause_turn", "compaction"),
}
#: The limit ended it. Mistral: model_length; Anthropic: model_context_window_exceeded; vLLM: repetition.
_CUT = {
    *("length", "max_tokens", "max_output_tokens", "max_length", "model_length", "token_limit"),
    *("model_context_window_exceeded", "repetition"),
}
#: A filter ended it. Z.AI: sensitive; Cohere: ERROR_TOXIC; the others are those of Google and Amazon.
_FILTERED = {
    *("content_filter", "content_filtered", "refusal", "sensitive", "error_toxic", "guardrail_intervened", "safety"),
    *("recitation", "language", "blocklist", "prohibited_content", "spii", "image_safety"),
}
#: The model replied, but not with a call that can be parsed.
_MISCALLED = {"malformed_function_call", "unexpected_tool_call", "too_many_tool_calls", "malformed_tool_use"}
_EARLY = frozenset(_CUT | _FILTERED)
_KNOWN = _EARLY | _WHOLE | _MISCALLED


def is_end(reason: Any) -> bool:
    """Whether a reason is known and no failure; none at all is none."""
    return reason is None or (isinstance(reason, str) and _plain(reason) in _KNOWN)


def is_early(reason: Any) -> bool:
    """Whether a completion ended before the model did."""
    return isinstance(reason, str) and _plain(reason) in _EARLY


def _plain(reason: str) -> str:
    return reason.strip().lower().replace("-", "_").replace(" ", "_")
