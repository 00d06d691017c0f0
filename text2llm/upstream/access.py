"""Access: where requests to a provider are sent, with which credential, and whether that is allowed. Pure.

``status``, the lists, explanations, usage, listings, logins and probes all use it, so they agree. Slow imports are
deferred until a decision needs them: most credentials are a provider's own, sent to that provider.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any, final

from text2llm.auth.health import STATIC
from text2llm.auth.order import DropReason
from text2llm.auth.reading import Reading
from text2llm.auth.sources import Effective, Rejected, SourceKind, find_credentials, header_variables
from text2llm.config.model import CustomModel, CustomProvider, find_wire_id
from text2llm.diagnostics import Location
from text2llm.providers.descriptor import HeaderAuth, Provider
from text2llm.secret import Secret
from text2llm.trust.public import is_public_value

if TYPE_CHECKING:
    from text2llm.net.message import SecretHeader
    from text2llm.trust.bindings import Allowed, NamedSecret, Refused
    from text2llm.upstream.address import Address, AddressFault

_SENT = frozenset({SourceKind.PROFILE, SourceKind.ENV, SourceKind.CONFIG, SourceKind.SDK})
_OWN = frozenset({SourceKind.PROFILE, SourceKind.ENV, SourceKind.SDK})


@final
class Access:
    """How requests reach a provider (a canonical id): for ``model``, or ``None`` for requests without a model.

    ``usable`` are the usable credentials that may be sent there, in the order in which they are tried, and
    ``credential`` is the first of them; its ``rejected`` are the others, with reasons. ``refused`` is why nothing is
    sent although there are credentials: none of them may be sent there.
    """

    def __init__(
        self, provider: str, view: Reading, model: str | None, credential: Effective, usable: tuple[Effective, ...] = ()
    ) -> None:
        self.provider, self.view, self.model = provider, view, model
        self.credential, self.usable = credential, usable

    def using(self, credential: Effective) -> Access:
        return Access(self.provider, self.view, self.model, credential, self.usable)

    @property
    def builtin(self) -> Provider | None:
        return self.view.registry.get(self.provider)

    @property
    def custom(self) -> CustomProvider | None:
        return self.view.customs.get(self.provider)

    @cached_property
    def address(self) -> Address:
        from text2llm.upstream.address import find_address

        return find_address(self.located, self.custom, self.wire_model)

    @cached_property
    def located(self) -> Provider | None:
        """The built-in provider with its addresses as the environment fills them in."""
        builtin = self.builtin
        if builtin is None or "{" not in builtin.base_url:
            return builtin
        from text2llm.providers.tenancy import fill_endpoints

        return fill_endpoints(builtin, self.view.environ)

    @cached_property
    def fault(self) -> AddressFault | None:
        """Why there is no address for requests; found without loading its rules if it is a provider's own."""
        builtin, custom = self.builtin, self.custom
        as_shipped = custom is None or not (custom.moved or custom.api)
        if builtin is not None and "{" not in builtin.base_url and as_shipped:
            return None
        from text2llm.upstream.address import find_fault

        return find_fault(self.provider, self.address, self.view.environ)

    @property
    def place(self) -> Location | None:
        """Where the configuration sets the base URL; ``None`` if it does not."""
        custom = self.custom
        moved = custom is not None and custom.moved
        return self.view.config.locate((*custom.pointer, "baseUrl")) if custom is not None and moved else None

    @cached_property
    def _own_model(self) -> CustomModel | None:
        return find_own_model(self.view, self.provider, self.model)

    @property
    def wire_model(self) -> str | None:
        """The id that the API is asked for."""
        return None if self.model is None else find_wire_id(self.model, self._own_model)

    @property
    def compat(self) -> Mapping[str, Any]:
        return find_compat(self.custom, self._own_model)

    @cached_property
    def refused(self) -> Refused | None:
        """Why a credential of the request may not be sent to its origin; ``None`` if all may."""
        unset = any(not self.view.environ.get(name, "").strip() for name in self._header_variables.values())
        if unset or not self.credential.is_usable() or self._is_bound():
            return None
        from text2llm.trust.bindings import Refused

        return next((decided for decided in self.decisions if isinstance(decided, Refused)), None)

    @cached_property
    def decisions(self) -> tuple[Allowed | Refused, ...]:
        """The trust decision for each credential of the request; empty if there is no origin to send it to."""
        from text2llm.trust.bindings import decide

        origin, trust = self.address.origin, self.view.trust
        carried = () if origin is None else tuple(self._carried())
        return tuple(decide(secret, origin, trust.bindings, trust.grants, self.place) for secret in carried if origin)

    @cached_property
    def headers(self) -> Mapping[str, str]:
        """The request headers other than :attr:`secrets`; configured ones override defaults, ignoring case."""
        written = {} if self.custom is None else self.custom.headers
        merged = {name.lower(): value for name, value in (*self._form.headers.items(), *written.items())}
        hidden = {each.name.lower() for each in self.secrets}
        return {name: value for name, value in merged.items() if name not in hidden}

    @cached_property
    def secrets(self) -> tuple[SecretHeader, ...]:
        """The headers with a secret: configured ones, and that of the credential."""
        from text2llm.net.message import SecretHeader

        form = self._form
        own = (each for each in self._own_secret() if each.secret)
        return (
            *self.configured_secrets,
            *(SecretHeader(form.header, form.format.removesuffix("{secret}"), each) for each in own),
        )

    @property
    def configured_secrets(self) -> tuple[SecretHeader, ...]:
        """The configured headers with a secret."""
        from text2llm.net.message import SecretHeader

        return tuple(
            SecretHeader(header, "", self._name_variable(name)) for header, name in self._header_variables.items()
        )

    @cached_property
    def _header_variables(self) -> Mapping[str, str]:
        return header_variables(self.custom)

    @cached_property
    def _form(self) -> HeaderAuth:
        from text2llm.upstream.wire import find_form

        return find_form(self.builtin, self.address.api, self.credential)

    def _is_bound(self) -> bool:
        """Whether a provider's own credential is sent to that provider: allowed without loading the trust rules."""
        builtin, custom = self.builtin, self.custom
        if builtin is None or builtin.local or (custom is not None and (custom.moved or self._header_variables)):
            return False
        secret = self.credential.secret
        return self.credential.kind in _OWN and (secret is None or not is_public_value(secret))

    def _carried(self) -> Iterator[NamedSecret]:
        # An unread value may be a public value of the sandbox, which may be sent to this machine. An entry that the
        # configuration names is not even read without a grant.
        named = self.credential.kind is SourceKind.CONFIG
        if named or not (self.address.is_loopback and self.credential.is_unread()):
            yield from self._own_secret()
        for variable in dict.fromkeys(self._header_variables.values()):
            if variable != self.credential.variable:
                yield self._name_variable(variable)

    def _own_secret(self) -> Iterator[NamedSecret]:
        """The credential, unless a configured header replaces it; an unread one has an empty value."""
        from text2llm.auth.naming import binding_name
        from text2llm.trust.bindings import NamedSecret

        credential, written = self.credential, {header.lower() for header in self._header_variables}
        if credential.kind in _SENT and not (written and self._form.header.lower() in written):
            yield NamedSecret(binding_name(credential), credential.secret or Secret(""))

    def _name_variable(self, name: str) -> NamedSecret:
        from text2llm.trust.bindings import CredentialKind, CredentialName, NamedSecret

        value = Secret(self.view.environ.get(name, "").strip())
        return NamedSecret(CredentialName(CredentialKind.ENV, name), value)


