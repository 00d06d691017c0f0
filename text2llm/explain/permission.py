"""May a provider's credentials go where its requests go, and who says so? Pure; nothing is sent, no value is shown."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple, assert_never

from text2llm.auth.naming import name_carried
from text2llm.auth.sources import CredentialView
from text2llm.diagnostics import Location
from text2llm.diff.reading import Reading
from text2llm.explain.explanation import Part, Source, Step
from text2llm.trust.bindings import (
    GRANTS_VARIABLE,
    Allowed,
    Bindings,
    Grant,
    Ground,
    NamedSecret,
    Refused,
    covers,
    decide,
)
from text2llm.trust.origin import Origin, OriginError, parse_base_url


class Granted(NamedTuple):
    """A person's grant. ``place`` is its line in the settings; ``None``: the variable of grants."""

    grant: Grant
    place: Location | None


class Permits(NamedTuple):
    """What decides where a credential may go: the shipped bindings, and the grants."""

    bindings: Bindings
    granted: tuple[Granted, ...] = ()


def trace_permission(provider: str, reading: Reading, view: CredentialView, permits: Permits) -> Iterator[Part]:
    """For each credential that a request would carry, whether it may; nothing where none would, or nowhere to."""
    custom = reading.providers().get(provider)
    place = None
    if custom is not None and custom.base_url is not None:
        place = reading.config.locate((*custom.pointer, "baseUrl"))
    origin = _find_origin(provider, reading)
    for named in name_carried(provider, view) if origin is not None else ():
        assert origin is not None
        yield _judge(named, origin, permits, place)


def _find_origin(provider: str, reading: Reading) -> Origin | None:
    """Where requests go; ``None`` when nothing says so, or nothing can be sent there."""
    custom, builtin = reading.providers().get(provider), reading.registry.get(provider)
    url = (custom and custom.base_url) or (builtin and builtin.base_url)
    try:
        return parse_base_url(url).origin if url else None
    except OriginError:  # `validate` says what is wrong with it
        return None


def _judge(named: NamedSecret, origin: Origin, permits: Permits, place: Location | None) -> Part:
    decided = decide(named, origin, permits.bindings, tuple(each.grant for each in permits.granted), place)
    title = f"{named.name} may go to {origin}"
    if isinstance(decided, Refused):
        step = Step("nothing outside the repository binds it to that", Source.DEFAULT)
        if place is not None:
            step = Step("sent there by the configuration, and nothing outside it agrees", Source.FILE, place)
        return Part(title, "no", (step,), decided.hint)
    return Part(title, "yes", (_ground(decided, permits),))


def _ground(allowed: Allowed, permits: Permits) -> Step:
    match allowed.ground:
        case Ground.DESCRIPTOR:
            return Step("text2llm comes with that", Source.BUILT_IN)
        case Ground.PUBLIC:
            return Step("a public value of the sandbox, which stays on this machine", Source.BUILT_IN)
        case Ground.GRANT:
            return _grant_step(allowed, permits)
        case _:
            assert_never(allowed.ground)


def _grant_step(allowed: Allowed, permits: Permits) -> Step:
    fitting = (
        each
        for each in permits.granted
        if each.grant.origin == allowed.origin and covers(each.grant.credential, allowed.credential, permits.bindings)
    )
    found = next(fitting)
    if found.place is None:
        return Step(f"granted to {found.grant.credential}", Source.ENVIRONMENT, name=GRANTS_VARIABLE)
    return Step(f"granted to {found.grant.credential}", Source.FILE, found.place)
