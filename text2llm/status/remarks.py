"""Remarks on unknown and retiring models. Pure."""

from __future__ import annotations

from text2llm.auth.reading import Reading
from text2llm.catalog.facts import Catalog, is_retiring
from text2llm.refs import ModelRef
from text2llm.status.model import StatusReport


def add_remarks(report: StatusReport, view: Reading, catalog: Catalog, today: str) -> StatusReport:
    """The report with a remark on each unknown or retiring model; ``today`` is ``YYYY-MM-DD``."""
    refs = dict.fromkeys(route.resolved.ref for route in report.routes)
    remarks = {ref: _remark(ref, view, catalog, today) for ref in refs}
    return report._replace(remarks={ref: remark for ref, remark in remarks.items() if remark is not None})


def _remark(ref: ModelRef, view: Reading, catalog: Catalog, today: str) -> str | None:
    if view.lacks(ref, catalog):
        return "unknown model"
    facts = catalog.find(ref)
    if facts is None or facts.retires is None or not is_retiring(facts.retires, today):
        return None
    return f"{'retired' if facts.retires <= today else 'retires'} {facts.retires}"
