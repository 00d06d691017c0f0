"""May a provider's credentials go where its requests go, and who says so? Pure; nothing is sent, no value is shown."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple, assert_never

from text2llm.diagnostics import Location
from text2llm.explain.explanation import Part, Source, Step
from text2llm.trust.bindings import Allowed, AllowReason, Grant, Refused, covers
from text2llm.trust.public import GRANTS_VARIABLE
from text2llm.upstream.access import Access


class Granted(NamedTuple):
    """A person's grant. ``place`` is its line in the settings; ``None``: the variable of grants."""

    grant: Grant
    place: Location | None


def trace_permission(access: Access, granted: tuple[Granted, ...]) -> Iterator[Part]:
    """For each credential that a request would carry, whether it may; nothing where none would, or nowhere to."""
    for decided in access.decisions:
        title = f"{decided.credential} may go to {decided.origin}"
        if isinstance(decided, Refused):
            yield Part(title, "no", (_refusal(access),), decided.hint)
        else:
            yield Part(title, "yes", (_ground(decided, access, granted),))


def _refusal(access: Access) -> Step:
    if access.place is None:
        return Step("nothing outside the repository binds it to that", Source.DEFAULT)
    return Step("sent there by the configuration, and nothing outside it allows that", Source.FILE, access.place)


def _ground(allowed: Allowed, access: Access, granted: tuple[Granted, ...]) -> Step:
    match allowed.reason:
        case AllowReason.DESCRIPTOR:
            return Step("text2llm comes with that", Source.BUILT_IN)
        case AllowReason.PUBLIC:
            return Step("a public value of the sandbox, which stays on this machine", Source.BUILT_IN)
        case AllowReason.GRANT:
            return _grant_step(allowed, access, granted)
        case _:
            assert_never(allowed.reason)


def _grant_step(allowed: Allowed, access: Access, granted: tuple[Granted, ...]) -> Step:
    bindings = access.view.trust.bindings
    fitting = (
        each
        for each in granted
        if each.grant.origin == allowed.origin and covers(each.grant.credential, allowed.credential, bindings)
    )
    found = next(fitting)
    if found.place is None:
        return Step(f"granted to {found.grant.credential}", Source.ENVIRONMENT, name=GRANTS_VARIABLE)
    return Step(f"granted to {found.grant.credential}", Source.FILE, found.place)
