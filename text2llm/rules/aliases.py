"""Rules about what aliases stand for."""

from __future__ import annotations

from collections.abc import Iterator

from text2llm.auth.reading import Reading
from text2llm.config.resolve import is_allowed
from text2llm.diagnostics import Severity
from text2llm.rules.rule import Finding, Rule


def find_shadowing(reading: Reading) -> Iterator[Finding]:
    """An alias is also the id of a model of the default provider, and stands for another model.

    Whoever writes that id without its provider gets the alias's model instead.
    """
    default, resolver = reading.config.default_provider, reading.resolver
    ids = {known.casefold(): known for known in (*resolver.known_ids, *sorted(resolver.catalogued()))}
    for entry in reading.config.aliases:
        shadowed = ids.get(entry.alias.casefold())
        meant = resolver.aliases[entry.alias.casefold()]
        if shadowed is not None and meant != resolver.spellings.ref(default, shadowed):
            yield Finding(entry.pointer, f"the alias '{entry.alias}' hides the model {default}/{shadowed}")


def find_unusable(reading: Reading) -> Iterator[Finding]:
    """An alias stands for a model that ``modelPolicy.allow`` forbids: nothing can use it without being refused."""
    config, resolver = reading.config, reading.resolver
    for entry in config.aliases:
        ref = resolver.aliases[entry.alias.casefold()]
        if not is_allowed(ref, config, resolver.spellings):
            yield Finding(entry.pointer, f"the alias '{entry.alias}' stands for {ref}, which modelPolicy forbids")


ALIAS_RULES: tuple[Rule[Reading], ...] = (
    Rule(
        "alias-shadows-model",
        Severity.WARNING,
        "An alias hides a model of the default provider.",
        "rename the alias",
        find_shadowing,
    ),
    Rule(
        "alias-unused-target",
        Severity.WARNING,
        "An alias stands for a model that the policy forbids.",
        "remove the alias, or allow its model in modelPolicy",
        find_unusable,
    ),
)
