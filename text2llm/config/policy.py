"""``modelPolicy``: which models a configuration may use."""

from __future__ import annotations

from text2llm.config.model import Config
from text2llm.refs import ModelRef, Spellings


def is_allowed(ref: ModelRef, config: Config, spellings: Spellings) -> bool:
    """Whether the policy allows a model; without a policy every model is allowed."""
    return config.policy is None or any(_covers(entry.text, ref, spellings) for entry in config.policy)


def _covers(entry: str, ref: ModelRef, spellings: Spellings) -> bool:
    provider, _, model = entry.partition("/")
    if model.endswith("*"):
        return spellings.provider(provider) == ref.provider and ref.model.startswith(model[:-1])
    return spellings.ref(provider, model) == ref
