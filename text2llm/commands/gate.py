"""The gate: every route that agents depend on is proven with one small real request."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

from text2llm.auth.agents import known_agents, require_agent
from text2llm.auth.credentials import AuthProfile
from text2llm.config.model import Slot
from text2llm.config.resolve import Via
from text2llm.diagnostics import Diagnostic
from text2llm.errors import UsageError
from text2llm.login.refresh import Outcome
from text2llm.plan.edits import warn_bare
from text2llm.probe.gate import REQUIRED, GateReport, Policy, judge_routes
from text2llm.probe.options import GATE_FLAGS, check_options
from text2llm.probe.result import ProbeOptions, ProbeResult
from text2llm.probe.routes import GatePlan, Position, RouteChoice, Views, plan_gate
from text2llm.probe.runner import run_probes
from text2llm.providers.free_probes import load_free_probes
from text2llm.refs import ModelRef
from text2llm.upstream.verdict import Reason, Verdict
from text2llm.workspace import Workspace


@dataclass(frozen=True, slots=True)
class GateRequest:
    """What to prove, and how; empty tuples are all there is, and ``None`` is what the configuration says, or is usual.

    ``agents`` and ``models`` are as people write them. ``timeout`` is in milliseconds.
    """

    agents: tuple[str, ...] = ()
    slot: Slot | None = None
    models: tuple[str, ...] = ()
    all_credentials: bool = False
    tools: bool = False
    free: bool = False
    require: tuple[Position, ...] = ()
    strict: bool | None = None
    refresh: bool = False
    attempts: float | None = None
    timeout: float | None = None
    concurrency: float | None = None
    max_tokens: float | None = None


@dataclass(frozen=True, slots=True)
class Renewed:
    """What came of the renewal of a login."""

    profile_id: str
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Probed:
    """One probe of ``total`` has its result, and ``done`` have theirs."""

    done: int
    total: int
    result: ProbeResult


#: What is told while the gate works; a diagnostic is about the request.
Event: TypeAlias = Diagnostic | Renewed | Probed
Tell: TypeAlias = Callable[[Event], None]


def _tell_nobody(_event: Event) -> None:
    return


def run(workspace: Workspace, request: GateRequest, tell: Tell = _tell_nobody) -> GateReport:
    """Prove the routes that are asked for.

    Raises:
        UsageError: the request names what is not there, or contradicts itself.
        UnknownAgentError: there is no such agent.
        InvalidConfigError: the configuration has findings.
        StoreError: a store cannot be used.
        SettingsError: the user's settings cannot be used.
        TrustedOriginsError: the environment's grants cannot be read.
    """
    if request.free and request.tools:
        raise UsageError("--free and --tools cannot be combined", hint="a tool call is a completion: leave one out")
    limits = _find_limits(workspace, request)
    choice = _choose(workspace, request, tell)
    policy = _find_policy(workspace, request, choice)
    views, plan = _plan(workspace, choice, request, tell)
    trust, network = next(iter(views.values())).trust, workspace.settings.network

    def tell_progress(done: int, total: int, result: ProbeResult) -> None:
        tell(Probed(done, total, result))

    return judge_routes(plan, run_probes(plan.targets, limits, trust, progress=tell_progress, network=network), policy)


def _find_limits(workspace: Workspace, request: GateRequest) -> ProbeOptions:
    """What is asked for, else the config's ``probe``, else the usual."""
    usual = workspace.config.probe
    return check_options(
        _first(request.timeout, usual.timeout),
        _first(request.concurrency, usual.concurrency, 8),
        _first(request.max_tokens, usual.max_tokens),
        attempts=_first(request.attempts, usual.attempts),
        free=request.free,
        flags=GATE_FLAGS,
    )


def _first(*values: float | None) -> float | None:
    return next((value for value in values if value is not None), None)


def _find_policy(workspace: Workspace, request: GateRequest, choice: RouteChoice) -> Policy:
    usual = workspace.config.probe
    written = None if usual.require is None else tuple(Position(word) for word in dict.fromkeys(usual.require))
    required = request.require or (REQUIRED if written is None else written)
    strict = usual.fail_on == "inconclusive" if request.strict is None else request.strict
    return Policy(required, strict, choice.models)


def _choose(workspace: Workspace, request: GateRequest, tell: Tell) -> RouteChoice:
    if any(not name.strip() for name in request.models):
        raise UsageError("--models is empty", hint="name a model, such as anthropic/claude-opus-4-5, or an alias")
    return RouteChoice(
        agents=tuple(dict.fromkeys(require_agent(name, workspace.config) for name in request.agents)),
        slot=request.slot,
        models=tuple(_find_model(name, workspace, tell) for name in request.models),
        every_credential=request.all_credentials,
        tool=request.tools,
    )


def _find_model(name: str, workspace: Workspace, tell: Tell) -> ModelRef:
    """A model by name: one that no agent uses yet needs a provider that is known, and a bare name a warning."""
    reading = workspace.meaning
    resolved = reading.resolver.resolve(name)
    if resolved.via is Via.BARE:
        tell(warn_bare(reading, resolved))
    workspace.find_provider(resolved.ref.provider, "--models")
    return resolved.ref


def _plan(workspace: Workspace, choice: RouteChoice, request: GateRequest, tell: Tell) -> tuple[Views, GatePlan]:
    probes = load_free_probes(workspace.registry) if request.free else None
    views = _read_agents(workspace, choice.agents)
    plan = plan_gate(views, workspace.meaning.resolver, choice, probes)
    if request.refresh and _renew_stale(workspace, plan, views, tell):
        views = _read_agents(workspace, choice.agents)
        plan = plan_gate(views, workspace.meaning.resolver, choice, probes)
    return views, plan


def _read_agents(workspace: Workspace, chosen: tuple[str, ...]) -> Views:
    """What decides about the credentials of each chosen agent: everyone has a store of their own."""
    default = workspace.config.default_agent()
    agents = chosen or known_agents(workspace.config)
    return {agent: workspace.read(None if agent == default else agent, secrets=True) for agent in agents}


def _renew_stale(workspace: Workspace, plan: GatePlan, views: Views, tell: Tell) -> bool:
    """Renew the tokens without which nothing can be proven, and say what came of it; whether there were any."""
    from text2llm.commands.renew import renew_login

    stale = {(path, profile.id): profile for path, profile in _find_stale(plan, views)}
    for (path, name), profile in stale.items():
        tell(Renewed(name, renew_login(workspace, profile, path)))
    return bool(stale)


def _find_stale(plan: GatePlan, views: Views) -> Iterator[tuple[str, AuthProfile]]:
    for route, indexes in plan.routes:
        for target in (plan.targets[index] for index in indexes):
            profile_id, view = target.subject.profile_id, views[route.agent]
            if isinstance(target.call, Verdict) and target.call.reason is Reason.NEEDS_REFRESH and profile_id:
                yield view.store_path, view.store.profiles[profile_id]
