"""``text2llm probe``: the gate."""

from __future__ import annotations

import os
import sys
import time
from typing import TYPE_CHECKING, Any

import click

from text2llm.cli.annotations import name_from_top
from text2llm.cli.checks import open_config
from text2llm.cli.options import (
    NUMBER,
    colour_option,
    config_option,
    json_option,
    locate_config,
    offer,
    output_style,
    page_width,
)
from text2llm.cli.output_guard import find_outlet
from text2llm.cli.reports import report_option, spare_inputs, write_reports
from text2llm.cli.status import clear_progress, show_progress
from text2llm.config.suggest import find_near
from text2llm.errors import UsageError, worst_exit
from text2llm.redaction import redact
from text2llm.report.formats import make_report

if TYPE_CHECKING:
    from text2llm.auth.credentials import AuthProfile
    from text2llm.auth.sources import CredentialView
    from text2llm.auth.store_file import LoadedStore
    from text2llm.cli.world import World
    from text2llm.config.model import Config
    from text2llm.probe.gate import GateReport, Policy
    from text2llm.probe.result import ProbeOptions
    from text2llm.probe.routes import GatePlan, RouteChoice
    from text2llm.providers.registry import Registry
    from text2llm.refs import ModelRef

_POSITIONS = ("primary", "fallbacks", "image", "imageFallbacks")


def _split_positions(_ctx: click.Context, _parameter: click.Parameter, values: tuple[str, ...]) -> tuple[str, ...]:
    words = [word.strip() for value in values for word in value.split(",")]
    for word in words:
        if word not in _POSITIONS:
            near = find_near(word, _POSITIONS)
            guess = f"did you mean {near!r}?" if near else f"there are {', '.join(_POSITIONS)}"
            raise click.BadParameter(f"{word!r} is no position of a chain: {guess}")
    return tuple(dict.fromkeys(words))


@click.command("probe")
@click.option(
    "--agent",
    "agents",
    metavar="ID",
    multiple=True,
    shell_complete=offer("agents"),
    help="Only this agent (repeat for more).",
)
@click.option("--slot", type=click.Choice(["model", "image"]), help="Only text or only image models.")
@click.option("--models", metavar="REF", multiple=True, help="Only these models, also ones that no agent uses yet.")
@click.option("--all-credentials", is_flag=True, help="Probe every usable credential, not only the one that is used.")
@click.option("--tools", is_flag=True, help="Also force a tool call of text models.")
@click.option("--free", is_flag=True, help="Verify credentials only, at no token cost, where supported.")
@click.option(
    "--require",
    metavar="[primary|fallbacks|image|imageFallbacks]",
    multiple=True,
    callback=_split_positions,
    help="What must answer (repeat for more, or put commas between).",
)
@click.option(
    "--fail-on",
    type=click.Choice(["failure", "inconclusive"]),
    help="inconclusive: a rate limit or timeout fails, too.",
)
@click.option("--refresh", is_flag=True, help="First renew the access tokens that have expired.")
@click.option("--attempts", metavar="N", type=NUMBER, help="Try inconclusive probes again (default 1: never).")
@click.option("--timeout", metavar="MS", type=NUMBER, help="Time limit of one probe (default 8000).")
@click.option("--concurrency", metavar="N", type=NUMBER, help="Concurrent probes (default 8).")
@click.option("--max-tokens", metavar="N", type=NUMBER, help="Maximum output tokens (default 8).")
@report_option("gate")
@json_option
@config_option
@colour_option
def command(*, config: str | None, as_json: bool, reports: dict[str, str], **options: Any) -> int:
    """Prove every route that agents depend on with one small real request.

    A route is an agent's model or fallback with the credential that would really be used. Exit code 0: every required
    route answered, or was only inconclusive; 1: one cannot work; 2: nothing could be proven; 4: a credential has no
    trusted origin. What is required, and the limits, come from `probe:` in the configuration.
    """
    loaded = open_config(locate_config(config)).require()
    spare_inputs(reports, (loaded.document.path, *(each.path for each in loaded.included.values())))
    # Before a format escapes, cuts or aligns what nothing would recognize then.
    report = redact(_run_gate(loaded, options), find_outlet().forms)
    written = write_reports(reports, "gate", report)
    _print(report, as_json=as_json)
    return worst_exit([report.verdict, written])


def _print(report: GateReport, *, as_json: bool) -> None:
    if as_json:
        click.echo(make_report("gate", "json", report), nl=False)
    else:
        from text2llm.report.gate import gate_text

        style = output_style()
        click.echo(gate_text(report, style, terminal=sys.stdout.isatty(), width=page_width()), nl=False)
        _annotate(report)


def _run_gate(config: Config, options: dict[str, Any]) -> GateReport:
    from text2llm.cli.world import open_world
    from text2llm.config.resolve import build_resolver
    from text2llm.probe.gate import judge_routes
    from text2llm.probe.routes import plan_gate
    from text2llm.probe.runner import run_probes
    from text2llm.providers.free_probes import load_free_probes

    if options["free"] and options["tools"]:
        raise UsageError("--free and --tools cannot be combined", hint="a tool call is a completion: leave one out")
    limits = _limits(config, options)
    world = open_world(os.environ)
    resolver = build_resolver(config, world.registry.spellings())
    choice = _choose(config, world.registry, options)
    policy = _policy(config, options, choice)
    stores = _open_stores(config, choice.agents)
    views, probes = _make_views(config, world, stores), load_free_probes(world.registry) if limits.free else None
    plan = plan_gate(views, resolver, choice, probes)
    if options["refresh"] and _renew_stale(plan, stores, world):
        views = _make_views(config, world, _open_stores(config, choice.agents))
        plan = plan_gate(views, resolver, choice, probes)
    progress = show_progress if sys.stderr.isatty() else None
    trust = next(iter(views.values())).trust
    summary = run_probes(plan.targets, limits, trust, progress=progress, network=world.settings.network)
    clear_progress(summary)
    return judge_routes(plan, summary, policy)


