"""What a change means, in one line."""

from __future__ import annotations

from collections.abc import Iterator

from text2llm.config.model import DEFAULTS, Config
from text2llm.config.nodes import Pointer, Value
from text2llm.edit.change import Action, Change, format_pointer
from text2llm.leaks.key_formats import mask_secrets
from text2llm.plan.plan import Plan

_SLOTS = {"model": "model", "imageModel": "image model"}
_FALLBACKS = {"model": "fallback", "imageModel": "image fallback"}
NOT_SET = "not set"
_VERBS = {Action.SET: "set", Action.INSERT: "added to", Action.REMOVE: "removed"}
_MOST_LEAVES = 5
#: A longer value says nothing more to a reader.
_LONGEST = 200


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
            return _describe_value(change, before)


def _describe_value(change: Change, before: Config) -> str:
    """A change of anything else: what is new or gone, value by value, so that an address inside of a map is seen."""
    verb = _VERBS[change.action]
    value = before.value_at(change.pointer) if change.action is Action.REMOVE else change.value
    leaves = [f"{format_pointer(pointer)}: {_show(value)}" for pointer, value in _leaves(change.pointer, value)]
    more = f" and {len(leaves) - _MOST_LEAVES} more" if len(leaves) > _MOST_LEAVES else ""
    return f"{verb} {', '.join(leaves[:_MOST_LEAVES])}{more}"


def _leaves(pointer: Pointer, value: Value) -> Iterator[tuple[Pointer, Value]]:
    if isinstance(value, dict) and value:
        for key, item in value.items():
            yield from _leaves((*pointer, key), item)
    else:
        yield pointer, value


def _show(value: Value) -> str:
    """A value in a line, as YAML would have it."""
    import json

    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


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
    parts = [f"alias added: {alias} → {model}{_tell_users(alias, before, after)}" for alias in added]
    parts += [f"alias removed: {alias} (was {model})" for alias in removed]
    return ", ".join(parts) or f"set {model}"


def _tell_users(alias: str, before: Config, after: Config) -> str:
    """Which models another meaning of an alias changes; nothing where it is a new one."""
    folded = alias.casefold()
    if all(entry.alias.casefold() != folded for entry in before.aliases):
        return ""
    owners = (("default", after.defaults), *((agent.id, agent.choices) for agent in after.agents))
    users = [
        f"{owner} {_SLOTS[slot.value] if number == 0 else f'{_FALLBACKS[slot.value]} {number}'}"
        for owner, choices in owners
        for slot, choice in choices.items()
        for number, name in enumerate((choice.primary, *(choice.fallbacks or ())))
        if name is not None and name.text.strip().casefold() == folded
    ]
    return f" (changes {', '.join(users)})" if users else ""


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
