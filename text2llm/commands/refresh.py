"""Asking the providers which models they have, and keeping what they tell."""

from __future__ import annotations

from dataclasses import dataclass

from text2llm.auth.reading import Reading
from text2llm.listing.session import Renewal, refresh_listings
from text2llm.status.credentials import list_credentials, providers_in_use
from text2llm.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Request:
    """The providers to ask, as people write them; none for those in view: used, configured, stored, with a key."""

    providers: tuple[str, ...] = ()


def run(workspace: Workspace, request: Request) -> tuple[Renewal, ...]:
    """Renew the listings.

    Raises:
        UsageError: there is no such provider.
        InvalidConfigError: the configuration has findings.
        StoreError: the store cannot be used.
        SettingsError: the user's settings cannot be used.
        TrustedOriginsError: the environment's grants cannot be read.
        WriteError: the cache cannot be written.
    """
    named = tuple(dict.fromkeys(map(workspace.find_provider, request.providers)))
    view, in_view = open_view(workspace)
    return refresh_listings(named or in_view, view, named=bool(named))


def open_view(workspace: Workspace) -> tuple[Reading, tuple[str, ...]]:
    """What decides about credentials, with the values that are kept in files and the keyring; and who is in view."""
    view, resolver = workspace.read(secrets=True), workspace.meaning.resolver
    configured = {resolver.resolve_name(name).ref.provider for name in workspace.config.models}
    in_use = configured | providers_in_use(resolver, None)
    return view, tuple(each.provider for each in list_credentials(view, in_use))
