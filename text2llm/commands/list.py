"""The models of the configuration, or of the catalog, each with what is known of it."""

from __future__ import annotations

from dataclasses import dataclass

from text2llm.catalog.bundle import load_bundle
from text2llm.catalog.layers import combine, configured_models
from text2llm.status.model_list import ModelFilter, ModelList, list_models, named_providers
from text2llm.workspace import Workspace


@dataclass(frozen=True, slots=True)
class ListRequest:
    """Which models are wanted: the catalog's too, those served on this machine only, those of one provider."""

    every: bool = False
    local: bool = False
    provider: str | None = None
    agent: str | None = None


def run(workspace: Workspace, request: ListRequest) -> ModelList:
    """List the models.

    Raises:
        UsageError: there is no such provider.
        UnknownAgentError: there is no such agent.
        InvalidConfigError: the configuration has findings.
        StoreError: the agent's store cannot be used.
        SettingsError: the user's settings cannot be used.
    """
    chosen = None if request.provider is None else workspace.find_provider(request.provider)
    view, registry = workspace.read(workspace.find_agent(request.agent)), workspace.registry
    names = [*registry.ids(), *view.customs] if request.every else named_providers(view)
    listings = workspace.find_listings(names, view)
    catalog = combine(configured_models(workspace.config, registry.spellings()), listings, load_bundle())
    return list_models(view, catalog, ModelFilter(request.every, request.local, chosen))
