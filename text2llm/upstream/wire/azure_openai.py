"""The API of Azure OpenAI's deployments: ``/chat/completions`` with the deployment in the path, and an API version.

``/openai/v1`` of a resource is OpenAI's own API, without a version. Source: learn.microsoft.com, Azure OpenAI in Azure
AI Foundry Models REST API reference and API version lifecycle.
"""

from __future__ import annotations

from dataclasses import replace

from text2llm.upstream.wire import openai_completions

VERSION = "2024-10-21"
_COMPLETIONS = "/chat/completions"
_DEPLOYMENTS = "/openai/deployments"


def find_path(base: str) -> str:
    """The path after that of a base URL: of the resource, ``/openai``, a deployment, or ``/openai/v1``."""
    if base.endswith("/openai/v1"):
        return _COMPLETIONS
    query = f"{_COMPLETIONS}?api-version={VERSION}"
    if f"{_DEPLOYMENTS}/" in f"{base}/":
        return query
    prefix = _DEPLOYMENTS.removeprefix("/openai") if base.endswith("/openai") else _DEPLOYMENTS
    return f"{prefix}/{{model}}{query}"


WIRE = replace(
    openai_completions.WIRE,
    api="azure-openai",
    path=find_path(""),
    find_path=find_path,
    auth_header="api-key",
    auth_prefix="",
)
