"""Which environments a finding is one of."""

from __future__ import annotations

from text2llm.commands.checked_environments import concerns
from text2llm.diagnostics import Diagnostic, Location, Severity
from text2llm.rules.check_config import tell_views


def test_the_words_of_a_finding_do_not_decide_whom_it_concerns() -> None:
    odd = Diagnostic("schema", Severity.ERROR, "an odd name [dev]", Location("text2llm.yaml"))
    every = tell_views({"base": [odd], "dev": [odd], "prod": [odd]})
    some = tell_views({"base": [odd], "dev": [], "prod": [odd]})
    assert [concerns(every[0], name) for name in ("dev", "prod")] == [True, True]
    assert [concerns(some[0], name) for name in ("dev", "prod")] == [False, True]
    assert some[0].message == "an odd name [dev] [base, prod]"
