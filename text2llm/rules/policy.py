"""Rules about the policies of a configuration and of its agents: one for each key."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cache, lru_cache
from typing import NamedTuple

from text2llm.auth.reading import Reading
from text2llm.config.nodes import Pointer
from text2llm.config.resolve import Chain, Resolved
from text2llm.config.roles import Role
from text2llm.diagnostics import Severity
from text2llm.policy.judge import make_test
from text2llm.policy.judged import JudgedModel, is_excepted, judge_model
from text2llm.policy.model import PREFIX, Breach, UnknownAction, WrittenPolicy, find_policies
from text2llm.policy.satisfy import find_lack, list_idle, list_models
from text2llm.refs import ModelRef
from text2llm.rules.chain import check_chain_key
from text2llm.rules.effort import check_effort
from text2llm.rules.rule import Finding, Rule, define_rule

#: Keys that make no sense for models that do not answer chat requests.
_CHAT_ONLY = frozenset({"context"})
#: Searches through the catalog for a model that meets a policy.
_MOST_SEARCHES = 20
_KNOWN = "choose a model of which that is known"


class UsedModel(NamedTuple):
    """A model in use, and where; ``chat``: it answers chat requests."""

    ref: ModelRef
    pointer: Pointer
    chat: bool


@define_rule(
    "policy-providers",
    Severity.ERROR,
    "A model in use is of a provider, or at an origin of one, that a policy does not allow.",
    "choose a model of an allowed provider",
)
def policy_providers(reading: Reading) -> Iterator[Finding]:
    """``policy.providers`` has the providers that may be used.

    Two are judged: the provider that the reference names, and the provider whose descriptor has the origin of its base
    URL. So a provider of the configuration cannot stand in for a denied one.
    """
    return check_key("providers", reading, find_policies(reading.config))


@define_rule(
    "policy-models", Severity.ERROR, "A model in use is not allowed by a policy.", "choose a model that it allows"
)
def policy_models(reading: Reading) -> Iterator[Finding]:
    """``policy.models`` has the models that may be used: allowed ones exactly as written, denied ones in any case."""
    return check_key("models", reading, find_policies(reading.config))


@define_rule(
    "policy-origins",
    Severity.ERROR,
    "A model in use is requested at an origin that a policy does not allow.",
    "choose a model of a provider at an allowed origin",
)
def policy_origins(reading: Reading) -> Iterator[Finding]:
    """``policy.origins`` has the origins that requests may be sent to: scheme, host and port of the base URL."""
    return check_key("origins", reading, find_policies(reading.config))


@define_rule(
    "policy-price", Severity.ERROR, "A model in use costs more than a policy allows.", "choose a cheaper model"
)
def policy_price(reading: Reading) -> Iterator[Finding]:
    """``policy.price`` limits what a million tokens of input and of output cost.

    If sources disagree on a price, the lowest decides; a limit between the two cannot be judged. Of a price in tiers
    the dearest one counts that the context window can reach.
    """
    return check_key("price", reading, find_policies(reading.config))


@define_rule(
    "policy-context",
    Severity.ERROR,
    "A model in use has a smaller context window than a policy requires.",
    "choose a model with a larger context window",
)
def policy_context(reading: Reading) -> Iterator[Finding]:
    """``policy.context`` is the smallest context window, in tokens, of the models that answer chat requests."""
    return check_key("context", reading, find_policies(reading.config))


@define_rule(
    "policy-retirement",
    Severity.ERROR,
    "A model in use retires sooner than a policy allows.",
    "choose a model that is served for longer",
)
def policy_retirement(reading: Reading) -> Iterator[Finding]:
    """``policy.retirement`` is how long every model must still be served, in days from the as-of date.

    A catalogued model without a retirement date has none announced.
    """
    return check_key("retirement", reading, find_policies(reading.config))


@define_rule(
    "policy-stages",
    Severity.ERROR,
    "A model in use is in a stage of release that a policy does not allow.",
    "choose a model in an allowed stage",
)
def policy_stages(reading: Reading) -> Iterator[Finding]:
    """``policy.stages`` has the stages of release that models may be in. The catalog does not have this fact yet."""
    return check_key("stages", reading, find_policies(reading.config))


@define_rule(
    "policy-effort",
    Severity.ERROR,
    "The parameters of a model in use ask for more reasoning effort than a policy allows.",
    "lower the effort of its parameters",
)
def policy_effort(reading: Reading) -> Iterator[Finding]:
    """``policy.effort`` is the highest reasoning effort that the parameters of a model may ask for.

    A model whose parameters do not name an effort is not judged.
    """
    return check_effort_key(reading, find_policies(reading.config))


@define_rule(
    "policy-chain",
    Severity.ERROR,
    "A main chain has fewer models, or fewer origins, than a policy requires.",
    "add a fallback of another provider",
)
def policy_chain(reading: Reading) -> Iterator[Finding]:
    """``policy.chain`` is what the main chain of every agent has at least: different models, and different origins.

    Two providers at one origin, such as a gateway, fail together; two ids with one ``wire`` are the same model.
    """
    return check_chain_key(reading, find_policies(reading.config))


@define_rule(
    "policy-unsatisfiable",
    Severity.ERROR,
    "A policy allows no model at all; of a pattern that no model fits, a warning.",
    "loosen the policy, or correct it",
)
def policy_unsatisfiable(reading: Reading) -> Iterator[Finding]:
    """No model of the catalog or the configuration meets the policy, or too few for the chains that it requires.

    A policy of an agent is judged together with that of the configuration, since both must hold.

    Patterns of models are compared with provider/model: ``gpt-*`` fits none, and denies nothing; ``*/gpt-*`` does.
    """
    return check_satisfiable(reading, find_policies(reading.config))


def check_policies(rule: str, reading: Reading, policies: Iterable[WrittenPolicy]) -> Iterator[Finding]:
    """The findings of a rule of this module for some policies."""
    key = rule.removeprefix(PREFIX)
    special = _SPECIAL.get(key)
    return check_key(key, reading, policies) if special is None else special(reading, policies)


def check_key(key: str, reading: Reading, policies: Iterable[WrittenPolicy]) -> Iterator[Finding]:
    """The findings of one key of each policy that applies; each once."""
    uses = _list_uses(reading)
    for policy in policies:
        if key in policy.data:
            test = make_test(key, policy.data[key], reading.spellings)
            judge = cache(_judge_with(test, reading, outside=policy.outside is not None))
            for use in uses.list_for(policy.agent):
                for breach in judge(use.ref) if use.chat or key not in _CHAT_ONLY else ():
                    yield from _find(breach, use, policy, reading)


def _judge_with(
    test: Callable[[JudgedModel], Iterator[Breach]], reading: Reading, *, outside: bool
) -> Callable[[ModelRef], tuple[Breach, ...]]:
    return lambda ref: tuple(test(judge_model(ref, reading, outside=outside)))


def _find(breach: Breach, use: UsedModel, policy: WrittenPolicy, reading: Reading) -> Iterator[Finding]:
    counts = breach.certain or policy.unknown is not UnknownAction.OK
    if counts and not is_excepted(use.ref, str(breach.keys[0]), policy, reading):
        place = policy.locate(reading.config, breach.keys)
        unsure = not breach.certain and policy.unknown is UnknownAction.WARN
        message = f"{use.ref} {breach.problem} ({policy.name}, {place})"
        hint = None if breach.certain else _KNOWN
        yield Finding(use.pointer, message, hint, most=Severity.WARNING if unsure else Severity.ERROR)


class _UseList:
    """What the policies of a configuration apply to; chains of the defaults are resolved once."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._base = cache(lambda role: reading.resolver.chain(None, role))
        self._known: dict[str | None, tuple[UsedModel, ...]] = {}

    def list_for(self, agent: str | None) -> tuple[UsedModel, ...]:
        """The models in use where a policy applies: everywhere, or the chains of its agent."""
        if agent not in self._known:
            self._known[agent] = tuple(self._find(agent))
        return self._known[agent]

    def _find(self, agent: str | None) -> Iterator[UsedModel]:
        if agent is None:
            for role, used in self._reading.used_by_role:
                yield UsedModel(used.ref, used.pointer, role.is_chat)
            return
        for role in self._reading.config.roles:
            for member in self._chain(agent, role).members():
                yield UsedModel(member.ref, member.pointer, role.is_chat)

    def _chain(self, agent: str, role: Role) -> Chain:
        return self._reading.resolver.chain(agent, role, self._base(role))


