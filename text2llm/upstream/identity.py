"""Whether a response is by the requested model: the one module that compares model names. Pure.

A name in a response is no identity: gateways, deployments, local servers and routers name what they like. Names are
compared as their words and their numbers, each in order, without publisher, path, date, zero versions and stage.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from fnmatch import fnmatchcase


@dataclass(frozen=True, slots=True)
class KnownNames:
    """What is known of a provider's model names.

    ``catalogued`` are the ids of a provider that serves its own models only, ``retired`` those of them that it does not
    serve any more; empty for any other. ``renamed`` maps a requested id to the patterns (``*`` is anything, ``[5-9]``
    one of these) of the names that its responses are known to have. ``exact``: any other name than the requested one is
    reported.
    """

    catalogued: frozenset[str] = frozenset()
    renamed: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    exact: bool = False
    retired: frozenset[str] = frozenset()


NO_NAMES = KnownNames()


class ModelIdentity(Enum):
    """``ALIAS``: another name, which may be of the same model. ``OTHER``: another model."""

    SAME = "same"
    ALIAS = "alias"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class _ModelName:
    words: tuple[str, ...]
    numbers: tuple[int, ...]
    date: str
    newest: bool

    def is_same(self, other: _ModelName) -> bool:
        one_date = not (self.date and other.date) or self.date == other.date
        return self.words == other.words and self.numbers == other.numbers and one_date

    def is_family(self, other: _ModelName) -> bool:
        """Whether the other may be a snapshot of this family: of another date, or the newest of a version."""
        numbers = other.numbers[: len(self.numbers)] if self.newest else other.numbers
        return self.words == other.words and self.numbers == numbers


#: Region and publisher of Amazon Bedrock: ``us.anthropic.claude-…``.
_PUBLISHER = re.compile(r"^(?:[a-z][a-z-]*\.)+(?=[a-z])")
#: What is behind a colon without a number: a route, a tier, a stage; ``:8b`` is another model than ``:70b``.
_TAG = re.compile(r":[a-z-]+$")
#: Version of Amazon Bedrock, and what a file of a local server adds: part, format, quantization.
_SUFFIXES = re.compile(
    r"(?:-v\d+:\d+|-\d{5}-of-\d{5}|\.(?:gguf|ggml|bin|safetensors|onnx)"
    r"|[-._:@](?:ud-)?(?:i?q\d\w*|bf16|f16|f32|fp\d+\w*|int\d|awq|gptq|gguf|mlx|nvfp4|mxfp4|[48]-?bit))+$"
)
_STAGE = re.compile(r"(?<![a-z])(?:latest|preview|exp|experimental)(?![a-z])")
#: 2025-08-07, 20250929, 08-2024 anywhere; 2507, 0613, 001, 05-06 at the end.
_DATE = re.compile(
    r"(?<!\d)(?:20\d\d[-.]?[01]\d[-.]?[0-3]\d|[01]\d-20\d\d)(?!\d)|(?<=[-@_])(?:\d{6}|\d{3,4}|\d\d-\d\d)(?=[-@_]*$)"
)
#: Azure's deployments cannot have a dot in their names.
_AZURE = re.compile(r"^gpt-35(?=-|$)")


def match_names(asked: str, answered: str, known: KnownNames = NO_NAMES) -> ModelIdentity:
    one, other = _parse(asked), _parse(answered)
    if asked.strip() == answered.strip() or one.is_same(other):
        return ModelIdentity.SAME
    if known.exact:
        return ModelIdentity.OTHER
    patterns = known.renamed.get(_bare(asked), ())
    if one.is_family(other) or any(fnmatchcase(_bare(answered), pattern) for pattern in patterns):
        return ModelIdentity.ALIAS
    models = {name: _parse(name) for name in known.catalogued}
    asked_for, answering = (_find_ids(name, parsed, models) for name, parsed in ((asked, one), (answered, other)))
    # A provider may answer for a retired model with its successor, but not with one that it does not serve either.
    renamed = asked_for <= known.retired and not answering <= known.retired
    return ModelIdentity.OTHER if asked_for and answering and not renamed else ModelIdentity.ALIAS


def _find_ids(name: str, parsed: _ModelName, models: Mapping[str, _ModelName]) -> set[str]:
    """The catalogued ids of a name: the id itself, else those of its family."""
    bare = _bare(name)
    return {bare} if bare in models else {each for each, model in models.items() if parsed.is_family(model)}


def list_spellings(name: str) -> tuple[str, ...]:
    """A model's id in lower case as texts write it: whole, without publisher and path, without tag, without date."""
    bare = _bare(name)
    base = _SUFFIXES.sub("", _TAG.sub("", bare))
    undated = _DATE.sub("", base).strip("-_@. ")
    return tuple(each for each in dict.fromkeys((name.strip().lower(), bare, base, undated)) if each)


def _bare(name: str) -> str:
    """A name in lower case, without publisher and path."""
    return _PUBLISHER.sub("", re.split(r"[/\\]", name.strip().lower().rstrip("/\\"))[-1])


def _parse(name: str) -> _ModelName:
    base = _SUFFIXES.sub("", _TAG.sub("", _bare(name)))
    plain = _STAGE.sub("", _AZURE.sub("gpt-3-5", base.replace(" ", "-")))
    undated = _DATE.sub("", plain)
    return _ModelName(
        words=tuple(re.findall(r"[^\W\d_]+", undated)),
        numbers=tuple(number for text in re.findall(r"\d+", undated) if (number := int(text))),
        date="".join(re.findall(r"\d", "".join(_DATE.findall(plain)))),
        newest="latest" in base or name.strip().lower().endswith(":latest"),
    )
