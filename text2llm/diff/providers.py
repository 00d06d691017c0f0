"""Changes to providers: where requests and credentials are sent, and which credentials. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from text2llm.auth.credentials import name_entry
from text2llm.auth.reading import Reading
from text2llm.auth.sources import VARIABLE
from text2llm.catalog.facts import ModelFacts
from text2llm.catalog.layers import own_facts
from text2llm.config.model import CustomModel, CustomProvider
from text2llm.config.nodes import Value
from text2llm.diff.both import Both, pair_entries
from text2llm.diff.change import Change, Level
from text2llm.diff.facts import compare_facts, weigh_facts
from text2llm.diff.values import compare_values, show_value, show_values
from text2llm.providers.descriptor import Provider
from text2llm.redaction.places import Places
from text2llm.refs import ModelRef
from text2llm.secret import SecretRef
from text2llm.upstream.address import Address, find_address

NOWHERE = "an unknown origin"


class _ProviderPair(NamedTuple):
    """One provider on both sides; ``None`` if not configured. ``builtin``: its shipped descriptor."""

    id: str
    customs: Both[CustomProvider | None]
    sides: Both[Reading]
    secrets: Places
    builtin: Provider | None

    def is_new(self) -> bool:
        return self.builtin is None and self.customs.old is None

    def is_gone(self) -> bool:
        return self.builtin is None and self.customs.new is None

    def change(self, kind: str, message: str, texts: Both[str | None], *steps: str) -> Change:
        subject = f"provider {self.id}"
        places = self.customs.join(self.sides, lambda custom, side: custom and side.place((*custom.pointer, *steps)))
        return Change(kind, Level.CHANGE, subject, subject + message, texts, places)


def compare_providers(sides: Both[Reading], secrets: Places) -> Iterator[Change]:
    for name, customs in pair_entries(sides.map(lambda side: side.customs)):
        pair = _ProviderPair(name, customs, sides, secrets, sides.new.registry.get(name))
        yield from _compare_place(pair)
        if not pair.is_gone():
            yield from _compare_api(pair)
            yield from _compare_credentials(pair)
            yield from _compare_compat(pair, pair.customs.map(lambda custom: custom and custom.compat), "")
            yield from _compare_names(pair)
            yield from _compare_models(pair)


def _compare_place(pair: _ProviderPair) -> Iterator[Change]:
    addresses = pair.customs.map(lambda custom: find_address(pair.builtin, custom, meant=True))
    urls = addresses.map(_show_url)
    if pair.is_new() or pair.is_gone():
        yield _describe_presence(pair, urls, local=addresses.new.is_loopback)
        return
    # The whole URL if no credential can be bound to it.
    origins = addresses.map(lambda address: address.url if address.origin is None else str(address.origin))
    if origins.differ():
        message = ": origin changed, requests and credentials would be sent elsewhere: "
        message += f"{origins.old or NOWHERE} → {origins.new or NOWHERE}"
        yield pair.change("provider-origin", message, origins, "baseUrl")._replace(level=Level.DANGER)
    elif urls.differ():
        yield pair.change("provider-base-url", f": base URL: {urls.old} → {urls.new}", urls, "baseUrl")


def _show_url(address: Address) -> str | None:
    return address.url if address.base is None else str(address.base)


def _describe_presence(pair: _ProviderPair, urls: Both[str | None], *, local: bool) -> Change:
    if pair.customs.new is None:
        texts = Both(urls.old or NOWHERE, None)
        return pair.change("provider-removed", f" removed: requests were sent to {texts.old}", texts)
    texts = Both(None, urls.new or NOWHERE)
    change = pair.change("provider-added", f" added: requests would be sent to {texts.new}", texts)
    return change if local else change._replace(level=Level.WARNING)


def _compare_api(pair: _ProviderPair) -> Iterator[Change]:
    if pair.is_new():
        return
    default = None if pair.builtin is None else pair.builtin.api
    apis = pair.customs.map(lambda custom: (custom and custom.api) or default)
    if apis.differ():
        yield pair.change("provider-api", f": API: {show_value(apis.old)} → {show_value(apis.new)}", apis, "api")


def _compare_credentials(pair: _ProviderPair) -> Iterator[Change]:
    """Compare ``apiKey`` and headers."""
    keys = pair.customs.map(_written_key)
    if keys.differ():
        shown = keys.join(pair.customs, lambda text, custom: _show_key(text, custom, pair.secrets))
        change = pair.change("provider-api-key", f": API key: {_arrow(shown)}", shown, "apiKey")
        yield _weigh(change, keys.new, pair)
    for name, values in pair_entries(pair.customs.map(_headers)):
        if values.differ():
            shown = values.map(pair.secrets.show_header)
            change = pair.change("provider-header", f": header {name}: {_arrow(shown)}", shown, "headers")
            yield _weigh(change, values.new, pair)


def _written_key(custom: CustomProvider | None) -> str | None:
    key = None if custom is None else custom.api_key
    return f"secret:{name_entry(key)}" if isinstance(key, SecretRef) else key and key.strip()


def _show_key(text: str | None, custom: CustomProvider | None, secrets: Places) -> str | None:
    """A reference as it is; a literal only if it is public."""
    is_entry = custom is not None and isinstance(custom.api_key, SecretRef)
    return text if is_entry else secrets.show_credential(text)


def _arrow(texts: Both[str | None]) -> str:
    return f"{show_value(texts.old)} → {show_value(texts.new)}"


def _headers(custom: CustomProvider | None) -> dict[str, str]:
    return {} if custom is None else {name.lower(): value for name, value in custom.headers.items()}


def _weigh(change: Change, written: str | None, pair: _ProviderPair) -> Change:
    """A credential of another provider is a danger.

    A new provider's own credential is no warning: the new provider has been reported.
    """
    matched = VARIABLE.fullmatch((written or "").strip())
    owners = pair.sides.new.registry.owners(matched[1]) if matched else []
    if not owners or pair.id in owners:
        return change if pair.is_new() else change._replace(level=Level.WARNING)
    return change._replace(level=Level.DANGER, message=f"{change.message}, a credential of {' and '.join(owners)}")


def _compare_models(pair: _ProviderPair) -> Iterator[Change]:
    tables = pair.customs.join(pair.sides, lambda custom, side: _declared(pair.id, custom, side))
    for ref, models in pair_entries(tables):
        if models.differ():
            known = models.join(pair.sides, lambda model, side: _find_facts(ref, model, side))  # noqa: B023 - used at once
            facts = () if models.new is None else compare_facts(known)
            word = "added" if models.old is None else "removed" if models.new is None else "changed"
            texts = Both(None if models.old is None else str(ref), None if models.new is None else str(ref))
            message = f": model {word}: {ref.model}{''.join(_rename(models))}"
            change = pair.change(f"provider-model-{word}", message, texts, "models")
            yield change._replace(level=weigh_facts(facts), facts=facts)
            if word == "changed":
                yield from _compare_compat(pair, models.map(lambda model: model and model.compat), f" {ref.model}")


def _compare_names(pair: _ProviderPair) -> Iterator[Change]:
    """Compare ``catalog`` and ``as``; of a new provider the latter is no news."""
    catalogs = pair.customs.map(lambda custom: custom and custom.catalog)
    if catalogs.differ():
        text = f": catalog: {_arrow(catalogs)}; the facts about its models would change"
        yield pair.change("provider-catalog", text, catalogs, "catalog")
    for tool, names in pair_entries(pair.customs.map(lambda custom: custom.tool_names if custom else {})):
        if names.differ() and not pair.is_new():
            yield pair.change("provider-tool-name", f": name in {tool}: {_arrow(names)}", names, "as")


def _compare_compat(pair: _ProviderPair, compats: Both[Mapping[str, Value] | None], model: str) -> Iterator[Change]:
    """Compare ``compat`` of a provider or of one of its models; of a new provider it is no news."""
    for path, values in () if pair.is_new() else compare_values(compats):
        if path:
            shown = show_values(values)
            message = f"{model}: compat.{'.'.join(path)}: {shown.old} → {shown.new}"
            texts = shown.join(values, lambda text, value: None if value is None else text)
            yield pair.change("provider-compat", message, texts, "models" if model else "compat")


#: What is said of a new name, by the field of a model that has it.
_NAMES = {"name": "called", "wire": "requested as", "same_as": "the same as"}


def _rename(models: Both[CustomModel | None]) -> Iterator[str]:
    for field, word in _NAMES.items():
        names = models.map(lambda model: getattr(model, field, None))  # noqa: B023 - used at once
        if names.differ() and models.new is not None and (models.old is not None or field != "name"):
            was = "" if models.old is None else f" (was {show_value(names.old)})"
            yield f", {word} {show_value(names.new)}{was}"


def _declared(provider: str, custom: CustomProvider | None, side: Reading) -> dict[ModelRef, CustomModel]:
    """The models of a provider's own entry; of two entries for one model the first applies."""
    found: dict[ModelRef, CustomModel] = {}
    for model in () if custom is None else custom.models:
        found.setdefault(side.resolver.spellings.ref(provider, model.id), model._replace(id=""))
    return found


def _find_facts(ref: ModelRef, model: CustomModel | None, side: Reading) -> ModelFacts:
    """What the configuration says of a model, with the facts of the one that it is the same as."""
    if model is None:
        return ModelFacts()
    return (side.catalog.find(ref) if model.same_as else None) or own_facts(model)
