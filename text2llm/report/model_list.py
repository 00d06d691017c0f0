"""The list of models, as text and JSON."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from text2llm.catalog.facts import ModelFacts, show_price
from text2llm.refs import ModelRef
from text2llm.report.params import params_json
from text2llm.report.rows import Piece, align_rows, layout_row
from text2llm.report.sanitize import clean_line, clean_lines, json_line, pick, without_none
from text2llm.report.style import Style
from text2llm.status.model_list import ModelList, ModelRow

_HEADINGS = ("Model", "Input", "Ctx", "Cost", "Local", "Auth", "Tags")
UNKNOWN = "-"
_INDENT = 4
#: The facts from the prices for caches on.
_RARE = slice(ModelFacts._fields.index("cache_read_price"), None)
_NO_RARE = ModelFacts()[_RARE]
#: By the word of the table.
_CREDENTIALS = {
    "yes": "credential",
    "no": "no credential",
    "refused": "credential refused",
    "unverified": "credential unverified",
}


def model_list_json(found: ModelList) -> str:
    """The list as a JSON document, one line per model, valid against ``schemas/outputs/models-list.schema.json``."""
    source = found.source
    catalog = json_line({"source": source.name, **pick(source, "version", "date")})
    rows = ",".join(f"\n    {json_line(_row_json(row))}" for row in found.rows)
    models = f"[{rows}\n  ]" if rows else "[]"
    environment = "" if found.environment is None else f'  "environment": {json_line(found.environment)},\n'
    return f'{{\n{environment}  "count": {len(found.rows)},\n  "models": {models},\n  "catalog": {catalog}\n}}'


def _row_json(row: ModelRow) -> dict[str, Any]:
    facts = row.facts
    document = facts_json(row.ref, facts) | pick(row, "local", "available", "tags", "missing")
    rarely = facts[_RARE] != _NO_RARE  # most rows have none of these
    if rarely or facts.input_price is not None or facts.output_price is not None:
        document["cost"] = {"input": facts.input_price, "output": facts.output_price}
        if rarely:
            rare = {"cacheRead": facts.cache_read_price, "cacheWrite": facts.cache_write_price}
            document["cost"] |= without_none({**rare, "source": facts.price_note})
    refused = None if row.refused is None else f"may not be sent to {row.refused}"
    document |= without_none({"retires": facts.retires, "refused": refused, "unverified": row.unverified or None})
    return document | ({} if row.params is None else params_json(row.params))


def facts_json(ref: ModelRef, facts: ModelFacts) -> dict[str, Any]:
    name, inputs = facts.name or ref.model, None if facts.inputs is None else "+".join(facts.inputs)
    return {"key": str(ref), "name": name, "input": inputs, **pick(facts, "context_window", "max_tokens")}


def facts_cells(facts: ModelFacts) -> tuple[str, str]:
    inputs = UNKNOWN if facts.inputs is None else "+".join(facts.inputs)
    return inputs, UNKNOWN if facts.context_window is None else _format_tokens(facts.context_window)


def model_list_plain(found: ModelList) -> str:
    return clean_lines(str(row.ref) for row in found.rows)


def model_list_text(found: ModelList, style: Style, width: int | None) -> str:
    """The list as a table; if that is wider than ``width`` columns, one line per model, never cut."""
    if not found.rows:
        return "no models\n"
    cells = [_HEADINGS, *(_cells(row) for row in found.rows)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    if width is not None and sum(widths) + 2 * (len(widths) - 1) > width:
        return "".join(f"{line}\n" for row in found.rows for line in _stack(row, style, width))
    heading, *lines = align_rows(cells)
    if style.enabled:
        heading = style.title(heading)
        lines = [_paint(row, line, widths[0], style) for row, line in zip(found.rows, lines, strict=True)]
    return "\n".join((heading, *lines, ""))


def _stack(row: ModelRow, style: Style, width: int) -> Iterator[str]:
    key, *known = _cells(row)[:4]
    yield _paint(row, key, len(key), style)
    facts = [each for each in known if each != UNKNOWN]
    facts += (["local"] if row.local else []) + [_CREDENTIALS[_name_access(row)], *_notes(row)]
    yield from layout_row("", list(map(Piece, facts)), width, _INDENT)


def _cells(row: ModelRow) -> tuple[str, ...]:
    return (
        clean_line(str(row.ref)),
        *facts_cells(row.facts),
        _format_cost(row.facts.input_price, row.facts.output_price),
        "yes" if row.local else "no",
        _name_access(row),
        ", ".join(_notes(row)),
    )


def _name_access(row: ModelRow) -> str:
    if row.refused or row.unverified:
        return "refused" if row.refused else "unverified"
    return "yes" if row.available else "no"


def _notes(row: ModelRow) -> Iterator[str]:
    yield from map(clean_line, row.tags)
    if row.missing:
        yield "missing"
    if row.facts.price_note is not None:
        yield row.facts.price_note
    if row.facts.retires is not None:
        yield f"retires {row.facts.retires}"


def _format_tokens(tokens: int) -> str:
    """A rounded number: ``200k``, ``1M``, ``1.05M``."""
    for size, unit in ((1_000_000, "M"), (1_000, "k")):
        if tokens >= size:
            return f"{tokens / size:.3g}{unit}"
    return str(tokens)


def _format_cost(read: float | None, written: float | None) -> str:
    """US dollars per million input and output tokens."""
    if read is None and written is None:
        return UNKNOWN
    return "/".join("?" if price is None else show_price(price) for price in (read, written))


def _paint(row: ModelRow, line: str, key_width: int, style: Style) -> str:
    shade = style.bad if row.missing else style.warn if row.facts.retires else style.name
    return shade(line[:key_width]) + line[key_width:]
