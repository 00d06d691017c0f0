"""How to give a provider a missing credential. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from text2llm.auth.order import ENVIRONMENT, DropReason, OrderResult, order_profiles
from text2llm.auth.reading import Reading
from text2llm.auth.sources import Effective, SourceKind
from text2llm.providers.descriptor import Provider
from text2llm.secret import SecretRef

#: What the word of an order for the environment stands for.
_NAMED_BY_WORD = frozenset({SourceKind.ENV, SourceKind.CONFIG, SourceKind.SDK})


def find_remedies(missing: Effective, view: Reading, model: str | None) -> tuple[str, ...]:
    """What the user can do about a credential that a model (``None``: any) lacks, each sufficient alone.

    Nothing if it is not missing.
    """
    if missing.is_usable():
        return ()
    order, add = order_profiles(missing.provider, view.book, view.now, model), f"run `{add_command(view.owner)}`"
    if order.environment is None:
        return (*_open_order(missing, order, view, model), f"{add}, {_name_in_order(order, view, model)}")
    return (*_in_configuration(missing, view), add)


def add_command(owner: str | None) -> str:
    """The command that adds a credential to the store of an agent (``None``: of the main one)."""
    command = "text2llm models auth add"
    return command if owner is None else f"{command} --agent {owner}"


def join_remedies(remedies: tuple[str, ...]) -> str:
    return ", or ".join(remedies)


def _open_order(missing: Effective, order: OrderResult, view: Reading, model: str | None) -> Iterator[str]:
    """How the environment may step in for the profiles of an explicit order."""
    held = any(item.reason is DropReason.NOT_IN_ORDER for item in missing.rejected if item.kind in _NAMED_BY_WORD)
    if not order.source.takes_environment():
        if held:
            yield f"remove the profile {_named(order, view, model)[0]} of the model {model}"
        return
    add = f"add {ENVIRONMENT} to the {order.source.value} for {missing.provider}"
    if held:
        yield add
        return
    yield from (f"{first}, and {add}" for first in _in_configuration(missing, view))


def _name_in_order(order: OrderResult, view: Reading, model: str | None) -> str:
    """What makes an explicit order use a new profile."""
    foreign = {item.profile_id for item in order.dropped if item.reason is DropReason.WRONG_PROVIDER}
    fitting = next((name for name in _named(order, view, model) if name not in foreign), None)
    if fitting is not None:
        return f"and name the profile {fitting}"
    return f"and add the profile to the {order.source.value} for {order.provider}"


def _named(order: OrderResult, view: Reading, model: str | None) -> tuple[str, ...]:
    return view.book.find_candidates(order.provider, model)[1]


def _in_configuration(missing: Effective, view: Reading) -> Iterator[str]:
    """What to do in the configuration or the environment."""
    label = next((item.label for item in missing.rejected if item.kind is SourceKind.CONFIG), None)
    provider = view.registry.get(missing.provider)
    key = view.customs[missing.provider].api_key if label is not None else None
    if isinstance(key, SecretRef):
        yield f"declare the secret source {key.provider} in your settings, with the entry {key.id}"
    elif label is not None:
        yield f"set the variable that the config names, {label}" if label.startswith("$") else "write apiKey: ${NAME}"
    elif provider is not None and (name := _usual_variable(provider)) is not None:
        yield f"set {name}"
    elif missing.provider in view.customs:
        yield f"give models.providers.{missing.provider} an apiKey: ${{NAME}}"


def _usual_variable(provider: Provider) -> str | None:
    """The variable for an API key, else the provider's first."""
    variables = provider.credential_vars()
    usual = next((item for item in variables if item.kind == "api_key"), None)
    return usual.name if usual else variables[0].name if variables else None
