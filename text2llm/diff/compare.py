"""Two configurations to the changes of meaning between them, the most dangerous first. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from text2llm.catalog.facts import Catalog
from text2llm.config.model import Config
from text2llm.diff.both import Both
from text2llm.diff.chains import compare_chains
from text2llm.diff.change import Change, Level
from text2llm.diff.checks import compare_auth, compare_probe, compare_rules
from text2llm.diff.names import compare_names, compare_policy
from text2llm.diff.providers import compare_providers
from text2llm.diff.reading import Reading, read_meaning
from text2llm.leaks.veil import Veil
from text2llm.providers.registry import Registry

_LEVELS = tuple(Level)


def compare_configs(configs: Both[Config | None], registry: Registry, bundle: Catalog) -> tuple[Change, ...]:
    """What changes from one configuration to the other, ``None`` being none; see :func:`compare_meaning`."""
    return compare_meaning(configs.map(lambda config: read_meaning(config, registry, bundle)))


def compare_meaning(sides: Both[Reading], agent: str | None = None) -> tuple[Change, ...]:
    """What changes for the people and agents that use a configuration; none for another spelling of the same.

    With ``agent`` (a canonical id) the models are those of that agent. No credential of the files is in a text.

    Raises:
        ReferenceFormatError: a model in one of them cannot be parsed.
    """
    configs = sides.map(lambda side: side.config)
    veil = Veil(document for config in configs for document in (config.document, *config.included.values()))
    changes = sorted(_compare(sides, agent, veil), key=lambda change: _LEVELS.index(change.level))
    return tuple(_cover(change, veil) for change in changes)


def _compare(sides: Both[Reading], agent: str | None, veil: Veil) -> Iterator[Change]:
    yield from _compare_presence(sides)
    yield from compare_providers(sides, veil)
    yield from compare_chains(sides, agent)
    yield from compare_names(sides)
    yield from compare_policy(sides)
    yield from compare_auth(sides)
    yield from compare_rules(sides)
    yield from compare_probe(sides)


def _compare_presence(sides: Both[Reading]) -> Iterator[Change]:
    places = sides.map(lambda side: side.place(()))
    if not sides.old.present:
        yield Change("config-added", Level.CHANGE, "configuration", "new configuration", places=places)
    if not sides.new.present:
        yield Change("config-removed", Level.WARNING, "configuration", "the configuration is gone", places=places)


def _cover(change: Change, veil: Veil) -> Change:
    return change._replace(
        subject=veil.hide(change.subject),
        message=veil.hide(change.message),
        texts=change.texts.map(lambda text: None if text is None else veil.hide(text)),
        agents=tuple(map(veil.hide, change.agents)),
    )
