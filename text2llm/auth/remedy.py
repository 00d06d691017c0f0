"""How to give a provider a missing credential. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from text2llm.auth.order import ENVIRONMENT
from text2llm.auth.reading import Reading
from text2llm.auth.sources import Effective, SourceKind
from text2llm.providers.descriptor import Provider
from text2llm.secret import SecretRef


def find_remedies(missing: Effective, view: Reading, model: str | None) -> tuple[str, ...]:
    """What the user can do about a credential that a model (``None``: any) lacks, each sufficient alone.

    Nothing if it is not missing.
    """
    if missing.is_usable():
        return ()
    return (*_in_configuration(missing, view, model), f"run `{add_command(view.owner)}`")


def add_command(owner: str | None) -> str:
    """The command that adds a credential to the store of an agent (``None``: of the main one)."""
    command = "text2llm models auth add"
    return command if owner is None else f"{command} --agent {owner}"


def join_remedies(remedies: tuple[str, ...]) -> str:
    return ", or ".join(remedies)


def _in_configuration(missing: Effective, view: Reading, model: str | None) -> Iterator[str]:
    """What to do in the configuration or the environment."""
    source, named = view.book.find_candidates(missing.provider, model)
    if source.is_explicit() and any(item.kind is SourceKind.ENV for item in missing.rejected):
        add = f"add {ENVIRONMENT} to the {source.value} for {missing.provider}"
        yield add if source.takes_environment() else f"remove the profile {named[0]} of the model {model}"
        return
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
