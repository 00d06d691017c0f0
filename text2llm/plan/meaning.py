"""What a change means, in one line."""

from __future__ import annotations

from text2llm.config.model import DEFAULTS, Config
from text2llm.config.nodes import Pointer, Value
from text2llm.leaks.key_formats import mask_secrets
from text2llm.plan.change import Action, Change, format_pointer
from text2llm.plan.plan import Plan

_SLOTS = {"model": "model", "imageModel": "image model"}
_FALLBACKS = {"model": "fallback", "imageModel": "image fallback"}
NOT_SET = "not set"


def describe_plan(plan: Plan) -> list[str]:
    """One line for each change of a plan, in order, without secrets: a saved plan keeps these lines."""
    return [mask_secrets(describe_change(change, plan.config_before, plan.config_after)) for change in plan.changes]


def describe_change(change: Change, before: Config, after: Config) -> str:
    """A change in the words of the config: ``default model: a/b → c/d``."""
    match change.pointer:
        case ("agents", "defaults", "models", str(model), "alias", *_) | ("agents", "defaults", "models", str(model)):
            return _describe_aliases(model, before, after)
        case ("agents", "defaults", str(slot), *rest) if slot in _SLOTS:
            return _describe_slot("default", slot, tuple(rest), change, (before, after))
        case ("agents", "entries", str(agent), str(slot), *rest) if slot in _SLOTS:
            return _describe_slot(agent, slot, tuple(rest), change, (before, after))
        case _:
            verb = {Action.SET: "set", Action.INSERT: "added to", Action.REMOVE: "removed"}[change.action]
            return f"{verb} {format_pointer(change.pointer)}"


def _describe_slot(owner: str, slot: str, rest: Pointer, change: Change, configs: tuple[Config, Config]) -> str:
    match change.action, rest:
        case Action.INSERT, ("fallbacks", int(index)):
            return f"{owner} {_FALLBACKS[slot]} {index + 1} added: {change.value}"
        case Action.REMOVE, ("fallbacks", int(index)):
            return f"{owner} {_FALLBACKS[slot]} removed: {configs[0].value_at(change.pointer)}"
        case Action.SET, ("fallbacks", int(index)):
            return f"{owner} {_FALLBACKS[slot]} {index + 1}: {configs[0].value_at(change.pointer)} → {change.value}"
        case Action.SET, ("fallbacks",):
            return f"{owner} {_FALLBACKS[slot]}s: {_join(configs[1].value_at(change.pointer))}"
        case _:
            pointer = change.pointer[: len(change.pointer) - len(rest)]
            old, new = (_primary(config, pointer) for config in configs)
            fallbacks = change.value.get("fallbacks") if isinstance(change.value, dict) else None
            if fallbacks is not None and old == new:
                return f"{owner} {_FALLBACKS[slot]}s: {_join(fallbacks)}"
            return f"{owner} {_SLOTS[slot]}: {old} → {new}"


def _describe_aliases(model: str, before: Config, after: Config) -> str:
    old, new = ([entry.alias for entry in config.aliases if entry.model.text == model] for config in (before, after))
    added = [alias for alias in new if alias not in old]
    removed = [alias for alias in old if alias not in new]
    parts = [f"alias added: {alias} → {model}" for alias in added]
    parts += [f"alias removed: {alias} (was {model})" for alias in removed]
    return ", ".join(parts) or f"set {model}"


def _primary(config: Config, pointer: Pointer) -> str:
    """The primary that a slot has, its own or, for an agent, that of the defaults."""
    own = _own_primary(config.value_at(pointer))
    if own is not None:
        return own
    inherited = _own_primary(config.value_at((*DEFAULTS, pointer[-1])))
    return NOT_SET if inherited is None else f"{inherited} (inherited)"


def _own_primary(value: Value) -> str | None:
    primary = value.get("primary") if isinstance(value, dict) else value
    return None if primary is None else str(primary)


def _join(value: Value) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) and value else "none"
