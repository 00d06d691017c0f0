"""The probes of ``models status --probe``: every profile of every provider in view, once. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from text2llm.auth.order import find_owner
from text2llm.auth.reading import Reading
from text2llm.auth.sources import Rejected, SourceKind
from text2llm.config.suggest import list_names
from text2llm.errors import UsageError
from text2llm.probe.free import FreeCall, plan_free
from text2llm.probe.result import ProbeOptions, ProbeSource, ProbeSubject
from text2llm.providers.endpoints import FreeProbe
from text2llm.refs import ModelRef
from text2llm.upstream.access import Access, find_access
from text2llm.upstream.obstacle import DROPS, build_call
from text2llm.upstream.verdict import Reason, Verdict
from text2llm.upstream.wire.shape import CompletionCall

#: The free probes by provider.
FreeProbes: TypeAlias = Mapping[str, tuple[FreeProbe, ...]]
_SOURCES: Mapping[SourceKind, ProbeSource] = {
    SourceKind.PROFILE: ProbeSource.PROFILE,
    SourceKind.ENV: ProbeSource.ENV,
    SourceKind.SDK: ProbeSource.ENV,
    SourceKind.CONFIG: ProbeSource.CONFIG,
    SourceKind.NONE: ProbeSource.CONFIG,
    SourceKind.MISSING: ProbeSource.CONFIG,
}


@dataclass(frozen=True, slots=True)
class ProbeTarget:
    """A model and a credential, and the call that probes them, or the verdict if none can be made."""

    subject: ProbeSubject
    call: CompletionCall | FreeCall | Verdict


def find_targets(view: Reading, options: ProbeOptions, probes: FreeProbes | None = None) -> tuple[ProbeTarget, ...]:
    """The targets of a view that the options select, by provider, the usable credentials of each first.

    With ``probes`` they are free probes.

    Raises:
        UsageError: the options name a provider or a profile that is not in view.
    """
    wanted = None if options.provider is None else view.spellings.provider(options.provider)
    models = _models_by_provider(view)
    providers = _providers_in_view(view, models)
    _check_provider(wanted, providers)
    chosen = providers if wanted is None else (wanted,)
    targets = tuple(target for name in chosen for target in _provider_targets(name, models.get(name), view, probes))
    return _narrow(targets, options.profile_ids)


def _models_by_provider(view: Reading) -> dict[str, ModelRef]:
    """The first suitable model of each provider: default, fallbacks, image, image fallbacks, configured models."""
    models: dict[str, ModelRef] = {}
    for ref in _configured_refs(view):
        models.setdefault(ref.provider, ref)
    return models


def _configured_refs(view: Reading) -> Iterator[ModelRef]:
    config, spellings = view.config, view.spellings
    for role in config.roles:
        yield from (member.ref for member in view.resolver.chain(view.agent, role).members())
    yield from (view.resolver.resolve_name(name).ref for name in config.models)
    for custom in config.providers.values():
        yield from (spellings.ref(custom.id, model.id) for model in custom.models)


def _providers_in_view(view: Reading, models: Mapping[str, ModelRef]) -> tuple[str, ...]:
    spell = view.spellings.provider
    configured = (spell(name) for name in view.config.providers)
    kept = view.store.profiles.values()
    stored = sorted({*(spell(each.provider) for each in kept), *(find_owner(each, view.spellings) for each in kept)})
    return tuple(dict.fromkeys((*models, *configured, *stored)))


def _check_provider(wanted: str | None, providers: tuple[str, ...]) -> None:
    if wanted is not None and wanted not in providers:
        raise UsageError(
            f"--probe-provider: neither the config nor the credential store uses {wanted!r}",
            hint=f"name one of: {list_names(providers)}" if providers else "configure a model first",
        )


def _narrow(targets: tuple[ProbeTarget, ...], profile_ids: tuple[str, ...]) -> tuple[ProbeTarget, ...]:
    if not profile_ids:
        return targets
    known = {target.subject.profile_id for target in targets} - {None}
    missing = [name for name in profile_ids if name not in known]
    if missing:
        raise UsageError(
            f"--probe-profile: profile {missing[0]!r} is not in view",
            hint=f"name one of: {list_names(sorted(map(str, known)))}" if known else "no provider in view has profiles",
        )
    return tuple(target for target in targets if target.subject.profile_id in profile_ids)


def _provider_targets(
    provider: str, ref: ModelRef | None, view: Reading, probes: FreeProbes | None
) -> Iterator[ProbeTarget]:
    model = ref.model if ref is not None else _find_cheap_model(provider, view)
    access = find_access(provider, view, model)
    profiles = [item for item in access.usable if item.kind is SourceKind.PROFILE]
    dropped = [item for item in access.credential.rejected if item.kind is SourceKind.PROFILE]
    for credential in profiles or [access.credential]:
        if credential.kind is not SourceKind.MISSING or not dropped:
            yield _make_target(access.using(credential), probes)
    yield from (_drop(item, access) for item in dropped)


def _find_cheap_model(provider_id: str, view: Reading) -> str | None:
    provider = view.registry.get(provider_id)
    return None if provider is None else provider.endpoints[0].probe.model


def _make_target(access: Access, probes: FreeProbes | None) -> ProbeTarget:
    model = None if access.model is None else f"{access.provider}/{access.model}"
    if probes is not None:
        return make_free(access, model, probes)
    if model is not None:
        return ProbeTarget(name_subject(access, model), build_call(access))
    text = f"no model of {access.provider} is configured, and no cheap one is known"
    verdict = Verdict(Reason.NO_CANDIDATE, text, f"configure one: text2llm models set {access.provider}/MODEL")
    return ProbeTarget(name_subject(access, None), verdict)


def make_free(access: Access, model: str | None, probes: FreeProbes) -> ProbeTarget:
    """The free probe of a credential, without the ``model`` (``provider/id``); or the verdict if there is none."""
    free = plan_free(access, probes.get(access.provider, ()))
    return ProbeTarget(name_subject(access, None if isinstance(free, FreeCall) else model), free)


def name_subject(access: Access, model: str | None) -> ProbeSubject:
    credential = access.credential
    return ProbeSubject(
        provider=access.provider,
        model=model,
        label=credential.label,
        source=_name_source(access),
        mode=credential.mode,
        profile_id=credential.profile_id,
    )


def _name_source(access: Access) -> ProbeSource:
    kind, built_in = access.credential.kind, access.builtin
    if kind is SourceKind.MISSING and built_in is not None and built_in.credential_vars():
        return ProbeSource.ENV
    return _SOURCES[kind]


def _drop(item: Rejected, access: Access) -> ProbeTarget:
    name = None if access.model is None else f"{access.provider}/{access.model}"
    stored = access.view.store.profiles.get(item.label)
    mode = "none" if stored is None else stored.type
    subject = ProbeSubject(access.provider, name, item.label, ProbeSource.PROFILE, mode, item.label)
    return ProbeTarget(subject, Verdict(DROPS[item.reason], item.message))
