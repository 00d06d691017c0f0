"""Effective parameters as reports show them: without the credentials that the files have among them. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any, TypeAlias

from text2llm.auth.reading import Reading
from text2llm.config.roles import Role
from text2llm.params.translate import EffectiveParams
from text2llm.redaction.forms import Forms
from text2llm.redaction.places import HIDDEN, Places
from text2llm.refs import ModelRef
from text2llm.upstream.effective import find_params

ParamFinder: TypeAlias = Callable[[Role, ModelRef], EffectiveParams]


def make_finder(view: Reading) -> ParamFinder:
    """Finds what a role of the view's agent sends to a model."""
    config = view.config
    secrets = Places.of_files(config.documents, Forms(view.registry))

    @cache
    def find(role: Role, ref: ModelRef) -> EffectiveParams:
        found = find_params(view, view.agent, role, ref)
        shown = {name: hide_secrets(getattr(found, name), secrets) for name in ("params", "request", "dropped")}
        return replace(found, **shown)

    return find


def hide_secrets(value: Any, secrets: Places) -> Any:
    if isinstance(value, dict):
        return {name: hide_secrets(inner, secrets) for name, inner in value.items()}
    if isinstance(value, list):
        return [hide_secrets(inner, secrets) for inner in value]
    return HIDDEN if secrets.show_header(str(value)) == HIDDEN else value
