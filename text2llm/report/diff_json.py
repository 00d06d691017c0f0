"""Changes of meaning as JSON; schema: ``outputs/diff.schema.json``."""

from __future__ import annotations

from typing import Any

from text2llm.diagnostics import Location
from text2llm.diff.change import Change, Comparison, Fact, Side


def diff_json(found: Comparison) -> dict[str, Any]:
    """The comparison as plain data."""
    source = found.catalog
    return {
        "path": found.path,
        "before": _side(found.before),
        "after": _side(found.after),
        "changed": bool(found.changes),
        "changes": [change_json(change) for change in found.changes],
        "catalog": {"source": source.name, "version": source.version, "date": source.date},
    }


def _side(side: Side) -> dict[str, Any]:
    return {"name": side.name, "commit": side.commit, "present": side.present}


def change_json(change: Change) -> dict[str, Any]:
    """A change of meaning as plain data."""
    return {
        "kind": change.kind,
        "level": change.level.value,
        "subject": change.subject,
        "message": change.message,
        "old": change.texts.old,
        "new": change.texts.new,
        "oldLocation": location_json(change.places.old),
        "newLocation": location_json(change.places.new),
        "facts": [_fact(fact) for fact in change.facts],
        "agents": list(change.agents),
    }


def _fact(fact: Fact) -> dict[str, Any]:
    old, new = (list(value) if isinstance(value, tuple) else value for value in (fact.old, fact.new))
    return {"fact": fact.name, "old": old, "new": new}


def location_json(place: Location | None) -> dict[str, Any] | None:
    """A place as plain data."""
    return None if place is None else {"path": place.path, "line": place.line, "column": place.column}
