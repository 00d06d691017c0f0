"""What every wire format says to a model, and what it demands. Data, and the one reading that two formats share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

#: All that is said to a model.
PROMPT = "ping"
#: The tool that a model is made to call: it takes nothing and does nothing.
TOOL = "noop"
TOOL_DESCRIPTION = "Does nothing."
#: What is said to a model that cannot be made to call a tool.
TOOL_PROMPT = f"Call the tool {TOOL}."
#: A PNG of one white pixel, in base64.
PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4//8/AAX+Av4N70a4AAAAAElFTkSuQmCC"
PIXEL_TYPE = "image/png"
PIXEL_URL = f"data:{PIXEL_TYPE};base64,{PIXEL}"


@dataclass(frozen=True, slots=True)
class Demand:
    """What a completion has to show beyond itself: that the model takes an ``image``, that it calls a ``tool``."""

    image: bool = False
    tool: bool = False


def no_arguments() -> dict[str, Any]:
    """The JSON Schema of the tool's arguments: it takes none."""
    return {"type": "object", "properties": {}}


def function_tool() -> dict[str, Any]:
    """The tool as OpenAI's older API and Ollama describe it."""
    return {
        "type": "function",
        "function": {"name": TOOL, "description": TOOL_DESCRIPTION, "parameters": no_arguments()},
    }


def has_function_call(calls: Any) -> bool:
    """Whether the tool is among the calls of a message, as these two write them."""
    functions = [call.get("function") for call in calls if isinstance(call, dict)] if isinstance(calls, list) else []
    return any(isinstance(function, dict) and function.get("name") == TOOL for function in functions)
