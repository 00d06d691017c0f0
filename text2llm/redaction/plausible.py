"""Whether a value in free text is a credential: here it must look like one, not only its name. Pure.

Nothing can silence a finding, so that usual stand-ins, paths and digests pass.
"""

from __future__ import annotations

import re
from binascii import Error, a2b_base64

from text2llm.redaction.forms import SIX_MIXED
from text2llm.redaction.names import (
    COMMON_WORDS,
    PLACEHOLDER,
    TOKEN_LIKE,
    ends_as_credential,
    fold_name,
    is_credential_name,
)

# Which of several credentials it is, after its name: API_KEY_2, OPENAI_KEY_PROD.
_VARIANT = re.compile(
    r"(?:[-_.]?(?:old|new|prev|previous|current|backup|bak|prod|production|dev|development|stage|staging|test|testing"
    r"|live|main|primary|secondary|fallback|default|local|global|ci|eu|us|work|personal|v?[0-9]{1,4})){1,3}\Z",
    re.IGNORECASE,
)
_RANDOM = re.compile(rf"(?=[A-Za-z0-9_.~+/=-]*?{SIX_MIXED})[A-Za-z0-9_.~+/=-]{{16,}}")
_PASSWORD = re.compile(r"(?=[^0-9]*[0-9])(?=[^A-Za-z]*[A-Za-z])[!-~]{6,}")
_PASSWORD_NAMES = ("passphrase", "passwd", "password")
_SHORTEST_PASSWORD = 8
# Words in place of a credential. In capitals and within a word they may be a part of a random value.
_STAND_IN = re.compile(
    r"(?i:changeme|change[-_]?(?:it|me|this)|placeholder|redacted|1password)|[Ee]xample|[Dd]ummy|[Ss]ample"
    r"|(?<![A-Za-z0-9])(?i:your|my[-_]|example|dummy|sample|fake|replace|insert|todo|xxx|password|passwd|at[-_]?least"
    r"|min(?:imum)?[-_.]?[0-9]|base64|iso[0-9]|oauth2|sha[-_]?[0-9]|utf-?8|v[0-9]{1,3}\."
    r"|[0-9]{1,3}[-_+]?(?:bit|byte|char|digit|letter))"
)
# Three or more words and numbers, a web page to look in, or the name of a variable.
_PROSE = re.compile(
    r"(?:[A-Za-z]+|[0-9]{1,4})(?:[-_.](?:[A-Za-z]+|[0-9]{1,4})){2,}|[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,6}(?:/.*)?"
    r"|[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+"
)
_RELATIVE = r"@?[a-z0-9_-]+(?:/[a-z0-9_-]+)+"
_PATH = re.compile(rf"(?:~|\.{{1,2}})?/.*[/.].*|{_RELATIVE}")
# As _PATH, but not base64 with a slash as its first character.
_SURE_PATH = re.compile(
    r"(?:~|\.{1,2})/.*|/(?:[a-z][a-z0-9_-]*|Users|Volumes|Library|Applications)/.*|/.*\.[a-z]{1,5}|" + _RELATIVE
)
_USER_AND_PASSWORD = re.compile(r"[!-~]{1,200}:[!-~]{1,200}")
_USUAL_USER = re.compile(r"(?:login|name|user|username):(?:pass|secret|pw)", re.IGNORECASE)
_WORDS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_DIGEST = "checksum|digest|fingerprint|hash|md|sha"
# A hyphen may precede the number: `SHA-256 of the key`.
_DIGEST_OF = re.compile(rf"(?<![a-z])(?:{_DIGEST})(?:es|s)?-?[0-9]{{0,3}}[ \t]+of[ \t]", re.IGNORECASE)
_IDENTIFYING = frozenset(
    {*_DIGEST.split("|"), "cache", "commit", "commits", "etag", "hashes", "public", "rev", "revision", "signature"}
)
_CLAUSE = re.compile(r"[^.,;:=!?#()\n]*\Z")


def is_plausible(name: str, scheme: str, value: str, before: str) -> bool:
    """Whether ``value`` of the setting ``name`` is a credential; ``before`` is the text that leads to the name."""
    name = _VARIANT.sub("", name)
    folded = fold_name(name).removesuffix("s")
    if not ends_as_credential(name) or "public" in folded or _is_digest(name, folded, before):
        return False
    if scheme.lower() == "basic":
        return is_basic(value)
    if folded.endswith(_PASSWORD_NAMES) and not scheme and len(value) >= _SHORTEST_PASSWORD and is_password(value):
        return True
    is_sure = _is_sure(folded)
    path = _SURE_PATH if is_sure else _PATH
    if is_stand_in(value) or path.fullmatch(value) or not _RANDOM.fullmatch(value):
        return False
    return is_sure or TOKEN_LIKE.fullmatch(value) is not None


def is_stand_in(value: str) -> bool:
    return PLACEHOLDER.search(value) is not None or _STAND_IN.search(value) is not None


def is_password(value: str) -> bool:
    """Whether a word at the place of a password is one: it mixes letters and digits, and is not prose or a path."""
    other = is_stand_in(value) or "$" in value or _PROSE.fullmatch(value) or _PATH.fullmatch(value)
    return not other and _PASSWORD.fullmatch(value) is not None


def is_basic(value: str) -> bool:
    """Whether the value after ``Basic`` is a user and a password in base64."""
    try:
        plain = a2b_base64(value).decode("latin-1")
    except (Error, ValueError):
        return False
    usual = is_stand_in(plain) or _USUAL_USER.match(plain)
    return not usual and _USER_AND_PASSWORD.fullmatch(plain) is not None


def _is_sure(folded: str) -> bool:
    return is_credential_name(folded) and folded not in COMMON_WORDS


def _is_digest(name: str, folded: str, before: str) -> bool:
    """Whether the value is that of a digest or a commit by its name: ``commit key``, ``SHA-256 of the key``."""
    if folded.endswith("signature") or _DIGEST_OF.search(before):
        return True
    clause = _CLAUSE.search(before)
    phrase = f"{clause[0] if clause else ''}{name}"
    words = map(str.lower, _WORDS.findall(phrase))
    return folded.endswith("key") and not _is_sure(folded) and not _IDENTIFYING.isdisjoint(words)
