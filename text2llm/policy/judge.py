"""Judge a model by one key of a policy. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any, TypeAlias

from text2llm.catalog.facts import is_retiring, show_price
from text2llm.policy.judged import JudgedModel
from text2llm.policy.model import Breach
from text2llm.policy.patterns import SPELL, PatternSet
from text2llm.refs import Spellings

#: The breaches of a model.
Test: TypeAlias = Callable[[JudgedModel], Iterator[Breach]]
DAYS = "d"


def make_test(key: str, setting: Any, spellings: Spellings) -> Test:
    """The test of one key of a policy, which has been set to ``setting``."""
    return _TESTS[key](setting, spellings)


def _read_list(key: str, word: str, setting: Mapping[str, Any], spellings: Spellings) -> PatternSet | None:
    if word not in setting:
        return None
    return PatternSet((SPELL[key](each, spellings) for each in setting[word]), folded=word == "deny")


def _test_providers(setting: Mapping[str, Any], spellings: Spellings) -> Test:
    allowed, denied = (_read_list("providers", word, setting, spellings) for word in ("allow", "deny"))

    def test(model: JudgedModel) -> Iterator[Breach]:
        own, owners = model.ref.provider, model.owners
        for name in (own, *owners):
            if denied is not None and denied.matches(name):
                yield Breach(("providers", "deny"), f"{_describe(name, own)}, which is denied")
        if allowed is not None and not allowed.matches(own):
            yield Breach(("providers", "allow"), f"{_describe(own, own)}, which is not allowed")
        elif allowed is not None and owners and not any(map(allowed.matches, owners)):
            yield Breach(("providers", "allow"), f"{_describe(owners[0], own)}, which is not allowed")

    return test


def _describe(name: str, own: str) -> str:
    return f"is a model of {name}" if name == own else f"is requested at an origin of {name}"


def _test_models(setting: Mapping[str, Any], spellings: Spellings) -> Test:
    allowed, denied = (_read_list("models", word, setting, spellings) for word in ("allow", "deny"))

    def test(model: JudgedModel) -> Iterator[Breach]:
        for name in map(str, model.names):
            asked = "" if name == str(model.ref) else f"is requested as {name}, which "
            if denied is not None and denied.matches(name):
                yield Breach(("models", "deny"), f"{asked}is denied")
            if allowed is not None and not allowed.matches(name):
                yield Breach(("models", "allow"), f"{asked}is not allowed")

    return test


def _test_origins(setting: Mapping[str, Any], spellings: Spellings) -> Test:
    allowed = _read_list("origins", "allow", setting, spellings)

    def test(model: JudgedModel) -> Iterator[Breach]:
        keys, origin = ("origins", "allow"), model.origin
        if allowed is not None and origin is None:
            yield Breach(keys, "has no known origin", certain=False)
        elif allowed is not None and origin is not None and not allowed.matches(origin):
            yield Breach(keys, f"is requested at {origin}, which is not allowed")

    return test


def _test_price(setting: Mapping[str, Any], _spellings: Spellings) -> Test:
    def test(model: JudgedModel) -> Iterator[Breach]:
        prices = model.prices
        for word, limit in setting.items():
            price, keys = prices[word], ("price", word)
            if price is None:
                yield Breach(keys, f"has no known {word} price", certain=False)
            elif price.lowest > limit:
                cost = f"costs {show_price(price.lowest)} per million {word} tokens"
                yield Breach(keys, f"{cost}, more than {show_price(limit)}")
            elif price.highest > limit:
                cost = f"costs {show_price(price.lowest)} or {show_price(price.highest)} per million {word} tokens"
                yield Breach(keys, f"{cost}, by different sources, and the limit is {show_price(limit)}", certain=False)

    return test


def _test_context(least: int, _spellings: Spellings) -> Test:
    def test(model: JudgedModel) -> Iterator[Breach]:
        window = model.context
        if window is None:
            yield Breach(("context",), "has no known context window", certain=False)
        elif window < least:
            yield Breach(("context",), f"has a context window of {window:,} tokens, less than {least:,}")

    return test


def _test_retirement(span: str, _spellings: Spellings) -> Test:
    days = int(span.removesuffix(DAYS))

    def test(model: JudgedModel) -> Iterator[Breach]:
        if model.facts is None:
            yield Breach(("retirement",), "has no known retirement date", certain=False)
        elif (day := model.facts.retires) is not None and is_retiring(day, model.today, days):
            if day <= model.today:
                yield Breach(("retirement",), f"has not been served since {day}")
            else:
                yield Breach(("retirement",), f"will not be served from {day} on, within {days} days of {model.today}")

    return test


def _test_stages(_allowed: list[str], _spellings: Spellings) -> Test:
    # No catalog has this fact yet.
    return lambda _model: iter((Breach(("stages",), "has no known stage of release", certain=False),))


_TESTS: Mapping[str, Callable[[Any, Spellings], Test]] = {
    "providers": _test_providers,
    "models": _test_models,
    "origins": _test_origins,
    "price": _test_price,
    "context": _test_context,
    "retirement": _test_retirement,
    "stages": _test_stages,
}


def make_tests(data: Mapping[str, Any], spellings: Spellings) -> Test:
    """All tests of a policy in one."""
    tests = [make_test(key, data[key], spellings) for key in _TESTS if key in data]
    return partial(_run_all, tests)


def _run_all(tests: list[Test], model: JudgedModel) -> Iterator[Breach]:
    for test in tests:
        yield from test(model)
