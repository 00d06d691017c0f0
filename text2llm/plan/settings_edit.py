"""The rim of edits of the user's settings: lock, read, patch, prove, show, write. It goes as edits of configs go."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TypeAlias

from text2llm.config.document import Document
from text2llm.config.load import read_bytes
from text2llm.config.reader import read_document
from text2llm.config.schema_files import schema_text
from text2llm.diagnostics import Diagnostic
from text2llm.edit.change import Change
from text2llm.edit.yaml.verify import edit_document
from text2llm.errors import EditError, StoreError, WriteError
from text2llm.plan.grants import GrantContext, GrantEdit, add_grant, remove_grants
from text2llm.providers.oauth import load_logins
from text2llm.providers.registry import Registry, load_registry
from text2llm.settings.binding import bind_gateways, grants_of_environment
from text2llm.settings.load import open_settings, settings_path
from text2llm.settings.parse import KIND, parse_settings
from text2llm.storage.atomic import replace_file
from text2llm.storage.lock import hold_lock
from text2llm.storage.places import find_places
from text2llm.trust.bindings import CredentialName, Grant
from text2llm.trust.builtin import bind_logins, bind_registry
from text2llm.trust.origin import Origin

#: What a file begins with that did not exist before, after the line by which editors find its schema.
_HEADER = (
    "# Settings of text2llm for you on this machine: grants, login clients, plugins, network. For no repository.\n\n"
)


@dataclass(frozen=True, slots=True, eq=False)
class SettingsPlan:
    """What an edit does to the settings; ``before`` has no text where there is no file yet."""

    before: Document
    after: Document
    changes: tuple[Change, ...]
    meaning: tuple[str, ...]
    notes: tuple[Diagnostic, ...]

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to do."""
        return self.before.text == self.after.text


SettingsEdit: TypeAlias = Callable[[GrantContext], GrantEdit]
Show: TypeAlias = Callable[[SettingsPlan], None]


def read_context(environ: Mapping[str, str], registry: Registry | None = None) -> GrantContext:
    """The user's settings and the rest of what decides; ``registry`` is that of the shipped providers if not given.

    Raises:
        SettingsError: the settings cannot be used.
        TrustedOriginsError: the environment's grants cannot be read.
    """
    registry = registry or load_registry()
    settings, document = open_settings(settings_path(environ))
    given = grants_of_environment(environ, registry.spellings())
    shipped = bind_logins(bind_registry(registry), load_logins().values())
    return GrantContext(settings, document, bind_gateways(shipped, settings.gateways), given)


def preview_edit(environ: Mapping[str, str], edit: SettingsEdit) -> SettingsPlan:
    """What an edit would do; nothing is locked or written."""
    path, context = settings_path(environ), read_context(environ)
    outcome = edit(context)
    before = context.document or read_document(path, b"")
    if not outcome.changes:
        return SettingsPlan(before, before, (), (), outcome.notes)
    start = context.document or _new_document(path)
    after = edit_document(start, list(outcome.changes))
    findings = parse_settings(after, load_registry().spellings()).findings
    if findings:
        first = findings[0]
        raise EditError(f"this edit would break the file: {first.message}", hint=first.hint, location=first.location)
    return SettingsPlan(before, after, outcome.changes, outcome.meaning, outcome.notes)


def _new_document(path: str) -> Document:
    import json

    schema = json.loads(schema_text(KIND))["$id"]
    return read_document(path, f"# yaml-language-server: $schema={schema}\n{_HEADER}".encode())


def run_edit(
    environ: Mapping[str, str], edit: SettingsEdit, show: Show, on_wait: Callable[[], None] | None = None
) -> SettingsPlan:
    """Make an edit: what ``show`` is given is what is written, and the lock is held in between.

    Raises:
        SettingsError: the settings cannot be used as they are.
        EditError: the edit cannot be made; the file is as it was.
        WriteError: the operating system refused; the file is as it was.
    """
    path = settings_path(environ)
    with hold_lock(path, find_places(environ).state, on_wait):
        plan = preview_edit(environ, edit)
        show(plan)
        if not plan.is_empty:
            _write(plan)
    return plan


def grant_origin(
    credential: CredentialName, origin: Origin, environ: Mapping[str, str], show: Show | None = None
) -> SettingsPlan:
    """Store a grant that a person has given at a terminal; one that is there already changes nothing.

    Raises:
        SettingsError: the settings cannot be used as they are.
        WriteError: the operating system refused; the file is as it was.
    """
    return run_edit(environ, partial(add_grant, Grant(credential, origin)), show or _show_nothing)


def allow_edit(grant: Grant) -> SettingsEdit:
    """The edit that makes a grant."""
    return partial(add_grant, grant)


def revoke_edit(credential: CredentialName, origin: Origin | None) -> SettingsEdit:
    """The edit that takes back a credential's grant for an origin, or all of them."""
    return partial(remove_grants, credential, origin)


def _show_nothing(_plan: SettingsPlan) -> None:
    return


def _write(plan: SettingsPlan) -> None:
    path = plan.after.path
    _make_folder(os.path.dirname(path))
    replace_file(path, plan.after.encode(), mode=_mode(path), still_valid=partial(_refuse_changed, plan.before))


def _mode(path: str) -> int | None:
    """A new file is the user's alone; the mode of one that is there stays."""
    return None if os.path.exists(path) else 0o600


def _make_folder(folder: str) -> None:
    from text2llm.auth.store_file import make_private_folder

    try:
        make_private_folder(folder)
    except StoreError as error:
        raise WriteError(error.message, hint="make it writable, or set TEXT2LLM_HOME to a directory that is") from error


def _refuse_changed(before: Document) -> None:
    """Editors do not take our lock; what they saved in the meantime must not be lost."""
    current = read_bytes(before.path) if os.path.lexists(before.path) else b""
    if current != before.encode():
        raise EditError(
            f"{before.path} changed while this edit was made, so nothing was written", hint="run the command again"
        )
