"""Configurations as values, with a small catalog that no release of the facts changes."""

from __future__ import annotations

from text2llm.auth.reading import Reading, read_meaning
from text2llm.catalog.facts import Catalog, CatalogSource, ModelFacts
from text2llm.config.document import Document
from text2llm.config.load import assemble
from text2llm.config.reader import read_document
from text2llm.diff.both import Both
from text2llm.providers.registry import load_registry

CATALOG = Catalog(
    CatalogSource("test facts", "1", "2026-01-01"),
    {
        "a": {
            "big": ModelFacts(
                context_window=200000, max_tokens=64000, inputs=("text", "image"), input_price=5, output_price=25
            ),
            "small": ModelFacts(context_window=32000, max_tokens=64000, inputs=("text",), input_price=0.25),
            "old": ModelFacts(retires="2026-03-01"),
            "one": ModelFacts(input_price=1.0),
            "two": ModelFacts(),
            "three": ModelFacts(),
        },
        "anthropic": {"claude-sonnet-4-5": ModelFacts(context_window=200000)},
    },
)


def parse(text: str, path: str = "text2llm.yaml") -> Document:
    return read_document(path, text.encode())


def read(text: str | None, *included: tuple[str, str]) -> Reading:
    """The reading of a root file and of the agent files, by path, that it includes; ``None``: there is none."""
    if text is None:
        return read_meaning(None, load_registry(), CATALOG)
    config = assemble(parse(text), tuple(parse(inner, path) for path, inner in included)).require()
    return read_meaning(config, load_registry(), CATALOG)


def pair(old: str | None, new: str | None) -> Both[Reading]:
    return Both(read(old), read(new))
