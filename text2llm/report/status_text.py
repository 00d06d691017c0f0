"""The status report as text: resolved models, their sources, and expiring credentials."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial
from typing import assert_never

from text2llm.auth.credentials import STORE_NAME
from text2llm.auth.health import Health, HealthStatus
from text2llm.auth.order import DropReason
from text2llm.auth.sources import Effective, Rejected, SourceKind
from text2llm.errors import ExitCode
from text2llm.report.rows import Paint, Piece, format_span, layout_row
from text2llm.report.status_json import describe_value
from text2llm.report.style import Style
from text2llm.status.model import ProfileStatus, ProviderStatus, RouteStatus, StatusReport

#: A route's probe result, unless it passed.
_PROBED = {
    ExitCode.FAILURE: "its probe failed",
    ExitCode.REFUSED: "its probe was refused",
    ExitCode.WARNING: "its probe proved nothing",
}
#: Agents, or their models, with a row; names in one of the latter.
_MOST_ROWS, _MOST_NAMES = 10, 5
#: The column of the values, unless a longer label moves them.
_INDENT = 18


def status_text(report: StatusReport, style: Style, width: int, base: str = "") -> str:
    """The report in ``width`` columns; ``base`` is the relative path to the configuration's folder."""
    return "\n".join(_Layout(report, style, width, base).lines()) + "\n"


