"""The names of credentials, and the values that look like one. Pure."""

from __future__ import annotations

import re

VARIABLE = re.compile(r"\$\{[A-Za-z_][A-Za-z0-9_]*\}")

# Keys whose value is a credential, in lower case without '-', '_' and '.'.
CREDENTIAL_KEYS = frozenset(
    {"access", "accesskey", "accesstoken", "apikey", "apitoken", "authorization", "authtoken", "bearer"}
    | {"bearertoken", "clientsecret", "cookie", "credential", "key", "passphrase", "passwd", "password"}
    | {"privatekey", "proxyauthorization", "refresh", "refreshtoken", "secret", "secretkey", "sessiontoken"}
    | {"token", "xapikey"}
)
# Suffixes of longer names: aws_secret_access_key.
_CREDENTIAL_ENDINGS = ("apikey", "apitoken", "accesskey", "accesstoken", "authtoken", "clientsecret", "password")
# Below `params` these also name ordinary values (`stop: {token: …}`, `metadata: {key: …}`): there the value decides.
COMMON_WORDS = frozenset({"access", "credential", "key", "refresh", "token"})
# Keys that say where a credential is: `apiKey: {source: env, id: LAB}`.
REFERENCE_WORDS = frozenset(
    {"command", "env", "file", "id", "name", "path", "provider", "ref", "service", "source", "var", "variable"}
)
# As a word or at the end of one: X-Api-Key and X-AuthToken, but not X-Author or X-Keyword.
_CREDENTIAL_WORD = (
    r"(?:auth|authentication|authori[sz]ation|key|token|secret|cookie|password|passwd|passphrase|credential|session"
    r"|signature|bearer)s?(?![a-z])"
)
_CREDENTIAL_HEADER = re.compile(_CREDENTIAL_WORD, re.IGNORECASE)
_CREDENTIAL_ITSELF = re.compile(rf"{_CREDENTIAL_WORD}\Z", re.IGNORECASE)
_PROPERTY = re.compile(r"[A-Za-z]{1,12}|v?[0-9]{1,3}(?:\.[0-9]{1,3})*")
#: A value that looks like a credential in any header: long, one word, letters mixed with digits.
TOKEN_LIKE = re.compile(
    r"(?=[^a-z]*[a-z])(?=[^A-Z]*[A-Z])(?=[^0-9]*[0-9])[A-Za-z0-9+/=_.-]{20,}"
    r"|(?=[^a-z]*[a-z])(?=[^0-9]*[0-9])[a-z0-9]{24,}"
)
# Headers with an identifier that looks like a token. OpenAI's API reference has `OpenAI-Organization: org-…` and
# `OpenAI-Project: proj_…`.
_IDENTIFIER = re.compile(
    r"(?:\A|[-_])(?:account|deployment|id|org|organi[sz]ation|project|team|tenant|workspace)\Z", re.IGNORECASE
)
#: A repeated character, which no key generator produces, or the suffix of examples in providers' documentation.
PLACEHOLDER = re.compile(r"([A-Za-z0-9*.])\1{11}|EXAMPLE(?:KEY)?(?![A-Za-z0-9])")


def fold_name(name: str) -> str:
    """A name as in :data:`CREDENTIAL_KEYS`."""
    if not name.isalnum():
        name = name.replace("-", "").replace("_", "").replace(".", "")
    return name.lower()


def is_credential_name(folded: str) -> bool:
    return folded in CREDENTIAL_KEYS or folded.endswith(_CREDENTIAL_ENDINGS)


def holds_credential(header: str, value: str) -> bool:
    """Whether the value of a header is a credential, by the header's name or by the value."""
    if ends_as_credential(header):
        return True
    if _CREDENTIAL_HEADER.search(header) is not None and _PROPERTY.fullmatch(value) is None:
        return True
    return TOKEN_LIKE.fullmatch(value) is not None and _IDENTIFIER.search(header) is None


def ends_as_credential(name: str) -> bool:
    """Whether a name ends as one of a credential, such as ``GITHUB_TOKEN``; a longer one may be a property's."""
    return _CREDENTIAL_ITSELF.search(name) is not None
