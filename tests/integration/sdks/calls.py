"""Calls of the sandbox by one SDK, run with the Python of that SDK's environment: ``calls.py ORIGIN CASE…``.

It prints a JSON object: by case, the text of the reply, or the class of the error. A case is ``NAME`` or
``NAME:BEHAVIOR``, a behavior of the sandbox other than ``ok``.
"""

from __future__ import annotations

import asyncio
import json
import sys
import traceback
from collections.abc import Callable, Iterable
from typing import Any

ORIGIN = sys.argv[1]
MODEL, TOKENS = "m1", 32
QUESTION: Any = [{"role": "user", "content": "ping"}]
FUNCTION = {"name": "noop", "description": "Does nothing.", "parameters": {"type": "object", "properties": {}}}


def openai_client(key: str) -> Any:
    import openai

    return openai.OpenAI(base_url=f"{ORIGIN}/v1", api_key=key, max_retries=0, timeout=20)


def openai_chat(key: str, **more: Any) -> str:
    done = openai_client(key).chat.completions.create(model=MODEL, messages=QUESTION, **more)
    return str(done.choices[0].message.content)


def openai_chat_stream(key: str) -> str:
    options = {"include_usage": True}
    stream = openai_client(key).chat.completions.create(
        model=MODEL, messages=QUESTION, stream=True, stream_options=options
    )
    chunks = list(stream)
    assert chunks[-1].usage.total_tokens > 0
    assert chunks[-1].choices == []
    return join(chunk.choices[0].delta.content for chunk in chunks[:-1])


def openai_tool_stream(key: str) -> str:
    tools = [{"type": "function", "function": FUNCTION}]
    stream = openai_client(key).chat.completions.create(
        model=MODEL, messages=QUESTION, tools=tools, tool_choice="required", stream=True
    )
    calls = [call for chunk in stream for call in chunk.choices[0].delta.tool_calls or ()]
    return join(call.function.name for call in calls) + join(call.function.arguments for call in calls)


def openai_responses(key: str) -> str:
    return str(openai_client(key).responses.create(model=MODEL, input="ping", max_output_tokens=TOKENS).output_text)


def openai_responses_stream(key: str) -> str:
    with openai_client(key).responses.stream(model=MODEL, input="ping", max_output_tokens=TOKENS) as stream:
        deltas = join(event.delta for event in stream if event.type == "response.output_text.delta")
        assert stream.get_final_response().output_text == deltas
        return deltas


def azure_chat(key: str) -> str:
    import openai

    client = openai.AzureOpenAI(azure_endpoint=ORIGIN, api_key=key, api_version="2024-10-21", max_retries=0)
    return str(client.chat.completions.create(model=MODEL, messages=QUESTION).choices[0].message.content)


def azure_chat_stream(key: str) -> str:
    import openai

    client = openai.AzureOpenAI(azure_endpoint=ORIGIN, azure_ad_token=key, api_version="2024-10-21", max_retries=0)
    stream = client.chat.completions.create(model=MODEL, messages=QUESTION, stream=True)
    return join(choice.delta.content for chunk in stream for choice in chunk.choices)


def anthropic_client(**credential: str) -> Any:
    import anthropic

    return anthropic.Anthropic(base_url=ORIGIN, max_retries=0, timeout=20, **credential)


def anthropic_messages(key: str) -> str:
    done = anthropic_client(api_key=key).messages.create(model=MODEL, max_tokens=TOKENS, messages=QUESTION)
    return str(done.content[0].text)


def anthropic_bearer(key: str) -> str:
    done = anthropic_client(auth_token=key).messages.create(model=MODEL, max_tokens=TOKENS, messages=QUESTION)
    return str(done.content[0].text)


def anthropic_stream(key: str) -> str:
    with anthropic_client(api_key=key).messages.stream(model=MODEL, max_tokens=TOKENS, messages=QUESTION) as stream:
        said = join(stream.text_stream)
        assert stream.get_final_message().content[0].text == said
        assert stream.get_final_message().usage.output_tokens > 0
        return said


