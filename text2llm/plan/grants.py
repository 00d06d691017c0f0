"""What granting and revoking change in the user's settings, and what remains. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from text2llm.config.document import Document
from text2llm.diagnostics import Diagnostic, Location, Severity
from text2llm.edit.change import Action, DataChange
from text2llm.errors import EditError
from text2llm.settings.model import Settings
from text2llm.trust.bindings import Bindings, CredentialKind, CredentialName, Grant, covers
from text2llm.trust.origin import Origin
from text2llm.trust.public import GRANTS_VARIABLE

_MAX_LISTED = 10


@dataclass(frozen=True, slots=True)
class Granted:
    """A user's grant. ``place`` is its line in the settings; ``None``: it is set by the variable of grants."""

    grant: Grant
    place: Location | None


@dataclass(frozen=True, slots=True)
class Grants:
    """A user's grants: those of the settings with their document (``None``: no file), and those of the variable.

    No edit changes ``environment``, those of the variable; ``bindings`` are what is allowed without a grant.
    """

    settings: Settings
    document: Document | None
    bindings: Bindings
    environment: tuple[Grant, ...] = ()

    def place(self, index: int) -> Location | None:
        return None if self.document is None else self.document.locate(("trust", index))

    def list_all(self) -> tuple[Granted, ...]:
        """Every grant, those of the settings first."""
        written = (Granted(grant, self.place(index)) for index, grant in enumerate(self.settings.grants))
        return (*written, *(Granted(grant, None) for grant in self.environment))


@dataclass(frozen=True, slots=True)
class GrantEdit:
    """The changes, ``meaning`` each in words, and notes for the user."""

    changes: tuple[DataChange, ...] = ()
    meaning: tuple[str, ...] = ()
    notes: tuple[Diagnostic, ...] = ()


def add_grant(grant: Grant, grants: Grants) -> GrantEdit:
    """The change that makes a grant; none if it exists, or if the descriptors allow it already."""
    if grant in grants.settings.grants:
        place = grants.place(grants.settings.grants.index(grant))
        return GrantEdit(notes=(_note("already-granted", f"{_words(grant)} already: {place}", Severity.INFO),))
    if _is_built_in(grant, grants.bindings):
        text = f"{_words(grant)} without a grant: the provider's descriptor allows it"
        return GrantEdit(notes=(_note("built-in-binding", text, Severity.INFO),))
    entry: Any = {"credential": str(grant.credential), "origin": str(grant.origin)}
    data = None if grants.document is None else grants.document.data
    if isinstance(data, dict) and "trust" in data:
        change = DataChange(Action.INSERT, ("trust", len(grants.settings.grants)), entry)
    else:
        change = DataChange(Action.SET, ("trust",), [entry])
    return GrantEdit((change,), (f"granted: {_words(grant)}",), tuple(_doubts(grant.credential, grants.bindings)))


def remove_grants(credential: CredentialName, origin: Origin | None, grants: Grants) -> GrantEdit:
    """The changes that revoke a credential's grant for one origin, or all (``None``).

    Raises:
        EditError: the settings have no such grant; the hint lists those that exist, or their source.
    """
    found = [(index, grant) for index, grant in enumerate(grants.settings.grants) if _fits(grant, credential, origin)]
    if not found:
        raise _explain_absence(credential, origin, grants)
    left = [(grant, "") for grant in grants.settings.grants if not _fits(grant, credential, origin)]
    left += [(grant, f" by {GRANTS_VARIABLE}") for grant in grants.environment]
    return GrantEdit(
        # From the end, so that the other indices stay valid.
        tuple(DataChange(Action.REMOVE, ("trust", index)) for index, _ in reversed(found)),
        tuple(f"revoked: {_words(grant, 'no longer ')}" for _, grant in reversed(found)),
        tuple(_remains(credential, {grant.origin for _, grant in found}, left, grants.bindings)),
    )


def _fits(grant: Grant, credential: CredentialName, origin: Origin | None) -> bool:
    return grant.credential == credential and origin in (None, grant.origin)


def _words(grant: Grant, how: str = "") -> str:
    return f"{grant.credential} may {how}be sent to {grant.origin}"


def _is_built_in(grant: Grant, bindings: Bindings) -> bool:
    name = grant.credential
    if name.kind is CredentialKind.PROVIDER:
        return grant.origin in bindings.origins.get(name.id, frozenset())
    return bindings.binds(name, grant.origin)


def _doubts(name: CredentialName, bindings: Bindings) -> Iterable[Diagnostic]:
    if name.kind is CredentialKind.PROVIDER and name.id not in bindings.origins:
        text = f"no built-in provider has that name: {name} applies to its stored profiles only"
        yield _note("unknown-provider", text, hint="for a variable, grant env:NAME")


def _remains(
    credential: CredentialName, origins: Collection[Origin], left: Iterable[tuple[Grant, str]], bindings: Bindings
) -> Iterable[Diagnostic]:
    """Other grants, with their source in words, that still allow what was revoked."""
    for grant, source in left:
        if grant.origin in origins and covers(grant.credential, credential, bindings):
            other = "" if grant.credential == credential else f", through {grant.credential}"
            yield _note("still-granted", f"{credential} may still be sent to {grant.origin}{source}{other}")


def _explain_absence(credential: CredentialName, origin: Origin | None, grants: Grants) -> EditError:
    where = "anywhere" if origin is None else f"to {origin}"
    if any(_fits(grant, credential, origin) for grant in grants.environment):
        return EditError(
            f"this grant of {credential} is not in the settings: it comes from {GRANTS_VARIABLE}",
            hint=f"remove it from {GRANTS_VARIABLE} where that is set: your shell's profile, or the CI workflow",
        )
    if origin is not None and _is_built_in(Grant(credential, origin), grants.bindings):
        return EditError(
            f"no grant lets {credential} be sent {where}: the provider's descriptor does",
            hint="unset the variable, or remove the profile, to stop it from being sent",
        )
    message = f"no grant of the settings lets {credential} be sent {where}"
    return EditError(message, hint=_list_grants(grants.settings.grants))


def _list_grants(grants: tuple[Grant, ...]) -> str:
    if not grants:
        return "the settings have no grant; `text2llm trust list` shows all grants"
    shown = ", ".join(f"{grant.credential} → {grant.origin}" for grant in grants[:_MAX_LISTED])
    return f"granted: {shown}" + (f" and {more} more" if (more := len(grants) - _MAX_LISTED) > 0 else "")


def _note(rule: str, message: str, severity: Severity = Severity.WARNING, hint: str | None = None) -> Diagnostic:
    return Diagnostic(rule, severity, message, Location(""), hint)
