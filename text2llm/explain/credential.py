"""Which credential a request would use, whether it may be sent, and why others are not used. Pure; reads no value."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import assert_never

from text2llm.auth.health import HealthStatus
from text2llm.auth.order import OrderSource, order_profiles
from text2llm.auth.reading import Reading
from text2llm.auth.remedy import find_remedies, join_remedies
from text2llm.auth.sources import Effective, Rejected, SourceKind, header_variables
from text2llm.explain.explanation import Part, Step, StepSource
from text2llm.plan.grants import Granted
from text2llm.trust.bindings import Allowed, AllowReason, Refused, covers
from text2llm.trust.public import GRANTS_VARIABLE
from text2llm.upstream.access import Access


def trace_credentials(access: Access, granted: tuple[Granted, ...]) -> Iterator[Part]:
    yield _trace_credential(access)
    yield from _trace_permission(access, granted)


def _trace_credential(access: Access) -> Part:
    effective = access.credential
    steps = [*_trace_order(access), _used(effective, access)]
    # If a header's variable is missing, no credential is used, usable or not.
    others = access.usable[1:] if effective.is_usable() else access.usable
    reason = "an earlier one can be used" if effective.is_usable() else "a header needs a variable that is unset"
    reason = reason if access.refused is None else "it may not be sent there either"
    steps += [_step(f"not used: {_name_credential(other)}: {reason}", other, access) for other in others]
    steps += [_step(f"not used: {other.label}: {other.message}", other, access) for other in effective.rejected]
    remedies = find_remedies(effective, access.view, access.model)
    value = _name_credential(effective) if effective.is_usable() else None
    if effective.health.status is HealthStatus.UNVERIFIED:
        value = f"{value}, unverified"
    pinned = access.model in access.view.book.pinned(access.provider)
    subject = f"{access.provider}/{access.model}" if pinned else access.provider
    return Part(f"credential for {subject}", value, tuple(steps), join_remedies(remedies) if remedies else None)


def _name_credential(credential: Effective) -> str:
    match credential.kind:
        case SourceKind.PROFILE:
            return f"profile {credential.label} ({credential.mode})"
        case SourceKind.SDK if credential.variable is None:
            return f"file {credential.label} of the provider's own tools"
        case SourceKind.ENV | SourceKind.SDK:
            return f"variable {credential.label}"
        case SourceKind.CONFIG:
            return "apiKey" if credential.label == "apiKey" else f"apiKey {_show_label(credential)}"
        case SourceKind.NONE | SourceKind.MISSING:
            return credential.label
        case _:
            assert_never(credential.kind)


def _show_label(credential: Effective) -> str:
    return credential.label if credential.variable is None else f"${{{credential.variable}}}"


def _used(effective: Effective, access: Access) -> Step:
    if effective.kind in (SourceKind.NONE, SourceKind.MISSING):
        return _step(effective.label if effective.is_usable() else "no credential can be used", effective, access)
    doubt = "; only a probe looks at it" if effective.health.status is HealthStatus.UNVERIFIED else ""
    return _step(f"used: {_name_credential(effective)}{doubt}", effective, access)


def _step(text: str, item: Effective | Rejected, access: Access) -> Step:
    match item.kind:
        case SourceKind.PROFILE:
            return Step(text, StepSource.STORE, name=access.view.store_path)
        case SourceKind.SDK if "/" in item.label:
            return Step(text, StepSource.STORE, name=item.label)
        case SourceKind.ENV | SourceKind.SDK:
            return Step(text, StepSource.ENVIRONMENT, name=item.label)
        case SourceKind.CONFIG:
            return _in_config(text, item.label, access)
        case SourceKind.NONE:
            return _without(text, access)
        case SourceKind.MISSING:
            return Step(text, StepSource.DEFAULT)
        case _:
            assert_never(item.kind)


def _without(text: str, access: Access) -> Step:
    """The step of a provider without a credential of its own: its headers have one, or none is needed."""
    custom = access.custom
    if custom is None or not header_variables(custom):
        return Step(text, StepSource.BUILT_IN)
    return Step(text, StepSource.FILE, access.view.config.locate((*custom.pointer, "headers")))


def _in_config(text: str, label: str, access: Access) -> Step:
    """The step of a reference in ``apiKey`` or a header."""
    custom = access.custom
    assert custom is not None
    name = label.removeprefix("${").removesuffix("}")
    headers = (("headers", header) for header, value in custom.headers.items() if value.strip() == f"${{{name}}}")
    written = custom.api_key.strip() if isinstance(custom.api_key, str) else ""
    in_key = label.startswith(("apiKey", "secret:")) or written == f"${{{name}}}"
    steps = ("apiKey",) if in_key else next(headers, ())
    place = access.view.config.locate((*custom.pointer, *steps))
    return Step(text, StepSource.FILE, place, name if label.startswith("$") or written == f"${{{name}}}" else None)


def _trace_order(access: Access) -> Iterator[Step]:
    """What decides the order of stored profiles, if there are any."""
    reading, provider = access.view, access.provider
    result = order_profiles(provider, reading.book, reading.now, access.model)
    if not result.usable and not result.dropped and not result.source.is_explicit():
        return
    tried = ", ".join(result.tried) or "none"
    for name in result.usable:
        yield from _trace_cooldown(name, access)
    match result.source:
        case OrderSource.AGENT_ORDER:
            place = reading.config.locate(("agents", "entries", _entry(reading), "auth", "order"))
            yield Step(f"the agent's auth.order applies: {tried}", StepSource.FILE, place)
        case OrderSource.MODEL_PROFILE:
            custom = access.custom
            assert custom is not None
            place = reading.config.locate((*custom.pointer, "models"))
            _, (name,) = reading.book.find_candidates(provider, access.model)
            usable = "" if result.usable else ", which cannot be used"
            yield Step(f"the model's profile applies: {name}{usable}", StepSource.FILE, place)
        case OrderSource.STORE_ORDER:
            yield Step(f"the store's own order applies: {tried}", StepSource.STORE, name=reading.store_path)
        case OrderSource.CONFIG_ORDER:
            place = reading.config.locate(("auth", "order", _written(provider, reading)))
            yield Step(f"auth.order applies: {tried}", StepSource.FILE, place)
        case OrderSource.CONFIG_PROFILES:
            place = reading.config.locate(("auth", "profiles"), key=True)
            yield Step(f"the order of auth.profiles applies: {tried}", StepSource.FILE, place)
        case OrderSource.STORED:
            yield Step(f"no order is set: every stored profile is tried, logins first: {tried}", StepSource.DEFAULT)
        case _:
            assert_never(result.source)


def _trace_cooldown(name: str, access: Access) -> Iterator[Step]:
    """The cooldown of a profile: why it is tried last."""
    reading = access.view
    stats = reading.store.stats(name)
    until = stats.unusable_until(reading.now)
    if until is not None:
        why = "" if stats.reason is None else f" ({stats.reason})"
        end = datetime.fromtimestamp(until / 1000, UTC)
        kind, model = stats.describe_aside(reading.now)
        scope = "" if model is None else f" for the model {model} only"
        text = f"{name} is {kind if kind == 'disabled' else 'in cooldown'} until {end:%Y-%m-%d %H:%M} UTC{scope}{why}"
        yield Step(text, StepSource.STORE, name=reading.store_path)


def _entry(reading: Reading) -> str:
    """The agent's id as the configuration writes it."""
    agent = reading.book.agent
    settings = reading.config.agent(agent)
    return agent if settings is None else str(settings.pointer[-1])


