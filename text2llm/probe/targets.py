"""Which probes ``models status --probe`` makes: every profile of every provider in view, once. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from text2llm.auth.hints import list_names
from text2llm.auth.sources import CredentialView, Effective, Rejected, SourceKind, find_credentials
from text2llm.config.model import Slot
from text2llm.config.resolve import Resolver
from text2llm.errors import UsageError
from text2llm.probe.result import ProbeOptions, ProbeSource, Subject
from text2llm.probe.target import ProbeTarget
from text2llm.refs import ModelRef
from text2llm.upstream.reach import DROPS, build_call, default_model
from text2llm.upstream.verdict import Reason, Verdict

_SOURCES: Mapping[SourceKind, ProbeSource] = {
    SourceKind.PROFILE: ProbeSource.PROFILE,
    SourceKind.ENV: ProbeSource.ENV,
    SourceKind.SDK: ProbeSource.ENV,
    SourceKind.CONFIG: ProbeSource.CONFIG,
    SourceKind.NONE: ProbeSource.CONFIG,
    SourceKind.MISSING: ProbeSource.CONFIG,
}


@dataclass(frozen=True, slots=True, eq=False)
class ProbeView:
    """All that decides about targets. ``agent`` is the inspected agent's id, ``None`` for the defaults."""

    credentials: CredentialView
    resolver: Resolver
    agent: str | None = None


def find_targets(view: ProbeView, options: ProbeOptions) -> tuple[ProbeTarget, ...]:
    """The targets of a view that the options leave, provider by provider, the usable credentials of each first.

    Raises:
        UsageError: the options name a provider or a profile that is not in view.
    """
    wanted = None if options.provider is None else view.credentials.spellings.provider(options.provider)
    models = _models_by_provider(view)
    providers = _providers_in_view(view, models)
    _check_provider(wanted, providers)
    chosen = providers if wanted is None else (wanted,)
    targets = tuple(
        target for name in chosen for target in _provider_targets(name, models.get(name), view, free=options.free)
    )
    return _narrow(targets, options.profile_ids)


def _models_by_provider(view: ProbeView) -> dict[str, ModelRef]:
    """The first suitable model of each provider: default, fallbacks, image, image fallbacks, configured models."""
    found: dict[str, ModelRef] = {}
    for ref in _configured_refs(view):
        found.setdefault(ref.provider, ref)
    return found


def _configured_refs(view: ProbeView) -> Iterator[ModelRef]:
    config, spellings = view.credentials.config, view.credentials.spellings
    for slot in Slot:
        yield from (member.ref for member in view.resolver.chain(view.agent, slot).members())
    yield from (view.resolver.resolve_name(name).ref for name in config.models)
    for custom in config.providers.values():
        yield from (spellings.ref(custom.id, model.id) for model in custom.models)


def _providers_in_view(view: ProbeView, models: Mapping[str, ModelRef]) -> tuple[str, ...]:
    """Those of the models, of the config's providers, and those with stored profiles; each once."""
    spell = view.credentials.spellings.provider
    configured = (spell(name) for name in view.credentials.config.providers)
    stored = sorted(spell(profile.provider) for profile in view.credentials.store.profiles.values())
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
            f"--probe-profile: there is no profile {missing[0]!r} in view",
            hint=f"name one of: {list_names(sorted(map(str, known)))}" if known else "no provider in view has profiles",
        )
    return tuple(target for target in targets if target.subject.profile_id in profile_ids)


def _provider_targets(provider: str, ref: ModelRef | None, view: ProbeView, *, free: bool) -> Iterator[ProbeTarget]:
    model = ref.model if ref is not None else default_model(provider, view.credentials)
    first, usable = find_credentials(provider, view.credentials)
    profiles = [item for item in usable if item.kind is SourceKind.PROFILE]
    dropped = [item for item in first.rejected if item.kind is SourceKind.PROFILE]
    for credential in profiles or [first]:
        if credential.kind is not SourceKind.MISSING or not dropped:
            yield _target(credential, model, view, free=free)
    yield from (_dropped(provider, item, model, view) for item in dropped)


def _target(credential: Effective, model: str | None, view: ProbeView, *, free: bool) -> ProbeTarget:
    subject = Subject(
        provider=credential.provider,
        model=None if model is None else f"{credential.provider}/{model}",
        label=credential.label,
        source=name_source(credential, view.credentials),
        mode=credential.mode,
        profile_id=credential.profile_id,
    )
    if model is None and not free:
        text = f"no model of {credential.provider} is configured, and no cheap one is known"
        verdict = Verdict(Reason.NO_CANDIDATE, text, f"configure one: text2llm models set {credential.provider}/MODEL")
        return ProbeTarget(subject, verdict)
    # A free proof asks for no model.
    return ProbeTarget(subject, build_call(credential, model or "", view.credentials))


def name_source(credential: Effective, view: CredentialView) -> ProbeSource:
    """Where a credential comes from, or where a missing one would."""
    built_in = view.registry.get(credential.provider)
    if credential.kind is SourceKind.MISSING and built_in is not None and built_in.credential_vars():
        return ProbeSource.ENV
    return _SOURCES[credential.kind]


def _dropped(provider: str, item: Rejected, model: str | None, view: ProbeView) -> ProbeTarget:
    name = None if model is None else f"{provider}/{model}"
    stored = view.credentials.store.profiles.get(item.label)
    mode = "none" if stored is None else stored.type
    subject = Subject(provider, name, item.label, ProbeSource.PROFILE, mode, item.label)
    return ProbeTarget(subject, Verdict(DROPS[item.reason], item.message))
