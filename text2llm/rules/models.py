"""Rules about the models that agents use."""

from __future__ import annotations

from collections.abc import Iterator

from text2llm.auth.reading import Reading
from text2llm.config.model import DEFAULTS, Slot
from text2llm.config.nodes import Pointer
from text2llm.config.resolve import Resolved, Via, is_allowed
from text2llm.diagnostics import Severity
from text2llm.refs import ModelRef
from text2llm.rules.catalog import is_lacking
from text2llm.rules.names import suggest_model
from text2llm.rules.rule import Finding, Rule


def find_bare(reading: Reading) -> Iterator[Finding]:
    """A name without provider that is no alias is taken for a model of the default provider.

    That is how a mistyped alias goes unnoticed until the model is asked for.
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
    message = f"'{text}' has no provider and is no alias: it is taken for {ref}"
    return Finding(pointer, message, hint, key=pointer[:-1] == (*DEFAULTS, "models"))


def find_forbidden(reading: Reading) -> Iterator[Finding]:
    """``modelPolicy.allow`` is what was agreed on: a model in use that it does not cover was never approved."""
    config, resolver = reading.config, reading.resolver
    for name in config.chain_names():
        ref = resolver.resolve_name(name).ref
        if not is_allowed(ref, config, resolver.spellings):
            place = config.locate((*DEFAULTS, "modelPolicy", "allow"), key=True)
            hint = f"choose a model that it allows, or add '{ref}' to it at {place}"
            yield Finding(name.pointer, f"{ref} is not allowed by modelPolicy", hint)


def find_duplicate(reading: Reading) -> Iterator[Finding]:
    """A model that already failed is asked again when its chain holds it twice, under whatever spelling."""
    reported: set[Pointer] = set()
    for agent in (None, *reading.config.agents):
        for slot in Slot:
            if agent is not None and slot not in agent.choices:
                continue
            members = reading.resolver.chain(agent.id if agent else None, slot).members()
            for finding in _duplicates(members, agent.pointer if agent else DEFAULTS):
                if finding.at not in reported:
                    reported.add(finding.at)  # type: ignore[arg-type]
                    yield finding


def _duplicates(members: tuple[Resolved, ...], owner: Pointer) -> Iterator[Finding]:
    first: dict[ModelRef, Resolved] = {}
    for member in members:
        earlier = first.setdefault(member.ref, member)
        if earlier is member:
            continue
        own = [each.pointer[: len(owner)] == owner for each in (earlier, member)]
        if not any(own):
            continue  # both are the defaults', whose finding it is
        at, what = (member.pointer, "already there") if own[1] else (earlier.pointer, "also an inherited fallback")
        yield Finding(at, f"{member.ref} is {what} in this chain")


def find_one_provider(reading: Reading) -> Iterator[Finding]:
    """Every fallback is of the primary's provider: when that is down, or rejects the key, the whole chain fails."""
    for agent in (None, *reading.config.agents):
        for slot, choice in (reading.config.defaults if agent is None else agent.choices).items():
            chain = reading.resolver.chain(agent.id if agent else None, slot)
            providers = {member.ref.provider for member in chain.members()}
            own = next(filter(None, (*(choice.fallbacks or ()), choice.primary)), None)
            if own is not None and chain.primary is not None and chain.fallbacks and len(providers) == 1:
                (provider,) = providers
                yield Finding(
                    own.pointer, f"every model of this chain is at {provider}: one outage disables all of them"
                )


MODEL_RULES: tuple[Rule[Reading], ...] = (
    Rule(
        "policy-violation",
        Severity.ERROR,
        "A model in use is not allowed by modelPolicy.",
        "choose a model that it allows",
        find_forbidden,
    ),
    Rule(
        "bare-reference",
        Severity.WARNING,
        "A model is written without provider and is no alias.",
        "write provider/model",
        find_bare,
    ),
    Rule(
        "fallback-duplicate",
        Severity.WARNING,
        "A chain holds the same model twice.",
        "remove one of the two, or give the agent fallbacks of its own",
        find_duplicate,
    ),
    Rule(
        "fallback-same-provider",
        Severity.INFO,
        "Every fallback shares the primary's provider.",
        "add a fallback of another provider",
        find_one_provider,
    ),
)
