"""The table of formats: every row names functions that are there, and the commands offer what it has."""

from __future__ import annotations

from importlib import import_module

import click
import pytest

from tests.canary.table import COMMANDS
from text2llm.diagnostics import Diagnostic, Location, Severity
from text2llm.report.findings import FindingsReport
from text2llm.report.formats import FORMATS, Format, list_layouts, make_report

FOUND = Diagnostic("schema", Severity.ERROR, "unknown key", Location("c.yaml", 3, 5))


@pytest.mark.parametrize("row", [row for each in FORMATS.values() for row in each.values()], ids=lambda row: row.maker)
def test_a_row_names_functions_that_are_there(row: Format) -> None:
    for name in filter(None, (row.maker, row.findings)):
        module, _, function = name.partition(":")
        assert callable(getattr(import_module(f"text2llm.report.{module}"), function))


@pytest.mark.parametrize(("command", "what"), [("validate", "findings"), ("diff", "diff"), ("explain", "explain")])
def test_a_command_offers_what_the_table_has(command: str, what: str) -> None:
    (option,) = (each for each in COMMANDS[command].params if each.name == "layout")
    assert isinstance(option.type, click.Choice)
    assert list(option.type.choices) == list_layouts(what)


def test_a_code_host_gets_the_paths_that_it_knows() -> None:
    def relocate(findings: list[Diagnostic]) -> list[Diagnostic]:
        return [each._replace(location=Location(f"top/{each.location.path}")) for each in findings]

    report = FindingsReport([FOUND], ["c.yaml"], {Severity.ERROR})
    assert make_report("findings", "github", report, relocate).startswith("::error file=top/c.yaml,")
    assert '"path": "c.yaml"' in make_report("findings", "json", report, relocate)
