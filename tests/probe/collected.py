"""Collected answers of real providers, and how many of them the classifier reads as their label says.

``python -m tests.probe.collected`` prints the accuracy, and fails when a payload is misread.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from text2llm.providers.registry import load_registry
from text2llm.upstream.classify import classify
from text2llm.upstream.verdict import Reason

FOLDER = Path(__file__).parents[2] / "fixtures/http"
#: What a label of the collected facts may be called here. A bare server error is no timeout to us.
ACCEPTED: Mapping[str, frozenset[str]] = {
    "overloaded": frozenset({"rate_limit"}),
    "context_overflow": frozenset({"format"}),
    "network": frozenset({"unknown", "timeout"}),
    "timeout": frozenset({"timeout", "unknown"}),
}
#: Spellings of providers in the collection that are not ours.
_PROVIDERS = {"kimi-code": "kimi-coding"}


class Answer(NamedTuple):
    """One collected answer. ``kind`` is ``payload`` for a whole body, else the part of one that its source gives.

    ``also`` are other labels that are right, ``spoken`` the API if it is not the provider's default. ``batch`` names
    the round of collecting; ``missed``: the classifier of that time, not yet adapted to the round, misread it.
    ``model`` is the id that was requested, if the source tells.
    """

    id: str
    provider: str
    status: int | None
    headers: Mapping[str, str]
    body: Any
    label: str
    kind: str
    also: frozenset[str] = frozenset()
    spoken: str | None = None
    batch: str | None = None
    missed: bool = False
    model: str | None = None

    @property
    def api(self) -> str:
        provider = load_registry().get(self.provider)
        return self.spoken or ("openai-completions" if provider is None else provider.api)

    def read(self) -> Reason:
        return classify(self.provider, self.api, self.status, self.headers, self.body, model=self.model)[0]

    def is_read(self) -> bool:
        labels = {self.label, *self.also}
        return self.read().status.value in frozenset().union(*(ACCEPTED.get(each, {each}) for each in labels))


def load_answers(name: str) -> list[Answer]:
    """The answers of a file below ``fixtures/http``."""
    return [_answer(json.loads(line)) for line in (FOLDER / name).read_text(encoding="utf-8").splitlines()]


def _answer(entry: Mapping[str, Any]) -> Answer:
    headers = {name.lower(): value for name, value in entry["headers"].items()}
    provider = _PROVIDERS.get(entry["provider"], entry["provider"])
    return Answer(
        entry["id"],
        provider,
        entry["http_status"],
        headers,
        entry["body"],
        entry["label"],
        entry["kind"],
        frozenset(entry.get("alt", ())),
        entry.get("api"),
        entry.get("batch"),
        entry.get("missed_at_first", False),
        entry.get("model"),
    )


FILES = ("errors.jsonl", "more-errors.jsonl", "answers_errors.jsonl", "collected_errors.jsonl")


#: The rounds that were measured before the classifier was changed for them.
MEASURED = ("d", "e", "f", "g", "h")


def first_sight(batch: str) -> tuple[int, int]:
    """How many answers of a round were read right before the classifier was changed for it, and of how many."""
    round_ = [each for name in FILES for each in load_answers(name) if each.batch == batch]
    return sum(not each.missed for each in round_), len(round_)


def misread() -> Iterator[Answer]:
    """The errors that are not read as their label says."""
    for name in FILES:
        yield from (each for each in load_answers(name) if each.label != "ok" and not each.is_read())


def main() -> int:
    """Print the accuracy by kind; 1 when a payload is misread."""
    for name in FILES:
        errors = [each for each in load_answers(name) if each.label != "ok"]
        total, right = Counter(each.kind for each in errors), Counter(each.kind for each in errors if each.is_read())
        parts = ", ".join(f"{kind} {right[kind]}/{count}" for kind, count in sorted(total.items()))
        share = 100 * right.total() / total.total()
        sys.stdout.write(
            f"classifier, fixtures/http/{name}: {right.total()}/{total.total()} ({share:.1f} %): {parts}\n"
        )
    for batch in MEASURED:
        right_then, count = first_sight(batch)
        sys.stdout.write(f"read right at first sight, round {batch}: {right_then}/{count}\n")
    wrong = list(misread())
    for each in wrong:
        said = each.read()
        sys.stdout.write(f"  {each.id} {each.provider} {each.status}: {each.label}, read as {said.word}\n")
    return int(any(each.kind == "payload" for each in wrong))


if __name__ == "__main__":
    sys.exit(main())
