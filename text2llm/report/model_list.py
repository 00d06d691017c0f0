"""The list of models, for people and programs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from text2llm.catalog.facts import show_price
from text2llm.report.rows import Piece, layout_row
from text2llm.report.sanitise import clean_line, json_line
from text2llm.report.style import Style
from text2llm.status.model_list import ModelList, ModelRow

_HEADINGS = ("Model", "Input", "Ctx", "Cost", "Local", "Auth", "Tags")
_UNKNOWN = "-"
_GAP = "  "
_INDENT = 4


def list_json(found: ModelList) -> str:
    """The list as a JSON document, a model a line, valid against ``schemas/outputs/models-list.schema.json``."""
    source = found.source
    catalog = json_line({"source": source.name, "version": source.version, "date": source.date})
    rows = ",".join(f"\n    {json_line(_row_json(row))}" for row in found.rows)
    models = f"[{rows}\n  ]" if rows else "[]"
    return f'{{\n  "count": {len(found.rows)},\n  "models": {models},\n  "catalog": {catalog}\n}}'


def _row_json(row: ModelRow) -> dict[str, Any]:
    facts = row.facts
    told: dict[str, Any] = {
        "key": str(row.ref),
        "name": facts.name or row.ref.model,
        "input": None if facts.inputs is None else "+".join(facts.inputs),
        "contextWindow": facts.context_window,
        "maxTokens": facts.max_tokens,
        "local": row.local,
        "available": row.available,
        "tags": list(row.tags),
        "missing": row.missing,
    }
    if facts.input_price is not None or facts.output_price is not None:
        told["cost"] = {"input": facts.input_price, "output": facts.output_price}
    if facts.retires is not None:
        told["retires"] = facts.retires
    if row.refused is not None:
        told["refused"] = f"may not go to {row.refused}"
    return told


def list_plain(found: ModelList) -> str:
    """One model a line."""
    return "".join(f"{clean_line(str(row.ref))}\n" for row in found.rows)


def list_text(found: ModelList, style: Style, width: int | None) -> str:
    """The list as a table; where that is wider than ``width`` columns, each model on a line of its own, never cut."""
    if not found.rows:
        return "no models\n"
    cells = [_HEADINGS, *(_cells(row) for row in found.rows)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    if width is not None and sum(widths) + len(_GAP) * (len(widths) - 1) > width:
        return "".join(f"{line}\n" for row in found.rows for line in _stack(row, style, width))
    layout = _GAP.join(f"{{:<{size}}}" for size in widths)
    heading, *lines = (layout.format(*line).rstrip() for line in cells)
    if style.enabled:
        heading = style.title(heading)
        lines = [_paint(row, line, widths[0], style) for row, line in zip(found.rows, lines, strict=True)]
    return "\n".join((heading, *lines, ""))


def _stack(row: ModelRow, style: Style, width: int) -> Iterator[str]:
    key, *known = _cells(row)[:4]
    yield _paint(row, key, len(key), style)
    told = [each for each in known if each != _UNKNOWN]
    credential = "credential refused" if row.refused else "credential" if row.available else "no credential"
    told += (["local"] if row.local else []) + [credential, *_notes(row)]
    yield from layout_row("", list(map(Piece, told)), width, _INDENT)


def _cells(row: ModelRow) -> tuple[str, ...]:
    facts = row.facts
    return (
        clean_line(str(row.ref)),
        _UNKNOWN if facts.inputs is None else "+".join(facts.inputs),
        _UNKNOWN if facts.context_window is None else format_tokens(facts.context_window),
        _format_cost(facts.input_price, facts.output_price),
        "yes" if row.local else "no",
        "refused" if row.refused else "yes" if row.available else "no",
        ", ".join(_notes(row)),
    )


def _notes(row: ModelRow) -> Iterator[str]:
    yield from map(clean_line, row.tags)
    if row.missing:
        yield "missing"
    if row.facts.retires is not None:
        yield f"retires {row.facts.retires}"


def format_tokens(tokens: int) -> str:
    """A number of tokens as people say it: ``200k``, ``1M``, ``1.05M``."""
    for size, unit in ((1_000_000, "M"), (1_000, "k")):
        if tokens >= size:
            return f"{tokens / size:.3g}{unit}"
    return str(tokens)


def _format_cost(read: float | None, written: float | None) -> str:
    """US dollars for a million tokens read, and written."""
    if read is None and written is None:
        return _UNKNOWN
    return "/".join("?" if price is None else show_price(price) for price in (read, written))


def _paint(row: ModelRow, line: str, key_width: int, style: Style) -> str:
    shade = style.bad if row.missing else style.warn if row.facts.retires else style.name
    return shade(line[:key_width]) + line[key_width:]