def find_own_model(view: Reading, provider: str, model: str | None) -> CustomModel | None:
    """The configuration's entry for a model of a provider (a canonical id)."""
    custom, spell = view.customs.get(provider), view.spellings.ref
    models = () if custom is None else custom.models
    return next((each for each in models if spell(provider, each.id).model == model), None)


def find_compat(custom: CustomProvider | None, own: CustomModel | None) -> Mapping[str, Any]:
    """What a server takes in place of usual request fields: the model's own, else the provider's."""
    return {**(custom.compat if custom else {}), **(own.compat if own else {})}


def find_access(provider: str, view: Reading, model: str | None) -> Access:
    """The access to a provider (a canonical id), for a model or for requests without one.

    A credential that may not be sent to the origin is skipped for the next that may. If none may, the one that the
    configuration names is reported as refused.
    """
    credentials = find_credentials(provider, view, model, local=_is_local(provider, view, model))
    if not credentials.usable or not credentials.effective.is_usable():
        return Access(provider, view, model, credentials.effective, credentials.usable)
    tried = [Access(provider, view, model, each) for each in credentials.usable]
    usable = tuple(each.credential for each in tried if each.refused is None)
    skipped = tuple(_skip(each.credential, each.refused) for each in tried if usable and each.refused is not None)
    usable = usable or tuple(sorted(credentials.usable, key=lambda each: each.kind is not SourceKind.CONFIG))
    credential = usable[0]._replace(rejected=(*skipped, *credentials.effective.rejected))
    return Access(provider, view, model, credential, usable)


def find_address_fault(provider: str, view: Reading, model: str | None) -> AddressFault | None:
    """Why nothing can be sent for a model of a provider (a canonical id), whatever the credential."""
    return Access(provider, view, model, Effective(provider, SourceKind.NONE, "", "none", STATIC)).fault


def _is_local(provider: str, view: Reading, model: str | None) -> bool:
    """Whether the server is on this machine, or in the user's network without encryption: few of these need a key."""
    custom = view.customs.get(provider)
    if custom is None or not custom.moved:
        return False
    from text2llm.upstream.address import find_address

    origin = find_address(view.registry.get(provider), custom, model).origin
    return origin is not None and (origin.loopback or (origin.unencrypted and origin.is_private))


def _skip(credential: Effective, refused: Refused) -> Rejected:
    text = f"may not be sent to {refused.origin}"
    return Rejected(credential.kind, credential.label, DropReason.UNTRUSTED, text, credential)
