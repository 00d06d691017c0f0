"""The wire formats that the sandbox speaks: a new one is a module and a row."""

from __future__ import annotations

from collections.abc import Mapping

from text2llm.sandbox.apis import (
    anthropic_messages,
    google_generative_ai,
    ollama,
    openai_completions,
    openai_responses,
)
from text2llm.sandbox.values import Api

#: By the name that a configuration's ``api`` has.
APIS: Mapping[str, Api] = {
    each.API.name: each.API
    for each in (openai_completions, openai_responses, anthropic_messages, google_generative_ai, ollama)
}
