"""The configured models, or those of the catalog, with their facts."""

from __future__ import annotations

from dataclasses import dataclass

from text2llm.catalog.bundle import load_bundle
from text2llm.catalog.layers import build_catalog
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
    chosen = None if request.provider is None else workspace.find_provider(request.provider)
    view, registry = workspace.read(workspace.find_agent(request.agent)), workspace.registry
    names = [*registry.ids(), *view.customs] if request.every else named_providers(view)
    listings = workspace.find_listings(names, view)
    catalog = build_catalog(workspace.config, registry, listings, load_bundle())
    return list_models(view, catalog, ModelFilter(request.every, request.local, chosen))
