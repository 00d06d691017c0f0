"""What a plugin may not claim: the names, variables and key prefixes that belong to another provider. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from text2llm.providers.index import variable_names
from text2llm.providers.registry import Registry

#: Variables that steer text2llm itself.
OWN_PREFIX = "TEXT2LLM_"


def find_claim(descriptor: Mapping[str, Any], registry: Registry) -> str | None:
    """What a descriptor claims that is taken in ``registry``, in words; ``None`` when nothing is.

    The descriptor has been accepted by its schema.
    """
    return next(_claims(descriptor, registry), None)


def _claims(descriptor: Mapping[str, Any], registry: Registry) -> Iterator[str]:
    owners = {**{name: name for name in registry.ids()}, **registry.spellings().providers}
    for name in (descriptor["id"], *descriptor["aliases"]):
        if name in owners:
            yield f"the name {name!r} belongs to the provider {owners[name]}"
    for name in variable_names(descriptor):
        if name.startswith(OWN_PREFIX):
            yield f"the variable {name} belongs to text2llm itself"
        if name in registry.variables():
            yield f"the variable {name} belongs to another provider"
    taken = tuple(registry.key_prefixes())
    for entry in descriptor.get("keyFormats", ()):
        for prefix in entry.get("prefixes", ()):
            # Where one begins with the other, some keys would begin with both.
            for rival in (each for each in taken if each.startswith(prefix) or prefix.startswith(each)):
                yield f"keys that begin with {prefix!r} cannot be told from another provider's, which begin {rival!r}"
