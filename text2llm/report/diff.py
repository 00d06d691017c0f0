"""Changes of meaning, in every format: the dangerous ones first, with what follows and where."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from text2llm.diagnostics import Location
from text2llm.diff.change import SHORT_COMMIT, Change, Comparison, Fact, Level, Side
from text2llm.diff.facts import LABELS, show_amount, show_fact
from text2llm.report.markdown import render_markdown
from text2llm.report.rows import wrap_line
from text2llm.report.sanitise import clean_line, location_json
from text2llm.report.style import Style

NO_CHANGE = "no change in meaning"
_INDENT = " " * 9


def diff_text(found: Comparison, style: Style, width: int | None = None) -> str:
    """The comparison, with a final newline; lines that are wider than ``width`` columns are broken between words."""
    lines = [*map(style.title, wrap_line(clean_line(headline(found)), width)), summary(found.changes)]
    for change in found.changes:
        told = change_lines(change, style, width)
        lines += told if change.level is Level.CHANGE else ["", *told]
    return "".join(f"{line}\n" for line in lines)


def headline(found: Comparison) -> str:
    """What was compared."""
    return f"{found.path}: {_name(found.before)} → {_name(found.after)}"


def _name(side: Side) -> str:
    return side.name if side.commit is None else f"{side.name} ({side.commit[:SHORT_COMMIT]})"


def summary(changes: Iterable[Change]) -> str:
    """How many changes there are, by level."""
    counts = Counter(change.level for change in changes)
    parts = [f"{counts[level]} {level.value}{'' if counts[level] == 1 else 's'}" for level in Level if counts[level]]
    return ", ".join(parts) or NO_CHANGE


def change_lines(change: Change, style: Style, width: int | None, *, placed: bool = True) -> Iterator[str]:
    """A change and what follows; where it stands only when ``placed``."""
    paint = {Level.DANGER: style.bad, Level.WARNING: style.warn, Level.CHANGE: style.name}[change.level]
    first, *rest = wrap_line(_INDENT + clean_line(change.message), width)
    yield paint(change.level.value) + first[len(change.level.value) :]
    yield from rest
    places = places_text(change) if placed else ()
    for line in (*map(fact_text, change.facts), *agents_text(change), *places):
        for part in wrap_line(_INDENT + clean_line(line), width):
            yield _INDENT + style.quiet(part[len(_INDENT) :])


def agents_text(change: Change) -> Iterator[str]:
    """Whom else a change of the defaults concerns."""
    if change.agents:
        yield f"inherited by {', '.join(change.agents)}"


def places_text(change: Change) -> Iterator[str]:
    """Where the values stand, on each side."""
    places = [place for place in change.places if place is not None]
    if places:
        yield "at " + " → ".join(map(_place, places))


def _place(place: Location) -> str:
    return f"{place.path}:{place.line}"


def fact_text(fact: Fact) -> str:
    """A fact about a model in words: ``context window: 200,000 → 1,000,000 tokens``."""
    label, new = LABELS[fact.name], "unknown" if fact.new is None else show_fact(fact.name, fact.new)
    return f"{label}: {new}" if fact.old is None else f"{label}: {show_amount(fact.name, fact.old)} → {new}"


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
        "oldLocation": change.places.old and location_json(change.places.old),
        "newLocation": change.places.new and location_json(change.places.new),
        "facts": [_fact(fact) for fact in change.facts],
        "agents": list(change.agents),
    }


def _fact(fact: Fact) -> dict[str, Any]:
    old, new = (list(value) if isinstance(value, tuple) else value for value in (fact.old, fact.new))
    return {"fact": fact.name, "old": old, "new": new}


_ICONS = {Level.DANGER: "⛔ danger", Level.WARNING: "⚠️ warning", Level.CHANGE: "change"}
#: A longer comment is read by nobody, and code hosts take no more than 65,536 characters.
_MOST_ROWS = 100


def diff_markdown(found: Comparison) -> str:
    """A document for a comment on a pull request."""
    return render_markdown(
        "diff",
        headline=headline(found),
        summary=summary(found.changes),
        rows=list(map(_row, found.changes[:_MOST_ROWS])),
        more=max(0, len(found.changes) - _MOST_ROWS),
    )


def _row(change: Change) -> dict[str, str]:
    return {
        "icon": _ICONS[change.level],
        "change": change.message,
        "follows": "; ".join((*map(fact_text, change.facts), *agents_text(change))),
        "place": "".join(places_text(change)),
    }
