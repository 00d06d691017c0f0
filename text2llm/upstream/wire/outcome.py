"""The outcome of parsing a response body: a success, an error, or neither."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias


@dataclass(frozen=True, slots=True)
class Success:
    """A completion; ``model`` is the name in it, ``None`` if it names none."""

    model: str | None = None


@dataclass(frozen=True, slots=True)
class ErrorBody:
    """An error sent with a success status; ``body`` is its JSON."""

    body: Any


@dataclass(frozen=True, slots=True)
class Invalid:
    """Not a response of this API; ``problem`` is the reason, in our own words."""

    problem: str


@dataclass(frozen=True, slots=True)
class Uncalled:
    """A completion without the demanded tool call; ``cut``: it reached the token limit first."""

    cut: bool


@dataclass(frozen=True, slots=True)
class TokenUsage:
    """The tokens that a response reports; 0 if it does not."""

    prompt: int
    output: int


#: A model's name in a response; a longer one is none.
_MAX_NAME = 500
Outcome: TypeAlias = Success | ErrorBody | Invalid | Uncalled


#: Fields of a part of a message that no model writes.
_UNWRITTEN = frozenset({"type", "id", "call_id", "index", "role", "status", "format", "thought", "caller"})


def is_written(value: Any) -> bool:
    """Whether a field of a message holds anything that a model wrote: a text, parts with one, a call of a tool."""
    if isinstance(value, dict):
        return any(is_written(inner) for name, inner in value.items() if name not in _UNWRITTEN)
    return any(map(is_written, value)) if isinstance(value, list) else isinstance(value, str) and bool(value)


def check_work(usage: TokenUsage, *, generated: bool, ended_early: bool = False) -> Invalid | None:
    """Whether a model worked: it generated something, or a filter or the limit ended it after it read the prompt."""
    worked = generated or usage.output > 0 or (ended_early and usage.prompt > 0)
    return None if worked else Invalid("the completion is empty, and no tokens were generated")


def read_usage(usage: Any, prompt: tuple[str, ...], output: tuple[str, ...]) -> TokenUsage:
    """The tokens in the fields named; 0 if none of them is sent."""
    counts = usage if isinstance(usage, dict) else {}
    return TokenUsage(
        *(sum(counts[name] for name in names if is_count(counts.get(name))) for names in (prompt, output))
    )


def read_name(name: Any) -> Success | Invalid:
    """The success of the model named; ``Invalid`` if that is no name. A missing one is fine."""
    if name is None or name == "":
        return Success()
    if not isinstance(name, str) or not name.isprintable() or not name.strip() or len(name) > _MAX_NAME:
        return Invalid("the model's name in the response is not a name")
    return Success(name.strip())


def is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def end_error(finish: str) -> ErrorBody:
    """The error of a completion that failed, for the classifier: its finish reason is the code."""
    return ErrorBody({"error": {"code": f"finish_{finish.lower()}"}})
