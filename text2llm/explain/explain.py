"""Explain a key, an agent, an alias, a model or a provider. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import assert_never, cast

from text2llm.auth.agents import known_agents
from text2llm.auth.reading import Reading
from text2llm.catalog.layers import DeclaredModels, FactSource, declared_models, find_layers
from text2llm.config.model import DEFAULTS, Config
from text2llm.config.nodes import Pointer, Value
from text2llm.config.resolve import is_allowed
from text2llm.config.roles import MAIN, Role, read_role
from text2llm.diff.facts import FIELDS, LABELS, PRICE_FACTS, show_fact
from text2llm.diff.values import hide, show_value
from text2llm.edit.change import format_pointer
from text2llm.explain.credential import trace_credentials
from text2llm.explain.explanation import Explanation, Kind, Part, Step, StepSource
from text2llm.explain.key import Key
from text2llm.explain.layers import trace_layers
from text2llm.explain.params import ParamTopic, trace_params
from text2llm.explain.policy import trace_policies
from text2llm.explain.store import trace_store
from text2llm.explain.subject import Topic
from text2llm.explain.trace import trace_fallback, trace_name, trace_primary, trace_role
from text2llm.plan.grants import Granted
from text2llm.redaction import Layer
from text2llm.redaction.forms import Forms
from text2llm.redaction.places import Places
from text2llm.refs import ModelRef
from text2llm.rules.table import RULES
from text2llm.upstream.access import find_access
from text2llm.upstream.address import find_address
from text2llm.upstream.hidden import hide_secrets


def explain_subject(subject: Topic, reading: Reading, chosen: Step, granted: tuple[Granted, ...] = ()) -> Explanation:
    """The explanation, without any credential of the files.

    ``chosen`` is what chose the configuration, ``granted`` are the user's grants.

    Raises:
        ReferenceFormatError: a model in the configuration cannot be parsed.
    """
    config, forms = reading.config, Forms(reading.registry)
    secrets = Places.of_files(config.documents, forms)
    whole = Part("configuration", config.document.path, (chosen,))
    parts = tuple(_redact(part, secrets, forms) for part in (*_explain(subject, reading, granted, secrets), whole))
    return Explanation(subject.kind, hide(_name(subject), secrets, forms), parts, config.environment_name)


def _name(subject: Topic) -> str:
    if subject.key is not None:
        return format_pointer(subject.key.pointer)
    return str(subject.ref) if subject.kind is Kind.MODEL else subject.name


def _explain(subject: Topic, reading: Reading, granted: tuple[Granted, ...], secrets: Places) -> Iterator[Part]:
    match subject.kind:
        case Kind.KEY:
            assert subject.key is not None
            yield from _explain_key(subject.key, reading, secrets)
        case Kind.AGENT:
            yield from _explain_agent(subject.name, reading, granted, secrets)
        case Kind.ALIAS | Kind.MODEL:
            assert subject.ref is not None
            yield from _explain_model(subject, subject.ref, reading, granted, secrets)
        case Kind.PROVIDER:
            yield from _explain_provider(subject.name, reading, granted)
        case _:
            assert_never(subject.kind)


def _explain_key(key: Key, reading: Reading, secrets: Places) -> Iterator[Part]:
    match key.pointer:
        case ("agents", "defaults", *rest) if (found := read_role(tuple(rest))) and found[1][:1] != _PARAMS:
            yield from _explain_role(None, *found, reading)
        case ("agents", "entries", str(agent), *rest) if (
            agent.lower() in known_agents(reading.config)
            and (found := read_role(tuple(rest)))
            and found[1][:1] != _PARAMS
        ):
            yield from _explain_role(agent.lower(), *found, reading)
        case _:
            yield from _explain_values(key, reading.config, secrets)


_PARAMS = ("params",)
_NO_RULES = "not set; `text2llm rule` lists the default severities"


def _explain_role(agent: str | None, role: Role, rest: Pointer, reading: Reading) -> Iterator[Part]:
    match rest:
        case ["primary"]:
            yield trace_primary(agent, role, reading)
        case ["fallbacks"]:
            yield from trace_role(agent, role, reading)[1:]
        case ["fallbacks", int(index)]:
            yield trace_fallback(agent, role, index, reading)
        case _:
            yield from trace_role(agent, role, reading)


def _explain_values(key: Key, config: Config, secrets: Places) -> Iterator[Part]:
    """A value; for a map whose keys have defaults, each key, to show the effective whole."""
    children = [Key((*key.pointer, name), schema) for name, schema in key.schema.get("properties", {}).items()]
    if any("default" in child.schema for child in children):
        for child in children:
            yield from _explain_values(child, config, secrets)
    else:
        yield _explain_value(key, config, secrets)


def _explain_value(key: Key, config: Config, secrets: Places) -> Part:
    name, value = format_pointer(key.pointer), config.value_at(key.pointer)
    layers = trace_layers(key.pointer, config)
    if value is not None:
        step = Step("set there", StepSource.FILE, config.locate(key.pointer))
        return Part(name, show_value(_shown(key.pointer, value, secrets)), (*layers, step))
    default = _default_value(key)
    if default is not None:
        return Part(name, default, (*layers, Step("not set; the default applies", StepSource.DEFAULT)))
    missing = _NO_RULES if key.pointer == ("rules",) else "not set, and there is no default"
    return Part(name, None, (*layers, Step(missing, StepSource.DEFAULT)))


def _default_value(key: Key) -> str | None:
    if key.pointer[0] == "rules":
        return next((rule.severity.value for rule in RULES if rule.id == key.pointer[-1]), None)
    return show_value(key.schema["default"]) if "default" in key.schema else None


def _shown(pointer: Pointer, value: Value, secrets: Places) -> Value:
    """A value; one that can be a credential only if it is a reference."""
    if "params" in pointer:
        return cast("Value", hide_secrets(value, secrets))
    if isinstance(value, dict):
        return {key: _shown((*pointer, key), each, secrets) for key, each in value.items()}
    if isinstance(value, str) and pointer[:2] == ("models", "providers"):
        return secrets.show_credential(value) if pointer[-1] == "apiKey" else secrets.show_header(value)
    return value


def _explain_agent(agent: str, reading: Reading, granted: tuple[Granted, ...], secrets: Places) -> Iterator[Part]:
    config = reading.config
    yield _explain_default(agent, config)
    used: dict[tuple[str, str | None], None] = {}
    for role in config.roles:
        yield from trace_role(agent, role, reading)
        chain = reading.resolver.chain(agent, role)
        first = [] if chain.primary is None else [(role.words.primary, chain.primary)]
        fallbacks = ((f"{role.words.fallback} {rank}", member) for rank, member in enumerate(chain.fallbacks, 1))
        for label, member in (*first, *fallbacks):
            yield from trace_params(ParamTopic(label, agent, role, member.ref), reading, secrets)
            provider, model = member.ref.provider, member.ref.model
            used[provider, reading.book.find_pinned(provider, model)] = None
    decided = trace_store(reading.agent, reading.agent_dir, reading.store_path, reading.environ)
    yield Part("credential store", reading.store_path, decided)
    for provider, pinned in used:
        yield from trace_credentials(find_access(provider, reading, pinned), granted)


def _explain_default(agent: str, config: Config) -> Part:
    default = config.default_id
    settings = config.agent(default)
    if settings is not None and settings.default:
        pointer = (*settings.pointer, "default")
        marked = Step(f"{default} is marked default", StepSource.FILE, config.locate(pointer))
        steps = (*trace_layers(pointer, config), marked)
    else:
        steps = (Step(f"no agent is marked default; {default} is used", StepSource.DEFAULT),)
    return Part("default agent", "yes" if agent == default else f"no: {default}", steps)


def _explain_model(
    subject: Topic, ref: ModelRef, reading: Reading, granted: tuple[Granted, ...], secrets: Places
) -> Iterator[Part]:
    steps = tuple(trace_name(reading.resolver.resolve(subject.name), reading))
    if steps:
        yield Part("model", str(ref), steps)
    yield _explain_use(ref, reading)
    yield _explain_policy(ref, reading)
    yield from trace_policies(ref, reading)
    yield from _explain_wire(ref, reading)
    yield from trace_params(ParamTopic("parameter", reading.agent, MAIN, ref), reading, secrets)
    yield from _explain_facts(ref, reading)
    yield from _explain_provider(ref.provider, reading, granted, ref.model)


def _explain_use(ref: ModelRef, reading: Reading) -> Part:
    config = reading.config
    owners = [("defaults", config.defaults), *((f"agent {agent.id}", agent.choices) for agent in config.agents)]
    steps = tuple(
        Step(f"{owner}: {format_pointer(name.pointer)}", StepSource.FILE, config.locate(name.pointer))
        for owner, choices in owners
        for choice in choices.values()
        for name in (*filter(None, (choice.primary,)), *(choice.fallbacks or ()))
        if reading.resolver.resolve_name(name).ref == ref
    )
    if not steps:
        return Part("used in", "nowhere", (Step("in no chain", StepSource.DEFAULT),))
    return Part("used in", f"{len(steps)} {'place' if len(steps) == 1 else 'places'}", steps)


def _explain_policy(ref: ModelRef, reading: Reading) -> Part:
    config, spellings = reading.config, reading.resolver.spellings
    if config.policy is None:
        return Part("allowed", "yes", (Step("no modelPolicy is set: every model is allowed", StepSource.DEFAULT),))
    for entry in config.policy:
        if is_allowed(ref, config._replace(policy=(entry,)), spellings):
            step = Step(f"modelPolicy allows {entry.text}", StepSource.FILE, config.locate(entry.pointer))
            return Part("allowed", "yes", (step,))
    place = config.locate((*DEFAULTS, "modelPolicy", "allow"), key=True)
    return Part("allowed", "no", (Step("no entry of modelPolicy allows it", StepSource.FILE, place),))


def _explain_wire(ref: ModelRef, reading: Reading) -> Iterator[Part]:
    """The id that the API is asked for, if it is another one."""
    wire = find_access(ref.provider, reading, ref.model).wire_model
    if wire != ref.model:
        place = _place_fact(FactSource.CONFIG, ref, reading)
        yield Part("id for the API", wire, () if place is None else (place,))


def _explain_facts(ref: ModelRef, reading: Reading) -> Iterator[Part]:
    facts, source = reading.catalog.find(ref), reading.catalog.source
    catalog = Step("from the catalog", StepSource.CATALOG, name=f"{source.name} {source.version}, {source.date}")
    if facts is None:
        yield Part("facts", None, (catalog._replace(text="not in the catalog"),))
        return
    declared = declared_models(reading.config, reading.spellings).get(ref.provider, DeclaredModels({}, None))
    layers = find_layers(ref, declared, reading.bundle, reading.spellings)
    for name, field in FIELDS.items():
        value = getattr(facts, field)
        if value is not None:
            source_of = next(each for each, known in layers if getattr(known, field) is not None)
            step = _place_fact(source_of, ref, reading) or catalog
            note = facts.price_note if name in PRICE_FACTS else None
            yield Part(LABELS[name], show_fact(name, value), (step if note is None else step._replace(text=note),))


def _place_fact(source: FactSource, ref: ModelRef, reading: Reading) -> Step | None:
    """Where the configuration sets a fact, or from which model it takes it; ``None`` if it does not."""
    config, spell = reading.config, reading.spellings
    if source is FactSource.PROVIDER:
        return None
    customs = [each for each in config.providers.values() if spell.provider(each.id) == ref.provider]
    if source is FactSource.CATALOG:
        custom = next(each for each in customs if each.catalog)
        place = config.locate((*custom.pointer, "catalog"))
        return Step(f"as a model of {custom.catalog}", StepSource.FILE, place)
    entries = ((custom.pointer, index, each) for custom in customs for index, each in enumerate(custom.models))
    pointer, index, own = next(entry for entry in entries if spell.ref(ref.provider, entry[2].id) == ref)
    if source is FactSource.SAME_AS:
        place = config.locate((*pointer, "models", index, "sameAs"))
        return Step(f"as {own.same_as}", StepSource.FILE, place)
    return Step("set in the configuration", StepSource.FILE, config.locate((*pointer, "models", index)))


def _explain_provider(
    provider: str, reading: Reading, granted: tuple[Granted, ...], model: str | None = None
) -> Iterator[Part]:
    access = find_access(provider, reading, model)
    custom = access.custom
    address = find_address(access.located, custom, model, meant=True)
    for name, key, value, is_set in (
        ("base URL", "baseUrl", address.url, address.moved),
        ("API", "api", address.api, custom is not None and custom.api is not None),
    ):
        if custom is not None and is_set:
            step = Step("set in the configuration", StepSource.FILE, reading.config.locate((*custom.pointer, key)))
        elif access.builtin is not None and value is not None:
            step = Step(f"the default of {provider}", StepSource.BUILT_IN)
        else:
            step = Step("the API of most gateways" if key == "api" else "not set", StepSource.DEFAULT)
        fault = access.fault if key == "baseUrl" and access.builtin is not None else None
        steps = (step,) if fault is None else (step, Step(fault.text, StepSource.DEFAULT))
        yield Part(name, value, steps, None if fault is None else fault.hint)
    yield from trace_credentials(access, granted)


def _redact(part: Part, *layers: Layer) -> Part:
    steps = tuple(
        step._replace(text=hide(step.text, *layers), name=step.name and hide(step.name, *layers)) for step in part.steps
    )
    value = None if part.value is None else hide(part.value, *layers)
    return part._replace(name=hide(part.name, *layers), value=value, steps=steps)
