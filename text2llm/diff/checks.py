"""Changes to credentials, checks and gate requirements. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any, NamedTuple

from text2llm.auth.reading import Reading
from text2llm.config.model import ProbeSettings
from text2llm.config.nodes import Pointer
from text2llm.diagnostics import Location
from text2llm.diff.both import Both
from text2llm.diff.change import Change, Level
from text2llm.diff.lines import find_subjects
from text2llm.diff.values import compare_values, show_span, show_value
from text2llm.edit.change import format_pointer
from text2llm.rules.ignores import find_effective
from text2llm.rules.rule import Rule
from text2llm.rules.table import RULES

#: What holds where the configuration is silent, as its schema says.
_USUAL_PROBE = ProbeSettings(8000, 8, 8, ("primary", "image"), 1, "failure")
_USUAL_COOLDOWNS = {"billingBackoffHours": 5, "billingMaxHours": 24, "failureWindowHours": 24}
_CAN_BE_SILENCED = {rule.id: not rule.fixed for rule in RULES}
#: The lowest first.
_SEVERITIES = ("off", "info", "warning", "error")


def compare_auth(sides: Both[Reading]) -> Iterator[Change]:
    """The profiles that are declared, the order in which they are tried, and when a warning comes."""
    yield from _compare_profiles(sides)
    yield from _compare_orders(sides)
    spans = sides.map(lambda side: side.config.auth.warn_after)
    if spans.differ():
        yield _describe("warn-after", "warning before an end", spans.map(show_span), ("auth", "warnAfter"), sides)
    cooldowns = sides.map(lambda side: {**_USUAL_COOLDOWNS, **_map_at(side, ("auth", "cooldowns"))})
    for path, values in compare_values(cooldowns):
        pointer: Pointer = ("auth", "cooldowns", *path)
        yield _describe("cooldown", format_pointer(pointer), values.map(show_value), pointer, sides)


def _map_at(reading: Reading, pointer: Pointer) -> dict[str, Any]:
    found = reading.config.value_at(pointer)
    return found if isinstance(found, dict) else {}


def _describe(kind: str, what: str, texts: Both[str], pointer: Pointer, sides: Both[Reading]) -> Change:
    message = f"{what}: {texts.old} → {texts.new}"
    return Change(kind, Level.CHANGE, str(pointer[0]), message, texts, sides.map(lambda side: side.place(pointer)))


def _compare_profiles(sides: Both[Reading]) -> Iterator[Change]:
    declared = sides.map(lambda side: side.config.auth.profiles)
    for name in dict.fromkeys((*declared.old, *declared.new)):
        texts = sides.map(partial(_profile, name))
        if texts.differ():
            word = "added" if texts.old is None else "removed" if texts.new is None else "changed"
            said = " → ".join(text for text in texts if text is not None)
            places = sides.map(partial(_place_profile, name))
            yield Change(
                f"profile-{word}", Level.CHANGE, f"profile {name}", f"profile {name} {word}: {said}", texts, places
            )


def _place_profile(name: str, reading: Reading) -> Location | None:
    return reading.place(("auth", "profiles", name)) if name in reading.config.auth.profiles else None


def _profile(name: str, reading: Reading) -> str | None:
    profile = reading.config.auth.profiles.get(name)
    if profile is None:
        return None
    email = _map_at(reading, profile.pointer).get("email")
    provider = reading.resolver.spellings.provider(profile.provider)
    return f"{provider}, {profile.mode}" + (f", {email}" if email else "")


def _compare_orders(sides: Both[Reading]) -> Iterator[Change]:
    orders = sides.map(_orders)
    for provider in dict.fromkeys((*orders.old, *orders.new)):
        ids = Both(orders.old.get(provider), orders.new.get(provider))
        if ids.differ():
            texts = ids.map(lambda each: None if each is None else ", ".join(each) or "none")
            message = f"auth order of {provider}: {texts.old or 'not set'} → {texts.new or 'not set'}"
            yield Change("auth-order", Level.WARNING, f"auth order of {provider}", message, texts)


def _orders(reading: Reading) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for name, ids in reading.config.auth.order.items():
        found.setdefault(reading.resolver.spellings.provider(name), tuple(dict.fromkeys(ids)))
    return found


def compare_rules(sides: Both[Reading]) -> Iterator[Change]:
    """Severities, and comments that silence findings: what is checked less than before is worth noting."""
    for rule in RULES:
        found = sides.map(partial(_severity, rule))
        if found.differ() and not rule.fixed:
            lowered = _SEVERITIES.index(found.new) < _SEVERITIES.index(found.old)
            kind, level = ("rule-lowered", Level.WARNING) if lowered else ("rule-raised", Level.CHANGE)
            change = _describe(kind, f"rule {rule.id}", found, ("rules", rule.id), sides)
            note = ", a weaker check" if lowered else ""
            yield change._replace(level=level, subject=f"rule {rule.id}", message=change.message + note)
    yield from _compare_ignores(sides)


def _severity(rule: Rule[Any], reading: Reading) -> str:
    return reading.config.severities.get(rule.id, rule.severity.value)


class _Silence(NamedTuple):
    """What a comment silences: a rule, for what its line is about, wherever in the file that stands by now."""

    rule: str
    about: Pointer


def _compare_ignores(sides: Both[Reading]) -> Iterator[Change]:
    silenced = sides.map(lambda side: dict(_silences(side)))
    for silence, (reason, place) in silenced.new.items():
        if silence not in silenced.old:
            message = f"a comment silences {silence.rule}, a weaker check: {reason}"
            texts, places = Both(None, reason), Both(None, place)
            yield Change("rule-ignored", Level.WARNING, f"rule {silence.rule}", message, texts, places)
    for silence, (reason, place) in silenced.old.items():
        if silence not in silenced.new:
            message, texts, places = f"a comment silences {silence.rule} no more", Both(reason, None), Both(place, None)
            yield Change("rule-heeded", Level.CHANGE, f"rule {silence.rule}", message, texts, places)


def _silences(reading: Reading) -> Iterator[tuple[_Silence, tuple[str, Location]]]:
    included = ((("agents", "entries", agent), document) for agent, document in reading.config.included.items())
    for above, document in (((), reading.config.document), *included):
        heeded = find_effective(document, _CAN_BE_SILENCED)
        about = find_subjects(document) if heeded else {}
        for ignore in heeded:
            place = document.place(ignore.start)
            for rule in ignore.rules:
                yield _Silence(rule, (*above, *about.get(ignore.line, ()))), (ignore.reason, place)


def compare_probe(sides: Both[Reading]) -> Iterator[Change]:
    """The policy of ``text2llm probe``."""
    policies = sides.map(lambda side: _fill(side.config.probe))
    for key, values in (
        ("timeout", policies.map(lambda policy: show_span(policy.timeout or 0))),
        ("concurrency", policies.map(lambda policy: str(policy.concurrency))),
        ("maxTokens", policies.map(lambda policy: str(policy.max_tokens))),
        ("attempts", policies.map(lambda policy: str(policy.attempts))),
    ):
        if values.differ():
            yield _describe("probe", f"probe {key}", values, ("probe", key), sides)
    failing = policies.map(lambda policy: str(policy.fail_on))
    if failing.differ():
        change = _describe("probe", "probe failOn", failing, ("probe", "failOn"), sides)
        weaker = failing.new == _USUAL_PROBE.fail_on
        yield change._replace(level=Level.WARNING, message=f"{change.message}, a weaker gate") if weaker else change
    required = policies.map(lambda policy: policy.require or ())
    if required.map(frozenset).differ():
        yield _describe_required(required, sides)


def _describe_required(required: Both[tuple[str, ...]], sides: Both[Reading]) -> Change:
    texts = required.map(lambda words: ", ".join(words) or "nothing")
    change = _describe("probe-require", "routes that must answer", texts, ("probe", "require"), sides)
    dropped = [word for word in required.old if word not in required.new]
    if not dropped:
        return change
    message = f"{change.message}, a weaker gate: {', '.join(dropped)} not required any more"
    return change._replace(level=Level.WARNING, message=message)


def _fill(written: ProbeSettings) -> ProbeSettings:
    """A policy with what holds where it is silent."""
    said = {name: value for name, value in written._asdict().items() if value is not None}
    return _USUAL_PROBE._replace(**said)