class _Layout:
    """One report being laid out; every line comes from :meth:`row`, which sanitizes."""

    def __init__(self, report: StatusReport, style: Style, width: int, base: str) -> None:
        self.report, self.style, self.width, self.base = report, style, width, base
        self.indent = max([_INDENT, *(len(_label(route)) + 2 for route in report.routes)])

    def lines(self) -> Iterator[str]:
        yield from self.places()
        yield from self.section("Models", self.models())
        yield from self.section("Agents", self.agents())
        yield from self.section("Aliases", self.aliases())
        yield from self.section("Credentials", self.credentials())

    def row(self, label: str, *pieces: Piece) -> Iterator[str]:
        return layout_row(label, list(pieces), self.width, self.indent)

    def section(self, title: str, lines: Iterable[str]) -> Iterator[str]:
        body = list(lines)
        if body:
            yield from ("", self.style.title(title), *body)

    def places(self) -> Iterator[str]:
        report = self.report
        yield from self.row("Config", Piece(report.config_path))
        if report.environment is not None:
            yield from self.row("Environment", Piece(report.environment, self.style.name))
        if report.agent_id is not None:
            yield from self.row("Agent", Piece(report.agent_id, self.style.name))
        yield from self.row("Agent dir", Piece(report.agent_dir))
        if report.store_path != f"{report.agent_dir}/{STORE_NAME}":
            yield from self.row("Auth store", Piece(report.store_path), Piece("(the main agent's)", self.style.quiet))
        if report.policy is not None:
            yield from self.row("Allowed", *map(Piece, report.policy))

    def models(self) -> Iterator[str]:
        if self.report.default is None:
            hint = Piece("run `text2llm models set PROVIDER/MODEL`", self.style.quiet)
            yield from self.row("  Default", Piece("not set", self.style.warn), hint)
        for route in self.report.routes:
            yield from self.route(route)

    def route(self, route: RouteStatus) -> Iterator[str]:
        named = (
            [] if route.resolved.text.strip() == str(route.resolved.ref) else [Piece(f"(from {route.resolved.text})")]
        )
        remark = self.report.remarks.get(route.resolved.ref)
        remarks = [] if remark is None else [Piece(remark, self.style.warn)]
        name = Piece(str(route.resolved.ref), self.style.name)
        yield from self.row(_label(route), name, *named, *remarks, *self.states(route))
        usable = route.credential.is_usable()
        source = [Piece(_describe_source(route.credential), self.style.quiet)] if usable else []
        yield from self.row("", *source, Piece(self.place(route), self.style.quiet))
        if route.remedies:
            yield from self.row("", *_phrase_hint(*route.remedies))

    def place(self, route: RouteStatus) -> str:
        folder = self.report.config_path.rpartition("/")[0] + "/"
        return f"{self.base}{route.location.path.removeprefix(folder)}:{route.location.line}"

    def states(self, route: RouteStatus) -> list[Piece]:
        """The state of the credential, and its probe's result; only the latter if nothing else is wrong."""
        if route.refused is not None:
            return [Piece(route.refused, self.style.bad)]
        if route.fault is not None:
            return [Piece(route.fault, self.style.bad)]
        state, expires = self.state(route.credential, route.health), route.health.status is HealthStatus.EXPIRING
        words = _PROBED.get(route.verdict)
        if route.verdict is ExitCode.OK and self.has_failed(route):
            return [Piece("its probe failed, but another credential answered", self.style.warn)]
        if self.report.probes is None or words is None or not route.credential.is_usable():
            return [state]
        if route.verdict is ExitCode.WARNING:
            return [state] if expires else [Piece(words, self.style.warn)]
        return [*([state] if expires else []), Piece(words, self.style.bad)]

    def has_failed(self, route: RouteStatus) -> bool:
        """Whether the probe of the credential that is tried first failed."""
        results = () if self.report.probes is None else self.report.probes.results
        named = (route.resolved.ref.provider, route.credential.label)
        return any(
            (each.subject.provider, each.subject.label) == named and each.verdict.gate.value is ExitCode.FAILURE
            for each in results
        )

    def state(self, credential: Effective, health: Health) -> Piece:
        if credential.kind is SourceKind.MISSING:
            return Piece("no usable credential", self.style.bad)
        if credential.kind is SourceKind.NONE:
            return Piece("ok", self.style.good)
        return Piece(describe_health(health), self.paint(health))

    def paint(self, health: Health) -> Paint:
        match health.status:
            case HealthStatus.OK | HealthStatus.STATIC:
                return self.style.good
            case HealthStatus.EXPIRING | HealthStatus.UNVERIFIED:
                return self.style.warn
            case _:
                return self.style.bad

    def agents(self) -> Iterator[str]:
        """The main model of each agent; of many agents, each model with the first that have it."""
        primaries = self.report.primaries
        if self.report.agent_id is not None or len(primaries) == 1:
            return
        if len(primaries) <= _MOST_ROWS:
            for agent, model in primaries.items():
                own = [Piece("(own models: see --agent)", self.style.quiet)] if agent in self.report.agents else []
                yield from self.row(f"  {agent}", Piece(model or "not set", self.style.name), *own)
            return
        users: dict[str, list[str]] = {}
        for agent, model in primaries.items():
            users.setdefault(model or "not set", []).append(agent)
        for model, agents in list(users.items())[:_MOST_ROWS]:
            more = len(agents) - _MOST_NAMES
            others = [Piece(f"and {more:,} more", self.style.quiet)] if more > 0 else []
            yield from self.row(f"  {len(agents):,} agent{'s' * (len(agents) > 1)}", Piece(model, self.style.name))
            yield from self.row("", *map(Piece, agents[:_MOST_NAMES]), *others)
        if len(users) > _MOST_ROWS:
            yield from self.row(f"  and {len(users) - _MOST_ROWS:,} more", Piece("see --json", self.style.quiet))

    def aliases(self) -> Iterator[str]:
        for name, ref in self.report.aliases.items():
            yield from self.row(f"  {name}", Piece(str(ref)))

    def credentials(self) -> Iterator[str]:
        for status in self.report.providers:
            yield from self.provider(status)
        if any(status.effective.is_usable() and not self.refusal(status) for status in self.report.providers):
            yield self.style.quiet("  * taken first")

    def refusal(self, status: ProviderStatus) -> str | None:
        """Why the credential that is taken first is not sent, if it may not be."""
        taken = (status.provider, status.effective.kind, status.effective.label)
        routes = (each for each in self.report.routes if each.refused is not None)
        return next((each.refused for each in routes if _name_credential(each) == taken), None)

    def provider(self, status: ProviderStatus) -> Iterator[str]:
        label = f"  {status.provider}"
        for line in (*self.usage_lines(status), *self.provider_lines(status)):
            yield from self.row(label, *line)
            label = ""

    def usage_lines(self, status: ProviderStatus) -> Iterator[list[Piece]]:
        found = [snapshot for snapshot in self.report.usage or () if snapshot.provider == status.provider]
        if found:
            from text2llm.report.usage import usage_pieces

            yield from (list(usage_pieces(snapshot, self.style)) for snapshot in found)

    def provider_lines(self, status: ProviderStatus) -> Iterator[list[Piece]]:
        routes = (each for each in self.report.routes if each.resolved.ref.provider == status.provider)
        used = {(each.credential.kind, each.credential.label) for each in routes}
        rejected = {(item.kind, item.label): item for item in status.effective.rejected}
        faults = {key: item for key, item in rejected.items() if key not in used}
        for profile in status.profiles:
            yield self.profile(status, profile, faults.get((SourceKind.PROFILE, profile.id)))
        for found in (status.environment, status.configured):
            if found is not None:
                excuse = self.excuse(faults.get((found.kind, found.label)))
                value = Piece(describe_value(found), self.style.warn if found.is_unread() else self.style.good)
                yield [self.mark(status, found.kind, found.label), value, *self.proof(status, found.label), *excuse]
        match status.effective.kind:
            case SourceKind.NONE:
                yield [Piece(f"  {status.effective.label}")]
            case SourceKind.SDK:
                named = self.mark(status, SourceKind.SDK, status.effective.label)
                yield [named, Piece("unverified", self.style.warn), Piece("used by the provider's own tools")]
            case _:
                pass
        if not status.effective.is_usable() and not status.profiles:
            excuses = [Piece(item.message, self.style.quiet) for item in status.effective.rejected]
            yield [Piece("  missing", self.style.bad), *excuses]

    def profile(self, status: ProviderStatus, profile: ProfileStatus, fault: Rejected | None) -> list[Piece]:
        health = Piece(describe_health(profile.health), self.paint(profile.health))
        aside = (
            [Piece(profile.told_aside if profile.aside == "disabled" else f"in {profile.told_aside}", self.style.warn)]
            if profile.aside
            else []
        )
        excuse = self.excuse(fault)
        named, proof = self.mark(status, SourceKind.PROFILE, profile.id), self.proof(status, profile.id)
        return [named, health, *proof, Piece(profile.described), *aside, *excuse]

    def proof(self, status: ProviderStatus, label: str) -> list[Piece]:
        """The result of the credential's probe."""
        if self.report.probes is None:
            return []
        from text2llm.report.probe import describe_result, paint_result

        return [
            Piece(f"probe: {describe_result(result)}", partial(paint_result, result, style=self.style))
            for result in self.report.probes.results
            if (result.subject.provider, result.subject.label) == (status.provider, label)
        ]

    def excuse(self, fault: Rejected | None) -> list[Piece]:
        if fault is None or fault.reason is DropReason.EXPIRED:  # which its health says already
            return []
        return [Piece(f"not used: {fault.message}", self.style.quiet)]

    def mark(self, status: ProviderStatus, kind: SourceKind, label: str) -> Piece:
        taken = (status.effective.kind, status.effective.label) == (kind, label) and not self.refusal(status)
        return Piece(f"* {label}" if taken else f"  {label}", self.style.name if taken else str)


