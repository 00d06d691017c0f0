"""A change of a stored credential, as text and JSON."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from text2llm.auth.credentials import ApiKey, AuthProfile, secret_refs
from text2llm.commands.store import AuthChange
from text2llm.report.rows import format_span
from text2llm.report.sanitize import clean_lines, location_json


def auth_change_json(change: AuthChange) -> dict[str, Any]:
    """Valid against ``schemas/outputs/auth-change.schema.json``."""
    profile = _profile(change)
    return {
        "action": change.action,
        "agentId": change.agent,
        "authStorePath": change.changed.path,
        "profileId": change.profile_id,
        "provider": profile and profile.provider,
        "type": profile and profile.type,
        "source": None if profile is None else _source(profile),
        "fingerprint": change.fingerprint,
        "expiresAt": _expires(profile),
        "granted": None if change.granted is None else str(change.granted),
        "mentions": [{**location_json(each.place), "text": each.text} for each in change.mentions],
        "notes": list(_notes(change)),
    }


def auth_change_text(change: AuthChange) -> str:
    """The change without its warnings, which are for another stream."""
    return clean_lines([_headline(change), *_details(change)])


def warning_text(change: AuthChange) -> str:
    return clean_lines(f"warning: {note}" for note in _notes(change))


def _profile(change: AuthChange) -> AuthProfile | None:
    return change.changed.after or change.changed.before


def _source(profile: AuthProfile) -> str:
    refs = secret_refs(profile.credential)
    return refs[0].source.value if refs else "store"


def _expires(profile: AuthProfile | None) -> int | None:
    credential = None if profile is None else profile.credential
    return None if credential is None or isinstance(credential, ApiKey) else credential.expires


def _headline(change: AuthChange) -> str:
    match change.action:
        case "stored" | "replaced":
            return f"{change.action} {change.profile_id} ({_describe(change)}) in {_keeper(change)}"
        case "removed":
            return f"removed {change.profile_id} from {change.changed.path}"
        case "cleared":
            return f"cleared the cooldown of {change.profile_id} in {change.changed.path}"
        case _:
            return f"nothing to do: {change.profile_id} is in no cooldown"


def _describe(change: AuthChange) -> str:
    profile, expires = _profile(change), _expires(_profile(change))
    words = ["" if profile is None else profile.type]
    words += [f"sha256:{change.fingerprint}"] if change.fingerprint else []
    words += [f"expires in {format_span(expires - change.now)}"] if expires is not None else []
    return ", ".join(words)


def _keeper(change: AuthChange) -> str:
    profile = change.changed.after
    in_keyring = profile is not None and _source(profile) == "keyring"
    return f"the keyring, named in {change.changed.path}" if in_keyring else change.changed.path


def _details(change: AuthChange) -> Iterator[str]:
    if change.granted is not None:
        yield f"granted: profile:{change.profile_id} may be sent to {change.granted}"
    for each in change.mentions:
        yield f"still named at {each.place}: {each.text}"


def _notes(change: AuthChange) -> Iterator[str]:
    before, after, hidden = change.changed.before, change.changed.after, change.changed.hidden
    if before is not None and after is not None and before.type != after.type:
        yield f"it replaced a credential of the type {before.type}"
    if hidden:
        profiles = "profile" if hidden == 1 else f"{hidden} profiles"
        yield f"the agent {change.agent} now has its own store, and no longer reads the main agent's {profiles}"
    yield from change.changed.notes
    yield from change.notes
