"""The bundle as shipped, and small ones made for a test."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from text2llm.catalog.bundle import bundled_ids, load_bundle, parse_bundle
from text2llm.catalog.facts import CatalogSource, ModelFacts
from text2llm.providers.registry import load_registry
from text2llm.redaction.forms import Forms
from text2llm.refs import ModelRef

SMALL = b"""\
{"source":{"name":"p","version":"1","date":"2026-01-01"},"own":{"a":["ft:"],"b":[""]},"providers":["a","b","c"]}
{"one":[1000,100,"ti",1,0,0.5,2,"2026-01-02","2025-01-01","One"],"old":[null,null,null,null,null,null,null,"2026-01-01"]}
{"two":[]}
{}
"""


def test_a_model_has_what_its_row_says_and_nothing_else() -> None:
    catalog = parse_bundle(SMALL)
    assert catalog.source == CatalogSource("p", "1", "2026-01-01")
    assert catalog.find(ModelRef("a", "one")) == ModelFacts(
        name="One",
        context_window=1000,
        max_tokens=100,
        inputs=("text", "image"),
        tools=True,
        reasoning=False,
        input_price=0.5,
        output_price=2,
        released="2025-01-01",
        retires="2026-01-02",
    )
    assert catalog.find(ModelRef("b", "two")) == ModelFacts()
    assert catalog.find(ModelRef("b", "three")) is None
    assert catalog.find(ModelRef("nobody", "x")) is None


@pytest.mark.parametrize(
    ("ref", "expected"),
    [("a/new", True), ("a/ft:one:acme", False), ("b/new", False), ("c/new", False), ("nobody/new", False)],
)
def test_a_model_is_expected_where_the_catalog_covers_its_provider(ref: str, *, expected: bool) -> None:
    assert parse_bundle(SMALL).expects(ModelRef(*ref.split("/"))) is expected


def test_served_are_the_models_that_have_not_retired_by_a_day() -> None:
    catalog = parse_bundle(SMALL)
    assert list(catalog.served("a")) == ["one"]
    assert list(catalog.served("a", "2026-01-02")) == []
    assert list(catalog.served("a", "2025-12-31")) == ["one", "old"]
    assert list(catalog.served("nobody")) == []


def test_the_bundle_has_models_of_known_providers_only() -> None:
    catalog = load_bundle()
    assert set(catalog.providers) <= set(load_registry().ids())
    assert len(catalog.providers) == 23
    assert sum(map(len, catalog.providers.values())) > 1500


def test_the_bundle_knows_prices_limits_and_inputs() -> None:
    facts = load_bundle().find(ModelRef("anthropic", "claude-opus-4-5"))
    assert facts is not None
    assert (facts.context_window, facts.max_tokens, facts.input_price, facts.output_price) == (200_000, 64_000, 5, 25)
    assert facts.inputs == ("text", "image", "pdf")


def test_the_bundle_has_tombstones() -> None:
    facts = load_bundle().find(ModelRef("anthropic", "claude-3-opus-20240229"))
    assert facts == ModelFacts(retires="2026-01-05")
    assert "claude-3-opus-20240229" not in bundled_ids("anthropic")
    assert "claude-opus-4-5" in bundled_ids("anthropic")


def test_every_fact_of_the_bundle_makes_sense() -> None:
    for models in load_bundle().providers.values():
        for model, facts in models.items():
            assert model.isprintable()
            assert " " not in model
            assert all(size is None or size > 0 for size in (facts.context_window, facts.max_tokens))
            assert all(price is None or 0 <= price < 10_000 for price in (facts.input_price, facts.output_price))
            assert facts.retires is None or "2020-01-01" < facts.retires < "2040-01-01"


def test_no_name_in_the_bundle_looks_like_a_credential() -> None:
    # Such a name would be masked in every list, and one with a key's prefix makes each list search for keys.
    text = "\n".join(model for models in load_bundle().providers.values() for model in models)
    assert Forms().find(text) == ()
    assert [prefix for prefix in load_registry().key_prefixes() if prefix in text] == []


@pytest.mark.parametrize("command", ["models status --json", "models fallbacks list", "models aliases list", "schema"])
def test_commands_that_need_no_facts_do_not_read_the_bundle(command: str, tmp_path: Path) -> None:
    (tmp_path / "text2llm.yaml").write_text("version: 1\nagents: {defaults: {model: anthropic/claude-opus-4-5}}\n")
    code = f"""
import sys
from text2llm.cli.boundary import run_guarded
from text2llm.cli.main import main
code = run_guarded(main, {command.split()})
sys.exit(code or "text2llm.catalog.bundle" in sys.modules)
"""
    subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, check=True)
