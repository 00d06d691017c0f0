"""The soak's own judgement: it sees what was lost, and blames no kill that was in the rules."""

from __future__ import annotations

import pytest

from tests.storage.ledger import Ledger, Span, find_double_spends


@pytest.fixture
def ledger() -> Ledger:
    ledger = Ledger()
    ledger.start("a", "1")
    ledger.acknowledge("a", "1")
    return ledger


def test_what_was_acknowledged_must_be_there(ledger: Ledger) -> None:
    ledger.open_window()
    assert ledger.find_losses({"a": "1"}) == []
    assert ledger.find_losses({}) == ["a is None, not 1"]
    assert ledger.find_losses({"a": "2", "b": "3"}) == ["a is 2, not 1", "b is 3, not None"]


def test_what_was_refused_must_not_be_there(ledger: Ledger) -> None:
    ledger.start("a", None)
    ledger.refuse("a")
    ledger.open_window()
    assert ledger.find_losses({}) == ["a is None, not 1"]


def test_what_was_cut_off_may_be_there_or_not_until_the_next_is_acknowledged(ledger: Ledger) -> None:
    ledger.start("a", "2")
    assert ledger.cut_off(["a", "b"]) == 1
    ledger.open_window()
    assert ledger.find_losses({"a": "1"}) == ledger.find_losses({"a": "2"}) == []
    ledger.start("a", "3")
    ledger.acknowledge("a", "3")
    ledger.open_window()
    assert ledger.find_losses({"a": "2"}) == ["a is 2, not 3"]


def test_what_changes_while_the_file_is_read_may_be_found_before_or_after(ledger: Ledger) -> None:
    ledger.open_window()
    ledger.start("a", None)
    ledger.acknowledge("a", None)
    assert ledger.find_losses({"a": "1"}) == ledger.find_losses({}) == []


def test_a_token_is_sent_twice_only_after_a_kill_of_its_sender() -> None:
    spent = [("rt-1", 1.0), ("rt-2", 2.0), ("rt-2", 4.0)]
    assert find_double_spends(spent, [Span(1.5, 3.0)]) == []
    assert find_double_spends(spent, [Span(2.5, 3.0)]) == ["rt-2 was sent at 2.000 and 4.000"]
    assert find_double_spends(spent, []) == ["rt-2 was sent at 2.000 and 4.000"]
