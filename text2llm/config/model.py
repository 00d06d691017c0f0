"""Config: what the keys of a valid configuration mean. Parsed once here; nothing else reads the raw data.

A name in a config (a model, an alias) stays as written, with the pointer to it; :mod:`text2llm.config.resolve`
turns names into references.
"""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple

from text2llm.config.document import Document
from text2llm.config.nodes import Pointer, Value
from text2llm.config.roles import Role
from text2llm.diagnostics import Location
from text2llm.secret import SecretRef

if TYPE_CHECKING:
    from text2llm.config.merge import EnvironmentLayer

DEFAULTS: Pointer = ("agents", "defaults")
#: The agent used when none is marked default; it need not be listed.
MAIN_AGENT = "main"


class Name(NamedTuple):
    text: str
    pointer: Pointer


class ModelChoice(NamedTuple):
    """What one place sets for one role; ``None`` is "not set here", an empty tuple is "none"."""

    primary: Name | None = None
    fallbacks: tuple[Name, ...] | None = None


class AgentSettings(NamedTuple):
    id: str
    default: bool
    choices: Mapping[Role, ModelChoice]
    pointer: Pointer


class ParamPlace(NamedTuple):
    """The request parameters that one place sets, as written: with ``None`` for those that are not sent."""

    params: Mapping[str, Value]
    pointer: Pointer


class OwnerParams(NamedTuple):
    """The parameters that an agent or the defaults set: for all requests, by role, and by model."""

    common: ParamPlace | None
    roles: Mapping[Role, ParamPlace]
    models: Mapping[Name, ParamPlace]


class ParamSettings(NamedTuple):
    """Every place with request parameters.

    ``providers`` are by provider as written, ``own`` by that and the id of its model; ``owners`` are by the agent's
    canonical id, ``None`` for the defaults. Only those with parameters are there.
    """

    providers: Mapping[str, ParamPlace]
    own: Mapping[tuple[str, str], ParamPlace]
    owners: Mapping[str | None, OwnerParams]


class AliasEntry(NamedTuple):
    alias: str
    model: Name
    pointer: Pointer


class CustomModel(NamedTuple):
    """A model of a provider in the config. ``compat`` has the keys of the schema, as written.

    ``wire`` is the id that the API is asked for, if it is not ``id``. ``cost`` has US dollars per million tokens by the
    keys of the schema. ``same_as`` is the reference, as written, of the catalogued model whose facts it has.
    """

    id: str
    name: str | None
    context_window: int | None
    max_tokens: int | None
    input: tuple[str, ...]
    compat: Mapping[str, Value] = {}
    wire: str | None = None
    cost: Mapping[str, float] = {}
    reasoning: bool | None = None
    same_as: str | None = None


def find_wire_id(model: str, own: CustomModel | None) -> str:
    """The id that the API is asked for; ``own`` is the configuration's entry for the model. Nothing else decides it."""
    return model if own is None or own.wire is None else own.wire


class CustomProvider(NamedTuple):
    """A provider that the config adds, or a built-in one that it changes. ``id`` is as written.

    ``api_key`` and header values are literals or ``${VAR}`` references, as written; a key can also be a reference to an
    entry of a secret source. ``compat`` is as in a model. ``catalog`` is the provider, as written, whose models it
    serves; ``tool_names`` are its names in other tools, by tool.
    """

    id: str
    api: str | None
    base_url: str | None
    api_key: str | SecretRef | None
    headers: Mapping[str, str]
    models: tuple[CustomModel, ...]
    pointer: Pointer
    compat: Mapping[str, Value] = {}
    catalog: str | None = None
    tool_names: Mapping[str, str] = {}

    @property
    def moved(self) -> bool:
        """Whether the config sets its base URL."""
        return bool(self.base_url)


class DeclaredProfile(NamedTuple):
    """A credential profile that the config declares; ``mode`` is ``api_key``, ``token`` or ``oauth``."""

    id: str
    provider: str
    mode: str
    pointer: Pointer


class AuthSettings(NamedTuple):
    """The ``auth`` part, and what else the config says about the choice of credentials.

    ``warn_after`` is in milliseconds. ``agent_orders`` are by the agent's canonical id; ``pins`` are the profiles of
    single models, by provider as written and by model.
    """

    profiles: Mapping[str, DeclaredProfile]
    order: Mapping[str, tuple[str, ...]]
    warn_after: int
    agent_orders: Mapping[str, Mapping[str, tuple[str, ...]]] = {}
    pins: Mapping[tuple[str, str], str] = {}


