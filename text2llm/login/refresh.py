"""Refresh a stored access token: one refresh at a time, sent once, stored before anything uses it.

Refresh tokens rotate: sending one twice makes the provider revoke the whole login (RFC 9700, 4.14.2). So the store
stays locked from reading the token to writing the next one.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from shlex import quote
from typing import Protocol, TypeAlias, TypeVar

from text2llm.auth.credentials import AuthProfile, AuthStore, OAuth
from text2llm.auth.health import needs_refresh
from text2llm.auth.order import find_owner
from text2llm.auth.profiles import note_refresh_failure, renew_profile
from text2llm.auth.store_file import read_store, reserve_store
from text2llm.auth.store_lock import hold_store_lock
from text2llm.errors import Text2llmError, WriteError
from text2llm.login.clock import CLOCK, Clock
from text2llm.login.errors import LoginError
from text2llm.login.exchange import Fields, pick_fields, post_fields, token_url
from text2llm.login.oidc import complete_terms
from text2llm.login.terms import Answer, LoginTerms
from text2llm.login.tokens import Denied, read_renewed
from text2llm.net.message import Failure, FailureKind
from text2llm.providers.oauth import OAuthFacts, Refresh
from text2llm.refs import Spellings
from text2llm.secret import Secret, SecretRef, SecretValue
from text2llm.settings.model import NetworkSettings
from text2llm.trust.bindings import Trust

#: For the provider's response, in seconds; other users of the store wait meanwhile.
DEADLINE = 20.0
#: Room for the new tokens beside the old ones, in bytes: two of the longest that can be sent.
_ROOM = 64 * 1024
_TRY_AGAIN = "run the command again later; if it persists, check the client that you registered there"
_HELD_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class SecretStore(Protocol):
    """Secrets that a credential store only refers to. Both methods raise :class:`Text2llmError`."""

    def read(self, ref: SecretRef) -> Secret: ...

    def write(self, ref: SecretRef, secret: Secret) -> None: ...


@dataclass(frozen=True, slots=True)
class Renewer:
    """The context of a refresh. ``path`` is the store's file."""

    path: str
    trust: Trust
    secrets: SecretStore
    spellings: Spellings
    network: NetworkSettings = field(default_factory=NetworkSettings)
    clock: Clock = CLOCK


@dataclass(frozen=True, slots=True)
class Refreshed:
    """The token was renewed; ``profile`` is as it is stored now."""

    profile: AuthProfile


@dataclass(frozen=True, slots=True)
class StillFresh:
    """The stored token is still good, perhaps because another program has just renewed it."""

    profile: AuthProfile


@dataclass(frozen=True, slots=True)
class Dead:
    """The provider no longer accepts the refresh token: a new login is needed. The store has a note of it.

    ``words`` are the provider's own, as those of a :class:`LoginError`.
    """

    reason: str
    hint: str
    words: str = ""


@dataclass(frozen=True, slots=True)
class Failed:
    """The token was not renewed, but the login may still be valid. The store is unchanged.

    ``refused``: the token may not be sent to the endpoint.
    """

    reason: str
    hint: str | None = None
    words: str = ""
    refused: bool = False


T = TypeVar("T")
_Write: TypeAlias = Callable[[AuthStore], None]
Outcome: TypeAlias = Refreshed | StillFresh | Dead | Failed


@dataclass(frozen=True, slots=True)
class _Subject:
    """A profile that can be renewed, as read under the lock."""

    store: AuthStore
    profile: AuthProfile
    credential: OAuth
    how: Refresh


def refresh_profile(profile_id: str, terms: LoginTerms, renewer: Renewer, seen: Secret | None = None) -> Outcome:
    """Renew the access token of a stored profile, if that is still needed once the store is locked.

    Without ``seen`` it is needed when the token expires soon; with it, unless the store has another access token than
    ``seen`` by then. Interrupts wait from the request until the store is unlocked. Blocks, and runs its own event
    loop: do not call it from a coroutine.

    Raises:
        StoreError: the store cannot be used, or another program holds its lock for too long.
        WriteError: the operating system refused a write.
    """
    # A signal must not end the process before the lock is removed: other programs would wait for it.
    with ExitStack() as unlocked, hold_store_lock(renewer.path):
        store = read_store(renewer.path)
        profile = store.profiles.get(profile_id)
        if profile is None:
            return Failed(f"there is no profile {profile_id!r} in {renewer.path}")
        if find_owner(profile, renewer.spellings) != terms.provider:
            return Failed(f"the profile {profile_id!r} is for {profile.provider}, not for {terms.provider}")
        credential = profile.credential
        if not isinstance(credential, OAuth) or not credential.refresh or terms.facts.refresh is None:
            return Failed(f"the profile {profile_id!r} cannot be renewed", _log_in_again(profile))
        subject = _Subject(store, profile, credential, terms.facts.refresh)
        try:
            if not _is_due(subject, terms, renewer, seen):
                return StillFresh(profile)
            token = _prepare_token(credential, renewer.secrets)
        except Text2llmError as error:
            return Failed(error.message, error.hint)
        unlocked.enter_context(_signals_held())
        return _renew(subject, token, terms, renewer)


def refresh_lead(facts: OAuthFacts) -> int:
    """How long before its expiry a provider's token is renewed, in seconds."""
    return max(facts.skew, 0 if facts.refresh is None else facts.refresh.lead)


