"""Compare the meaning of two configurations, the most dangerous changes first. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from text2llm.auth.reading import Reading, read_meaning
from text2llm.catalog.facts import Catalog
from text2llm.config.model import Config
from text2llm.diff.both import Both
from text2llm.diff.chains import compare_chains
from text2llm.diff.change import Change, Level
from text2llm.diff.checks import compare_auth, compare_excluded, compare_probe, compare_rules
from text2llm.diff.names import compare_names, compare_policy
from text2llm.diff.policy import compare_key_policies
from text2llm.diff.providers import compare_providers
from text2llm.diff.values import hide
from text2llm.providers.registry import Registry
from text2llm.redaction import Layer
from text2llm.redaction.forms import Forms
from text2llm.redaction.places import Places

_LEVELS = tuple(Level)
_ABSENT = ("environment-added", "environment-removed")


def compare_configs(configs: Both[Config | None], registry: Registry, bundle: Catalog) -> tuple[Change, ...]:
    """Compare two configurations (``None``: there is none); see :func:`compare_meaning`."""
    return compare_meaning(configs.map(lambda config: read_meaning(config, registry, bundle)))


def compare_meaning(sides: Both[Reading], agent: str | None = None) -> tuple[Change, ...]:
    """The changes for users and agents of a configuration; none for another spelling of the same.

    With ``agent`` (a canonical id), the models are those of that agent. The texts contain no credential of the files.

    Raises:
        ReferenceFormatError: a model in one of them cannot be parsed.
    """
    configs = sides.map(lambda side: side.config)
    documents = (document for config in configs for document in config.documents)
    forms = Forms(sides.new.registry)
    secrets = Places.of_files(documents, forms)
    changes = sort_changes(_compare(sides, agent, secrets))
    # Changes of the defaults share the tuple of their heirs.
    heirs = {id(change.agents): change.agents for change in changes}
    hidden = {key: tuple(hide(agent, secrets, forms) for agent in agents) for key, agents in heirs.items()}
    return tuple(_redact(change, secrets, forms)._replace(agents=hidden[id(change.agents)]) for change in changes)


def sort_changes(changes: Iterable[Change]) -> tuple[Change, ...]:
    """Changes: environments that one side lacks, then the most dangerous ones."""
    return tuple(sorted(changes, key=lambda change: (change.kind not in _ABSENT, _LEVELS.index(change.level))))


def _compare(sides: Both[Reading], agent: str | None, secrets: Places) -> Iterator[Change]:
    yield from _compare_presence(sides)
    yield from compare_key_policies(sides)
    yield from compare_providers(sides, secrets)
    yield from compare_chains(sides, agent)
    yield from compare_names(sides)
    if any(side.config.params is not None for side in sides):
        from text2llm.diff.params import compare_params

        yield from compare_params(sides)
    yield from compare_policy(sides)
    yield from compare_auth(sides)
    yield from compare_rules(sides)
    yield from compare_probe(sides)
    yield from compare_excluded(sides)


def _compare_presence(sides: Both[Reading]) -> Iterator[Change]:
    places = sides.map(lambda side: side.place(()))
    if not sides.old.present:
        yield Change("config-added", Level.CHANGE, "configuration", "new configuration", places=places)
    if not sides.new.present:
        yield Change("config-removed", Level.WARNING, "configuration", "configuration removed", places=places)


def _redact(change: Change, *layers: Layer) -> Change:
    return change._replace(
        subject=hide(change.subject, *layers),
        message=hide(change.message, *layers),
        texts=change.texts.map(lambda text: None if text is None else hide(text, *layers)),
    )
