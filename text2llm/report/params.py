"""Effective parameters as JSON."""

from __future__ import annotations

from typing import Any

from text2llm.params.translate import EffectiveParams


def params_json(found: EffectiveParams) -> dict[str, Any]:
    """The keys that a route or a model has if parameters are set for it; none otherwise."""
    if not found:
        return {}
    optional = {"requestHeaders": dict(found.headers), "dropped": dict(found.dropped)}
    return {"params": found.params, "request": found.request, **{name: each for name, each in optional.items() if each}}
