"""The order in which a provider's stored profiles are tried, and why others are not. Pure."""

from collections.abc import Iterable, Mapping
from enum import Enum
from typing import NamedTuple, final

from text2llm.auth.credentials import ApiKey, AuthProfile, AuthStore, OAuth, Token
from text2llm.auth.health import HealthStatus, profile_health
from text2llm.config.model import AuthSettings
from text2llm.refs import Spellings

#: The word of an order for the variables of the environment: the provider's, and the one that ``apiKey`` names.
ENVIRONMENT = "env"


class OrderSource(Enum):
    AGENT_ORDER = "agent's auth.order"
    MODEL_PROFILE = "model's profile"
    STORE_ORDER = "store order"
    CONFIG_ORDER = "auth.order"
    CONFIG_PROFILES = "auth.profiles"
    STORED = "stored profiles"

    def takes_environment(self) -> bool:
        """Whether it is a list to which the variables of the environment can be added."""
        return self.is_explicit() and self is not OrderSource.MODEL_PROFILE

    def is_explicit(self) -> bool:
        return self not in (OrderSource.CONFIG_PROFILES, OrderSource.STORED)


class DropReason(Enum):
    """Why a profile is not tried."""

    NOT_STORED = "not_stored"
    WRONG_PROVIDER = "wrong_provider"
    MODE_MISMATCH = "mode_mismatch"
    UNKNOWN_TYPE = "unknown_type"
    EMPTY = "empty"
    EXPIRED = "expired"
    NOT_IN_ORDER = "excluded_by_auth_order"
    UNRESOLVED = "unresolved_ref"
    UNTRUSTED = "untrusted_origin"


class Dropped(NamedTuple):
    profile_id: str
    reason: DropReason
    message: str


class OrderResult(NamedTuple):
    """The usable profiles of a provider, the first one first, and every other one with its reason.

    ``environment`` is the number of profiles tried before the environment's variables; ``None`` if an explicit order
    does not name them.
    """

    provider: str
    source: OrderSource
    usable: tuple[str, ...]
    dropped: tuple[Dropped, ...]
    environment: int | None = None

    @property
    def tried(self) -> tuple[str, ...]:
        """The usable profiles and, in an explicit order, the word for the environment."""
        if not self.source.is_explicit() or self.environment is None:
            return self.usable
        return (*self.usable[: self.environment], ENVIRONMENT, *self.usable[self.environment :])


_MODE_ORDER = (OAuth, Token, ApiKey)
#: Subscription logins that other tools store under the provider of the API, and the provider that they pay for:
#: openclaw/openclaw src/agents/auth-profiles (a ChatGPT login is stored as openai since 2026.7).
_SUBSCRIPTIONS = {("openai", "oauth"): "openai-codex"}


def find_owner(profile: AuthProfile, spellings: Spellings) -> str:
    """The provider (a canonical id) whose requests a stored profile pays for."""
    return find_payee(profile.provider, profile.type, spellings)


def find_payee(provider: str, kind: str, spellings: Spellings) -> str:
    """The provider (a canonical id) that a credential pays for, by its type and the provider it is kept for."""
    kept = spellings.provider(provider)
    return _SUBSCRIPTIONS.get((kept, kind), kept)


#: A profile that the config calls ``oauth`` may hold a setup token instead.
_ACCEPTED_TYPES = {"oauth": ("oauth", "token")}


