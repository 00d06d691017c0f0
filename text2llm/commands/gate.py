"""The gate: verify every route that agents depend on with one small real request."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TypeAlias

from text2llm.auth.agents import known_agents, require_agent
from text2llm.auth.credentials import AuthProfile
from text2llm.commands.in_force import list_others, name_others
from text2llm.config.resolve import Via
from text2llm.config.roles import Role, name_positions, parse_role, read_position
from text2llm.config.suggest import find_near
from text2llm.diagnostics import Diagnostic, Location, Severity
from text2llm.errors import UsageError
from text2llm.login.refresh import Outcome
from text2llm.plan.edits import warn_bare
from text2llm.probe.gate import REQUIRED, GateReport, Policy, judge_routes
from text2llm.probe.options import check_options
from text2llm.probe.result import ProbeOptions, ProbeResult
from text2llm.probe.routes import GatePlan, RouteChoice, Views, find_routes, plan_gate
from text2llm.probe.runner import run_probes
from text2llm.providers.endpoints import load_free_probes
from text2llm.refs import ModelRef
from text2llm.upstream.verdict import Reason, Verdict
from text2llm.workspace import Workspace, ignore


@dataclass(frozen=True, slots=True)
class GateRequest:
    """What to verify, and how; an empty tuple means all, ``None`` the configured value or the default.

    ``agents`` and ``models`` are in any spelling. ``timeout`` is in milliseconds.
    """

    agents: tuple[str, ...] = ()
    role: str | None = None
    models: tuple[str, ...] = ()
    all_credentials: bool = False
    tools: bool = False
    free: bool = False
    require: tuple[str, ...] = ()
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


#: What the gate reports while it works; a diagnostic is about the request.
Event: TypeAlias = Diagnostic | Renewed | Probed
Emit: TypeAlias = Callable[[Event], None]


def run(workspace: Workspace, request: GateRequest, emit: Emit = ignore) -> GateReport:
    """Verify the requested routes.

    Raises:
        UsageError: the request names what is not there, or contradicts itself.
    """
    if request.free and request.tools:
        raise UsageError("--free and --tools cannot be combined", hint="a tool call is a completion: leave one out")
    if (others := list_others(workspace)) != ():
        message = f"{name_others(others)}, and not verified here"
        emit(Diagnostic("include", Severity.WARNING, message, Location(others[0]), "run the gate there too"))
    limits = _find_limits(workspace, request)
    choice = _choose(workspace, request, emit)
    policy = _find_policy(workspace, request, choice)
    views, plan = _plan(workspace, choice, request, emit)
    trust, network = next(iter(views.values())).trust, workspace.settings.network

    def emit_progress(done: int, total: int, result: ProbeResult) -> None:
        emit(Probed(done, total, result))

    summary = run_probes(plan.targets, limits, trust, progress=emit_progress, network=network)
    return replace(judge_routes(plan, summary, policy), environment=workspace.config.environment_name)


def _find_limits(workspace: Workspace, request: GateRequest) -> ProbeOptions:
    """The request, else the config's ``probe``, else the defaults."""
    configured = workspace.config.probe
    return check_options(
        _first(request.timeout, configured.timeout),
        _first(request.concurrency, configured.concurrency, 8),
        _first(request.max_tokens, configured.max_tokens),
        attempts=_first(request.attempts, configured.attempts),
        free=request.free,
        prefix="--",
    )


def _first(*values: float | None) -> float | None:
    return next((value for value in values if value is not None), None)


def _find_policy(workspace: Workspace, request: GateRequest, choice: RouteChoice) -> Policy:
    configured = workspace.config.probe
    required = request.require or (REQUIRED if configured.require is None else configured.require)
    required = tuple(dict.fromkeys(_name_position(word, workspace) for word in required))
    strict = configured.fail_on == "inconclusive" if request.strict is None else request.strict
    return Policy(required, strict, choice.models)


def _choose(workspace: Workspace, request: GateRequest, emit: Emit) -> RouteChoice:
    if any(not name.strip() for name in request.models):
        raise UsageError("--models is empty", hint="name a model, such as anthropic/claude-opus-4-5, or an alias")
    return RouteChoice(
        agents=tuple(dict.fromkeys(require_agent(name, workspace.config) for name in request.agents)),
        role=None if request.role is None else _find_role(request.role, workspace),
        models=tuple(_find_model(name, workspace, emit) for name in request.models),
        every_credential=request.all_credentials,
        tool=request.tools,
    )


def _find_role(name: str, workspace: Workspace) -> Role:
    """A role by name, which the configuration must have."""
    role, roles = parse_role(name), workspace.config.roles
    if role not in roles:
        names = [each.name for each in roles]
        near = find_near(name, names)
        raise UsageError(
            f"no agent has the role {name!r}", hint=f"did you mean {near!r}?" if near else f"use {', '.join(names)}"
        )
    return role


def _name_position(word: str, workspace: Workspace) -> str:
    """A position as routes name theirs (``role:main`` is ``primary``), of a role that the configuration has."""
    found = read_position(word)
    if found is None:
        return word
    role, fallbacks = found
    return name_positions(_find_role(role.name, workspace))[fallbacks]


def _find_model(name: str, workspace: Workspace, emit: Emit) -> ModelRef:
    """A model by name: its provider must be known, and a bare name gets a warning."""
    reading = workspace.meaning
    resolved = reading.resolver.resolve(name)
    if resolved.via is Via.BARE:
        emit(warn_bare(reading, resolved))
    workspace.find_provider(resolved.ref.provider, "--models")
    return resolved.ref


def _plan(workspace: Workspace, choice: RouteChoice, request: GateRequest, emit: Emit) -> tuple[Views, GatePlan]:
    probes = load_free_probes(workspace.registry) if request.free else None
    agents = choice.agents or known_agents(workspace.config)
    routes = find_routes(tuple(agents), workspace.meaning.resolver, choice)
    views = _read_agents(workspace, agents)
    plan = plan_gate(views, routes, choice, probes)
    if request.refresh and _renew_stale(workspace, plan, views, emit):
        views = _read_agents(workspace, agents)
        plan = plan_gate(views, routes, choice, probes)
    return views, plan


def _read_agents(workspace: Workspace, agents: Iterable[str]) -> Views:
    """The inputs of credential choice per agent: each has its own store."""
    default = workspace.config.default_id
    return {agent: workspace.read(None if agent == default else agent, secrets=True) for agent in agents}


def _renew_stale(workspace: Workspace, plan: GatePlan, views: Views, emit: Emit) -> bool:
    """Renew expired tokens that routes need, and report the outcomes; whether there were any."""
    from text2llm.commands.renew import renew_login

    stale = {(path, profile.id): profile for path, profile in _find_stale(plan, views)}
    for (path, name), profile in stale.items():
        emit(Renewed(name, renew_login(workspace, profile, path)))
    return bool(stale)


def _find_stale(plan: GatePlan, views: Views) -> Iterator[tuple[str, AuthProfile]]:
    for route, indexes in plan.routes:
        for target in (plan.targets[index] for index in indexes):
            profile_id, view = target.subject.profile_id, views[route.agent]
            if isinstance(target.call, Verdict) and target.call.reason is Reason.NEEDS_REFRESH and profile_id:
                yield view.store_path, view.store.profiles[profile_id]
