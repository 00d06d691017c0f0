"""What is said of models beside their credentials."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.status.world import NOW, with_model, write_config
from text2llm.auth.credentials import AuthStore
from text2llm.auth.reading import Reading
from text2llm.catalog.facts import Catalog, CatalogSource, ModelFacts
from text2llm.config.load import load_file
from text2llm.providers.registry import load_registry
from text2llm.status.remarks import add_remarks
from text2llm.status.summary import summarise

CATALOG = Catalog(
    CatalogSource("made", "1", "2026-11-01"),
    {
        "anthropic": {
            "stays": ModelFacts(),
            "gone": ModelFacts(retires="2026-11-22"),
            "soon": ModelFacts(retires="2027-01-20"),
            "later": ModelFacts(retires="2027-01-21"),
        }
    },
)


@pytest.mark.parametrize(
    ("model", "remark"),
    [
        ("anthropic/stays", None),
        ("anthropic/typo", "unknown model"),
        ("anthropic/gone", "retired 2026-11-22"),
        ("anthropic/soon", "retires 2027-01-20"),
        ("anthropic/later", None),
        ("groq/whatever", None),
    ],
)
def test_a_model_that_cannot_stay_is_told(
    model: str, remark: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    write_config(with_model(model))
    config = load_file(str(tmp_path / "text2llm.yaml")).require()
    seen = Reading(config, AuthStore(), {"TEXT2LLM_HOME": str(tmp_path)}, load_registry(), NOW)
    report = add_remarks(summarise(seen), seen, CATALOG, "2026-11-22")
    assert report.remarks == ({} if remark is None else {report.routes[0].resolved.ref: remark})
