"""Turn data that passed the schema into :class:`Config`. The only reader of the raw keys."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from text2llm.config.document import Document
from text2llm.config.model import (
    DEFAULTS,
    MAIN_AGENT,
    AgentSettings,
    AliasEntry,
    AuthSettings,
    Config,
    CustomModel,
    CustomProvider,
    DeclaredProfile,
    ModelChoice,
    Name,
    OwnerParams,
    ParamPlace,
    ParamSettings,
    ProbeSettings,
)
from text2llm.config.nodes import Pointer
from text2llm.config.roles import BUILT_IN, Role
from text2llm.config.scalars import parse_duration
from text2llm.refs import DEFAULT_PROVIDER
from text2llm.secret import RefSource, SecretRef

if TYPE_CHECKING:
    from text2llm.config.merge import EnvironmentLayer

WARN_AFTER = "24h"


def empty_config() -> Config:
    return build_config(Document("", "", bom=False, root=None, data={}), {})


def build_config(document: Document, included: Mapping[str, Document]) -> Config:
    """Parse a root document and its included agent files, by agent id; all passed the schema."""
    return parse_data(document, included, _merge_agents(_as_map(document.data), included))


def parse_data(
    document: Document,
    included: Mapping[str, Document],
    data: dict[str, Any],
    environment: EnvironmentLayer | None = None,
) -> Config:
    """Parse the whole data of these documents, ``environment`` merged."""
    defaults = _as_map(_as_map(data.get("agents")).get("defaults"))
    own, agents = _parse_choices(defaults, DEFAULTS), tuple(_parse_agents(data))
    return Config(
        document=document,
        included=included,
        data=data,
        default_provider=str(defaults.get("provider", DEFAULT_PROVIDER)).strip().lower(),
        defaults=own,
        agents=agents,
        by_id={agent.id: agent for agent in reversed(agents)},
        default_id=next((agent.id for agent in agents if agent.default), MAIN_AGENT),
        roles=tuple(dict.fromkeys((*BUILT_IN, *own, *(role for agent in agents for role in agent.choices)))),
        aliases=tuple(_parse_aliases(defaults)),
        models=tuple(Name(name, (*DEFAULTS, "models", name)) for name in _as_map(defaults.get("models"))),
        policy=_parse_policy(defaults),
        providers={custom.id: custom for custom in _parse_providers(data)},
        auth=_parse_auth(data),
        probe=_parse_probe(_as_map(data.get("probe"))),
        params=_parse_params(data, defaults),
        severities=_as_map(data.get("rules")),
        agent_models=tuple(_parse_agent_models(data)),
        abstract=data.get("abstract") is True,
        environment=environment,
    )


def _as_map(value: Any) -> dict[str, Any]:
    # An absent or empty key (``agents:`` with no value) is an empty map.
    return value if isinstance(value, dict) else {}


def _merge_agents(data: dict[str, Any], included: Mapping[str, Document]) -> dict[str, Any]:
    if not included:
        return data
    agents = _as_map(data.get("agents"))
    added = {
        agent: {key: value for key, value in _as_map(document.data).items() if key != "id"}
        for agent, document in included.items()
    }
    return {**data, "agents": {**agents, "entries": {**_as_map(agents.get("entries")), **added}}}


def _parse_agents(data: dict[str, Any]) -> Iterator[AgentSettings]:
    for written, value in _as_map(_as_map(data.get("agents")).get("entries")).items():
        pointer: Pointer = ("agents", "entries", written)
        entry = _as_map(value)
        yield AgentSettings(written.lower(), entry.get("default") is True, _parse_choices(entry, pointer), pointer)


def _parse_choices(entry: dict[str, Any], pointer: Pointer) -> dict[Role, ModelChoice]:
    written = {role: entry[role.key] for role in BUILT_IN if role.key in entry}
    if "roles" in entry:
        written |= {Role(name): value for name, value in _as_map(entry["roles"]).items()}
    return {role: _parse_choice(value, (*pointer, *role.pointer)) for role, value in written.items()}


def _parse_choice(value: Any, pointer: Pointer) -> ModelChoice:
    if isinstance(value, str):
        return ModelChoice(primary=Name(value, pointer))
    entry = _as_map(value)
    primary, fallbacks = entry.get("primary"), entry.get("fallbacks")
    return ModelChoice(
        primary=None if primary is None else Name(primary, (*pointer, "primary")),
        fallbacks=None if fallbacks is None else _parse_names(fallbacks, (*pointer, "fallbacks")),
    )


def _parse_names(values: list[str], pointer: Pointer) -> tuple[Name, ...]:
    return tuple(Name(value, (*pointer, index)) for index, value in enumerate(values))


def _parse_aliases(defaults: dict[str, Any]) -> Iterator[AliasEntry]:
    for model, value in _as_map(defaults.get("models")).items():
        name = Name(model, (*DEFAULTS, "models", model))
        alias = _as_map(value).get("alias")
        if isinstance(alias, str):
            yield AliasEntry(alias, name, (*name.pointer, "alias"))
        for index, item in enumerate(alias if isinstance(alias, list) else ()):
            yield AliasEntry(item, name, (*name.pointer, "alias", index))


def _parse_agent_models(data: dict[str, Any]) -> Iterator[Name]:
    for written, value in _as_map(_as_map(data.get("agents")).get("entries")).items():
        if value and "models" in value:
            yield from (
                Name(model, ("agents", "entries", written, "models", model)) for model in _as_map(value["models"])
            )


def _parse_params(data: dict[str, Any], defaults: dict[str, Any]) -> ParamSettings | None:
    entries = _as_map(_as_map(data.get("agents")).get("entries"))
    owners: dict[str | None, OwnerParams] = {}
    for agent, pointer, entry in (
        (None, DEFAULTS, defaults),
        *((written.lower(), ("agents", "entries", written), value) for written, value in entries.items()),
    ):
        own = _parse_owner(entry, pointer) if entry else None
        if own is not None:
            owners.setdefault(agent, own)
    provided = _as_map(_as_map(data.get("models")).get("providers"))
    providers = {
        written.strip().lower(): place
        for written, entry in provided.items()
        if (place := _parse_place(entry, ("models", "providers", written)))
    }
    own_models = dict(_parse_own_params(provided))
    return ParamSettings(providers, own_models, owners) if owners or providers or own_models else None


def _parse_owner(entry: dict[str, Any], pointer: Pointer) -> OwnerParams | None:
    """The parameters of an agent or the defaults; ``None`` without any, as nearly all agents have none."""
    common, roles, models = _parse_place(entry, pointer), entry.get("roles"), entry.get("models")
    by_role = {
        Role(name): place
        for name, value in (roles or {}).items()
        if isinstance(value, dict) and (place := _parse_place(value, (*pointer, "roles", name)))
    }
    by_model = {
        Name(name, (*pointer, "models", name)): place
        for name, value in (models or {}).items()
        if (place := _parse_place(value, (*pointer, "models", name)))
    }
    return OwnerParams(common, by_role, by_model) if common or by_role or by_model else None


def _parse_place(entry: Any, pointer: Pointer) -> ParamPlace | None:
    params = _as_map(entry).get("params")
    return ParamPlace(params, (*pointer, "params")) if params else None


def _parse_own_params(provided: dict[str, Any]) -> Iterator[tuple[tuple[str, str], ParamPlace]]:
    for written, entry in provided.items():
        for index, model in enumerate(_as_map(entry).get("models") or ()):
            place = _parse_place(model, ("models", "providers", written, "models", index))
            if place is not None:
                yield (written.strip().lower(), model["id"]), place


def _parse_policy(defaults: dict[str, Any]) -> tuple[Name, ...] | None:
    allow = _as_map(defaults.get("modelPolicy")).get("allow")
    return None if allow is None else _parse_names(allow, (*DEFAULTS, "modelPolicy", "allow"))


def _parse_providers(data: dict[str, Any]) -> Iterator[CustomProvider]:
    for written, value in _as_map(_as_map(data.get("models")).get("providers")).items():
        entry = _as_map(value)
        yield CustomProvider(
            id=written.strip().lower(),
            api=entry.get("api"),
            base_url=entry.get("baseUrl"),
            api_key=_parse_key(entry.get("apiKey")),
            headers=_as_map(entry.get("headers")),
            models=tuple(map(_parse_model, entry.get("models") or ())),
            pointer=("models", "providers", written),
            compat=_as_map(entry.get("compat")),
            catalog=entry.get("catalog"),
            tool_names=_as_map(entry.get("as")),
        )


def _parse_key(written: Any) -> str | SecretRef | None:
    if isinstance(written, dict):
        return SecretRef(RefSource.EXEC, written["id"], written["provider"])
    return written if isinstance(written, str) else None


def _parse_model(entry: dict[str, Any]) -> CustomModel:
    return CustomModel(
        id=entry["id"],
        name=entry.get("name"),
        context_window=entry.get("contextWindow"),
        max_tokens=entry.get("maxTokens"),
        input=tuple(entry.get("input") or ()),
        compat=_as_map(entry.get("compat")),
        wire=entry.get("wire"),
        cost=_as_map(entry.get("cost")),
        reasoning=entry.get("reasoning"),
        same_as=entry.get("sameAs"),
    )


def _parse_auth(data: dict[str, Any]) -> AuthSettings:
    auth = _as_map(data.get("auth"))
    profiles, entries = _as_map(auth.get("profiles")), _as_map(_as_map(data.get("agents")).get("entries"))
    orders = {name.lower(): _parse_order(_as_map(_as_map(entry).get("auth"))) for name, entry in entries.items()}
    return AuthSettings(
        profiles={
            name: DeclaredProfile(name, entry["provider"].strip().lower(), entry["mode"], ("auth", "profiles", name))
            for name, entry in profiles.items()
        },
        order=_parse_order(auth),
        warn_after=parse_duration(auth.get("warnAfter", WARN_AFTER)),
        agent_orders={agent: order for agent, order in orders.items() if order},
        pins=dict(_parse_pins(data)),
    )


def _parse_order(auth: dict[str, Any]) -> dict[str, tuple[str, ...]]:
    return {name.strip().lower(): tuple(ids) for name, ids in _as_map(auth.get("order")).items()}


def _parse_pins(data: dict[str, Any]) -> Iterator[tuple[tuple[str, str], str]]:
    for provider, entry in _as_map(_as_map(data.get("models")).get("providers")).items():
        for model in _as_map(entry).get("models") or ():
            if "profile" in model:
                yield (provider.strip().lower(), model["id"]), model["profile"]


def _parse_probe(probe: dict[str, Any]) -> ProbeSettings:
    timeout, require = probe.get("timeout"), probe.get("require")
    return ProbeSettings(
        timeout=None if timeout is None else parse_duration(timeout),
        concurrency=probe.get("concurrency"),
        max_tokens=probe.get("maxTokens"),
        require=None if require is None else tuple(require),
        attempts=probe.get("attempts"),
        fail_on=probe.get("failOn"),
        model=probe.get("model"),
    )
