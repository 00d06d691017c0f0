"""What a name that no rule knows may have meant."""

from __future__ import annotations

from text2llm.config.model import Config
from text2llm.config.resolve import Resolver, Via
from text2llm.rules.rule import RuleContext


def suggest_model(text: str, context: RuleContext) -> str | None:
    """The alias, or the reference of a model that the config names, that ``text`` may have meant."""
    known = known_models(context.config, context.resolver)
    near = context.suggestions.near(text, known)
    return None if near is None else known[near]


def known_models(config: Config, resolver: Resolver) -> dict[str, str]:
    """What a person may call the models that a config names, and what to write for each: an alias, or a reference."""
    known = {entry.alias: entry.alias for entry in config.aliases}
    found = [resolver.resolve_name(name) for name in (*config.chain_names(), *config.models)]
    refs = [resolved.ref for resolved in found if resolved.via is Via.REFERENCE]
    refs += [
        resolver.resolve(f"{each.id}/{model.id}").ref for each in config.providers.values() for model in each.models
    ]
    for ref in refs:
        known.setdefault(ref.model, str(ref))
        known.setdefault(ref.model.rpartition("/")[2], str(ref))
    for model in sorted(resolver.catalogued()):
        known.setdefault(model, str(resolver.spellings.ref(config.default_provider, model)))
    return known
