"""The origins that credentials may be sent to, as text and JSON."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from text2llm.plan.grants import Grants
from text2llm.report.rows import align_rows
from text2llm.report.sanitize import clean_lines, location_json
from text2llm.trust.bindings import Bindings
from text2llm.trust.public import GRANTS_VARIABLE


def trust_json(grants: Grants, path: str, providers: tuple[str, ...] | None) -> dict[str, Any]:
    """All grants, and the bindings of ``providers``, valid against ``schemas/outputs/trust-list.schema.json``."""
    return {
        "path": path,
        "variable": GRANTS_VARIABLE,
        "grants": [
            {
                "credential": str(each.grant.credential),
                "origin": str(each.grant.origin),
                "source": "environment" if each.place is None else "settings",
                "location": each.place and location_json(each.place),
            }
            for each in grants.list_all()
        ],
        "builtIn": None if providers is None else [_binding_json(name, grants.bindings) for name in providers],
    }


def trust_text(grants: Grants, path: str, providers: tuple[str, ...] | None) -> str:
    rows = [
        (str(each.grant.credential), str(each.grant.origin), str(each.place or GRANTS_VARIABLE))
        for each in grants.list_all()
    ]
    rows += [row for name in providers or () for row in _binding_rows(name, grants.bindings)]
    if not rows:
        return clean_lines([f"no grants: {path} and {GRANTS_VARIABLE} have none"])
    return clean_lines(align_rows([("CREDENTIAL", "ORIGIN", "FROM"), *rows]))


def _binding_rows(provider: str, bindings: Bindings) -> Iterator[tuple[str, str, str]]:
    variables = ", ".join(_variables(provider, bindings))
    source = f"built in, for {variables} too" if variables else "built in"
    for origin in sorted(bindings.origins.get(provider, ())):
        yield f"provider:{provider}", str(origin), source
    for origin in sorted(bindings.logins.get(provider, ())):
        yield f"login:{provider}", str(origin), "for its login only"


def _binding_json(provider: str, bindings: Bindings) -> dict[str, Any]:
    return {
        "provider": provider,
        "variables": _variables(provider, bindings),
        "origins": [str(origin) for origin in sorted(bindings.origins.get(provider, ()))],
        "loginOrigins": [str(origin) for origin in sorted(bindings.logins.get(provider, ()))],
    }


def _variables(provider: str, bindings: Bindings) -> list[str]:
    return sorted(name for name, owners in bindings.variables.items() if provider in owners)