def anthropic_tool_stream(key: str) -> str:
    tools = [{"name": "noop", "input_schema": {"type": "object", "properties": {}}}]
    with anthropic_client(api_key=key).messages.stream(
        model=MODEL, max_tokens=TOKENS, messages=QUESTION, tools=tools, tool_choice={"type": "any"}
    ) as stream:
        block = stream.get_final_message().content[0]
        return f"{block.name}{json.dumps(block.input)}"


def langchain_openai_model(key: str) -> Any:
    from langchain_openai import ChatOpenAI

    return ChatOpenAI(model=MODEL, base_url=f"{ORIGIN}/v1", api_key=key, max_retries=0)


def langchain_anthropic_model(key: str) -> Any:
    from langchain_anthropic import ChatAnthropic

    return ChatAnthropic(model=MODEL, base_url=ORIGIN, api_key=key, max_retries=0, max_tokens=TOKENS)


def langchain_openai(key: str) -> str:
    return str(langchain_openai_model(key).invoke("ping").content)


def langchain_openai_stream(key: str) -> str:
    return join(chunk.content for chunk in langchain_openai_model(key).stream("ping"))


def langchain_anthropic(key: str) -> str:
    return str(langchain_anthropic_model(key).invoke("ping").content)


def langchain_anthropic_stream(key: str) -> str:
    chunks = [chunk.content for chunk in langchain_anthropic_model(key).stream("ping")]
    blocks = (block for chunk in chunks if not isinstance(chunk, str) for block in chunk)
    return join(chunk for chunk in chunks if isinstance(chunk, str)) + join(block.get("text") for block in blocks)


def pydantic_openai_agent(key: str) -> Any:
    from pydantic_ai import Agent
    from pydantic_ai.models import openai
    from pydantic_ai.providers.openai import OpenAIProvider

    model = getattr(openai, "OpenAIChatModel", None) or openai.OpenAIModel
    return Agent(
        model(MODEL, provider=OpenAIProvider(openai_client=asynchronous("openai", "OpenAI", f"{ORIGIN}/v1", key)))
    )


def pydantic_anthropic_agent(key: str) -> Any:
    from pydantic_ai import Agent
    from pydantic_ai.models.anthropic import AnthropicModel
    from pydantic_ai.providers.anthropic import AnthropicProvider

    client = asynchronous("anthropic", "Anthropic", ORIGIN, key)
    return Agent(AnthropicModel(MODEL, provider=AnthropicProvider(anthropic_client=client)))


def asynchronous(module: str, name: str, base_url: str, key: str) -> Any:
    client = getattr(__import__(module), f"Async{name}")
    return client(base_url=base_url, api_key=key, max_retries=0)


def run_agent(agent: Any) -> str:
    return str(agent.run_sync("ping").output)


def stream_agent(agent: Any) -> str:
    async def collect() -> str:
        async with agent.run_stream("ping") as run:
            return join([part async for part in run.stream_text(delta=True)])

    return asyncio.run(collect())


def litellm_router(key: str) -> Any:
    from litellm import Router

    bases = {"openai": f"{ORIGIN}/v1", "anthropic": ORIGIN}
    models = [
        {"model_name": name, "litellm_params": {"model": f"{name}/{MODEL}", "api_base": base, "api_key": key}}
        for name, base in bases.items()
    ]
    return Router(model_list=models, num_retries=0)


def route(key: str, name: str) -> str:
    return str(litellm_router(key).completion(model=name, messages=QUESTION).choices[0].message.content)


def route_stream(key: str, name: str) -> str:
    stream = litellm_router(key).completion(model=name, messages=QUESTION, stream=True)
    return join(choice.delta.content for chunk in stream for choice in chunk.choices)


