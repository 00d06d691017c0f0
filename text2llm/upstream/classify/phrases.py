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

#: A name between quotation marks, or none.
_NAMED = r"(?: ?[\"'`][^\"'`]{1,120}[\"'`])?"

#: Rows that overrule a machine word: the same word has other meanings too.
OVERRULING: tuple[Phrase, ...] = (
    # OpenAI answers 403 with code model_not_found when a project may not use a model that exists
    row(Reason.MODEL_NOT_ENTITLED, r"does not have access to (the )?model", (403,)),
    row(Reason.EXPIRED, r"\b(key|token|credential)s? (has|have|is|are) expired|\bexpired (api )?(key|token)", DENIED),
    # Google says API_KEY_INVALID of a key that has expired: continuedev/continue#11336
    row(Reason.EXPIRED, r"\bapi key expired\b", (400,)),
    # OpenAI says model_not_found of one that it has switched off: langflow-ai/langflow#1337
    row(
        Reason.MODEL_RETIRED,
        rf"\bmodel{_NAMED} has been (deprecated|retired|decommissioned|shut down)",
        (*FAULT, 404, 410),
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
    # --- 402: mostly money, sometimes a window that ends by itself (openclaw failover-error.test.ts)
    row(Reason.QUOTA_EXHAUSTED, r"\bapi key\b.{0,80}\b(limit|maximum|budget)", (402,)),
    row(Reason.USAGE_WINDOW, r"try again (later|in)|(daily|weekly|monthly) (spend|usage) limit reached", (402,)),
    row(Reason.CREDIT_EXHAUSTED, r"\bcredit|balance|funds|points", (402,), loose=True),
    row(Reason.QUOTA_EXHAUSTED, r"\bquota|\blimit", (402,), loose=True),
    # --- 404: something else that does not exist (Cohere's documentation), or the model
    row(
        Reason.UNCLASSIFIED, r"\b(org(anization)?|user|account|team|workspace|file)\b[^:]{0,20} (not found|by )", (404,)
    ),
    row(Reason.MODEL_NOT_FOUND, r"\bmodels?\b|\bdeployment\b", (404,), loose=True),
)

#: Rows for errors that come without a telling status, such as one in the body of a 200.
ANY_STATUS: tuple[Phrase, ...] = (row(Reason.BAD_REQUEST, r"should match pattern"),)