def _log_in_again(profile: AuthProfile) -> str:
    options = f"--provider {quote(profile.provider)} --profile-id {quote(profile.id)}"
    return f"log in again: text2llm models auth login {options}"


def _is_due(subject: _Subject, terms: LoginTerms, renewer: Renewer, seen: Secret | None) -> bool:
    if seen is not None:
        return _read(subject.credential.access, renewer.secrets) == seen
    stats = subject.store.stats(subject.profile.id)
    return needs_refresh(subject.profile, stats, renewer.clock.now(), refresh_lead(terms.facts))


def _read(value: SecretValue, secrets: SecretStore) -> Secret:
    return value if isinstance(value, Secret) else secrets.read(value)


def _prepare_token(credential: OAuth, secrets: SecretStore) -> Secret:
    """The refresh token. Referenced secrets are written back first: a failure after the request loses the tokens."""
    for value in (credential.access, credential.refresh):
        if isinstance(value, SecretRef):
            secrets.write(value, secrets.read(value))
    return _read(credential.refresh or Secret(""), secrets)


def _renew(subject: _Subject, token: Secret, terms: LoginTerms, renewer: Renewer) -> Outcome:
    with reserve_store(renewer.path, _ROOM) as write:
        result = _obtain(subject, token, terms, renewer)
        match result:
            case Failed():
                return result
            case Denied():
                return _note_denial(subject, token, result, write, renewer)
            case _:
                return _store(subject, result, write, renewer)


def _obtain(subject: _Subject, token: Secret, terms: LoginTerms, renewer: Renewer) -> OAuth | Denied | Failed:
    """The new tokens, the provider's final denial, or any other failure."""
    from text2llm.net.loop import run_async

    try:
        answer = run_async(_ask(token, terms, subject.how, renewer))
        if isinstance(answer, Failure):
            return Failed(answer.message, answer.hint, refused=answer.kind is FailureKind.UNTRUSTED_ORIGIN)
        if not isinstance(answer, Denied):
            return read_renewed(answer, subject.credential, terms.provider, renewer.clock.now())
    except LoginError as error:
        return Failed(error.message, error.hint, error.words)
    except Text2llmError as error:
        return Failed(error.message, error.hint)
    if answer.code in subject.how.terminal_errors and not answer.is_passing():
        return answer
    return Failed(f"the provider did not renew the token: {answer.message}", _TRY_AGAIN, answer.words)


async def _ask(token: Secret, terms: LoginTerms, how: Refresh, renewer: Renewer) -> Answer | Denied | Failure:
    from text2llm.net.client import Client, create_tls_context

    client = Client(renewer.trust, create_tls_context(renewer.network), renewer.network)
    terms = await complete_terms(terms, client)
    known: Fields = {
        "grant_type": "refresh_token",
        "client_id": terms.client_id,
        "refresh_token": terms.name(token),
        "scope": " ".join(terms.facts.scopes) or None,
    }
    fields = pick_fields(how.parameters, known, terms)
    return await post_fields(token_url(terms), fields, how.encoding, client, DEADLINE)


def _store(subject: _Subject, renewed: OAuth, write: _Write, renewer: Renewer) -> Refreshed:
    """Store every new secret where its predecessor was."""
    old = subject.credential
    try:
        kept = renewed._replace(
            access=_put_back(old.access, renewed.access, renewer.secrets),
            refresh=_put_back(old.refresh, renewed.refresh, renewer.secrets),
        )
        store = renew_profile(subject.store, subject.profile, kept)
        write(store)
    except Text2llmError as error:
        raise WriteError(
            f"the provider has given new tokens for {subject.profile.id!r}, and they cannot be stored: {error.message}",
            hint="fix the cause; the old refresh token may be used up, and then only a new login helps",
        ) from error
    return Refreshed(store.profiles[subject.profile.id])


def _put_back(old: SecretValue | None, new: T, secrets: SecretStore) -> SecretRef | T:
    """The value for the store: the new secret, or the reference under which it was written."""
    if not isinstance(old, SecretRef):
        return new
    if isinstance(new, Secret):
        secrets.write(old, new)
    return old


def _note_denial(subject: _Subject, token: Secret, denied: Denied, write: _Write, renewer: Renewer) -> Outcome:
    """Note that a refresh failed for good, unless a program that ignores the lock has renewed the token meanwhile."""
    latest = read_store(renewer.path)
    profile = latest.profiles.get(subject.profile.id)
    if profile is None:
        return Failed(f"the profile {subject.profile.id!r} was removed meanwhile")
    if profile.credential != subject.credential or _read(subject.credential.refresh or token, renewer.secrets) != token:
        return StillFresh(profile)
    write(note_refresh_failure(latest, profile.id, renewer.clock.now()))
    reason = f"the provider no longer accepts the refresh token: {denied.message}"
    return Dead(reason, _log_in_again(profile), denied.words)


@contextmanager
def _signals_held() -> Iterator[None]:
    """Delay Ctrl-C and the like: between the response and the write they would lose the only valid token."""
    if threading.current_thread() is not threading.main_thread():
        yield  # signals interrupt the main thread only
        return
    received: list[int] = []
    before = {each: signal.signal(each, lambda number, _: received.append(number)) for each in _HELD_SIGNALS}
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)
        if received:
            signal.raise_signal(received[0])
