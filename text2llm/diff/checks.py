"""Changes to credentials, checks and gate requirements. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any, NamedTuple

from text2llm.auth.reading import Reading
from text2llm.config.document import Document
from text2llm.config.exclude import list_excluded
from text2llm.config.model import ProbeSettings
from text2llm.config.nodes import Alias, Mapping, Node, Pointer, Scalar, Sequence
from text2llm.diagnostics import Location
from text2llm.diff.both import Both, pair_entries
from text2llm.diff.change import Change, Level
from text2llm.diff.values import compare_values, show_span, show_value
from text2llm.edit.change import format_pointer
from text2llm.rules.ignores import find_effective
from text2llm.rules.policy import POLICY_RULES
from text2llm.rules.rule import Rule
from text2llm.rules.run import find_severity
from text2llm.rules.table import RULES

#: The defaults of the schema.
_DEFAULT_PROBE = ProbeSettings(8000, 8, 8, ("primary", "image"), 1, "failure")
_DEFAULT_COOLDOWNS = {"billingBackoffHours": 5, "billingMaxHours": 24, "failureWindowHours": 24}
_SUPPRESSIBLE = {rule.id: not rule.fixed for rule in RULES}
#: A weaker check of one of these loosens a policy.
_POLICIES = frozenset(rule.id for rule in POLICY_RULES)
#: After every date, as text.
_NEVER = "without an end"
_SEVERITIES = ("off", "info", "warning", "error")


def compare_auth(sides: Both[Reading]) -> Iterator[Change]:
    yield from _compare_profiles(sides)
    yield from _compare_orders(sides)
    spans = sides.map(lambda side: side.config.auth.warn_after)
    if spans.differ():
        yield _describe("warn-after", "expiry warning", spans.map(show_span), ("auth", "warnAfter"), sides)
    cooldowns = sides.map(lambda side: {**_DEFAULT_COOLDOWNS, **_map_at(side, ("auth", "cooldowns"))})
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
    for name, _profiles in pair_entries(sides.map(lambda side: side.config.auth.profiles)):
        texts = sides.map(partial(_profile, name))
        if texts.differ():
            word = "added" if texts.old is None else "removed" if texts.new is None else "changed"
            subject, shown = f"profile {name}", " → ".join(filter(None, texts))
            places = sides.map(partial(_place_profile, name))
            yield Change(f"profile-{word}", Level.CHANGE, subject, f"{subject} {word}: {shown}", texts, places)


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
    for provider, ids in pair_entries(sides.map(_orders)):
        if ids.differ():
            texts = ids.map(lambda order: None if order is None else ", ".join(order) or "none")
            message = f"auth order of {provider}: {texts.old or 'not set'} → {texts.new or 'not set'}"
            yield Change("auth-order", Level.WARNING, f"auth order of {provider}", message, texts)


def _orders(reading: Reading) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for name, ids in reading.config.auth.order.items():
        found.setdefault(reading.resolver.spellings.provider(name), tuple(dict.fromkeys(ids)))
    return found


def compare_rules(sides: Both[Reading]) -> Iterator[Change]:
    """Compare severities and ignore comments; a weaker check is a warning."""
    for rule in RULES:
        severities = sides.map(partial(_severity, rule))
        if severities.differ() and not rule.fixed:
            lowered = _SEVERITIES.index(severities.new) < _SEVERITIES.index(severities.old)
            kind, level = ("rule-lowered", _weigh_weaker(rule.id)) if lowered else ("rule-raised", Level.CHANGE)
            change = _describe(kind, f"rule {rule.id}", severities, ("rules", rule.id), sides)
            note = ", a weaker check" if lowered else ""
            yield change._replace(level=level, subject=f"rule {rule.id}", message=change.message + note)
    yield from _compare_ignores(sides)


def _severity(rule: Rule[Any], reading: Reading) -> str:
    return find_severity(rule, reading.config.severities).value


def _weigh_weaker(rule: str) -> Level:
    return Level.DANGER if rule in _POLICIES else Level.WARNING


def compare_excluded(sides: Both[Reading]) -> Iterator[Change]:
    """Compare ``validate.exclude``: what it grows by is in force below, and no longer looked at."""
    patterns = sides.map(lambda side: list_excluded(side.config.data))
    if patterns.map(frozenset).differ():
        texts = patterns.map(lambda each: ", ".join(each) or "nothing")
        change = _describe("validate-exclude", "excluded configurations", texts, ("validate", "exclude"), sides)
        added = [each for each in patterns.new if each not in patterns.old]
        message = f"{change.message}, a weaker check: {', '.join(added)} no longer checked"
        yield change._replace(level=Level.DANGER, message=message) if added else change


class _Suppression(NamedTuple):
    """A rule that a comment suppresses, and the subject of its line, wherever in the file that is now."""

    rule: str
    about: Pointer


class _Heeded(NamedTuple):
    """The reason of a comment that suppresses a rule, where it is, and its last day, if it has one."""

    reason: str
    place: Location
    end: str | None

    @property
    def span(self) -> str:
        return "" if self.end is None else f" until {self.end}"


def _compare_ignores(sides: Both[Reading]) -> Iterator[Change]:
    for key, heeded in pair_entries(sides.map(lambda side: dict(_suppressions(side)))):
        ends = heeded.map(lambda each: None if each is None else each.end or _NEVER)
        if not ends.differ():
            continue
        texts = heeded.map(lambda each: None if each is None else each.reason)
        places = heeded.map(lambda each: None if each is None else each.place)
        weaker = ends.old is None or (ends.new is not None and ends.new > ends.old)
        kind, level = ("rule-ignored", _weigh_weaker(key.rule)) if weaker else ("rule-heeded", Level.CHANGE)
        yield Change(kind, level, f"rule {key.rule}", _describe_heeded(key.rule, heeded, weaker=weaker), texts, places)


def _describe_heeded(rule: str, heeded: Both[_Heeded | None], *, weaker: bool) -> str:
    if heeded.new is None:
        return f"a comment no longer suppresses {rule}"
    before = "" if heeded.old is None else f" (before:{heeded.old.span or ' without an end'})"
    note = ", a weaker check" if weaker else ""
    return f"a comment suppresses {rule}{heeded.new.span}{before}{note}: {heeded.new.reason}"


def _suppressions(reading: Reading) -> Iterator[tuple[_Suppression, _Heeded]]:
    included = ((("agents", "entries", agent), document) for agent, document in reading.config.included.items())
    for above, document in (((), reading.config.document), *included):
        effective = find_effective(document, _SUPPRESSIBLE)
        about = find_subjects(document) if effective else {}
        for ignore in effective:
            place = document.place(ignore.start)
            for rule in ignore.rules:
                key = _Suppression(rule, (*above, *about.get(ignore.line, ())))
                yield key, _Heeded(ignore.reason, place, ignore.ends.get(rule))


def find_subjects(document: Document) -> dict[int, Pointer]:
    """The keys of the first key or value that begins on each line, counted from 1.

    A plain item of a list is named by its text, since earlier items change its index.
    """
    found: dict[int, Pointer] = {}
    for offset, pointer in _starts(document.root, ()):
        found.setdefault(document.place(offset).line, pointer)
    return found


def _starts(node: Node | None, pointer: Pointer) -> Iterator[tuple[int, Pointer]]:
    if isinstance(node, Scalar | Alias):
        yield node.start, pointer
    elif isinstance(node, Mapping):
        for key, value in node.items:
            below = (*pointer, str(key.value))
            yield key.start, below
            yield from _starts(value, below)
    elif isinstance(node, Sequence):
        for index, item in enumerate(node.items):
            yield from _starts(item, (*pointer, str(item.value) if isinstance(item, Scalar) else index))


def compare_probe(sides: Both[Reading]) -> Iterator[Change]:
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
        weaker = failing.new == _DEFAULT_PROBE.fail_on
        yield change._replace(level=Level.WARNING, message=f"{change.message}, a weaker gate") if weaker else change
    required = policies.map(lambda policy: policy.require or ())
    if required.map(frozenset).differ():
        yield _describe_required(required, sides)


def _describe_required(required: Both[tuple[str, ...]], sides: Both[Reading]) -> Change:
    texts = required.map(lambda words: ", ".join(words) or "nothing")
    change = _describe("probe-require", "required routes", texts, ("probe", "require"), sides)
    dropped = [word for word in required.old if word not in required.new]
    if not dropped:
        return change
    message = f"{change.message}, a weaker gate: {', '.join(dropped)} no longer required"
    return change._replace(level=Level.WARNING, message=message)


def _fill(policy: ProbeSettings) -> ProbeSettings:
    return _DEFAULT_PROBE._replace(**{name: value for name, value in policy._asdict().items() if value is not None})
