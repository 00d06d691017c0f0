"""Phrases that refine what a status leaves open, with their sources. Data only.

Each row belongs to certain statuses, and where a wording is one provider's own, to its providers or APIs: there is no
pile of substrings that everything is held against. Texts are compared in lower case.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from text2llm.probe.result import Reason


@dataclass(frozen=True, slots=True)
class Phrase:
    """A wording and its meaning.

    ``statuses`` and ``speakers`` (ids of providers and APIs) say where it counts; empty: anywhere. A ``loose`` wording
    means something only beside one of its statuses.
    """

    reason: Reason
    pattern: re.Pattern[str]
    statuses: frozenset[int]
    speakers: frozenset[str] = frozenset()
    loose: bool = False

    def fits(self, status: int | None, speakers: frozenset[str], text: str) -> bool:
        """Whether the row speaks about an answer; one whose status says nothing is open to every row but loose ones."""
        if self.loose if status is None else bool(self.statuses) and status not in self.statuses:
            return False
        return not (self.speakers and self.speakers.isdisjoint(speakers)) and self.pattern.search(text) is not None


def _row(reason: Reason, pattern: str, statuses: Iterable[int], *speakers: str, loose: bool = False) -> Phrase:
    return Phrase(reason, re.compile(pattern), frozenset(statuses), frozenset(speakers), loose)


_FAULT = (400, 413, 422)
_DOWN = (500, 502, 503, 504, 520, 521, 522, 523, 524, 529)
_ANTHROPIC = ("anthropic", "anthropic-messages")

#: Rows that overrule a machine word: the provider uses the word for something else too.
OVERRULING: tuple[Phrase, ...] = (
    # router-for-me/CLIProxyAPI internal/runtime/executor/claude_executor_beta_policy_test.go; openclaw/docs
    # gateway/troubleshooting.md: refusals of entitlement that are typed rate_limit_error
    _row(Reason.CREDIT_EXHAUSTED, r"usage credits (are|is) required|extra usage is required", (429,), *_ANTHROPIC),
    # OpenAI answers 403 with code model_not_found when a project may not use a model that exists
    _row(Reason.MODEL_NOT_ENTITLED, r"does not have access to (the )?model", (403,)),
    _row(Reason.REVOKED, r"\b(key|token|credential)s? (has|have|was|were|is|are) (been )?revoked", (401, 403)),
    _row(Reason.EXPIRED, r"\b(key|token|credential)s? (has|have|is|are) expired|\bexpired (api )?(key|token)", (401,)),
)

PHRASES: tuple[Phrase, ...] = (
    # --- 400, 413, 422: the request, or money, or the key
    # openclaw/openclaw src/agents/failover-error.test.ts; badlogic/pi-mono utils/overflow.ts
    _row(Reason.CREDIT_EXHAUSTED, r"credit balance is too low|insufficient (credit|balance|funds|quota)", _FAULT),
    # anthropics/claude-code#45048 and #45911: a subscription token in another client
    _row(Reason.CREDIT_EXHAUSTED, r"draw from your extra usage|out of extra usage", _FAULT, *_ANTHROPIC),
    # anthropics/claude-code#8046, anymorph-ai/Claudable#45: a subscription token outside the provider's own client
    _row(Reason.CLIENT_NOT_ALLOWED, r"only authorized for use with", (400, 401, 403), *_ANTHROPIC),
    # badlogic/pi-mono utils/overflow.ts; BerriAI/litellm exception_mapping_utils.py
    _row(
        Reason.CONTEXT_OVERFLOW,
        r"\bcontext (length|window|limit|size)|maximum context|prompt is too long|too many tokens"
        r"|input tokens? (length|exceed|limit)|最大上下文",
        _FAULT,
    ),
    # Aider-AI/aider tests/fixtures/chat-history.md (OpenRouter); venice docs; the wording of xAI and Google keys
    _row(Reason.INVALID_KEY, r"\b(invalid|incorrect) api key|api key (is )?(not valid|invalid)", (400,)),
    _row(
        Reason.MODEL_RETIRED,
        r"\bmodel\b[^.]{0,120}\b(deprecated|retired|decommissioned|no longer (available|supported))",
        (*_FAULT, 404, 410),
    ),
    _row(
        Reason.MODEL_NOT_FOUND,
        r"\bmodel\b.{0,120}?\b(not found|does(n't| not) exist|(is|was) not available|could not be found)"
        r"|\b(invalid|unknown) model\b|not a valid model",
        _FAULT,
    ),
    _row(Reason.UNSUPPORTED_PARAMETER, r"unsupported parameter|not supported|does not support", _FAULT, loose=True),
    # --- 402: mostly money, sometimes a window that ends by itself (openclaw failover-error.test.ts)
    _row(Reason.USAGE_WINDOW, r"try again (later|in)|(daily|weekly|monthly) (spend|usage) limit reached", (402,)),
    _row(Reason.CREDIT_EXHAUSTED, r"\bcredit|balance|funds|points", (402,), loose=True),
    _row(Reason.QUOTA_EXHAUSTED, r"\bquota|\blimit", (402,), loose=True),
    # --- 403: the key, the model, the place, or money
    # openclaw/docs concepts/model-failover.md; OpenRouter's error documentation
    _row(Reason.QUOTA_EXHAUSTED, r"key limit exceeded|budget limit exceeded", (403,), "openrouter"),
    _row(Reason.BAD_REQUEST, r"requires moderation|input was flagged", (403,), "openrouter"),
    _row(Reason.CREDIT_EXHAUSTED, r"insufficient (credit|balance|funds|quota)", (403,)),
    _row(Reason.REVOKED, r"\brevoked\b|\bdeactivated\b|(has been|is) disabled", (401, 403), loose=True),
    _row(Reason.MODEL_NOT_ENTITLED, r"\baccess to (this |the )?model|model\b.{0,80}\bnot (allowed|enabled)", (403,)),
    # --- 404: the model, the wire format, or the path
    # n8n-io/n8n#18352, micz/ThunderAI#570: the model is there, but answers on another API of the provider
    _row(Reason.UNCLASSIFIED, r"only supported in v1/responses|not a chat model", (404,), "openai", "azure-openai"),
    # OpenRouter: nobody serves the model under the account's data policy
    _row(Reason.MODEL_NOT_ENTITLED, r"no endpoints found matching your data policy", (404,), "openrouter"),
    _row(Reason.MODEL_NOT_FOUND, r"\bmodels?\b|no endpoints found", (404,), loose=True),
    # --- 429: a rate, a window, or money
    # vercel/ai packages/openai/src/responses/__fixtures__/openai-error.1.json; at Google the wording means a rate
    _row(Reason.CREDIT_EXHAUSTED, r"check your plan and billing", (429,), "openai", "moonshot", "azure-openai"),
    _row(Reason.CREDIT_EXHAUSTED, r"credit balance|insufficient (credit|balance|funds|quota)|hard limit", (429,)),
    _row(Reason.USAGE_WINDOW, r"per[- ](day|week|month)|daily|weekly|monthly|\b\d+-(day|hour) ", (429,), loose=True),
    _row(Reason.OVERLOADED, r"overloaded|at capacity|high demand", (429,)),
    # --- 5xx: only words of load count; other key words in such a text are somebody else's
    # OpenRouter's error documentation
    _row(Reason.MODEL_NOT_ENTITLED, r"routing requirements", (503,), "openrouter"),
    _row(Reason.OVERLOADED, r"model is down", (502,), "openrouter"),
    # openclaw failover-error.test.ts; OpenAI's error codes (503 Slow Down)
    _row(Reason.OVERLOADED, r"overloaded|at capacity|high demand|too busy|\bslow down\b", _DOWN),
)

#: Rows for errors that come without a telling status, such as one in the body of a 200.
ANY_STATUS: tuple[Phrase, ...] = (
    _row(Reason.CREDIT_EXHAUSTED, r"billing hard limit|out of budget", ()),  # narumiruna/pi-extensions tests
    _row(Reason.INVALID_KEY, r"\b(invalid|incorrect) api key", ()),
    _row(Reason.FORBIDDEN, r"insufficient permissions", ()),  # openclaw isbillingerrormessage.test.ts
)
