"""The choice of the dialects that an error is read in. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace

from text2llm.upstream.classify.dialect import Dialect
from text2llm.upstream.classify.dialects import DIALECTS

#: Other names and domains of the providers above, as gateways and error texts write them. A host belongs to a domain
#: that it ends with.
ORIGINS: Mapping[str, str] = {
    "aistudio": "google",
    "amazon.com": "amazon-bedrock",
    "anthropic.com": "anthropic",
    "azure": "azure-openai",
    "bedrock": "amazon-bedrock",
    "bigmodel.cn": "zai",
    "claude.com": "anthropic",
    "fireworks.ai": "fireworks",
    "gemini": "google",
    "google.com": "google",
    "google.dev": "google",
    "googleapis.com": "google",
    "openai.com": "openai",
    "together.ai": "together",
    "vertexai": "google-vertex",
    "z.ai": "zai",
}
_NO_NAME = re.compile(r"[^a-z0-9.]+")


def find_dialects(
    provider: str, api: str, origins: Iterable[str] = (), own: Dialect | None = None
) -> tuple[Dialect, ...]:
    """The dialects of an error: of those that it names, then the provider's own, then the API's.

    ``own`` is that of the provider's descriptor, if any. A gateway passes on the codes and wordings of others, but its
    status is its own.
    """
    spoken = dict.fromkeys((provider, api))
    named = dict.fromkeys(_dialect_of(each) or "" for each in origins)
    wrapped = (replace(DIALECTS[name], statuses={}) for name in named if name in DIALECTS and name not in spoken)
    brought = () if own is None else (own,)
    return (*brought, *wrapped, *(DIALECTS[name] for name in spoken if name in DIALECTS))


def _dialect_of(origin: str) -> str | None:
    """The id of a dialect, of a name ("Moonshot AI", "vertex_ai") or a host."""
    if origin in DIALECTS:
        return origin
    name = _NO_NAME.sub("", origin)
    domain = ".".join(name.split(".")[-2:])
    return ORIGINS.get(domain) or next((each for each in (name, name.removesuffix("ai")) if each in DIALECTS), None)