class ProbeSettings(NamedTuple):
    """The ``probe`` part, the gate's policy; ``None`` if not set. ``timeout`` is in milliseconds."""

    timeout: int | None
    concurrency: int | None
    max_tokens: int | None
    require: tuple[str, ...] | None
    attempts: int | None = None
    fail_on: str | None = None
    model: str | None = None


class Config(NamedTuple):
    """A valid configuration: the root document, the included agent files, and their meaning.

    ``data`` is the whole tree, included agents merged, and ``environment`` laid over them; pointers lead into it.
    ``abstract``: it is used with an environment only. ``models`` are the keys of ``agents.defaults.models`` in order,
    and ``agent_models`` those of the ``models`` of agents; ``params`` are the request parameters, ``None`` without any;
    ``policy`` is ``modelPolicy.allow``, ``None`` when absent. ``by_id`` has each agent by its canonical id (the first
    of two with one id, which is a finding); ``default_id`` is the id of the agent marked default, else ``main``;
    ``roles`` are those of every agent, then the others that the defaults or an agent name, in that order. They are
    kept, since most lookups happen once for each agent.
    """

    document: Document
    included: Mapping[str, Document]
    data: Mapping[str, Value]
    default_provider: str
    defaults: Mapping[Role, ModelChoice]
    agents: tuple[AgentSettings, ...]
    by_id: Mapping[str, AgentSettings]
    default_id: str
    roles: tuple[Role, ...]
    aliases: tuple[AliasEntry, ...]
    models: tuple[Name, ...]
    policy: tuple[Name, ...] | None
    providers: Mapping[str, CustomProvider]
    auth: AuthSettings
    probe: ProbeSettings
    params: ParamSettings | None
    severities: Mapping[str, str]
    agent_models: tuple[Name, ...] = ()
    abstract: bool = False
    environment: "EnvironmentLayer | None" = None

    @property
    def documents(self) -> tuple[Document, ...]:
        """Every file that it is made of."""
        layers = () if self.environment is None else (self.environment.document,)
        return (self.document, *self.included.values(), *layers)

    @property
    def environment_name(self) -> str | None:
        return None if self.environment is None else self.environment.name

    def owner(self, pointer: Pointer) -> tuple[Document, Pointer]:
        """The file that holds the value at ``pointer``, and the pointer inside that file."""
        if self.environment is not None:
            own, pointer = self.environment.find_place(pointer)
            if own:
                return self.environment.document, pointer
        return self.base_owner(pointer)

    def base_owner(self, pointer: Pointer) -> tuple[Document, Pointer]:
        """The same without the environment: ``pointer`` is into the data of the base and its agent files."""
        match pointer:
            case ("agents", "entries", str(agent), *rest) if agent in self.included:
                return self.included[agent], tuple(rest)
            case _:
                return self.document, pointer

    def locate(self, pointer: Pointer, *, key: bool = False) -> Location:
        document, inner = self.owner(pointer)
        return document.locate(inner, key=key)

    def value_at(self, pointer: Pointer) -> Value:
        value: Value = dict(self.data)
        for step in pointer:
            if isinstance(value, dict) and isinstance(step, str):
                value = value.get(step)
            elif isinstance(value, list) and isinstance(step, int) and step < len(value):
                value = value[step]
            else:
                return None
        return value

    def agent(self, agent_id: str) -> AgentSettings | None:
        return self.by_id.get(agent_id)

    def chain_names(self) -> Iterator[Name]:
        """Every model name that a chain uses, of the defaults and of each agent; each place in a file once."""
        return (name for _, name in self.role_names())

    def role_names(self) -> Iterator[tuple[Role, Name]]:
        """The names of :meth:`chain_names`, each with its role.

        A hundred agents may use a thousand names by an alias, which are written once.
        """
        seen: set[int] = set()
        for settings in (self.defaults, *(agent.choices for agent in self.agents)):
            for role, choice in settings.items():
                if choice.primary is not None and self.is_new(choice.primary.pointer, seen):
                    yield role, choice.primary
                if choice.fallbacks and self.is_new(choice.fallbacks[0].pointer[:-1], seen):
                    yield from ((role, name) for name in choice.fallbacks)

    def is_new(self, pointer: Pointer, seen: set[int]) -> bool:
        """Whether the value at ``pointer`` is not one of those ``seen``, to which it is added."""
        document, inner = self.owner(pointer)
        node = document.find_node(inner)
        if node is None or id(node) in seen:
            return node is None
        seen.add(id(node))
        return True
