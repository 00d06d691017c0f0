"""The resolved document as a table, and as plain lines."""

from __future__ import annotations

from collections.abc import Iterator

from text2llm.config.roles import MAIN, Role
from text2llm.report.rows import Piece, align_rows, layout_row
from text2llm.report.sanitize import clean_line
from text2llm.report.style import Style
from text2llm.resolved.document import ChainEntry, ResolvedDocument, Roles

_HEADINGS = ("Agent", "Role", "Model", "Falls back to", "Credential")
_INDENT = 12
_NONE = "-"


def resolved_plain(document: ResolvedDocument) -> str:
    """One line per entry: agent, role and reference, separated by tabs."""
    return "".join(
        "\t".join(map(clean_line, (agent, role.name, str(entry.model.ref)))) + "\n"
        for agent, roles in document.agents.items()
        for role, entries in roles.items()
        for entry in entries
    )


def resolved_text(document: ResolvedDocument, style: Style, width: int | None) -> str:
    """A table with one row per agent and role; if that is wider than ``width`` columns, a paragraph per agent."""
    rows = [(agent, row) for agent, roles in document.agents.items() for row in _list_rows(roles)]
    cells: list[tuple[str, ...]] = [_HEADINGS, *((clean_line(agent), *row) for agent, row in rows)]
    if not any(line[-1] for line in cells[1:]):
        cells = [line[:-1] for line in cells]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    if width is not None and sum(widths) + 2 * (len(widths) - 1) > width:
        return "".join(
            f"{line}\n" for agent, roles in document.agents.items() for line in _stack(agent, roles, style, width)
        )
    heading, *lines = align_rows(cells)
    return "\n".join((style.title(heading), *lines, ""))


def _list_rows(roles: Roles) -> Iterator[tuple[str, str, str, str]]:
    """The cells of an agent's roles: the role, its model, its fallbacks, and the credential of the model."""
    for role, entries in _list_shown(roles):
        model = clean_line(str(entries[0].model.ref)) if entries else _NONE
        others = ", ".join(f"{clean_line(str(each.model.ref))}{_note(each)}" for each in entries[1:])
        yield role.name, model, others or _NONE, _name_credential(entries[0]) if entries else ""


def _list_shown(roles: Roles) -> Iterator[tuple[Role, tuple[ChainEntry, ...]]]:
    """The roles with a model, and the main one."""
    yield from ((role, entries) for role, entries in roles.items() if entries or role == MAIN)


def _name_credential(entry: ChainEntry) -> str:
    state = entry.credential
    return "" if state is None else clean_line(state.trouble or state.label)


def _note(entry: ChainEntry) -> str:
    """What is wrong with the credential of a fallback."""
    trouble = None if entry.credential is None else entry.credential.trouble
    return "" if trouble is None else f" ({trouble})"


def _stack(agent: str, roles: Roles, style: Style, width: int) -> Iterator[str]:
    yield style.title(clean_line(agent))
    for role, entries in _list_shown(roles):
        for position, entry in enumerate(entries):
            paint = style.bad if _note(entry) else style.quiet
            state = Piece(_name_credential(entry), paint)
            name = Piece(f"→ {entry.model.ref}" if position else str(entry.model.ref), style.name)
            yield from layout_row("" if position else f"  {role.name}", [name, state], width, _INDENT)
        if not entries:
            yield from layout_row(f"  {role.name}", [Piece("no model", style.warn)], width, _INDENT)
