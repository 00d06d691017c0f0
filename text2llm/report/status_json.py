"""The status report as JSON: the reference system's fields, valid against ``schemas/outputs/status.schema.json``."""

from __future__ import annotations

from typing import Any

from text2llm.auth.health import Health
from text2llm.auth.sources import Effective, SourceKind
from text2llm.config.roles import IMAGE, MAIN
from text2llm.report.sanitize import location_json, pick, without_none
from text2llm.status.model import ProfileStatus, ProviderStatus, RouteStatus, StatusReport, UnusableProfile

#: The reference system's word for a credential of the store.
_KIND_WORDS = {SourceKind.PROFILE: "profiles"}


def status_json(report: StatusReport) -> dict[str, Any]:
    model, image = report.chains[MAIN], report.chains[IMAGE]
    primary, seeing = model.primary, image.primary
    sources = {"defaultSource": model.primary_source, "fallbacksSource": model.fallbacks_source}
    return without_none(pick(report, "config_path", "environment", "agent_id", "agent_dir")) | {
        "defaultModel": primary and primary.text.strip(),
        "resolvedDefault": primary and str(primary.ref),
        "fallbacks": [str(member.ref) for member in model.fallbacks],
        "imageModel": seeing and str(seeing.ref),
        "imageFallbacks": [str(member.ref) for member in image.fallbacks],
        **({"modelConfig": sources} if report.agent_id is not None else {}),
        "aliases": {name: str(ref) for name, ref in report.aliases.items()},
        "allowed": list(report.policy or ()),
        "routes": [_route(route) for route in report.routes],
        "auth": _auth(report),
    }


def _auth(report: StatusReport) -> dict[str, Any]:
    providers = [status for status in report.providers if status.has_any()]
    auth: dict[str, Any] = {
        "storePath": report.store_path,
        # The reference system can find variables with a login shell; text2llm reads only its own environment.
        "shellEnvFallback": {"enabled": False, "appliedKeys": []},
        "providersWithOAuth": [
            f"{status.provider} ({count})" for status in providers if (count := _count_logins(status))
        ],
        "missingProvidersInUse": list(report.missing),
        "providers": [_provider(status, report) for status in providers],
        "unusableProfiles": [_unusable(item) for item in report.unusable],
        "oauth": {
            "warnAfterMs": report.warn_after,
            "profiles": [item for status in report.providers for item in _profiles(status)],
            "providers": [_provider_health(status) for status in report.providers],
        },
    }
    if report.probes is not None:
        from text2llm.report.probe import probes_json

        auth["probes"] = probes_json(report.probes)
    if report.usage is not None:
        from text2llm.report.usage import usage_json

        auth["usage"] = [usage_json(snapshot) for snapshot in report.usage]
    return auth


def _count_logins(status: ProviderStatus) -> int:
    in_environment = status.environment is not None and status.environment.mode == "oauth"
    return status.count_types("oauth", "token") + in_environment


def _route(route: RouteStatus) -> dict[str, Any]:
    credential = route.credential
    return {
        "role": route.role.name,
        "slot": route.role.key,
        "position": route.position,
        "model": str(route.resolved.ref),
        "written": route.resolved.text,
        "location": location_json(route.location),
        "credential": {"kind": _KIND_WORDS.get(credential.kind, credential.kind.value), "label": credential.label},
        "status": route.health.status.value,
        "rejected": [pick(item, "label", "reason", "message") for item in credential.rejected],
        **without_none(pick(route, "refused", "fault")),
        **_params(route),
    }


def _params(route: RouteStatus) -> dict[str, Any]:
    if not route.params:
        return {}
    from text2llm.report.params import params_json

    return params_json(route.params)


def _provider(status: ProviderStatus, report: StatusReport) -> dict[str, Any]:
    return without_none(
        {
            "provider": status.provider,
            "effective": _effective(status.effective, report.store_path),
            "profiles": {
                "count": len(status.profiles),
                "oauth": status.count_types("oauth"),
                "token": status.count_types("token"),
                "apiKey": status.count_types("api_key"),
                "labels": [profile.summary for profile in status.profiles],
            },
            "env": _found(status.environment, "env"),
            "config": _found(status.configured, report.config_path),
        }
    )


def _effective(effective: Effective, store_path: str) -> dict[str, str]:
    kind = _KIND_WORDS.get(effective.kind, effective.kind.value)
    match effective.kind:
        case SourceKind.PROFILE:
            detail = store_path
        case SourceKind.ENV | SourceKind.CONFIG:
            detail = describe_value(effective)
        case _:
            detail = effective.label
    return {"kind": kind, "detail": detail}


def _found(effective: Effective | None, place: str) -> dict[str, str] | None:
    if effective is None:
        return None
    return {"value": describe_value(effective), "source": f"{place}: {effective.label}"}


def describe_value(effective: Effective) -> str:
    """A value, never a part of it: its fingerprint, or ``set`` if it is too short for one; ``not read`` if unknown."""
    if effective.is_unread():
        return "not read"
    if effective.kind is SourceKind.ENV and effective.mode == "oauth":
        return "OAuth (env)"
    fingerprint = effective.secret.fingerprint() if effective.secret else None
    return "set" if fingerprint is None else f"sha256:{fingerprint}"


def _unusable(item: UnusableProfile) -> dict[str, Any]:
    fields = {
        "profileId": item.id,
        **pick(item, "provider", "kind", "model", "reason", "until"),
        "remainingMs": item.remaining,
    }
    return without_none(fields)


def _profiles(status: ProviderStatus) -> list[dict[str, Any]]:
    return [_profile(item) for item in sorted(status.profiles, key=lambda item: item.id)]


def _profile(item: ProfileStatus) -> dict[str, Any]:
    return {
        "profileId": item.id,
        "provider": item.provider,
        "type": item.type,
        **without_none(health_json(item.health)),
        "source": "store",
        "label": item.label,
    }


def _provider_health(status: ProviderStatus) -> dict[str, Any]:
    health = without_none(health_json(status.health))
    return {"provider": status.provider, **health, "profiles": _profiles(status)}


def health_json(health: Health) -> dict[str, Any]:
    return pick(health, "status", "expires_at") | {"remainingMs": health.remaining}