def _limits(config: Config, options: dict[str, Any]) -> ProbeOptions:
    """The flags, else the config's ``probe``, else the usual."""
    from text2llm.probe.options import GATE_FLAGS, check_options

    usual = config.probe
    return check_options(
        _first(options["timeout"], usual.timeout),
        _first(options["concurrency"], usual.concurrency, 8),
        _first(options["max_tokens"], usual.max_tokens),
        attempts=_first(options["attempts"], usual.attempts),
        free=options["free"],
        flags=GATE_FLAGS,
    )


def _first(*values: float | None) -> float | None:
    return next((value for value in values if value is not None), None)


def _policy(config: Config, options: dict[str, Any], choice: RouteChoice) -> Policy:
    from text2llm.probe.gate import REQUIRED, Policy
    from text2llm.probe.routes import Position

    words = options["require"] or config.probe.require
    required = REQUIRED if words is None else tuple(Position(word) for word in dict.fromkeys(words))
    strict = (options["fail_on"] or config.probe.fail_on) == "inconclusive"
    return Policy(required, strict, choice.models)


def _choose(config: Config, registry: Registry, options: dict[str, Any]) -> RouteChoice:
    from text2llm.auth.agents import require_agent
    from text2llm.config.model import Slot
    from text2llm.probe.routes import RouteChoice

    slots = {None: None, "model": Slot.MODEL, "image": Slot.IMAGE_MODEL}
    if any(not name.strip() for name in options["models"]):
        raise UsageError("--models is empty", hint="name a model, such as anthropic/claude-opus-4-5, or an alias")
    return RouteChoice(
        agents=tuple(dict.fromkeys(require_agent(name, config) for name in options["agents"])),
        slot=slots[options["slot"]],
        models=tuple(_find_model(name, config, registry) for name in options["models"]),
        every_credential=options["all_credentials"],
        tool=options["tools"],
    )


def _find_model(name: str, config: Config, registry: Registry) -> ModelRef:
    """A model of ``--models``: one that no agent uses yet needs a provider that is known, and a bare name a warning."""
    from text2llm.cli.checks import make_resolver
    from text2llm.cli.list import find_provider
    from text2llm.config.resolve import Via
    from text2llm.plan.edits import Editing, warn_bare
    from text2llm.report.notes import note_text

    resolver = make_resolver(config)
    resolved = resolver.resolve(name)
    if resolved.via is Via.BARE:
        click.echo(note_text(warn_bare(Editing(config, resolver), resolved)), nl=False, err=True)
    find_provider(resolved.ref.provider, config, registry, "--models")
    return resolved.ref


def _open_stores(config: Config, chosen: tuple[str, ...]) -> dict[str, LoadedStore]:
    """The store of each chosen agent: everyone has one of their own."""
    from text2llm.auth.agents import find_agent_dirs, known_agents
    from text2llm.auth.store_file import load_store

    stores = {}
    for agent in chosen or known_agents(config):
        dirs = find_agent_dirs(None if agent == config.default_agent() else agent, config, os.environ)
        stores[agent] = load_store(dirs.own, dirs.main)
    return stores


def _make_views(config: Config, world: World, stores: dict[str, LoadedStore]) -> dict[str, CredentialView]:
    """What decides about the credentials of each agent."""
    from text2llm.auth.secret_refs import read_refs
    from text2llm.auth.sources import CredentialView

    now, main = time.time_ns() // 1_000_000, config.default_agent()
    views = {}
    for agent, loaded in stores.items():
        kept, owner = read_refs(loaded.store, os.environ), agent if agent != main and loaded.is_own() else None
        views[agent] = CredentialView(
            config, loaded.store, os.environ, world.registry, now, kept, owner, world.settings
        )
    return views


def _renew_stale(plan: GatePlan, stores: dict[str, LoadedStore], world: World) -> bool:
    """Renew the tokens without which nothing can be proven, and say what came of it; whether there were any."""
    from text2llm.cli.auth.refresh import refresh_login
    from text2llm.report.auth_refresh import refresh_text
    from text2llm.upstream.verdict import Reason, Verdict

    stale: dict[tuple[str, str], AuthProfile] = {}
    for route, indexes in plan.routes:
        for target in (plan.targets[index] for index in indexes):
            profile_id, store = target.subject.profile_id, stores[route.agent]
            if isinstance(target.call, Verdict) and target.call.reason is Reason.NEEDS_REFRESH and profile_id:
                stale[store.path, profile_id] = store.store.profiles[profile_id]
    for (path, name), profile in stale.items():
        click.echo(refresh_text({name: refresh_login(profile, path, world)}), nl=False, err=True)
    return bool(stale)


def _annotate(report: GateReport) -> None:
    """On GitHub, findings appear beside the lines of a change."""
    if os.environ.get("GITHUB_ACTIONS") == "true":
        click.echo(make_report("gate", "github", report, name_from_top), nl=False)