@final
class OrderBook:
    """All that sets an order for an ``agent`` (a canonical id, the default one's too).

    It is grouped by canonical provider once: a store may have thousands of profiles. Of several spellings of one
    provider, a map's first applies.
    """

    __slots__ = (
        *("_configured", "_declared", "_kept", "_misplaced", "_own", "_pinned", "_stored"),
        *("agent", "auth", "spellings", "store"),
    )

    def __init__(self, auth: AuthSettings, store: AuthStore, spellings: Spellings, agent: str) -> None:
        self.auth, self.store, self.spellings, self.agent = auth, store, spellings, agent
        self._kept = {name: ids for name, ids in self._first_of(store.order).items() if ids}
        self._configured = self._first_of(auth.order)
        self._own = self._first_of(auth.agent_orders.get(agent, {}))
        self._pinned = self._group_pins()
        declared = ((find_payee(item.provider, item.mode, spellings), name) for name, item in auth.profiles.items())
        self._declared = self._group(declared)
        paid = ((spellings.provider(item.provider), name, item) for name, item in store.profiles.items())
        self._misplaced = self._group((kept, name) for kept, name, item in paid if find_owner(item, spellings) != kept)
        self._stored = self._group((find_owner(item, spellings), name) for name, item in store.profiles.items())

    def kept(self, provider: str) -> tuple[str, ...]:
        """The order in the store; empty when it has none."""
        return tuple(self._kept.get(provider, ()))

    def stored(self, provider: str) -> tuple[str, ...]:
        return tuple(self._stored.get(provider, ()))

    def misplaced(self, provider: str) -> tuple[str, ...]:
        """The profiles that are stored for a provider, but pay for another one."""
        return tuple(self._misplaced.get(provider, ()))

    def pinned(self, provider: str) -> tuple[str, ...]:
        """The models of a provider that have a profile of their own; none if the agent's own order applies to them."""
        return () if provider in self._own else tuple(model for model, own in self._pinned.items() if provider in own)

    def find_pinned(self, provider: str, model: str) -> str | None:
        """The model, if it has a profile of its own; ``None`` if the provider's credentials are its too."""
        return model if model in self.pinned(provider) else None

    def find_candidates(self, provider: str, model: str | None) -> tuple[OrderSource, tuple[str, ...]]:
        """The profiles to try for a model, ``None`` for requests without one, and the source of that list.

        The narrowest list applies, whatever the state of its profiles.
        """
        tables: tuple[tuple[OrderSource, dict[str, dict[str, None]]], ...] = (
            (OrderSource.AGENT_ORDER, self._own),
            (OrderSource.MODEL_PROFILE, self._pinned.get(model or "", {})),
            (OrderSource.STORE_ORDER, self._kept),
            (OrderSource.CONFIG_ORDER, self._configured),
            (OrderSource.CONFIG_PROFILES, self._declared),
        )
        # An empty order in a store has no effect; an empty `auth.order` forbids every profile.
        return next(
            ((source, tuple(table[provider])) for source, table in tables if provider in table),
            (OrderSource.STORED, self.stored(provider)),
        )

    def _first_of(self, orders: Mapping[str, tuple[str, ...]]) -> dict[str, dict[str, None]]:
        first: dict[str, dict[str, None]] = {}
        for name, ids in orders.items():
            first.setdefault(self.spellings.provider(name), dict.fromkeys(ids))
        return first

    def _group_pins(self) -> dict[str, dict[str, dict[str, None]]]:
        """The profile of a model, by model and provider."""
        pinned: dict[str, dict[str, dict[str, None]]] = {}
        for (provider, model), name in self.auth.pins.items():
            pinned.setdefault(model, {}).setdefault(self.spellings.provider(provider), {name: None})
        return pinned

    def _group(self, pairs: Iterable[tuple[str, str]]) -> dict[str, dict[str, None]]:
        groups: dict[str, dict[str, None]] = {}
        for provider, name in pairs:
            groups.setdefault(self.spellings.provider(provider), {})[name] = None
        return groups


class _Question(NamedTuple):
    provider: str
    book: OrderBook
    now: int
    model: str

    def is_ours(self, provider: str) -> bool:
        return self.book.spellings.provider(provider) == self.provider


