"""The credentials of an agent, and their order for a provider, as text and JSON."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from text2llm.auth.credentials import describe_ref
from text2llm.auth.health import HealthStatus
from text2llm.auth.order import DropReason, OrderResult
from text2llm.auth.sources import SourceKind
from text2llm.commands.store import AgentOrder, AuthList
from text2llm.report.rows import Paint, Piece, format_span, layout_row
from text2llm.report.sanitize import clean_lines, pick
from text2llm.report.status_json import health_json
from text2llm.report.status_text import describe_health
from text2llm.report.style import Style
from text2llm.status.credentials import CredentialRow, ProviderListing
from text2llm.trust.bindings import Refused

_HEAD = 12
_KINDS = {
    SourceKind.ENV: "variable",
    SourceKind.CONFIG: "apiKey of the config",
    SourceKind.SDK: "for the provider's own tools",
}
_INDENT = 4


def auth_list_json(found: AuthList) -> dict[str, Any]:
    """Valid against ``schemas/outputs/auth-list.schema.json``."""
    return {
        "agentId": found.agent,
        "agentDir": found.agent_dir,
        "authStorePath": found.store,
        "providers": [_provider_json(listing, found.now) for listing in found.listings],
    }


def _provider_json(listing: ProviderListing, now: int) -> dict[str, Any]:
    taken = next((item for item in listing.credentials if item.taken), None)
    return {
        "provider": listing.provider,
        "orderSource": listing.source.value,
        "needsCredential": not listing.free,
        "effective": taken and taken.label,
        **({} if listing.refusal is None else {"refused": _describe_refusal(listing.refusal)}),
        "credentials": [_credential_json(item, now) for item in listing.credentials],
    }


def _credential_json(item: CredentialRow, now: int) -> dict[str, Any]:
    profile = item.profile
    return {
        **pick(item, "kind", "label"),
        "profileId": profile and profile.id,
        "type": item.mode,
        "email": profile and profile.email,
        "source": _source_json(item),
        "fingerprint": item.fingerprint,
        "effective": item.taken,
        "usable": item.reason is None,
        **pick(item, "reason", "message"),
        "models": list(item.models),
        "health": health_json(item.health),
        "cooldown": _cooldown_json(item, now),
    }


def _source_json(item: CredentialRow) -> dict[str, Any]:
    if item.ref is not None:
        return {"kind": item.ref.source.value, "id": item.ref.id}
    if item.kind is SourceKind.PROFILE:
        return {"kind": "store", "id": None}
    return {"kind": "config" if item.kind is SourceKind.CONFIG else "env", "id": item.label}


def _cooldown_json(item: CredentialRow, now: int) -> dict[str, Any] | None:
    if item.aside_until is None:
        return None
    return {
        "kind": item.stats.describe_aside(now)[0],
        "model": item.stats.describe_aside(now)[1],
        "reason": item.stats.reason,
        "until": item.aside_until,
        "remainingMs": item.aside_until - now,
        "clear": _clear_command(item),
    }


def _clear_command(item: CredentialRow) -> str:
    import shlex

    return f"text2llm models auth clear-cooldown {shlex.quote(item.label)}"


def auth_list_text(found: AuthList, style: Style, width: int) -> str:
    return "".join(f"{line}\n" for line in _lines(found, style, width))


def _lines(found: AuthList, style: Style, width: int) -> Iterator[str]:
    yield from layout_row("Agent", [Piece(found.agent)], width, _HEAD)
    yield from layout_row("Auth store", [Piece(found.store)], width, _HEAD)
    for listing in found.listings:
        yield ""
        yield from layout_row("", [*_heading(listing, style)], width, 0)
        if listing.refusal is not None:
            first, *others = listing.refusal.ways
            hints = (f"hint: {first}", *(f"or {other}" for other in others))
            yield from layout_row("", [Piece(hint, style.quiet) for hint in hints], width, _INDENT)
        for item in listing.credentials:
            yield from layout_row(_name(item, listing), [*_facts(item, listing, style)], width, _INDENT)
            if item.aside_until is not None:
                yield from layout_row("", [*_describe_aside(item, item.aside_until, found.now, style)], width, _INDENT)
    yield from _ending(found, style)


def _heading(listing: ProviderListing, style: Style) -> Iterator[Piece]:
    yield Piece(listing.provider, style.title)
    if listing.free:
        yield Piece("needs no credential", style.good)
    elif _is_lacking(listing):
        others = " for other models" if any(item.models for item in listing.credentials) else ""
        yield Piece(f"no usable credential{others}", style.bad)
    if listing.refusal is not None:
        yield Piece(_describe_refusal(listing.refusal), style.bad)


def _describe_refusal(refusal: Refused) -> str:
    return f"{refusal.credential} may not be sent to {refusal.origin}"


def _is_lacking(listing: ProviderListing) -> bool:
    return not listing.free and not any(item.taken for item in listing.credentials)


def _is_used(item: CredentialRow, listing: ProviderListing) -> bool:
    """Whether requests use the credential: one that may not be sent is chosen in vain."""
    return item.taken and listing.refusal is None


def _name(item: CredentialRow, listing: ProviderListing) -> str:
    return f"{'*' if _is_used(item, listing) else ' '} {item.label}"


def _facts(item: CredentialRow, listing: ProviderListing, style: Style) -> Iterator[Piece]:
    yield Piece(_describe_source(item))
    if item.profile is not None and item.profile.email:
        yield Piece(item.profile.email)
    if item.fingerprint is not None:
        yield Piece(f"sha256:{item.fingerprint}")
    if item.health.status is not HealthStatus.MISSING:
        yield Piece(describe_health(item.health), _paint(item.health.status, style))
    if item.models and not item.taken:
        yield Piece(f"used only for {', '.join(item.models)}")
    elif item.message is not None and item.reason is not DropReason.EXPIRED:  # which its health shows
        yield Piece(f"not used: {item.message}", style.quiet)
    elif item.taken and listing.refusal is not None:
        yield Piece(f"not used: may not be sent to {listing.refusal.origin}", style.quiet)


def _describe_source(item: CredentialRow) -> str:
    if item.kind is not SourceKind.PROFILE:
        return _KINDS[item.kind]
    if item.ref is not None:
        return f"{item.mode}, kept in {describe_ref(item.ref)}"
    return item.mode if item.profile is not None else "not stored"


def _paint(status: HealthStatus, style: Style) -> Paint:
    if status in (HealthStatus.EXPIRING, HealthStatus.UNVERIFIED):
        return style.warn
    return style.good if status.is_usable() else style.bad


def _describe_aside(item: CredentialRow, until: int, now: int, style: Style) -> Iterator[Piece]:
    reason = f" ({item.stats.reason})" if item.stats.reason else ""
    kind, model = item.stats.describe_aside(now)
    words, scope = "disabled" if kind == "disabled" else "in cooldown", f", only for {model}" if model else ""
    yield Piece(f"{words} for {format_span(until - now)}{scope}{reason}", style.warn)
    yield Piece(f"to use it at once: {_clear_command(item)}", style.quiet)


def _ending(found: AuthList, style: Style) -> Iterator[str]:
    used = any(_is_used(item, listing) for listing in found.listings for item in listing.credentials)
    lines = [style.quiet("* used by requests")] if used else []
    if not found.listings:
        lines.append(f"no credentials: `{found.adds}`")
    elif any(map(_is_lacking, found.listings)):
        lines.append(style.quiet(f"no usable credential: `{found.adds}`"))
    if lines:
        yield from ("", *lines)


def order_json(order: AgentOrder) -> dict[str, Any]:
    """The order of an agent's credentials for a provider, valid against ``schemas/outputs/auth-order.schema.json``."""
    return {
        "agentId": order.agent_id,
        "agentDir": order.agent_dir,
        "provider": order.result.provider,
        "authStorePath": order.path,
        "order": None if order.order is None else list(order.order),
        "effective": _result_json(order.result),
        "models": {model: _result_json(result) for model, result in order.models.items()},
    }


def _result_json(result: OrderResult) -> dict[str, Any]:
    return {
        "source": result.source.value,
        "usable": list(result.usable),
        "tried": list(result.tried),
        "dropped": [pick(item, "profile_id", "reason", "message") for item in result.dropped],
    }


def order_text(order: AgentOrder) -> str:
    result = order.result
    kept = "none" if order.order is None else ", ".join(order.order)
    lines = [
        f"Agent           {order.agent_id}",
        f"Provider        {result.provider}",
        f"Auth store      {order.path}",
        f"Order override  {kept}",
        f"Tried           {_describe_tried(result)}",
        *(f"Not used        {item.profile_id}: {item.message}" for item in result.dropped),
        *(f"Model {model}: {_describe_tried(found)}" for model, found in order.models.items()),
    ]
    return clean_lines(lines)


def _describe_tried(result: OrderResult) -> str:
    return f"{', '.join(result.tried) or 'no profile'} (by {result.source.value})"
