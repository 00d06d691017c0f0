"""Check a pasted secret, and explain what is wrong with it. Pure.

No message contains any of the text. Known formats are in the descriptors; only verified ones are enforced. A value
without an unverified one is doubted, and does not replace one that has it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from enum import Enum
from typing import NamedTuple

from text2llm.errors import Text2llmError
from text2llm.providers.descriptor import KeyFormat, SetupToken
from text2llm.providers.registry import Registry
from text2llm.redaction.foreign import find_reference
from text2llm.secret import Secret
from text2llm.trust.public import is_public_value

#: That of a header value (see :mod:`text2llm.net.message`).
MAX_LENGTH = 16 * 1024
#: Shorter values cannot be redacted: they are words.
MIN_LENGTH = 4

_NEWLINES = "\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029"
_BOM = "\ufeff"
_AGAIN = "copy the value itself, and nothing around it"
_PLAIN = "copy it again from where it was issued, as plain text"

#: Patterns of texts that are not a bare secret, with the problem and the hint. The first match applies.
_MISTAKES = (
    (r"(?i)(?:authorization|x-api-key|api-key|x-goog-api-key)\s*:.*", "is a whole header", _AGAIN),
    (r"(?i)bearer\s.*", "begins with `Bearer`", "paste what follows that word"),
    (r"(?:export\s+|set\s+)?[A-Za-z_][A-Za-z0-9_]*\s*=\s*[^=\s].*", "is an assignment", "paste what follows the `=`"),
    (r"\$\{?[A-Za-z_][A-Za-z0-9_]*\}?", "is the name of a variable", "paste its value: the shell did not fill it in"),
    (r"(['\"`]).*\1", "is in quotes", "paste it without them"),
    (r"<.*>", "is a placeholder in angle brackets", _AGAIN),
    (r"[{\[].*", "is JSON, or another structure", _AGAIN),
    (r"(?i)https?://.*", "is a URL", _AGAIN),
    (r"\S*(?:\*{3}|\.{3}|\u2026|\u2022)\S*", "is a shortened secret", "most pages show the whole of it only once"),
)


class PastedSecretError(Text2llmError):
    """A pasted text is not the expected secret. No message contains any of it."""

    code = "pasted-secret"


class PasteKind(Enum):
    """The value is for messages."""

    API_KEY = "API key"
    TOKEN = "token"  # noqa: S105 - a word
    SETUP_TOKEN = "setup token"  # noqa: S105 - a word


COMMANDS: Mapping[PasteKind, str] = {
    PasteKind.API_KEY: "paste-api-key",
    PasteKind.TOKEN: "paste-token",
    PasteKind.SETUP_TOKEN: "setup-token",
}

_KEY = frozenset({PasteKind.API_KEY})
_TOKEN = frozenset({PasteKind.TOKEN, PasteKind.SETUP_TOKEN})
_EITHER = frozenset({PasteKind.API_KEY, PasteKind.TOKEN})
_NOTHING = frozenset[PasteKind]()
#: By the format's name in the descriptors; all others are API keys.
USES: Mapping[str, frozenset[PasteKind]] = {
    "OAuth access or setup token": _TOKEN,
    "OAuth token": _TOKEN,
    "app token": _TOKEN,
    "access token": _TOKEN,
    "access token (JWT)": _TOKEN,
    "classic personal access token": _EITHER,
    "fine-grained personal access token": _EITHER,
    "organization token": _EITHER,
    "short-lived API key": _EITHER,
    "user access token": _EITHER,
    "OAuth refresh token": _NOTHING,
    "refresh token": _NOTHING,
    "admin key": _NOTHING,
    "access key id": _NOTHING,
    "credential of another kind": _NOTHING,
}
#: Keys of one plan, not the provider's usual ones.
_SPECIAL = frozenset({"coding plan key", "token plan key"})


class Paste(NamedTuple):
    """What is expected: ``provider`` is a canonical id, built in or not; ``any_form`` accepts an unknown format."""

    kind: PasteKind
    provider: str
    any_form: bool = False


def check_pasted(text: str, paste: Paste, registry: Registry) -> Secret:
    """The secret in a pasted text, as :func:`parse_secret` reads it.

    Raises:
        PastedSecretError: it is empty, more than one word, not a secret, or in a format that the provider does not use.
    """
    bare = _strip(text).reveal()
    for pattern, problem, hint in () if paste.any_form else _MISTAKES:
        if re.fullmatch(pattern, bare, re.DOTALL):
            raise PastedSecretError(f"the input {problem}", hint=hint)
    foreign = None if paste.any_form else find_reference(bare)
    if foreign is not None:
        raise PastedSecretError(f"the input is {foreign.what}", hint="paste the secret itself: nothing fills it in")
    secret = parse_secret(text, "the input")
    if not is_public_value(secret):
        _check_form(secret.reveal(), paste, registry)
    return secret


def find_doubt(secret: Secret, paste: Paste, registry: Registry) -> str | None:
    """Why an accepted secret may be the wrong one: it lacks the form that the provider's are thought to have."""
    if paste.any_form or is_public_value(secret) or fits_form(secret, paste, registry):
        return None
    looks = _describe_forms(each for each in registry.key_formats(paste.provider) if paste.kind in _uses(each))
    if not looks:
        return None
    return f"this does not look like the usual {paste.kind.value} of {paste.provider}, {looks}; it may be cut off"


