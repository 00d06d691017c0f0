"""The report of ``models status``, before it is text or JSON."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from text2llm.auth.health import Health
from text2llm.auth.sources import Effective
from text2llm.config.resolve import Chain, Resolved
from text2llm.config.roles import MAIN, Role
from text2llm.diagnostics import Location
from text2llm.errors import ExitCode
from text2llm.refs import ModelRef

if TYPE_CHECKING:
    from text2llm.params.translate import EffectiveParams
    from text2llm.probe.result import ProbeSummary
    from text2llm.usage.parse import UsageSnapshot


_NO_REMARKS: Mapping[ModelRef, str] = {}


class RouteStatus(NamedTuple):
    """One model that the inspected agent may use. ``position`` 0 is the primary, 1 the first fallback.

    ``location`` is where the model is set, ``credential`` what a request for it uses; ``health`` is that of the best
    credential for it, ``verdict`` the result of ``--check``. ``refused`` says to which origin of requests the
    credential may not be sent; ``None`` if it may. ``fault`` says why there is no address to send them to. ``params``
    are the request parameters, ``None`` if the configuration has none at all.
    """

    role: Role
    position: int
    resolved: Resolved
    location: Location
    credential: Effective
    health: Health
    remedies: tuple[str, ...]
    verdict: ExitCode
    refused: str | None = None
    fault: str | None = None
    params: EffectiveParams | None = None


class ProfileStatus(NamedTuple):
    """One stored profile. ``described`` is its kind and what distinguishes it, never a part of the secret.

    ``aside`` is ``cooldown`` or ``disabled`` while the profile may not be used: for ``aside_model``, ``None`` for all.
    """

    id: str
    provider: str
    type: str
    email: str | None
    described: str
    aside: str | None
    health: Health
    aside_model: str | None = None

    @property
    def label(self) -> str:
        return f"{self.id} ({self.email})" if self.email else self.id

    @property
    def summary(self) -> str:
        return f"{self.id}={self.described}" + (f" [{self.aside}]" if self.aside else "")

    @property
    def told_aside(self) -> str:
        return f"{self.aside}" + (f" for {self.aside_model}" if self.aside_model else "")


class ProviderStatus(NamedTuple):
    """The credentials of one provider; ``profiles`` in the order of the store.

    ``environment`` and ``configured`` are those of a variable and of the configuration, if any. ``health`` is that of
    the best usable credential; if it is ``MISSING``, ``remedies`` say how to get one.
    """

    provider: str
    effective: Effective
    environment: Effective | None
    configured: Effective | None
    profiles: tuple[ProfileStatus, ...]
    health: Health
    remedies: tuple[str, ...]

    def count_types(self, *types: str) -> int:
        return sum(profile.type in types for profile in self.profiles)

    def has_any(self) -> bool:
        """Whether there is something to report, usable or not."""
        return bool(self.profiles) or self.effective.is_usable()


class UnusableProfile(NamedTuple):
    """A profile in cooldown or disabled; times in milliseconds, ``until`` since the epoch. ``model``: for that only."""

    id: str
    provider: str | None
    kind: str
    reason: str | None
    until: int
    remaining: int
    model: str | None = None


class StatusReport(NamedTuple):
    """``policy`` is ``None`` if every model is allowed.

    ``agents`` are the ids of agents with models of their own; ``probes`` is the summary of a live probe, if one ran;
    ``usage`` the limits that providers reported, ``None`` if not requested; ``verdict`` is the code of ``--check``.
    """

    config_path: str
    agent_id: str | None
    agent_dir: str
    chains: Mapping[Role, Chain]
    routes: tuple[RouteStatus, ...]
    aliases: Mapping[str, ModelRef]
    policy: tuple[str, ...] | None
    agents: tuple[str, ...]
    store_path: str
    warn_after: int
    providers: tuple[ProviderStatus, ...]
    missing: tuple[str, ...]
    unusable: tuple[UnusableProfile, ...]
    verdict: ExitCode
    probes: ProbeSummary | None = None
    usage: tuple[UsageSnapshot, ...] | None = None
    environment: str | None = None
    remarks: Mapping[ModelRef, str] = _NO_REMARKS

    @property
    def default(self) -> Resolved | None:
        return self.chains[MAIN].primary
