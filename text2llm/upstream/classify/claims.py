"""Claims: what a sentence of an error says of a subject. Pure.

A claim joins a subject ("model", "credits", "API key") to a predicate ("does not exist", "exhausted", "revoked") in one
sentence. It says nothing of the words between and around them, so it reads sentences that nobody has seen before.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from text2llm.upstream.verdict import Reason

_MOST = 8
#: A noun after these words is not what the sentence is about: "is not supported with this model".
_COMPLEMENT = re.compile(
    r"\b(?:with|for|by|using|in|on|from|to|per|parameter|field|argument|property)"
    r"(?: (?:the|this|that|these|an?|your|any|some|requested|specified|selected|current|given|certain))*\s$"
)


@dataclass(frozen=True, slots=True)
class Claim:
    """A meaning of a sentence.

    ``subject`` and ``predicate`` are at most ``gap`` characters apart, with nothing that ``barrier`` matches between
    them. ``before``: the predicate may stand before the subject ("unknown model"); ``after``: after it. Without a
    predicate the subject alone says it. ``complement``: the subject may also be what something else is for. The claim
    counts under ``statuses``; one without a telling status counts, unless it is ``loose``.
    """

    reason: Reason
    statuses: frozenset[int]
    subject: re.Pattern[str]
    predicate: re.Pattern[str] | None = None
    after: bool = True
    before: bool = False
    gap: int = 100
    barrier: re.Pattern[str] | None = None
    complement: bool = False
    loose: bool = False

    def counts(self, status: int | None) -> bool:
        return not self.loose if status is None else status in self.statuses

    def holds(self, sentence: str) -> bool:
        if self.predicate is None:
            return self.subject.search(sentence) is not None
        subjects = [each.span() for each in self._subjects(sentence)]
        if not subjects:
            return False
        predicates = [each.span() for each in islice(self.predicate.finditer(sentence), _MOST)]
        return any(self._joins(sentence, one, other) for one in subjects for other in predicates)

    def _subjects(self, sentence: str) -> Iterator[re.Match[str]]:
        found = islice(self.subject.finditer(sentence), _MOST)
        return (
            each
            for each in found
            if self.complement or not _COMPLEMENT.search(sentence, max(0, each.start() - 40), each.start())
        )

    def _joins(self, sentence: str, subject: tuple[int, int], predicate: tuple[int, int]) -> bool:
        if subject[0] < predicate[0]:
            between = sentence[subject[1] : predicate[0]]
            return self.after and self._is_free(between)
        return self.before and self._is_free(sentence[predicate[1] : subject[0]])

    def _is_free(self, between: str) -> bool:
        return len(between) <= self.gap and (self.barrier is None or not self.barrier.search(between))


def first_claim(claims: Sequence[Claim], status: int | None, sentences: Iterable[str]) -> Reason | None:
    """The reason of the first claim that a sentence makes; earlier sentences and earlier claims win."""
    counting = [each for each in claims if each.counts(status)]
    held = (each.reason for sentence in sentences for each in counting if each.holds(sentence))
    return next(held, None)