def fits_form(secret: Secret, paste: Paste, registry: Registry) -> bool:
    """Whether it has a form, unverified ones included, of the provider's credentials of its kind."""
    forms = registry.key_formats(paste.provider)
    return any(paste.kind in _uses(each) and _fits(each, secret.reveal()) for each in forms)


def parse_secret(text: str, what: str) -> Secret:
    """The one word in ``text``, without line breaks, white space and byte order mark; ``what`` names it in messages.

    Raises:
        PastedSecretError: it is empty, or cannot be a secret.
    """
    secret = _strip(text)
    problem = _find_problem(secret.reveal())
    if problem is not None:
        raise PastedSecretError(f"{what} {problem[0]}", hint=problem[1])
    return secret


def _strip(text: str) -> Secret:
    return Secret(text.removeprefix(_BOM).rstrip(_NEWLINES).strip())


def _find_problem(value: str) -> tuple[str, str] | None:
    checks = (
        (not value, "is empty", "a secret is one line of text"),
        (len(value) > MAX_LENGTH, f"is longer than {MAX_LENGTH} characters", _AGAIN),
        (any(each in value for each in _NEWLINES), "has more than one line", "it may have been wrapped when copied"),
        (any(map(str.isspace, value)), "has white space inside", _AGAIN),
        (not value.isascii(), "has a character that is not ASCII", _PLAIN),
        (not value.isprintable(), "has a control character", _PLAIN),
        (len(value) < MIN_LENGTH, f"is shorter than {MIN_LENGTH} characters", _AGAIN),
    )
    return next(((problem, hint) for applies, problem, hint in checks if applies), None)


def _check_form(value: str, paste: Paste, registry: Registry) -> None:
    own = registry.key_formats(paste.provider)
    known = next((each for each in own if not each.unverified and _fits(each, value)), None)
    if known is not None and paste.kind not in _uses(known):
        raise _explain_use(known, value, paste, registry)
    if paste.kind is PasteKind.SETUP_TOKEN:
        _check_setup_token(value, paste.provider, registry)
    elif not paste.any_form and not any(_fits(each, value) and paste.kind in _uses(each) for each in own):
        _refuse_foreign(value, paste, registry)
        _refuse_unexpected(own, paste)


def _fits(key_format: KeyFormat, value: str) -> bool:
    return re.fullmatch(key_format.pattern, value) is not None


def _uses(key_format: KeyFormat) -> frozenset[PasteKind]:
    return USES.get(key_format.name, _KEY)


