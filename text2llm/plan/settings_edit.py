"""The rim of edits of the user's settings."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TypeAlias

from text2llm.config.document import Document
from text2llm.config.reader import read_document
from text2llm.config.schema_files import schema_text
from text2llm.edit.file_change import FileChange
from text2llm.edit.pipeline import EditedFile, change_file
from text2llm.edit.yaml.verify import edit_document
from text2llm.errors import EditError, StoreError, WriteError
from text2llm.plan.grants import GrantEdit, Grants, add_grant, remove_grants
from text2llm.providers.oauth import load_logins
from text2llm.providers.registry import Registry, load_registry
from text2llm.settings.binding import gather_bindings, grants_of_environment
from text2llm.settings.load import open_settings, settings_path
from text2llm.settings.parse import KIND, parse_settings
from text2llm.trust.bindings import CredentialName, Grant
from text2llm.trust.origin import Origin

#: The head of a new file, after the line by which editors find its schema.
_HEADER = (
    "# Settings of text2llm for you on this machine: grants, login clients, plugins, network. For no repository.\n\n"
)


@dataclass(frozen=True, slots=True, eq=False)
class SettingsChange(FileChange):
    """An edit of the settings, with each change in words."""

    meaning: tuple[str, ...]


SettingsEdit: TypeAlias = Callable[[Grants], GrantEdit]


def read_grants(environ: Mapping[str, str], registry: Registry | None = None) -> Grants:
    """The current grants; ``registry`` defaults to that of the shipped providers.

    Raises:
        SettingsError: the settings cannot be used.
        TrustedOriginsError: the environment's grants cannot be read.
    """
    registry = registry or load_registry()
    settings, document = open_settings(settings_path(environ))
    given = grants_of_environment(environ, registry.spellings())
    return Grants(settings, document, gather_bindings(registry, settings, load_logins().values()), given)


def settings_file(environ: Mapping[str, str], on_wait: Callable[[], None] | None = None) -> EditedFile:
    """The settings as a file to edit; a new one is readable by the user alone."""
    path = settings_path(environ)
    prepare = partial(_make_folder, os.path.dirname(path))
    return EditedFile(path, on_wait, new_mode=0o600, prepare=prepare)


def plan_settings(environ: Mapping[str, str], edit: SettingsEdit) -> SettingsChange:
    """What an edit does to the current settings.

    Raises:
        SettingsError: the settings cannot be used as they are.
        EditError: the edit cannot be made.
    """
    path, grants = settings_path(environ), read_grants(environ)
    outcome = edit(grants)
    before = grants.document or read_document(path, b"")
    if not outcome.changes:
        return SettingsChange(before, before, (), outcome.notes, ())
    start = grants.document or _new_document(path)
    after = edit_document(start, list(outcome.changes))
    findings = parse_settings(after, load_registry().spellings()).findings
    if findings:
        first = findings[0]
        raise EditError(f"this edit would break the file: {first.message}", hint=first.hint, location=first.location)
    return SettingsChange(before, after, outcome.changes, outcome.notes, outcome.meaning)


def _new_document(path: str) -> Document:
    import json

    schema = json.loads(schema_text(KIND))["$id"]
    return read_document(path, f"# yaml-language-server: $schema={schema}\n{_HEADER}".encode())


def grant_origin(credential: CredentialName, origin: Origin, environ: Mapping[str, str]) -> SettingsChange:
    """Store a grant that the user gave at a terminal; an existing one changes nothing.

    Raises:
        SettingsError: the settings cannot be used as they are.
        WriteError: the operating system refused; the file is as it was.
    """
    make = partial(plan_settings, environ, allow_edit(Grant(credential, origin)))
    return change_file(settings_file(environ), make, lambda _change: None)


def allow_edit(grant: Grant) -> SettingsEdit:
    return partial(add_grant, grant)


def revoke_edit(credential: CredentialName, origin: Origin | None) -> SettingsEdit:
    return partial(remove_grants, credential, origin)


def _make_folder(folder: str) -> None:
    from text2llm.auth.store_file import make_private_folder

    try:
        make_private_folder(folder)
    except StoreError as error:
        raise WriteError(error.message, hint="make it writable, or set TEXT2LLM_HOME to a directory that is") from error
