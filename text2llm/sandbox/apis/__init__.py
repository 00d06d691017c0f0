"""The wire formats that the sandbox speaks: a new one is a module and an entry."""

from collections.abc import Mapping

from text2llm.sandbox.apis.anthropic_messages import AnthropicMessages
from text2llm.sandbox.apis.azure_openai import AzureOpenAi
from text2llm.sandbox.apis.base import Api
from text2llm.sandbox.apis.bedrock_converse import BedrockConverse
from text2llm.sandbox.apis.google_generative_ai import GoogleGenerativeAi
from text2llm.sandbox.apis.google_vertex import GoogleVertex
from text2llm.sandbox.apis.ollama import Ollama
from text2llm.sandbox.apis.openai_completions import OpenAiCompletions
from text2llm.sandbox.apis.openai_responses import OpenAiResponses

#: By the value of a configuration's ``api``.
APIS: Mapping[str, Api] = {
    api.name: api
    for api in (
        OpenAiCompletions(),
        OpenAiResponses(),
        AnthropicMessages(),
        GoogleGenerativeAi(),
        Ollama(),
        AzureOpenAi(),
        BedrockConverse(),
        GoogleVertex(),
    )
}
