"""Why a key, an agent, an alias, a model or a provider is what it is. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import assert_never

from text2llm.auth.reading import Reading
from text2llm.config.model import DEFAULTS, Config, Slot
from text2llm.config.nodes import Pointer, Value
from text2llm.config.resolve import is_allowed
from text2llm.diff.facts import FIELDS, LABELS, show_fact
from text2llm.diff.values import hide, show_value
from text2llm.edit.change import format_pointer
from text2llm.explain.credential import trace_credentials
from text2llm.explain.explanation import Explanation, Kind, Part, Source, Step
from text2llm.explain.key import Key
from text2llm.explain.store import trace_store
from text2llm.explain.subject import Subject
from text2llm.explain.trace import trace_fallback, trace_name, trace_primary, trace_slot
from text2llm.plan.grants import Granted
from text2llm.redaction import Layer
from text2llm.redaction.forms import Forms
from text2llm.redaction.places import Places
from text2llm.refs import ModelRef
from text2llm.rules.table import RULES
from text2llm.upstream.access import find_access
from text2llm.upstream.address import find_address


def explain_subject(subject: Subject, reading: Reading, chosen: Step, granted: tuple[Granted, ...] = ()) -> Explanation:
    """The answer, without any credential that stands in the files.

    ``chosen`` is what chose the configuration, ``granted`` are a person's grants.

    Raises:
        ReferenceFormatError: a model in the configuration cannot be parsed.
    """
    config, forms = reading.config, Forms(reading.registry)
    secrets = Places.of_files((config.document, *config.included.values()), forms)
    whole = Part("configuration", config.document.path, (chosen,))
    parts = tuple(_redact(part, secrets, forms) for part in (*_explain(subject, reading, granted, secrets), whole))
    return Explanation(subject.kind, hide(_name(subject), secrets, forms), parts)


def _name(subject: Subject) -> str:
    if subject.key is not None:
        return format_pointer(subject.key.pointer)
    return str(subject.ref) if subject.kind is Kind.MODEL else subject.name


def _explain(subject: Subject, reading: Reading, granted: tuple[Granted, ...], secrets: Places) -> Iterator[Part]:
    match subject.kind:
        case Kind.KEY:
            assert subject.key is not None
            yield from _explain_key(subject.key, reading, secrets)
        case Kind.AGENT:
            yield from _explain_agent(subject.name, reading, granted)
        case Kind.ALIAS | Kind.MODEL:
            assert subject.ref is not None
            yield from _explain_model(subject, subject.ref, reading, granted)
        case Kind.PROVIDER:
            yield from _explain_provider(subject.name, reading, granted)
        case _:
            assert_never(subject.kind)


def _explain_key(key: Key, reading: Reading, secrets: Places) -> Iterator[Part]:
    match key.pointer:
        case ("agents", "defaults", str(slot), *rest) if slot in _SLOTS:
            yield from _explain_slot(None, _SLOTS[slot], rest, reading)
        case ("agents", "entries", str(agent), str(slot), *rest) if slot in _SLOTS:
            yield from _explain_slot(agent.lower(), _SLOTS[slot], rest, reading)
        case _:
            yield from _explain_values(key, reading.config, secrets)


_OF_RULES = "not written, so each rule has its own severity: `text2llm rule` lists them"
_SLOTS = {slot.value: slot for slot in Slot}


def _explain_slot(agent: str | None, slot: Slot, rest: list[str | int], reading: Reading) -> Iterator[Part]:
    match rest:
        case ["primary"]:
            yield trace_primary(agent, slot, reading)
        case ["fallbacks"]:
            yield from trace_slot(agent, slot, reading)[1:]
        case ["fallbacks", int(index)]:
            yield trace_fallback(agent, slot, index, reading)
        case _:
            yield from trace_slot(agent, slot, reading)


def _explain_values(key: Key, config: Config, secrets: Places) -> Iterator[Part]:
    """A value; of a map whose keys have usual values each of them, so that what counts is seen as a whole."""
    children = [Key((*key.pointer, name), schema) for name, schema in key.schema.get("properties", {}).items()]
    if any("default" in child.schema for child in children):
        for child in children:
            yield from _explain_values(child, config, secrets)
    else:
        yield _explain_value(key, config, secrets)


def _explain_value(key: Key, config: Config, secrets: Places) -> Part:
    name, value = format_pointer(key.pointer), config.value_at(key.pointer)
    if value is not None:
        step = Step("written there", Source.FILE, config.locate(key.pointer))
        return Part(name, show_value(_shown(key.pointer, value, secrets)), (step,))
    usual = _usual_value(key)
    if usual is not None:
        return Part(name, usual, (Step("not set; the default applies", Source.DEFAULT),))
    missing = _OF_RULES if key.pointer == ("rules",) else "not written, and there is no usual value"
    return Part(name, None, (Step(missing, Source.DEFAULT),))


def _usual_value(key: Key) -> str | None:
    if key.pointer[0] == "rules":
        return next((rule.severity.value for rule in RULES if rule.id == key.pointer[-1]), None)
    return show_value(key.schema["default"]) if "default" in key.schema else None


def _shown(pointer: Pointer, value: Value, secrets: Places) -> Value:
    """A value; what stands in the place of a credential only where it is a reference."""
    if isinstance(value, dict):
        return {key: _shown((*pointer, key), each, secrets) for key, each in value.items()}
    if isinstance(value, str) and pointer[:2] == ("models", "providers"):
        return secrets.show_credential(value) if pointer[-1] == "apiKey" else secrets.show_header(value)
    return value


def _explain_agent(agent: str, reading: Reading, granted: tuple[Granted, ...]) -> Iterator[Part]:
    config = reading.config
    yield _explain_default(agent, config)
    used: dict[str, None] = {}
    for slot in Slot:
        yield from trace_slot(agent, slot, reading)
        used |= dict.fromkeys(member.ref.provider for member in reading.resolver.chain(agent, slot).members())
    decided = trace_store(reading.agent, reading.agent_dir, reading.store_path, reading.environ)
    yield Part("credential store", reading.store_path, decided)
    for provider in used:
        yield from trace_credentials(find_access(provider, reading), granted)


def _explain_default(agent: str, config: Config) -> Part:
    """Whether an agent is the one that is meant where none is named."""
    default = config.default_id
    settings = config.agent(default)
    marked = settings is not None and settings.default
    if settings is not None and marked:
        step = Step(f"{default} is marked default", Source.FILE, config.locate((*settings.pointer, "default")))
    else:
        step = Step(f"no agent is marked default, so it is {default}", Source.DEFAULT)
    return Part("default agent", "yes" if agent == default else f"no: {default}", (step,))


def _explain_model(subject: Subject, ref: ModelRef, reading: Reading, granted: tuple[Granted, ...]) -> Iterator[Part]:
    steps = tuple(trace_name(reading.resolver.resolve(subject.name), reading))
    if steps:
        yield Part("model", str(ref), steps)
    yield _explain_use(ref, reading)
    yield _explain_policy(ref, reading)
    yield from _explain_facts(ref, reading)
    yield from _explain_provider(ref.provider, reading, granted, ref.model)


def _explain_use(ref: ModelRef, reading: Reading) -> Part:
    config = reading.config
    owners = [("defaults", config.defaults), *((f"agent {agent.id}", agent.choices) for agent in config.agents)]
    named = (
        (owner, slot, name)
        for owner, choices in owners
        for slot, choice in choices.items()
        for name in (*filter(None, (choice.primary,)), *(choice.fallbacks or ()))
    )
    steps = tuple(
        Step(f"{owner}: {format_pointer(name.pointer)}", Source.FILE, config.locate(name.pointer))
        for owner, _slot, name in named
        if reading.resolver.resolve_name(name).ref == ref
    )
    count = f"{len(steps)} {'place' if len(steps) == 1 else 'places'}"
    nowhere = Part("used in", "nowhere", (Step("no chain has it", Source.DEFAULT),))
    return Part("used in", count, steps) if steps else nowhere


def _explain_policy(ref: ModelRef, reading: Reading) -> Part:
    config, spellings = reading.config, reading.resolver.spellings
    if config.policy is None:
        return Part("allowed", "yes", (Step("there is no modelPolicy: every model is allowed", Source.DEFAULT),))
    for entry in config.policy:
        if is_allowed(ref, config._replace(policy=(entry,)), spellings):
            step = Step(f"modelPolicy allows {entry.text}", Source.FILE, config.locate(entry.pointer))
            return Part("allowed", "yes", (step,))
    place = config.locate((*DEFAULTS, "modelPolicy", "allow"), key=True)
    return Part("allowed", "no", (Step("no entry of modelPolicy covers it", Source.FILE, place),))


def _explain_facts(ref: ModelRef, reading: Reading) -> Iterator[Part]:
    """What is known of a model, and who says so."""
    custom = reading.customs.get(ref.provider)
    models = () if custom is None else custom.models
    spell = reading.resolver.spellings.ref
    index = next((at for at, each in enumerate(models) if spell(ref.provider, each.id) == ref), None)
    facts = reading.catalog.find(ref)
    for name, field in FIELDS.items():
        value = None if facts is None else getattr(facts, field)
        own = None if index is None else getattr(models[index], _OWN.get(field, ""), None)
        if value is not None:
            yield Part(
                LABELS[name],
                show_fact(name, value),
                (_fact_step(bool(own), custom and custom.pointer, index, reading),),
            )
    if facts is None:
        source = reading.catalog.source
        step = Step(
            "the catalog does not have it", Source.CATALOG, name=f"{source.name} {source.version}, {source.date}"
        )
        yield Part("facts", None, (step,))


#: What a configuration can say of a model: the catalog's field, and its own.
_OWN = {"context_window": "context_window", "max_tokens": "max_tokens", "inputs": "input"}


def _fact_step(own: bool, pointer: Pointer | None, index: int | None, reading: Reading) -> Step:  # noqa: FBT001
    if own and pointer is not None and index is not None:
        return Step("the configuration says so", Source.FILE, reading.config.locate((*pointer, "models", index)))
    source = reading.catalog.source
    return Step("the catalog says so", Source.CATALOG, name=f"{source.name} {source.version}, {source.date}")


def _explain_provider(
    provider: str, reading: Reading, granted: tuple[Granted, ...], model: str | None = None
) -> Iterator[Part]:
    access = find_access(provider, reading, model)
    custom = access.custom
    address = find_address(access.builtin, custom, model, meant=True)
    for name, key, value, written in (
        ("base URL", "baseUrl", address.url, address.moved),
        ("API", "api", address.api, custom is not None and custom.api is not None),
    ):
        if custom is not None and written:
            place = reading.config.locate((*custom.pointer, key))
            yield Part(name, value, (Step("the configuration says so", Source.FILE, place),))
        elif access.builtin is not None:
            yield Part(name, value, (Step(f"the usual one of {provider}", Source.BUILT_IN),))
        elif key == "api":
            yield Part(name, value, (Step("what most gateways speak", Source.DEFAULT),))
        else:
            yield Part(name, None, (Step("nothing says", Source.DEFAULT),))
    yield from trace_credentials(access, granted)


def _redact(part: Part, *layers: Layer) -> Part:
    steps = tuple(
        step._replace(text=hide(step.text, *layers), name=step.name and hide(step.name, *layers)) for step in part.steps
    )
    value = None if part.value is None else hide(part.value, *layers)
    return part._replace(name=hide(part.name, *layers), value=value, steps=steps)
