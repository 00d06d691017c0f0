"""Google Vertex AI: generateContent with the project and location in the path, and an access token.

https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/inference
"""

from __future__ import annotations

from text2llm.sandbox.apis.base import find_bearer
from text2llm.sandbox.apis.google_generative_ai import GoogleGenerativeAi
from text2llm.sandbox.values import HttpRequest


class GoogleVertex(GoogleGenerativeAi):
    name = "google-vertex"

    def find_key(self, request: HttpRequest) -> str | None:
        return find_bearer(request)