def order_profiles(provider: str, book: OrderBook, now: int, model: str | None) -> OrderResult:
    """The profiles of ``provider`` (a canonical id) in the order in which they are tried for ``model`` at ``now``.

    The order of the agent applies, else the profile of the model, else the store's order, else the config's
    ``auth.order``, else the profiles that the config declares for the provider, else the stored ones. An explicit order
    is kept; otherwise OAuth comes before token before API key, and the least recently used first. Profiles in cooldown
    come last, the one whose cooldown ends soonest first.
    """
    asked = _Question(provider, book, now, model or "")
    source, named = book.find_candidates(provider, model)
    candidates = [name for name in named if name != ENVIRONMENT or not source.is_explicit()]
    dropped = [drop for name in candidates if (drop := _find_fault(name, asked))]
    faulty = {drop.profile_id for drop in dropped}
    usable = [name for name in candidates if name not in faulty]
    dropped += _excluded(frozenset(candidates), source, asked)
    ordered = _sort(usable, source, asked)
    return OrderResult(provider, source, ordered, tuple(dropped), _place_environment(source, named, ordered))


def _place_environment(source: OrderSource, named: tuple[str, ...], ordered: tuple[str, ...]) -> int | None:
    if not source.is_explicit() or not named:
        return len(ordered)
    if ENVIRONMENT not in named:
        return None
    before = frozenset(named[: named.index(ENVIRONMENT)])
    return len([name for name in ordered if name in before])


def _find_fault(name: str, asked: _Question) -> Dropped | None:
    profile = asked.book.store.profiles.get(name)
    if profile is None:
        return Dropped(name, DropReason.NOT_STORED, "the store has no such profile")
    owner = find_owner(profile, asked.book.spellings)
    if owner != asked.provider:
        stored = f"it is stored for {profile.provider}"
        paid = f"it is a subscription login, which pays for {owner} only"
        return Dropped(name, DropReason.WRONG_PROVIDER, paid if asked.is_ours(profile.provider) else stored)
    return _find_mismatch(profile, asked) or _find_weakness(profile, asked)


def _find_mismatch(profile: AuthProfile, asked: _Question) -> Dropped | None:
    declared = asked.book.auth.profiles.get(profile.id)
    if declared is None:
        return None
    owner = find_payee(declared.provider, declared.mode, asked.book.spellings)
    if owner != asked.provider:
        return Dropped(profile.id, DropReason.WRONG_PROVIDER, f"the config declares it for {owner}")
    if profile.type not in _ACCEPTED_TYPES.get(declared.mode, (declared.mode,)):
        text = f"the config says {declared.mode}, the store has {profile.type}"
        return Dropped(profile.id, DropReason.MODE_MISMATCH, text)
    return None


def _find_weakness(profile: AuthProfile, asked: _Question) -> Dropped | None:
    if profile.credential is None:
        return Dropped(profile.id, DropReason.UNKNOWN_TYPE, f"its type {profile.type} is not known to this release")
    match profile_health(profile, asked.book.store.stats(profile.id), asked.now, 0).status:
        case HealthStatus.MISSING:
            return Dropped(profile.id, DropReason.EMPTY, "it holds no secret")
        case HealthStatus.EXPIRED:
            return Dropped(profile.id, DropReason.EXPIRED, "it has expired")
        case _:
            return None


def _excluded(candidates: frozenset[str], source: OrderSource, asked: _Question) -> list[Dropped]:
    text = f"the {source.value} for {asked.provider} does not name it"
    stored = asked.book.stored(asked.provider)
    unnamed = [Dropped(name, DropReason.NOT_IN_ORDER, text) for name in stored if name not in candidates]
    others = (name for name in asked.book.misplaced(asked.provider) if name not in candidates)
    return [*unnamed, *(drop for name in others if (drop := _find_fault(name, asked)))]


def _sort(usable: list[str], source: OrderSource, asked: _Question) -> tuple[str, ...]:
    store = asked.book.store
    ends = {name: store.stats(name).unusable_until(asked.now, asked.model) for name in usable}
    cooling = {name: until for name, until in ends.items() if until is not None}
    ready = [name for name in usable if name not in cooling]
    if not source.is_explicit():
        ready.sort(key=lambda name: (_mode_rank(store.profiles[name]), store.stats(name).last_used or 0))
    return (*ready, *sorted(cooling, key=cooling.__getitem__))


def _mode_rank(profile: AuthProfile) -> int:
    return next(rank for rank, kind in enumerate(_MODE_ORDER) if isinstance(profile.credential, kind))
