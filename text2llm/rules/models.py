"""Rules about the models that agents use."""

from __future__ import annotations

from collections.abc import Iterator

from text2llm.auth.reading import Reading
from text2llm.config.model import DEFAULTS, Slot
from text2llm.config.nodes import Pointer
from text2llm.config.resolve import Chain, Resolved, Via, is_allowed
from text2llm.diagnostics import Severity
from text2llm.refs import ModelRef
from text2llm.rules.catalog import check_chains, is_below, is_key, is_lacking
from text2llm.rules.names import suggest_model
from text2llm.rules.rule import Finding, Rule, define_rule


@define_rule("bare-reference", Severity.WARNING, "A model has no provider and is not an alias.", "write provider/model")
def bare_reference(reading: Reading) -> Iterator[Finding]:
    """A name without provider that is not an alias resolves to a model of the default provider.

    So a mistyped alias goes unnoticed until the model is requested.
    """
    config, resolver = reading.config, reading.resolver
    for name in config.chain_names():
        resolved = resolver.resolve_name(name)
        if resolved.via is Via.BARE:
            yield _bare(name.text, resolved.ref, name.pointer, reading)
    for name in config.models:
        if "/" not in name.text:
            ref = resolver.spellings.ref(config.default_provider, name.text)
            if ref.model not in resolver.catalogued():
                yield _bare(name.text, ref, name.pointer, reading)


def _bare(text: str, ref: ModelRef, pointer: Pointer, reading: Reading) -> Finding:
    near = suggest_model(text.strip(), reading)
    lacking = is_lacking(ref, reading)
    if near not in (None, str(ref)):
        hint = f"did you mean '{near}'?" + ("" if lacking else f" If not, write {ref}")
    elif lacking:
        hint = f"write provider/model: the catalog has no model '{ref.model}' of {ref.provider}"
    else:
        hint = f"write {ref} if that is what it means"
    message = f"'{text}' has no provider and is not an alias: it resolves to {ref}"
    return Finding(pointer, message, hint, is_key(pointer))


@define_rule(
    "policy-violation", Severity.ERROR, "A model in use is not allowed by modelPolicy.", "choose a model that it allows"
)
def policy_violation(reading: Reading) -> Iterator[Finding]:
    """A model in use that ``modelPolicy.allow`` does not cover was never approved."""
    config, resolver = reading.config, reading.resolver
    for name in config.chain_names():
        ref = resolver.resolve_name(name).ref
        if not is_allowed(ref, config, resolver.spellings):
            place = config.locate((*DEFAULTS, "modelPolicy", "allow"), key=True)
            hint = f"choose a model that it allows, or add '{ref}' to it at {place}"
            yield Finding(name.pointer, f"{ref} is not allowed by modelPolicy", hint)


@define_rule(
    "fallback-duplicate",
    Severity.WARNING,
    "A chain holds the same model twice.",
    "remove one of the two, or set fallbacks for the agent",
)
def fallback_duplicate(reading: Reading) -> Iterator[Finding]:
    """A model that already failed is tried again if its chain has it twice, in any spelling."""
    return check_chains(reading, tuple(Slot), _duplicates)


def _duplicates(chain: Chain, owner: Pointer) -> Iterator[Finding]:
    first: dict[ModelRef, Resolved] = {}
    for member in chain.members():
        earlier = first.setdefault(member.ref, member)
        if earlier is member:
            continue
        own = [is_below(each.pointer, owner) for each in (earlier, member)]
        if not any(own):
            continue  # both are in the defaults, which have that finding
        at, what = (member.pointer, "already there") if own[1] else (earlier.pointer, "also an inherited fallback")
        yield Finding(at, f"{member.ref} is {what} in this chain")


@define_rule(
    "fallback-same-provider",
    Severity.INFO,
    "Every fallback shares the primary's provider.",
    "add a fallback of another provider",
)
def fallback_same_provider(reading: Reading) -> Iterator[Finding]:
    """Every fallback is of the primary's provider: when that is down, or rejects the key, the whole chain fails."""
    return check_chains(reading, tuple(Slot), _one_provider)


def _one_provider(chain: Chain, owner: Pointer) -> Iterator[Finding]:
    providers = {member.ref.provider for member in chain.members()}
    own = next((each for each in (*chain.fallbacks, *chain.members()) if is_below(each.pointer, owner)), None)
    if own is not None and chain.primary is not None and chain.fallbacks and len(providers) == 1:
        message = f"every model of this chain is at {own.ref.provider}: one outage disables all of them"
        yield Finding(own.pointer, message)


MODEL_RULES: tuple[Rule[Reading], ...] = (policy_violation, bare_reference, fallback_duplicate, fallback_same_provider)
