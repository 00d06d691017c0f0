"""The one table of report formats: those that a value has beside its text, and their makers.

Functions are named, not imported, so that one format does not load another. A named tuple, since hooks run `validate`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from text2llm.diagnostics import Diagnostic

#: Findings to the same findings with the paths that a code host knows.
Relocate = Callable[[list[Diagnostic]], list[Diagnostic]]


class Format(NamedTuple):
    """A format. ``maker`` is ``module:function`` in ``text2llm.report``: a value to its text, or to data for JSON.

    Where ``findings`` names a function, the maker takes what that makes of the value, with the paths that a code host
    knows. ``file``: ``--report`` writes it.
    """

    maker: str
    findings: str | None = None
    file: bool = True


#: By what is reported, in the order in which help lists them.
FORMATS = {
    "findings": {
        "json": Format("findings:findings_json"),
        "github": Format("ci:github_text", "findings:list_findings", file=False),
        "sarif": Format("ci:sarif_json", "findings:list_findings"),
        "junit": Format("findings:findings_junit"),
    },
    "gate": {
        "junit": Format("gate:gate_junit"),
        "sarif": Format("ci:sarif_json", "gate:gate_findings"),
        "markdown": Format("gate:gate_markdown"),
        "json": Format("gate:gate_json"),
        "github": Format("ci:github_text", "gate:gate_findings", file=False),
    },
    "diff": {"json": Format("diff:diff_json"), "markdown": Format("diff:diff_markdown")},
    "explain": {"json": Format("explain:explain_json"), "markdown": Format("explain:explain_markdown")},
}


def list_layouts(what: str) -> list[str]:
    return ["text", *FORMATS[what]]


def list_files(what: str) -> tuple[str, ...]:
    return tuple(layout for layout, each in FORMATS[what].items() if each.file)


def make_report(what: str, layout: str, value: object, relocate: Relocate = list) -> str:
    from text2llm.report.sanitize import json_text

    chosen = FORMATS[what][layout]
    if chosen.findings is not None:
        value = relocate(_find(chosen.findings)(value))
    made = _find(chosen.maker)(value)
    return made if isinstance(made, str) else json_text(made) + "\n"


def _find(name: str) -> Callable[[object], Any]:
    from importlib import import_module

    module, _, function = name.partition(":")
    found: Callable[[object], Any] = getattr(import_module(f"text2llm.report.{module}"), function)
    return found
