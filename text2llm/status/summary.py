"""Turn a reading into a report, with the rule behind ``--check``. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, assert_never

from text2llm.auth.credentials import ApiKey, AuthProfile, OAuth, Token
from text2llm.auth.health import MISSING, Health, HealthStatus
from text2llm.auth.reading import Reading
from text2llm.auth.remedy import find_remedies
from text2llm.auth.sources import Effective, SourceKind, find_health, providers_in_view
from text2llm.config.resolve import Chain, Resolved
from text2llm.config.roles import MAIN, Role
from text2llm.errors import ExitCode, worst_exit
from text2llm.refs import ModelRef
from text2llm.secret import Secret, SecretRef
from text2llm.status.model import ProfileStatus, ProviderStatus, RouteStatus, StatusReport, UnusableProfile
from text2llm.upstream.access import Access, find_access

if TYPE_CHECKING:
    from text2llm.params.translate import EffectiveParams
    from text2llm.upstream.address import AddressFault

#: A provider's health is that of its credential that is usable longest.
_BEST_FIRST = (
    *(HealthStatus.STATIC, HealthStatus.OK, HealthStatus.UNVERIFIED, HealthStatus.EXPIRING),
    *(HealthStatus.EXPIRED, HealthStatus.MISSING),
)
#: What a person should look at although requests may succeed.
_DOUBTFUL = frozenset({HealthStatus.EXPIRING, HealthStatus.UNVERIFIED})


def summarise(view: Reading) -> StatusReport:
    """The report on a reading.

    Raises:
        ReferenceFormatError: a model in the config cannot be parsed.
    """
    config = view.config
    chains = {role: view.resolver.chain(view.agent, role) for role in config.roles}
    in_use = sorted({member.ref.provider for chain in chains.values() for member in chain.members()})
    providers = {name: _describe_provider(name, view) for name in find_providers(view, in_use)}
    routes = tuple(_find_routes(chains, view))
    return StatusReport(
        config_path=config.document.path,
        agent_id=view.agent,
        agent_dir=view.agent_dir,
        chains=chains,
        routes=routes,
        aliases={entry.alias: view.resolver.resolve(entry.alias).ref for entry in config.aliases},
        policy=None if config.policy is None else tuple(name.text for name in config.policy),
        agents=tuple(agent.id for agent in config.agents if agent.choices),
        primaries=_find_primaries(view),
        store_path=view.store_path,
        warn_after=config.auth.warn_after,
        providers=tuple(providers.values()),
        missing=tuple(sorted({route.resolved.ref.provider for route in routes if not route.credential.is_usable()})),
        unusable=tuple(_find_unusable(view)),
        environment=config.environment_name,
        verdict=worst_exit([route.verdict for route in routes]),
    )


def _find_primaries(view: Reading) -> dict[str, str | None]:
    """The main model of every agent; thousands of agents name few models."""
    config, resolver = view.config, view.resolver
    default = config.defaults[MAIN].primary if MAIN in config.defaults else None
    inherited = None if default is None else str(resolver.resolve_name(default).ref)
    known: dict[str, str] = {}
    found: dict[str, str | None] = {config.default_id: inherited}
    for agent in config.agents:
        own = agent.choices[MAIN].primary if MAIN in agent.choices else None
        if own is None:
            found[agent.id] = inherited
            continue
        if own.text not in known:
            known[own.text] = str(resolver.resolve_name(own).ref)
        found[agent.id] = known[own.text]
    return found


def find_providers(view: Reading, in_use: Iterable[str]) -> list[str]:
    """Every provider in view (see :func:`providers_in_view`), or of a named model; sorted."""
    configured = (view.resolver.resolve_name(name).ref.provider for name in view.config.models)
    return providers_in_view(view, (*in_use, *configured))


def _describe_provider(name: str, view: Reading) -> ProviderStatus:
    found = find_access(name, view, None)
    profiles = [view.store.profiles[each] for each in view.book.stored(name)]
    return ProviderStatus(
        provider=name,
        effective=found.credential,
        environment=_first_of(found, SourceKind.ENV),
        configured=_first_of(found, SourceKind.CONFIG),
        profiles=tuple(_describe_profile(each, view, name) for each in profiles),
        health=find_best_health(found, view),
        remedies=find_remedies(found.credential, view, None),
    )


def find_best_health(found: Access, view: Reading) -> Health:
    if found.credential.health.status is HealthStatus.UNVERIFIED:
        return found.credential.health  # whether the next one steps in is not known either
    if found.credential.is_usable():
        best = min(found.usable, key=lambda item: _rank(item.health), default=found.credential)
        # A token without expiry is "ok" for its provider, as in the reference system.
        return Health(HealthStatus.OK) if best.mode == "token" and best.health.expires_at is None else best.health
    stored = (find_health(view.store.profiles[each], view) for each in view.book.stored(found.provider))
    return min((each for each in stored if not each.status.is_usable()), key=_rank, default=MISSING)


def _rank(health: Health) -> int:
    return _BEST_FIRST.index(health.status)


def _first_of(found: Access, kind: SourceKind) -> Effective | None:
    """The first credential of a kind, also one that may not be sent to the provider."""
    passed = (item.credential for item in found.credential.rejected if item.credential is not None)
    return next((item for item in (*found.usable, *passed) if item.kind is kind), None)


def _describe_profile(profile: AuthProfile, view: Reading, provider: str) -> ProfileStatus:
    stats = view.store.stats(profile.id)
    return ProfileStatus(
        id=profile.id,
        provider=provider,
        type=profile.type,
        email=profile.email,
        described=_describe_credential(profile),
        aside=None if stats.unusable_until(view.now) is None else stats.describe_aside(view.now)[0],
        aside_model=None if stats.unusable_until(view.now) is None else stats.describe_aside(view.now)[1],
        health=find_health(profile, view),
    )


def _describe_credential(profile: AuthProfile) -> str:
    match profile.credential:
        case OAuth():
            return f"OAuth ({profile.email})" if profile.email else "OAuth"
        case ApiKey(value) | Token(value):
            return profile.type + describe_secret(value)
        case None:
            return f"{profile.type} (unknown type)"
        case _:
            assert_never(profile.credential)


def describe_secret(value: Secret | SecretRef) -> str:
    """`` (sha256:1a2b3c4d)``, `` (env:NAME)``, or nothing for a short secret, whose fingerprint could be guessed."""
    if isinstance(value, SecretRef):
        return f" ({value.source.value}:{value.id})"
    fingerprint = value.fingerprint()
    return "" if fingerprint is None else f" (sha256:{fingerprint})"


def _find_unusable(view: Reading) -> list[UnusableProfile]:
    found = []
    for name, stats in view.store.usage_stats.items():
        until = stats.unusable_until(view.now)
        if until is not None:
            profile = view.store.profiles.get(name)
            provider = None if profile is None else view.spellings.provider(profile.provider)
            kind, model = stats.describe_aside(view.now)
            found.append(UnusableProfile(name, provider, kind, stats.reason, until, until - view.now, model))
    return sorted(found, key=lambda item: (item.remaining, item.id))


def _find_routes(chains: dict[Role, Chain], view: Reading) -> Iterator[RouteStatus]:
    """The routes; ``--check`` ends as the gate would, which refuses a credential that may not be sent."""
    for role, chain in chains.items():
        for position, member in _positions(chain):
            access = find_access(member.ref.provider, view, member.ref.model)
            refused, credential, health = access.refused, access.credential, find_best_health(access, view)
            fault = access.fault if refused is None and credential.is_usable() else None
            yield RouteStatus(
                role=role,
                position=position,
                resolved=member,
                location=view.config.locate(member.pointer),
                credential=credential,
                health=health,
                remedies=_find_ways(access, fault),
                verdict=_judge(credential, health, fault) if refused is None else ExitCode.REFUSED,
                refused=None if refused is None else f"may not be sent to {refused.origin}",
                fault=None if fault is None else fault.text,
                params=_find_params(view, role, member.ref),
            )


def _find_params(view: Reading, role: Role, ref: ModelRef) -> EffectiveParams | None:
    if view.config.params is None:
        return None
    from text2llm.upstream.effective import find_shown

    return find_shown(view, view.agent, role, ref)


def _find_ways(access: Access, fault: AddressFault | None) -> tuple[str, ...]:
    if access.refused is not None:
        return access.refused.ways
    if fault is not None:
        return () if fault.hint is None else (fault.hint,)
    return find_remedies(access.credential, access.view, access.model)


def _positions(chain: Chain) -> Iterator[tuple[int, Resolved]]:
    if chain.primary is not None:
        yield 0, chain.primary
    yield from enumerate(chain.fallbacks, start=1)


def _judge(credential: Effective, best: Health, fault: AddressFault | None) -> ExitCode:
    """The ``--check`` result of a route: the best of its credentials decides, and its address."""
    if not credential.is_usable() or (fault is not None and fault.invalid):
        return ExitCode.FAILURE
    return ExitCode.WARNING if fault is not None or best.status in _DOUBTFUL else ExitCode.OK