def _explain_use(known: KeyFormat, value: str, paste: Paste, registry: Registry) -> PastedSecretError:
    """The credential has the right provider, but another kind."""
    message = f"this is the {known.name} of {paste.provider}, not the {paste.kind.value}"
    uses = _uses(known)
    if not uses:
        return PastedSecretError(message, hint=f"it cannot authenticate model requests; {_look(paste, registry)}")
    setup = registry.get(paste.provider)
    is_setup = setup is not None and setup.setup_token is not None and value.startswith(setup.setup_token.prefix)
    kind = PasteKind.API_KEY if PasteKind.API_KEY in uses else PasteKind.SETUP_TOKEN if is_setup else PasteKind.TOKEN
    return PastedSecretError(message, hint=f"store it with `{paste_command(kind, paste.provider)}`")


def paste_command(kind: PasteKind, provider: str) -> str:
    return f"text2llm models auth {COMMANDS[kind]} --provider {provider}"


def require_setup_token(provider_id: str, registry: Registry) -> SetupToken:
    """The format of a provider's setup tokens.

    Raises:
        PastedSecretError: it has none.
    """
    provider = registry.get(provider_id)
    if provider is None or provider.setup_token is None:
        raise PastedSecretError(
            f"{provider_id} has no setup tokens", hint=f"store a key: `{paste_command(PasteKind.API_KEY, provider_id)}`"
        )
    return provider.setup_token


def _check_setup_token(value: str, provider_id: str, registry: Registry) -> None:
    form = require_setup_token(provider_id, registry)
    if not value.startswith(form.prefix):
        problem = f"a setup token of {provider_id} begins with {form.prefix}, and this does not"
    elif len(value) < form.min_length:
        problem = f"a setup token of {provider_id} has {form.min_length} characters or more, and this is cut off"
    else:
        return
    raise PastedSecretError(problem, hint=f"run `{form.created_by}`: it makes one; copy the whole of it")


def _refuse_foreign(value: str, paste: Paste, registry: Registry) -> None:
    """Refuse a key of another provider: it would be sent to the wrong provider."""
    built_in = registry.get(paste.provider)
    if built_in is not None and built_in.auth.scheme == "upstream":
        return  # a gateway accepts its upstreams' keys
    for other in registry.ids():
        if _are_relatives(other, paste.provider):
            continue
        specific = (each for each in registry.key_formats(other) if each.prefixes and not each.unverified)
        known = next((each for each in specific if _fits(each, value)), None)
        if known is not None:
            command = f"store it with `{paste_command(paste.kind, other)}`"
            raise PastedSecretError(
                f"this looks like the {known.name} of {other}, not of {paste.provider}",
                hint=f"{command}; if {paste.provider} really accepts it, add --any-form",
            )


def _are_relatives(one: str, other: str) -> bool:
    """Whether two providers may share keys, such as ``google`` and ``google-vertex``."""
    return f"{one}-".startswith(f"{other}-") or f"{other}-".startswith(f"{one}-")


def _refuse_unexpected(own: Iterable[KeyFormat], paste: Paste) -> None:
    if looks := _expected(own, paste.kind):
        raise PastedSecretError(
            f"this is not an accepted {paste.kind.value} of {paste.provider}, which looks like {looks}",
            hint="copy the whole of it again: it may be cut off, or have a character too many; "
            f"if {paste.provider} really issued it, add --any-form",
        )


def _expected(own: Iterable[KeyFormat], kind: PasteKind) -> str:
    """The expected format; empty if unknown."""
    usual = [each for each in own if not each.unverified and kind in _uses(each) and each.name not in _SPECIAL]
    return _describe_forms(usual)


def _describe_forms(forms: Iterable[KeyFormat]) -> str:
    usual = tuple(forms)
    beginnings = [f"{prefix}…" for each in usual for prefix in each.prefixes]
    return " or ".join(beginnings or (each.pattern for each in usual))


def _look(paste: Paste, registry: Registry) -> str:
    looks = _expected(registry.key_formats(paste.provider), paste.kind)
    return f"the {paste.kind.value} looks like {looks}" if looks else f"paste the {paste.kind.value}"