def _name_credential(route: RouteStatus) -> tuple[str, SourceKind, str]:
    return route.resolved.ref.provider, route.credential.kind, route.credential.label


def _label(route: RouteStatus) -> str:
    words = route.role.words
    return f"  {words.fallback.capitalize()} {route.position}" if route.position else f"  {words.heading}"


def describe_health(health: Health) -> str:
    """The state of a credential in words."""
    remaining = health.remaining
    span = "" if remaining is None else format_span(remaining)
    match health.status:
        case HealthStatus.STATIC:
            return "set (no expiry)"
        case HealthStatus.OK:
            return f"set (expires in {span})" if remaining is not None and remaining > 0 else "set"
        case HealthStatus.EXPIRING:
            return f"expires in {span}"
        case HealthStatus.EXPIRED:
            return f"expired {span} ago" if span else "expired"
        case HealthStatus.UNVERIFIED:
            return f"unverified (expires in {span})" if remaining is not None and remaining > 0 else "unverified"
        case HealthStatus.MISSING:
            return "not usable"
        case _:
            assert_never(health.status)


def _phrase_hint(first: str, *others: str) -> Iterator[Piece]:
    """One sentence, as ``join_remedies`` has it, which may be broken between remedies."""
    *before, last = f"hint: {first}", *(f"or {other}" for other in others)
    yield from (Piece(f"{text},", gap=" ") for text in before)
    yield Piece(last, gap=" ")


def _describe_source(credential: Effective) -> str:
    match credential.kind:
        case SourceKind.PROFILE:
            return f"{credential.label} ({credential.mode})"
        case SourceKind.ENV:
            return f"variable {credential.label}"
        case SourceKind.CONFIG:
            return f"apiKey in the config ({credential.label})"
        case SourceKind.SDK:
            return f"the provider's own tools ({credential.label})"
        case SourceKind.NONE | SourceKind.MISSING:
            return credential.label
        case _:
            assert_never(credential.kind)
