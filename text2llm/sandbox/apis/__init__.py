"""The wire formats that the sandbox speaks: a new one is a module and a row."""

from __future__ import annotations

from text2llm.sandbox.apis import anthropic_messages, openai_completions
from text2llm.sandbox.values import Api, Request

LISTING_PATH = "/v1/models"

#: By the prefix under which each can be reached alone, for a base URL that must not be guessed about.
APIS: dict[str, Api] = {"/openai": openai_completions.API, "/anthropic": anthropic_messages.API}


def find_api(request: Request) -> tuple[Api, str]:
    """The API that a request speaks, and its path below the API's prefix.

    The prefix decides, then a path that only one API has, then the headers that only Anthropic's API knows:
    the listing has one path for all.
    """
    for prefix, api in APIS.items():
        if request.path.startswith(f"{prefix}/"):
            return api, request.path.removeprefix(prefix)
    for api in APIS.values():
        if request.path == api.completion_path:
            return api, request.path
    anthropic = not {"x-api-key", "anthropic-version"}.isdisjoint(request.headers)
    return APIS["/anthropic" if anthropic else "/openai"], request.path


def allowed_methods(api: Api) -> dict[str, str]:
    """The paths of an API, each with the one method it takes."""
    return {api.completion_path: "POST", LISTING_PATH: "GET"}