@lru_cache(maxsize=1)
def _list_uses(reading: Reading) -> _UseList:
    """The list for a reading, which all keys of its policies share."""
    return _UseList(reading)


def check_effort_key(reading: Reading, policies: Iterable[WrittenPolicy]) -> Iterator[Finding]:
    """The findings of the key ``effort`` of each policy that applies."""

    def report(breach: Breach, member: Resolved, policy: WrittenPolicy) -> Iterator[Finding]:
        return _find(breach, UsedModel(member.ref, member.pointer, chat=True), policy, reading)

    return check_effort(reading, policies, report)


def check_satisfiable(reading: Reading, policies: Iterable[WrittenPolicy]) -> Iterator[Finding]:
    """A finding for each policy that no model meets, together with the wider one; few search the catalog."""
    found, uses, searches = list(policies), _list_uses(reading), iter(range(_MOST_SEARCHES))
    wide = [each for each in found if each.agent is None]
    for policy in found:
        yield from _find_idle(policy, reading)
        together = [policy] if policy.agent is None else [*wide, policy]
        used = (use.ref for use in uses.list_for(policy.agent))
        if find_lack(reading, together, used) is None or next(searches, None) is None:
            continue
        lack = find_lack(reading, together, list_models(reading, together))
        if lack is not None:
            besides = " together with the policy of the configuration" if len(together) > 1 else ""
            yield Finding(policy.pointer, f"{lack} {policy.name}{besides}", key=True)


def _find_idle(policy: WrittenPolicy, reading: Reading) -> Iterator[Finding]:
    for pointer in list_idle(reading, policy):
        pattern = policy.data["models"][pointer[-2]][pointer[-1]]
        message = f"no model fits '{pattern}', which is compared with provider/model"
        yield Finding(pointer, message, f"write '*/{pattern}'", most=Severity.WARNING)


#: The checks of keys that do not judge single models by what is known of them.
_SPECIAL = {"effort": check_effort_key, "chain": check_chain_key, "unsatisfiable": check_satisfiable}
POLICY_RULES: tuple[Rule[Reading], ...] = (
    policy_providers,
    policy_models,
    policy_origins,
    policy_price,
    policy_context,
    policy_retirement,
    policy_stages,
    policy_effort,
    policy_chain,
    policy_unsatisfiable,
)
