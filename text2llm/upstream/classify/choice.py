"""The choice of the dialects that an error is read in. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace

from text2llm.upstream.classify.dialect import Dialect
from text2llm.upstream.classify.dialects import DIALECTS

#: Names and domains that do not show whose dialect it is, as gateways and error texts write them. Any other domain is
#: called as its provider: ``openrouter.ai``.
ORIGINS: Mapping[str, str] = {
    "aistudio": "google",
    "amazon.com": "amazon-bedrock",
    "amazonaws.com": "amazon-bedrock",
    "anthropic.com": "anthropic",
    "api.aws": "amazon-bedrock",
    "azure": "azure-openai",
    "azure.com": "azure-openai",
    "bedrock": "amazon-bedrock",
    "bigmodel.cn": "zai",
    "chatgpt.com": "openai-codex",
    "claude.ai": "anthropic",
    "claude.com": "anthropic",
    "cloudflare.com": "cloudflare-ai-gateway",
    "gemini": "google",
    "google.com": "google",
    "google.dev": "google",
    "googleapis.com": "google",
    "kimi.ai": "moonshot",
    "kimi.com": "kimi-coding",
    "microsoft.com": "azure-openai",
    "microsoftonline.cn": "azure-openai",
    "microsoftonline.com": "azure-openai",
    "microsoftonline.us": "azure-openai",
    "minimaxi.com": "minimax",
    "vercel.com": "vercel-ai-gateway",
    "vercel.sh": "vercel-ai-gateway",
    "vertexai": "google-vertex",
    "x.ai": "xai",
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
    labels = name.strip(".").split(".")[-2:]
    candidates = (labels[0], labels[0].removesuffix("ai"))
    return ORIGINS.get(".".join(labels)) or next((each for each in candidates if each in DIALECTS), None)
