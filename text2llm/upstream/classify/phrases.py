"""Phrases that refine a status, with their sources. Data only.

Each row applies to certain statuses only. Phrases of a single provider are in ``dialects``. Texts are compared in
lower case.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from text2llm.upstream.verdict import Reason


@dataclass(frozen=True, slots=True)
class Phrase:
    """A wording and its meaning.

    It applies to ``statuses``; empty: to all. A ``loose`` wording applies only to responses with one of its statuses.
    """

    reason: Reason
    pattern: re.Pattern[str]
    statuses: frozenset[int]
    loose: bool = False

    def fits(self, status: int | None, text: str) -> bool:
        """Whether the row applies to an error; one without a telling status matches every row but loose ones."""
        if self.loose if status is None else bool(self.statuses) and status not in self.statuses:
            return False
        return self.pattern.search(text) is not None


def row(reason: Reason, pattern: str, statuses: Iterable[int] = (), *, loose: bool = False) -> Phrase:
    return Phrase(reason, re.compile(pattern), frozenset(statuses), loose)


FAULT = (400, 413, 422)
DENIED = (401, 403)
DOWN = (500, 502, 503, 504, 520, 521, 522, 523, 524, 529)

#: A name between quotation marks, or none.
_NAMED = r"(?: ?[\"'`][^\"'`]{1,120}[\"'`])?"

#: Money of whatever name: "insufficient USD or Diem balance" (Venice).
_SHORT_OF = r"insufficient (\w+ ){0,3}(credits?|balance|funds|quota)"

#: A prompt that is too long, in the words of many servers.
_OVERFLOW = (
    r"\bcontext (length|window|limit|size)|maximum (context|prompt|input)|input (token )?length|最大上下文"
    r"|(prompt|input|message)s? (is |are )?too (long|large)|too many (input )?tokens(?! per)|input tokens exceed"
    r"|(prompt|input|request\w*)\b.{0,60}\b(exceeds?|exceeded|longer than)\b.{0,60}\b(tokens?|limit of|length)"
    r"|tokens?\b.{0,40}must be(?! (greater|positive|at least|more|an? ))|current length is \S+ while limit"
    r"|tokens? (length|limit) (exceed|too long)"
)

#: Rows that overrule a machine word: the same word has other meanings too.
OVERRULING: tuple[Phrase, ...] = (
    # OpenAI answers 403 with code model_not_found when a project may not use a model that exists
    row(Reason.MODEL_NOT_ENTITLED, r"does not have access to (the )?model", (403,)),
    # vybestack/llxprt-code#1123 (403 permission_error), winfunc/opcode#91 (401 authentication_error)
    row(Reason.REVOKED, r"\b(key|token|credential)s? (has|have|was|were|is|are) (been )?(revoked|disabled)", DENIED),
    row(Reason.EXPIRED, r"\b(key|token|credential)s? (has|have|is|are) expired|\bexpired (api )?(key|token)", DENIED),
    # Google says API_KEY_INVALID of a key that has expired: continuedev/continue#11336
    row(Reason.EXPIRED, r"\bapi key expired\b", (400,)),
    # OpenAI says model_not_found of one that it has switched off: langflow-ai/langflow#1337
    row(
        Reason.MODEL_RETIRED,
        rf"\bmodel{_NAMED} has been (deprecated|retired|decommissioned|shut down)",
        (*FAULT, 404, 410),
    ),
    # Google's RESOURCE_EXHAUSTED is a rate, and an account that is empty: dyad-sh/dyad#3626
    row(
        Reason.CREDIT_EXHAUSTED, r"\bcredits? (are|is|have been|has been) (depleted|exhausted|used up)", (402, 403, 429)
    ),
    # Plans that lack a model: ollama/ollama#15990, jal-co/shieldcn#178 (Vercel), openai/codex#14326
    row(
        Reason.MODEL_NOT_ENTITLED,
        rf"\bmodel{_NAMED} requires? (a |an )?(subscription|paid|pro|plan|verified)"
        rf"|\bmodel{_NAMED} is only available (to|for|on|with)\b"
        rf"|do(es)? not have access to this model|model{_NAMED} is not supported when using .{{0,60}}account",
        (*FAULT, *DENIED, 404),
    ),
)

PHRASES: tuple[Phrase, ...] = (
    # --- 400, 413, 422: the request, or money, or the key
    # openclaw/openclaw src/agents/failover-error.test.ts; badlogic/pi-mono utils/overflow.ts
    row(Reason.CREDIT_EXHAUSTED, rf"credit balance is too low|{_SHORT_OF}", FAULT),
    row(
        Reason.QUOTA_EXHAUSTED, r"\bover budget\b|budget has been exceeded|exceeded (the |your )?budget", (*FAULT, 429)
    ),
    row(Reason.OVERLOADED, r"\bat capacity\b|not ready for serving|is (still )?loading\b", FAULT),
    # badlogic/pi-mono utils/overflow.ts; BerriAI/litellm exception_mapping_utils.py; text-generation-inference
    row(Reason.CONTEXT_OVERFLOW, _OVERFLOW, FAULT),
    # A key that is refused with 400: Google, xAI, Venice, Aider-AI/aider tests/fixtures/chat-history.md (OpenRouter)
    row(
        Reason.INVALID_KEY,
        r"\b(invalid|incorrect) api key|api[ -]key (is )?(not (valid|found)|invalid|expired)|pass a valid api key",
        (400,),
    ),
    row(
        Reason.MODEL_RETIRED,
        r"\bmodel\b[^.]{0,120}\b(deprecated|retired|decommissioned|end of (its )?life|no longer (available|supported))",
        (*FAULT, 404, 410),
    ),
    row(
        Reason.MODEL_NOT_FOUND,
        r"\bmodel\b.{0,120}?\b(not found|does(n't| not) exist|(is|was) not available|could not be found)"
        r"|\b(invalid|unknown) model\b(?! (parameter|input|config))|not a valid model|model (name|id) is invalid"
        rf"|(the|requested|provided){_NAMED} model{_NAMED} is not supported(?! with)|^model is not supported",
        FAULT,
    ),
    row(Reason.FORBIDDEN, r"not authorized to|don't have permission|insufficient permissions?", FAULT),
    row(Reason.UNSUPPORTED_PARAMETER, r"unsupported parameter|not supported|does not support", FAULT, loose=True),
    # --- 402: mostly money, sometimes a window that ends by itself (openclaw failover-error.test.ts)
    row(Reason.QUOTA_EXHAUSTED, r"\bapi key\b.{0,80}\b(limit|maximum|budget)", (402,)),
    row(Reason.USAGE_WINDOW, r"try again (later|in)|(daily|weekly|monthly) (spend|usage) limit reached", (402,)),
    row(Reason.CREDIT_EXHAUSTED, r"\bcredit|balance|funds|points", (402,), loose=True),
    row(Reason.QUOTA_EXHAUSTED, r"\bquota|\blimit", (402,), loose=True),
    # --- 401, 403: the key, the model, the place, or money
    # griptape-ai/griptape-nodes-engine#1079, warpdotdev/warp#14868 (xAI); MoonshotAI/Kimi-K2#5
    row(
        Reason.CREDIT_EXHAUSTED,
        rf"{_SHORT_OF}|(does not|doesn't|do not|don't) have any credits"
        r"|used all available credits|credits? (are|is|has been|have been) exhausted",
        (403, 429),
    ),
    row(Reason.PAYMENT_REQUIRED, r"no payment method|overdue|account in good standing", (*FAULT, *DENIED)),
    row(Reason.BAD_REQUEST, r"violates (the |our )?\w*\s?(usage|content|safety)", (403,)),
    row(Reason.REVOKED, r"\brevoked\b|\b(deactivated|suspended)\b|(has been|is) disabled", DENIED, loose=True),
    row(Reason.MODEL_NOT_ENTITLED, r"\baccess to (this |the )?model|model\b.{0,80}\bnot (allowed|enabled)", (403,)),
    # --- 404: the model, the wire format, the path, or something else that does not exist (Cohere's documentation)
    row(
        Reason.UNCLASSIFIED, r"\b(org(anization)?|user|account|team|workspace|file)\b[^:]{0,20} (not found|by )", (404,)
    ),
    row(Reason.MODEL_NOT_FOUND, r"\bmodels?\b|\bdeployment\b", (404,), loose=True),
    # --- 429: a rate, a window, or money
    row(Reason.CREDIT_EXHAUSTED, rf"credit balance|{_SHORT_OF}|hard limit", (429,)),
    row(
        Reason.USAGE_WINDOW,
        r"per[- ]?(day|week|month)|hourly|daily|weekly|monthly|session (usage )?limit|\b\d+-(day|hour) "
        r"|(plan|usage) limit reached",
        (429,),
        loose=True,
    ),
    row(Reason.OVERLOADED, r"overloaded|at capacity|no capacity|high demand|\bbusy\b", (429,)),
    # --- 5xx: only words about load apply; others in such a text concern another party
    # openclaw failover-error.test.ts; OpenAI's error codes (503 Slow Down); veniceai/api-docs error-codes.mdx; ollama
    row(
        Reason.OVERLOADED,
        r"overloaded|at capacity|no capacity|high demand|too busy|\bslow down\b|temporarily offline|loading model",
        DOWN,
    ),
)

#: Rows for errors that come without a telling status, such as one in the body of a 200.
ANY_STATUS: tuple[Phrase, ...] = (
    row(Reason.CREDIT_EXHAUSTED, r"billing hard limit|out of budget|^billing\b"),  # narumiruna/pi-extensions tests
    row(Reason.INVALID_KEY, r"\b(invalid|incorrect) api key|re-authenticate|please run /login"),
    row(Reason.FORBIDDEN, r"insufficient permissions"),  # openclaw isbillingerrormessage.test.ts
    row(Reason.USAGE_WINDOW, r"(monthly|weekly|daily) limit (exhausted|reached)|tokens per day"),
    row(Reason.OVERLOADED, r"system is busy|high demand|overloaded"),
    row(Reason.MODEL_NOT_FOUND, r"\bmodel is unloaded|failed to load model"),
    row(Reason.BAD_REQUEST, r"should match pattern"),
)