def _written(provider: str, reading: Reading) -> str:
    """A provider as ``auth.order`` spells it."""
    auth = reading.config.value_at(("auth", "order"))
    names = auth if isinstance(auth, dict) else {}
    return next((name for name in names if reading.resolver.spellings.provider(name) == provider), provider)


def _trace_permission(access: Access, granted: tuple[Granted, ...]) -> Iterator[Part]:
    """Whether each credential of a request may be sent."""
    for decided in access.decisions:
        title = f"{decided.credential} may be sent to {decided.origin}"
        if isinstance(decided, Refused):
            yield Part(title, "no", (_refusal(access),), decided.hint)
        else:
            yield Part(title, "yes", (_ground(decided, access, granted),))


def _refusal(access: Access) -> Step:
    if access.place is None:
        return Step("nothing outside the repository allows that", StepSource.DEFAULT)
    return Step("sent there by the configuration, and nothing outside it allows that", StepSource.FILE, access.place)


def _ground(allowed: Allowed, access: Access, granted: tuple[Granted, ...]) -> Step:
    match allowed.reason:
        case AllowReason.DESCRIPTOR:
            return Step("allowed by the built-in descriptor", StepSource.BUILT_IN)
        case AllowReason.PUBLIC:
            return Step("a public value of the sandbox, sent only to this machine", StepSource.BUILT_IN)
        case AllowReason.GRANT:
            return _grant_step(allowed, access, granted)
        case _:
            assert_never(allowed.reason)


def _grant_step(allowed: Allowed, access: Access, granted: tuple[Granted, ...]) -> Step:
    bindings = access.view.trust.bindings
    fitting = (
        each
        for each in granted
        if each.grant.origin == allowed.origin and covers(each.grant.credential, allowed.credential, bindings)
    )
    found = next(fitting)
    if found.place is None:
        return Step(f"granted to {found.grant.credential}", StepSource.ENVIRONMENT, name=GRANTS_VARIABLE)
    return Step(f"granted to {found.grant.credential}", StepSource.FILE, found.place)
