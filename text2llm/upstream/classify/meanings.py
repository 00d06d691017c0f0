"""What the sentences of errors mean. Data only.

Each claim joins a subject to a predicate, see ``claims``; ``lexicon`` has the words. The order is that of precedence
within a sentence.
"""

from __future__ import annotations

from text2llm.upstream.classify import lexicon as say
from text2llm.upstream.classify.claims import Claim
from text2llm.upstream.verdict import Reason

# --- statuses under which a claim counts

_REFUSED = frozenset({400, 405, 406, 409, 410, 412, 413, 415, 422, 424})
_ANY_4XX = frozenset(range(400, 500)) - {402, 407, 408, 429, 499}
_AFTER_AUTH = _REFUSED | {403, 404, 451}
_PAYABLE = _ANY_4XX | {429}
_DOWN = frozenset(range(500, 600))

# --- claims

MEANINGS: tuple[Claim, ...] = (
    Claim(Reason.CONTEXT_OVERFLOW, _REFUSED, say.TOO_LONG),
    Claim(Reason.BAD_REQUEST, _REFUSED | {403, 451}, say.FILTERED, loose=True),
    Claim(Reason.OVERLOADED, _ANY_4XX, say.SERVED, say.STARTING, gap=60, complement=True, barrier=say.FEATURE),
    Claim(Reason.OVERLOADED, _PAYABLE, say.LOAD),
    # money that is gone or owed
    Claim(Reason.CREDIT_EXHAUSTED, _PAYABLE | _DOWN, say.FUNDS, say.DRAINED, before=True, gap=40, complement=True),
    Claim(Reason.PAYMENT_REQUIRED, _PAYABLE | _DOWN, say.OWING),
    Claim(Reason.QUOTA_EXHAUSTED, _PAYABLE, say.SPENDING),
    # a window, or a rate
    Claim(Reason.USAGE_WINDOW, frozenset({429}), say.WINDOW, loose=True),
    # the model
    Claim(Reason.MODEL_RETIRED, _AFTER_AUTH, say.MODEL, say.GONE, gap=140, barrier=say.FEATURE),
    Claim(Reason.MODEL_NOT_ENTITLED, _ANY_4XX, say.MODEL, say.DENIED_USE, before=True, gap=120, complement=True),
    Claim(Reason.MODEL_NOT_ENTITLED, _ANY_4XX, say.SERVED, say.CLOSED, gap=100, barrier=say.FEATURE),
    Claim(Reason.MODEL_NOT_ENTITLED, _ANY_4XX, say.MODEL, say.SWITCHED_OFF, gap=12, barrier=say.FEATURE),
    Claim(Reason.MODEL_NOT_FOUND, _ANY_4XX, say.MODEL, say.ABSENT, gap=120, barrier=say.FEATURE),
    Claim(Reason.MODEL_NOT_FOUND, _ANY_4XX, say.MODEL, say.UNKNOWN, after=False, before=True, gap=12,
          barrier=say.FEATURE),
    Claim(Reason.MODEL_NOT_FOUND, _ANY_4XX, say.MODEL, say.FAILED_TO_FIND, after=False, before=True, gap=50,
          complement=True,
          barrier=say.FEATURE),
    Claim(Reason.MODEL_NOT_FOUND, _ANY_4XX, say.SERVED, say.ABSENT, gap=100, barrier=say.FEATURE),
    Claim(Reason.MODEL_NOT_ENTITLED, _ANY_4XX | _DOWN, say.MODEL, say.REFUSES, after=False, before=True, gap=16,
          barrier=say.FEATURE),
    Claim(Reason.MODEL_NOT_FOUND, _ANY_4XX - {401}, say.NONE_SERVES),
    Claim(Reason.MODEL_NOT_FOUND, _AFTER_AUTH, say.LISTS_MODELS),
    Claim(Reason.MODEL_NOT_FOUND, _DOWN, say.NO_CHANNEL),
    Claim(Reason.ENDPOINT_NOT_FOUND, _AFTER_AUTH, say.NO_ROUTE),
    # the credential and its account; an empty one is refused like a wrong one
    Claim(Reason.QUOTA_EXHAUSTED, _DOWN | {401}, say.MONEY, say.DRAINED, before=True, gap=40, complement=True),
    Claim(Reason.EXPIRED, _PAYABLE, say.KEY, say.EXPIRED, before=True, gap=40, complement=True),
    Claim(Reason.REVOKED, _PAYABLE, say.KEY, say.REVOKED, gap=60, complement=True),
    Claim(Reason.INVALID_KEY, _REFUSED | {404}, say.KEY, say.BAD_KEY, gap=60, complement=True),
    Claim(Reason.INVALID_KEY, _REFUSED | {404}, say.KEY, say.KEY_FIRST, after=False, before=True, gap=20,
          complement=True),
    Claim(Reason.CLIENT_NOT_ALLOWED, _REFUSED, say.KEY, say.WRONG_TOKEN, gap=80),
    Claim(Reason.REVOKED, _PAYABLE, say.ACCOUNT, say.REVOKED, gap=60),
    Claim(Reason.FORBIDDEN, _REFUSED, say.NOT_FOR, say.BARRED, before=True, gap=60, complement=True),
    Claim(Reason.FORBIDDEN, _REFUSED, say.FORBIDDEN),
    # money, in weaker words
    Claim(Reason.QUOTA_EXHAUSTED, _ANY_4XX - {401, 404}, say.MONEY, say.EMPTY, before=True, gap=60, complement=True),
    Claim(Reason.PAYMENT_REQUIRED, _ANY_4XX - {401, 404}, say.PAY),
    # what passes by itself
    Claim(Reason.RATE_LIMITED, _ANY_4XX, say.RATE),
    Claim(Reason.OVERLOADED, _DOWN, say.BUSY_SERVER),
)  # fmt: skip

#: What a sentence means if none of the text means more.
HINTS: tuple[Claim, ...] = (
    Claim(Reason.USAGE_WINDOW, _REFUSED | {403}, say.WINDOW),
    Claim(Reason.UNSUPPORTED_PARAMETER, _REFUSED, say.UNSUPPORTED, loose=True),
    Claim(Reason.OVERLOADED, _REFUSED | {403}, say.LATER, loose=True),
)
