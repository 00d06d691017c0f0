"""The index of providers: their descriptors reduced to what is read when the program runs, apart from logins. Pure.

``tools/build_provider_index.py`` builds that of the shipped descriptors; a plugin's descriptor goes the same way.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

ENTRY_KEYS = (
    *("id", "label", "status", "statusNote", "local", "api", "baseUrl", "apis", "apiRules", "origins", "env"),
    *("auth", "setupToken", "probe"),
)
USAGE_KEYS = ("url", "urlChina", "format", "credential", "headers", "answer")
LISTING_KEYS = ("url", "public", "answer")
UNREAD_KEYS = frozenset({"source", "note", "headerClaims", "service", "refreshable"})

Descriptor = Mapping[str, Any]


def build_index(descriptors: Sequence[Descriptor]) -> dict[str, Any]:
    """What the registry reads, from descriptors that are sorted by id.

    ``reserved`` are the variables that they name and that no request is paid with: no plugin may claim these either.
    """
    key_formats = {each["id"]: [_drop_unread(one) for one in each.get("keyFormats", ())] for each in descriptors}
    listed = {entry["name"] for each in descriptors for entry in each["env"] if not _is_unverified(entry)}
    return {
        "spellings": {alias: each["id"] for each in descriptors for alias in each["aliases"]},
        "modelSpellings": {each["id"]: each["modelSpellings"] for each in descriptors if "modelSpellings" in each},
        "providers": {
            each["id"]: {key: _reduce(each[key]) for key in ENTRY_KEYS if key in each} for each in descriptors
        },
        "keyFormats": {provider: formats for provider, formats in key_formats.items() if formats},
        "reserved": sorted({name for each in descriptors for name in variable_names(each)} - listed),
    }


def build_logins(descriptors: Iterable[Descriptor]) -> dict[str, Any]:
    """How providers log in, by id: only a login reads it."""
    return {
        each["id"]: {**_reduce(each.get("oauth", {})), **_own_methods(each)}
        for each in descriptors
        if "oauth" in each or "loginMethods" in each
    }


def build_free_probes(descriptors: Iterable[Descriptor]) -> dict[str, Any]:
    """The requests that prove a credential and cost nothing, by provider, the best first: ``--free`` reads them."""
    proving = {each["id"]: [one for one in each.get("freeProbes", ()) if one["proves"]] for each in descriptors}
    reduced = {provider: _reduce(sorted(probes, key=_rank_probe)) for provider, probes in proving.items()}
    return {provider: probes for provider, probes in reduced.items() if probes}


def build_usage(descriptors: Iterable[Descriptor]) -> dict[str, Any]:
    """The endpoint of each provider that tells its usage in a shape that is read, by id: ``models status`` reads it."""
    told = {each["id"]: [_reduce(one) for one in each.get("usage", ()) if _is_read(one)] for each in descriptors}
    return {
        provider: {key: each[0][key] for key in USAGE_KEYS if key in each[0]} for provider, each in told.items() if each
    }


def build_listings(descriptors: Iterable[Descriptor]) -> dict[str, Any]:
    """Where each provider lists its models in a shape that is read, by id: ``models refresh`` and ``scan`` read it."""
    told = {each["id"]: each["models"] for each in descriptors if _is_read(each["models"])}
    return {provider: {key: each[key] for key in LISTING_KEYS if key in each} for provider, each in told.items()}


def _is_read(endpoint: Mapping[str, Any]) -> bool:
    return "answer" in endpoint and not _is_unverified(endpoint)


def _rank_probe(probe: Mapping[str, Any]) -> bool:
    return not probe.get("recommended", False)


def variable_names(descriptor: Descriptor) -> Iterator[str]:
    """Every environment variable that a descriptor names, whatever for."""
    for entry in descriptor["env"]:
        yield entry["name"]
    login, alternative = descriptor.get("oauth", {}), descriptor["auth"].get("alternative", {})
    for part, key in ((alternative, "env"), (login, "clientIdEnv"), (login, "clientSecretEnv")):
        if key in part:
            yield part[key]


def _own_methods(descriptor: Descriptor) -> dict[str, Any]:
    return {"methods": _reduce(descriptor["loginMethods"])} if "loginMethods" in descriptor else {}


def _reduce(value: Any) -> Any:
    """A part of a descriptor without what is not read and what is unverified: that decides nothing."""
    if isinstance(value, Mapping):
        return {key: _reduce(each) for key, each in _drop_unread(value).items() if not _is_unverified(each)}
    if isinstance(value, list):
        return [_reduce(each) for each in value if not _is_unverified(each)]
    return value


def _drop_unread(fact: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in fact.items() if key not in UNREAD_KEYS}


def _is_unverified(value: object) -> bool:
    return isinstance(value, Mapping) and value.get("unverified") is True
