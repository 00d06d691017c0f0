"""Whether any model can meet policies: one in use, of the catalog, or of a provider that no list covers. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from text2llm.auth.reading import Reading
from text2llm.config.nodes import Pointer
from text2llm.config.resolve import read_policy
from text2llm.policy.judge import make_tests
from text2llm.policy.judged import JudgedModel
from text2llm.policy.model import UnknownAction, WrittenPolicy, find_policies
from text2llm.policy.patterns import ANY
from text2llm.refs import ModelRef

#: What stands for any text in the name of a model that nothing lists.
_SOME = "x"


def make_filter(reading: Reading, policies: Sequence[WrittenPolicy]) -> Callable[[ModelRef], bool]:
    """The function that says whether a model meets all of the policies."""
    tests = [(each, make_tests(each.data, reading.spellings)) for each in policies]

    def meets(ref: ModelRef) -> bool:
        for policy, test in tests:
            model = JudgedModel(ref, reading, outside=policy.outside is not None)
            if any(each.certain or policy.unknown is UnknownAction.DENY for each in test(model)):
                return False
        return True

    return meets


def make_allowed(reading: Reading, agent: str | None = None) -> Callable[[ModelRef], bool]:
    """The function that says whether everything allows a model that applies to an agent: ``modelPolicy``, and policies.

    ``agent`` is a canonical id; ``None``: only what applies to all.
    """
    is_listed = read_policy(reading.config, reading.spellings)
    meets = make_filter(reading, [each for each in find_policies(reading.config) if each.agent in (None, agent)])
    return lambda ref: is_listed(ref) and meets(ref)


def find_lack(reading: Reading, policies: Sequence[WrittenPolicy], models: Iterable[ModelRef]) -> str | None:
    """What the models lack to meet all of the policies, and to make the chains that they require; ``None``: nothing."""
    wanted = [each.data.get("chain", {}) for each in policies]
    least, origins = (max(each.get(word, 1) for each in wanted) for word in ("models", "providers"))
    meets, seen, found, places = make_filter(reading, policies), set[ModelRef](), set[ModelRef](), set[str]()
    for ref in models:
        if ref not in seen and meets(ref):
            model = JudgedModel(ref, reading)
            seen.add(ref)
            found.add(model.requested)
            places.add(model.origin or ref.provider)
            if len(found) >= least and len(places) >= origins:
                return None
    return "too few known models meet" if found else "no known model meets"


def list_idle(reading: Reading, policy: WrittenPolicy) -> Iterator[Pointer]:
    """The places of patterns that no model fits: without a slash, and with a beginning that no provider has."""
    known = (*reading.registry.ids(), *reading.customs)
    for word, patterns in policy.data.get("models", {}).items():
        for index, pattern in enumerate(patterns):
            written = pattern.partition(ANY)[0]
            begins = written.lower() if word == "deny" else written
            if "/" not in pattern and not any(each.startswith(begins) for each in known):
                yield (*policy.pointer, "models", word, index)


def list_models(reading: Reading, policies: Sequence[WrittenPolicy]) -> Iterator[ModelRef]:
    """The models that the catalog has, and, of each provider that may have others, some that fit a pattern."""
    catalog = reading.catalog
    for provider in catalog.providers:
        for model in catalog.served(provider, reading.as_of):
            yield ModelRef(provider, model)
    patterns = [each for policy in policies for each in policy.data.get("models", {}).get("allow", ())]
    names = dict.fromkeys((_SOME, *(each.partition("/")[2].replace(ANY, _SOME) or _SOME for each in patterns)))
    for provider in dict.fromkeys((*reading.registry.ids(), *reading.customs)):
        refs = (reading.spellings.ref(provider, name) for name in names)
        yield from (ref for ref in refs if not catalog.expects(ref))
