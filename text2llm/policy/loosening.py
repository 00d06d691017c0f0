"""What a change of a policy allows and forbids, key by key. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from text2llm.config.nodes import Pointer
from text2llm.params.wires import EFFORTS
from text2llm.policy.model import UnknownAction
from text2llm.policy.patterns import SPELL, match_pattern
from text2llm.refs import Spellings


@dataclass(frozen=True, slots=True)
class PolicyChange:
    """One difference between two policies, at ``keys`` below them; ``loose`` if it allows more."""

    keys: Pointer
    text: str
    loose: bool


def compare_policies(old: Mapping[str, Any], new: Mapping[str, Any], spellings: Spellings) -> Iterator[PolicyChange]:
    """The differences between two policies; an empty one is none."""
    for keys, rank in _LIMITS.items():
        yield from _compare_limit(keys, _find(old, keys), _find(new, keys), rank)
    for keys in _LISTS:
        yield from _compare_lists(keys, *(_spell(each, keys, spellings) for each in (old, new)))
    # Without another key it decides nothing.
    if old and new:
        yield from _compare_limit(("unknown",), old.get("unknown", "warn"), new.get("unknown", "warn"), _rank_unknown)


def _find(policy: Mapping[str, Any], keys: Pointer) -> Any:
    value: Any = policy
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def _spell(policy: Mapping[str, Any], keys: Pointer, spellings: Spellings) -> list[str] | None:
    """The entries of a list, as they compare; ``None`` without the list."""
    found = _find(policy, keys)
    if found is None:
        return None
    spell = SPELL.get(str(keys[0]))
    spelled = found if spell is None else [spell(each, spellings) for each in found]
    return list(dict.fromkeys(each.casefold() if keys[-1] == _DENY else each for each in spelled))


def _compare_limit(keys: Pointer, old: Any, new: Any, rank: Callable[[Any], float]) -> Iterator[PolicyChange]:
    name = ".".join(map(str, keys))
    if new is None and old is not None:
        yield PolicyChange(keys, f"{name} is no longer limited (before: {old})", loose=True)
    elif old is None and new is not None:
        yield PolicyChange(keys, f"{name} is now limited: {new}", loose=False)
    elif old != new:
        yield PolicyChange(keys, f"{name}: {old} → {new}", loose=rank(new) > rank(old))


def _compare_lists(keys: Pointer, old: Sequence[str] | None, new: Sequence[str] | None) -> Iterator[PolicyChange]:
    name, denies = ".".join(map(str, keys)), keys[-1] == _DENY
    if denies:
        old, new = old or (), new or ()
    if old is None and new is not None:
        yield PolicyChange(keys, f"{name} now allows only {', '.join(new) or 'nothing'}", loose=False)
    elif new is None and old is not None:
        yield PolicyChange(keys, f"{name} is no longer limited (before: {', '.join(old) or 'nothing'})", loose=True)
    elif old is not None and new is not None:
        gained, lost = (
            ("is now denied", "is no longer denied") if denies else ("is now allowed", "is no longer allowed")
        )
        yield from (PolicyChange(keys, f"{name}: {each} {gained}", loose=not denies) for each in _beyond(new, old))
        yield from (PolicyChange(keys, f"{name}: {each} {lost}", loose=denies) for each in _beyond(old, new))


def _beyond(patterns: Sequence[str], others: Sequence[str]) -> Iterator[str]:
    """The patterns that match more than the others do; a wildcard of one is a text that another may match."""
    same = frozenset(others)
    wide = [each for each in others if "*" in each]
    for pattern in patterns:
        if pattern not in same and not any(match_pattern(other, pattern) for other in wide):
            yield pattern


def _rank_unknown(word: str) -> float:
    return -list(UnknownAction).index(UnknownAction(word))


#: The higher, the more is allowed.
_LIMITS: Mapping[Pointer, Callable[[Any], float]] = {
    ("price", "input"): float,
    ("price", "output"): float,
    ("context",): lambda tokens: -tokens,
    ("retirement",): lambda span: -int(span[:-1]),
    ("chain", "models"): lambda count: -count,
    ("chain", "providers"): lambda count: -count,
    ("effort",): EFFORTS.index,
}
_DENY = "deny"
_LISTS: Sequence[Pointer] = (
    ("providers", "allow"),
    ("providers", _DENY),
    ("models", "allow"),
    ("models", _DENY),
    ("origins", "allow"),
    ("stages",),
)
