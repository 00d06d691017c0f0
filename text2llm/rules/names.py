"""What a name that no rule knows may have meant."""

from __future__ import annotations

from text2llm.config.resolve import Via
from text2llm.rules.rule import RuleContext


def suggest_model(text: str, context: RuleContext) -> str | None:
    """The alias, or the reference of a model that the config names, that ``text`` may have meant."""
    config, resolver = context.config, context.resolver
    known = {entry.alias: entry.alias for entry in config.aliases}
    for name in (*config.chain_names(), *config.models):
        resolved = resolver.resolve_name(name)
        if resolved.via is Via.REFERENCE:
            known.setdefault(resolved.ref.model, str(resolved.ref))
            known.setdefault(resolved.ref.model.rpartition("/")[2], str(resolved.ref))
    for custom in config.providers.values():
        for model in custom.models:
            known.setdefault(model.id, f"{custom.id}/{model.id}")
    near = context.suggestions.near(text, known)
    return None if near is None else known[near]
