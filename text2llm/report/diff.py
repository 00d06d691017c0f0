"""Changes of meaning, in every format: the dangerous ones first, with consequences and locations."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from text2llm.diff.change import SHORT_COMMIT, Change, Comparison, Fact, Level, Side
from text2llm.diff.facts import LABELS, show_amount, show_fact
from text2llm.report.markdown import render_markdown
from text2llm.report.rows import plural, wrap_line
from text2llm.report.sanitize import clean_line, location_json, pick, without_none
from text2llm.report.style import Style

NO_CHANGE = "no change in meaning"
#: The agents that inherit a change are named up to this number; JSON has all.
MAX_HEIRS = 50
_INDENT = " " * 9


def diff_text(found: Comparison, style: Style, width: int | None = None) -> str:
    """The changes of each configuration, below its own headline."""
    sections = ("".join(f"{line}\n" for line in _section(each, style, width)) for each in (found, *found.others))
    return "\n".join(sections)


def _section(found: Comparison, style: Style, width: int | None) -> Iterator[str]:
    yield from map(style.title, wrap_line(clean_line(_headline(found)), width))
    yield _summary(found.changes)
    for change in found.changes:
        yield from () if change.level is Level.CHANGE else ("",)
        yield from change_lines(change, style, width)


def _headline(found: Comparison) -> str:
    return f"{found.path}: {_name(found.before)} → {_name(found.after)}"


def _name(side: Side) -> str:
    name = shorten_commits(side.name)
    commit = None if side.commit is None else side.commit[:SHORT_COMMIT]
    return name if commit in (None, name) else f"{name} ({commit})"


def shorten_commits(text: str) -> str:
    """Shorten the ids of commits, for a reader; JSON has them whole."""
    return re.sub(r"\b([0-9a-f]{10})(?:[0-9a-f]{54}|[0-9a-f]{30})\b", r"\1", text)


def _summary(changes: Iterable[Change]) -> str:
    counts = Counter(change.level for change in changes)
    parts = [plural(counts[level], level.value) for level in Level if counts[level]]
    return ", ".join(parts) or NO_CHANGE


def change_lines(change: Change, style: Style, width: int | None, *, placed: bool = True) -> Iterator[str]:
    """A change and its consequences; with ``placed`` its locations too."""
    paint = {Level.DANGER: style.bad, Level.WARNING: style.warn, Level.CHANGE: style.name}[change.level]
    first, *rest = wrap_line(_INDENT + clean_line(change.message), width)
    yield paint(change.level.value) + first[len(change.level.value) :]
    yield from rest
    places = _places_text(change) if placed else ()
    for line in (*map(_fact_text, change.facts), *_agents_text(change), *places):
        for part in wrap_line(_INDENT + clean_line(line), width):
            yield _INDENT + style.quiet(part[len(_INDENT) :])


def _agents_text(change: Change) -> Iterator[str]:
    if change.agents:
        more = len(change.agents) - MAX_HEIRS
        yield f"inherited by {', '.join(change.agents[:MAX_HEIRS])}" + (f" and {more:,} more" if more > 0 else "")


def _places_text(change: Change) -> Iterator[str]:
    places = [f"{shorten_commits(place.path)}:{place.line}" for place in change.places if place is not None]
    if places:
        yield "at " + " → ".join(places)


def _fact_text(fact: Fact) -> str:
    """A fact about a model in words: ``context window: 200,000 → 1,000,000 tokens``."""
    label, new = LABELS[fact.name], "unknown" if fact.new is None else show_fact(fact.name, fact.new)
    new += _note(fact.new_source if fact.new is not None else None)
    if fact.old is None:
        return f"{label}: {new}"
    old = "" if fact.old_source == fact.new_source and fact.new is not None else _note(fact.old_source)
    return f"{label}: {show_amount(fact.name, fact.old)}{old} → {new}"


def _note(source: str | None) -> str:
    return "" if source is None else f" ({source})"


def diff_json(found: Comparison) -> dict[str, Any]:
    return {
        **_compared_json(found),
        "changed": found.changed,
        "others": list(map(_compared_json, found.others)),
        "catalog": {"source": found.catalog.name, **pick(found.catalog, "version", "date")},
    }


def _compared_json(found: Comparison) -> dict[str, Any]:
    return {
        "path": found.path,
        "before": pick(found.before, "name", "commit", "present"),
        "after": pick(found.after, "name", "commit", "present"),
        "changes": [change_json(change) for change in found.changes],
    }


def change_json(change: Change) -> dict[str, Any]:
    return {
        **pick(change, "kind", "level", "subject", "message"),
        **pick(change.texts, "old", "new"),
        "oldLocation": change.places.old and location_json(change.places.old),
        "newLocation": change.places.new and location_json(change.places.new),
        "facts": list(map(_fact_json, change.facts)),
        "agents": list(change.agents),
        **_environments_json(change),
    }


def _environments_json(change: Change) -> dict[str, Any]:
    """Under which environments a change has an effect, if there are any."""
    if not change.environments:
        return {}
    hidden = [{"environment": name, **location_json(place)} for name, place in change.hidden if place is not None]
    return {"environments": list(change.environments), "hidden": hidden}


def _fact_json(fact: Fact) -> dict[str, Any]:
    sources = without_none({"oldSource": fact.old_source, "newSource": fact.new_source})
    return {"fact": fact.name, **pick(fact, "old", "new"), **sources}


_ICONS = {Level.DANGER: "⛔ danger", Level.WARNING: "⚠️ warning", Level.CHANGE: "change"}
#: Code hosts accept comments of at most 65,536 characters.
_MAX_ROWS = 100


def diff_markdown(found: Comparison) -> str:
    return render_markdown("diff", sections=list(_list_sections((found, *found.others))))


def _list_sections(compared: Iterable[Comparison]) -> Iterator[dict[str, object]]:
    room = _MAX_ROWS
    for each in compared:
        rows = list(map(_row, each.changes[:room]))
        room -= len(rows)
        more = len(each.changes) - len(rows)
        yield {"headline": _headline(each), "summary": _summary(each.changes), "rows": rows, "more": more}


def _row(change: Change) -> dict[str, str]:
    return {
        "icon": _ICONS[change.level],
        "change": change.message,
        "follows": "; ".join((*map(_fact_text, change.facts), *_agents_text(change))),
        "place": "".join(_places_text(change)),
    }
