"""Changes of meaning for people: the dangerous ones first, with what follows and where it stands."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from text2llm.diagnostics import Location
from text2llm.diff.change import SHORT_COMMIT, Change, Comparison, Fact, Level, Side
from text2llm.diff.facts import LABELS, show_amount, show_fact
from text2llm.report.rows import wrap_line
from text2llm.report.sanitise import clean_line
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
