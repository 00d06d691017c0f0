from __future__ import annotations

import pytest

from tests.scan.making import scanned
from text2llm.refs import ModelRef
from text2llm.scan.rank import Proposal, Scanned, Skip, callers, preselect, propose, rank, viewers
from text2llm.upstream.verdict import Reason

FAILED = Reason.RATE_LIMITED
UNTRIED = Skip.NOT_WANTED


def names(ranked: tuple[Scanned, ...]) -> list[str]:
    return [each.candidate.ref.model for each in ranked]


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        (scanned("b", 900, 900), scanned("a", 1)),
        (scanned("b", 900, 900), scanned("a", 1, FAILED)),
        (scanned("b", 1), scanned("a", 2, window=999, params=99)),
        (scanned("b", 1, window=9), scanned("a", 1, window=8, params=99)),
        (scanned("b", 1, window=1), scanned("a", 1)),
        (scanned("b", 1, params=2), scanned("a", 1, params=1.5)),
        (scanned("b", 1, params=2), scanned("a", 1)),
        (scanned("a", 1), scanned("b", 1)),
        (scanned("b", 999), scanned("a", FAILED, 1)),
        (scanned("b", 999), scanned("a", Skip.NOT_LISTED, 1)),
        (scanned("b", 999), scanned("a", Skip.INTERRUPTED)),
        (scanned("b", 0), scanned("a", 1)),
        (scanned("b", UNTRIED, UNTRIED, sees=True), scanned("a", UNTRIED, window=999)),
        (scanned("b", UNTRIED, UNTRIED, sees=True, window=2), scanned("a", UNTRIED, UNTRIED, sees=True, window=1)),
        (scanned("b", FAILED, window=2), scanned("a", FAILED, window=1)),
    ],
)
def test_better_one_comes_first(better: Scanned, worse: Scanned) -> None:
    assert rank([worse, better]) == rank([better, worse]) == (better, worse)


RANKED = rank(
    [
        scanned("plain", 5),
        scanned("slow-eye", 1, 50),
        scanned("fast-eye", 2, 5, window=8),
        scanned("same-eye", 3, 5, window=9),
        scanned("only-eye", FAILED, 1),
        scanned("nothing", FAILED, FAILED),
    ]
)


def test_fallbacks_are_those_that_called_the_tool_and_images_go_by_their_own_latency() -> None:
    assert names(RANKED) == ["slow-eye", "fast-eye", "same-eye", "plain", "only-eye", "nothing"]
    assert [ref.model for ref in callers(RANKED)] == ["slow-eye", "fast-eye", "same-eye", "plain"]
    assert [ref.model for ref in viewers(RANKED)] == ["only-eye", "same-eye", "fast-eye", "slow-eye"]


def test_the_most_promising_are_probed() -> None:
    models = (scanned("a", 1, window=8), scanned("b", 1, window=9), scanned("c", 1, sees=True))
    small, large, seeing = (each.candidate for each in models)
    assert preselect([small, large, seeing], 2) == (seeing, large)
    assert preselect([small], 5) == (small,)


def test_proposal_has_at_most_so_many_of_each() -> None:
    proposal = Proposal(
        (ModelRef("lab", "slow-eye"), ModelRef("lab", "fast-eye")),
        (ModelRef("lab", "only-eye"), ModelRef("lab", "same-eye")),
    )
    assert propose(RANKED, 2) == proposal
    assert propose(rank([scanned("a", FAILED), scanned("b", UNTRIED, UNTRIED)]), 6) == Proposal()
