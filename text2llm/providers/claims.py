"""What a provider takes for itself alone: names, variables and key prefixes. A plugin cannot take another's."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from text2llm.providers.index import variable_names
from text2llm.providers.registry import Registry

#: Variables that configure text2llm itself.
OWN_PREFIX = "TEXT2LLM_"


def find_claim(descriptor: Mapping[str, Any], registry: Registry) -> str | None:
    """The conflict of a descriptor (that its schema accepts) with ``registry``, in words; ``None`` if there is none."""
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
            # If one is a prefix of the other, some keys would match both.
            for other in (each for each in taken if each.startswith(prefix) or prefix.startswith(each)):
                yield f"the key prefix {prefix!r} overlaps with another provider's, {other!r}"
