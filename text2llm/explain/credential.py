"""Which credential a provider's requests would use, and why the others are not taken. Pure; no value is ever read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import assert_never

from text2llm.auth.order import OrderSource, order_profiles
from text2llm.auth.reading import Reading
from text2llm.auth.remedy import find_remedies, join_remedies
from text2llm.auth.sources import Effective, Rejected, SourceKind, header_variables
from text2llm.explain.explanation import Part, Source, Step
from text2llm.explain.permission import trace_permission
from text2llm.plan.grants import Granted
from text2llm.upstream.access import Access


def trace_credentials(access: Access, granted: tuple[Granted, ...]) -> Iterator[Part]:
    """The credential of an access, and whether it may go where the provider is asked."""
    yield _trace_credential(access)
    yield from trace_permission(access, granted)


def _trace_credential(access: Access) -> Part:
    effective = access.credential
    steps = [*_trace_order(access), _used(effective, access)]
    # When a header's variable is missing, no credential is used, usable or not.
    others = access.usable[1:] if effective.is_usable() else access.usable
    reason = "one before it can be used" if effective.is_usable() else "a request needs more"
    reason = reason if access.refused is None else "it may not go there either"
    steps += [_step(f"not used: {name_credential(each)}: {reason}", each, access) for each in others]
    steps += [_step(f"not used: {each.label}: {each.message}", each, access) for each in effective.rejected]
    remedies = find_remedies(effective, access.view)
    value = name_credential(effective) if effective.is_usable() else None
    return Part(f"credential for {access.provider}", value, tuple(steps), join_remedies(remedies) if remedies else None)


def name_credential(credential: Effective) -> str:
    """What a credential is called, without any part of its value."""
    match credential.kind:
        case SourceKind.PROFILE:
            return f"profile {credential.label} ({credential.mode})"
        case SourceKind.ENV | SourceKind.SDK:
            return f"variable {credential.label}"
        case SourceKind.CONFIG:
            return "apiKey" if credential.variable is None else f"apiKey ${{{credential.variable}}}"
        case SourceKind.NONE | SourceKind.MISSING:
            return credential.label
        case _:
            assert_never(credential.kind)


def _used(effective: Effective, access: Access) -> Step:
    if effective.kind in (SourceKind.NONE, SourceKind.MISSING):
        return _step(effective.label if effective.is_usable() else "no credential can be used", effective, access)
    return _step(f"used: {name_credential(effective)}", effective, access)


def _step(text: str, item: Effective | Rejected, access: Access) -> Step:
    match item.kind:
        case SourceKind.PROFILE:
            return Step(text, Source.STORE, name=access.view.store_path)
        case SourceKind.ENV | SourceKind.SDK:
            return Step(text, Source.ENVIRONMENT, name=item.label)
        case SourceKind.CONFIG:
            return _in_config(text, item.label, access)
        case SourceKind.NONE:
            return _without(text, access)
        case SourceKind.MISSING:
            return Step(text, Source.DEFAULT)
        case _:
            assert_never(item.kind)


def _without(text: str, access: Access) -> Step:
    """The step of a provider that is asked without a credential of its own: its headers have one, or none is needed."""
    custom = access.custom
    if custom is None or not header_variables(custom):
        return Step(text, Source.BUILT_IN)
    return Step(text, Source.FILE, access.view.config.locate((*custom.pointer, "headers")))


def _in_config(text: str, label: str, access: Access) -> Step:
    """The step of a reference in the configuration, of ``apiKey`` or of a header."""
    custom = access.custom
    assert custom is not None
    name = label.removeprefix("${").removesuffix("}")
    headers = (("headers", header) for header, value in custom.headers.items() if value.strip() == f"${{{name}}}")
    in_key = name in ("apiKey", (custom.api_key or "").strip().removeprefix("${").removesuffix("}"))
    steps = ("apiKey",) if in_key else next(headers, ())
    place = access.view.config.locate((*custom.pointer, *steps))
    return Step(text, Source.FILE, place, None if name == "apiKey" else name)


def _trace_order(access: Access) -> Iterator[Step]:
    """What decides in which order stored profiles are tried, where there is one to try."""
    reading, provider = access.view, access.provider
    result = order_profiles(provider, reading.book, reading.now)
    if not result.usable and not result.dropped:
        return
    tried = ", ".join(result.usable) or "none"
    match result.source:
        case OrderSource.STORE_ORDER:
            yield Step(
                f"the store's own order says which profiles are tried: {tried}", Source.STORE, name=reading.store_path
            )
        case OrderSource.CONFIG_ORDER:
            place = reading.config.locate(("auth", "order", _written(provider, reading)))
            yield Step(f"auth.order says which profiles are tried: {tried}", Source.FILE, place)
        case OrderSource.CONFIG_PROFILES:
            place = reading.config.locate(("auth", "profiles"), key=True)
            yield Step(f"auth.profiles says which profiles are tried: {tried}", Source.FILE, place)
        case OrderSource.STORED:
            yield Step(f"no order is set: every stored profile is tried, logins first: {tried}", Source.DEFAULT)
        case _:
            assert_never(result.source)


def _written(provider: str, reading: Reading) -> str:
    """The name of a provider as ``auth.order`` spells it."""
    auth = reading.config.value_at(("auth", "order"))
    names = auth if isinstance(auth, dict) else {}
    return next((name for name in names if reading.resolver.spellings.provider(name) == provider), provider)
