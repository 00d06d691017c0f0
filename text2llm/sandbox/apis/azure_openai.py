"""Azure OpenAI: the deployment is in the path, and the version of the API in the query.

https://learn.microsoft.com/azure/ai-foundry/openai/reference
"""

from __future__ import annotations

from text2llm.sandbox.apis.base import find_bearer
from text2llm.sandbox.apis.openai_completions import OpenAiCompletions
from text2llm.sandbox.values import HttpRequest, Mistake


class AzureOpenAi(OpenAiCompletions):
    name = "azure-openai"
    id_header = "apim-request-id"

    def find_key(self, request: HttpRequest) -> str | None:
        """A key, or a token of Entra."""
        return request.headers.get("api-key") or find_bearer(request)

    def find_header_mistake(self, request: HttpRequest, *, is_token: bool) -> Mistake | None:  # noqa: ARG002
        """The path of a deployment needs a version; that of the v1 API takes none."""
        versioned = "/deployments/" not in request.path or request.query.get("api-version")
        return None if versioned else Mistake("unknown-path")
