"""The words for request parameters, the same for every API. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from text2llm.params.values import DURATION, FLAG, TEXTS, ValueRule, integer, number, one_of, word
from text2llm.params.wires import EFFORTS

#: What providers call their tiers. Sources: those of the APIs in :mod:`text2llm.params.wires`; console.groq.com/docs.
_TIERS = ("auto", "default", "flex", "priority", "scale", "standard", "standard_only", "reserved", "on_demand")


@dataclass(frozen=True, slots=True)
class Parameter:
    """What a word means."""

    meaning: str
    value: ValueRule
    example: Any


WORDS: Mapping[str, Parameter] = {
    "temperature": Parameter("How random the choice of each token is.", number(0, 2), 0.2),
    "topP": Parameter("Only the likeliest tokens, of this probability together, are chosen from.", number(0, 1), 0.9),
    "topK": Parameter(
        "Only so many of the likeliest tokens are chosen from; -1 is no limit at some servers.", integer(-1), 40
    ),
    "maxTokens": Parameter("The most tokens of a reply.", integer(1), 4096),
    "stop": Parameter("Texts at which a reply ends.", TEXTS, ["END"]),
    "seed": Parameter("With the same seed, replies differ less.", integer(), 7),
    "effort": Parameter("How much a model reasons before it replies, from none to max.", one_of(*EFFORTS), "high"),
    "serviceTier": Parameter("The tier of service: its speed and price.", word(*_TIERS), "flex"),
    "context1m": Parameter("The context window of a million tokens, where it must be asked for.", FLAG, example=True),
    "timeout": Parameter("How long a request may take.", DURATION, "60s"),
}