def any_llm(key: str, provider: str, **more: Any) -> Any:
    from any_llm import completion

    base = ORIGIN if provider == "anthropic" else f"{ORIGIN}/v1"
    return completion(
        model=MODEL,
        provider=provider,
        api_key=key,
        api_base=base,
        client_args={"max_retries": 0},
        messages=QUESTION,
        max_tokens=TOKENS,
        **more,
    )


def any_llm_text(key: str, provider: str) -> str:
    return str(any_llm(key, provider).choices[0].message.content)


def any_llm_stream(key: str, provider: str) -> str:
    chunks = any_llm(key, provider, stream=True)
    return join(choice.delta.content for chunk in chunks for choice in chunk.choices)


def bedrock_client(key: str) -> Any:
    import boto3
    from botocore.config import Config

    once = Config(retries={"max_attempts": 0, "mode": "standard"})
    secret = {"aws_access_key_id": key, "aws_secret_access_key": "public"}
    return boto3.client("bedrock-runtime", endpoint_url=ORIGIN, region_name="us-east-1", config=once, **secret)


BEDROCK_QUESTION: Any = [{"role": "user", "content": [{"text": "ping"}]}]


def bedrock_converse(key: str) -> str:
    done = bedrock_client(key).converse(modelId=MODEL, messages=BEDROCK_QUESTION)
    return str(done["output"]["message"]["content"][0]["text"])


def bedrock_stream(key: str) -> str:
    events = bedrock_client(key).converse_stream(modelId=MODEL, messages=BEDROCK_QUESTION)["stream"]
    return join(event.get("contentBlockDelta", {}).get("delta", {}).get("text") for event in events)


def join(parts: Iterable[str | None]) -> str:
    return "".join(filter(None, parts))


CASES: dict[str, Callable[[str], str]] = {
    "openai chat": openai_chat,
    "openai chat stream": openai_chat_stream,
    "openai tool stream": openai_tool_stream,
    "openai responses": openai_responses,
    "openai responses stream": openai_responses_stream,
    "azure chat": azure_chat,
    "azure chat stream": azure_chat_stream,
    "anthropic messages": anthropic_messages,
    "anthropic bearer": anthropic_bearer,
    "anthropic stream": anthropic_stream,
    "anthropic tool stream": anthropic_tool_stream,
    "bedrock converse": bedrock_converse,
    "bedrock stream": bedrock_stream,
    "langchain openai": langchain_openai,
    "langchain openai stream": langchain_openai_stream,
    "langchain anthropic": langchain_anthropic,
    "langchain anthropic stream": langchain_anthropic_stream,
    "pydantic-ai openai": lambda key: run_agent(pydantic_openai_agent(key)),
    "pydantic-ai openai stream": lambda key: stream_agent(pydantic_openai_agent(key)),
    "pydantic-ai anthropic": lambda key: run_agent(pydantic_anthropic_agent(key)),
    "pydantic-ai anthropic stream": lambda key: stream_agent(pydantic_anthropic_agent(key)),
    "litellm router openai": lambda key: route(key, "openai"),
    "litellm router openai stream": lambda key: route_stream(key, "openai"),
    "litellm router anthropic": lambda key: route(key, "anthropic"),
    "litellm router anthropic stream": lambda key: route_stream(key, "anthropic"),
    "any-llm openai": lambda key: any_llm_text(key, "openai"),
    "any-llm openai stream": lambda key: any_llm_stream(key, "openai"),
    "any-llm anthropic": lambda key: any_llm_text(key, "anthropic"),
    "any-llm anthropic stream": lambda key: any_llm_stream(key, "anthropic"),
}


def call(case: str) -> str:
    name, _, behavior = case.partition(":")
    try:
        return CASES[name](f"sandbox-{behavior or 'ok'}")
    except Exception as error:  # noqa: BLE001 - the test expects its class
        traceback.print_exc()
        return type(error).__name__


print(json.dumps({case: call(case) for case in sys.argv[2:]}))  # noqa: T201 - the results
