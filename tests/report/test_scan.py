"""What a scan shows of what servers name: nothing that acts, is a secret, or is wider than the screen."""

from __future__ import annotations

from typing import Any

from tests.scan.making import scanned
from text2llm.commands.scan import Scan
from text2llm.probe.result import ProbeOptions
from text2llm.redaction import redact
from text2llm.redaction.forms import Forms
from text2llm.refs import ModelRef
from text2llm.report.scan import offer_text, proposal_text, scan_json, scan_progress_line, scan_text
from text2llm.report.style import Style
from text2llm.scan.rank import Proposal, Scanned, Skip, rank
from text2llm.scan.select import CandidateSelection
from text2llm.upstream.verdict import Reason, Verdict

PLAIN = Style(enabled=False)
NOW = 1_800_000_000
KEY = "sk-or-v1-" + "0123456789abcdef" * 4


def make(*found: Scanned, **rest: Any) -> Scan:
    ranked = rank(found)
    selection = CandidateSelection(9, len(ranked), tuple(each.candidate for each in ranked))
    return Scan("lab", selection, ranked, **{"options": ProbeOptions(), **rest})


def test_table() -> None:
    found = make(
        scanned("a-8b", 120, 80, window=200_000, params=8),
        scanned("b", Reason.RATE_LIMITED),
        scanned("c", Skip.INTERRUPTED, Skip.INTERRUPTED),
        interrupted=True,
    )
    assert scan_text(found, PLAIN, now=NOW) == (
        "lab lists 9 models: 3 free; interrupted\n"
        "  #  model     input       ctx   params  age  tool                        image\n"
        "  1  lab/a-8b  text+image  200k  8b      -    ok 120 ms                   ok 80 ms\n"
        "  2  lab/b     text        -     -       -    ?: rate_limit/rate_limited  -\n"
        "  3  lab/c     text        -     -       -    interrupted                 interrupted\n"
    )


def test_narrow_terminal_breaks_lines_and_colours_say_what_words_say() -> None:
    found = make(
        scanned("a-8b", 120, 80, window=200_000, params=8),
        scanned("b", Reason.RATE_LIMITED),
        scanned("c", Skip.NOT_WANTED),
    )
    text = scan_text(found, PLAIN, now=NOW, width=40)
    assert max(map(len, text.splitlines())) <= 40
    painted = scan_text(found, Style(enabled=True), now=NOW)
    assert "\x1b[32m  1  lab/a-8b" in painted
    assert "\x1b[31m  2  lab/b" in painted


def test_obstacle_is_told_with_what_helps() -> None:
    verdict = Verdict(Reason.MISSING_CREDENTIAL, f"there is none for {KEY}", f"set {KEY}")
    text = redact(scan_text(make(obstacle=verdict, options=None), PLAIN, now=NOW), Forms())
    assert text.splitlines()[1].startswith("nothing was probed: there is none for ")
    assert text.splitlines()[2].startswith("hint: set ")
    assert KEY not in text
    bare = make(obstacle=Verdict(Reason.MISSING_CREDENTIAL))
    assert "nothing was probed: missing_credential\nno model" in scan_text(bare, PLAIN, now=NOW)
    assert KEY not in str(redact(scan_json(make(obstacle=verdict), Proposal()), Forms()))


def test_model_whose_name_acts_on_a_log_is_shown_and_does_not_act() -> None:
    name = "a##[command]x"
    told = scan_text(make(scanned(name, 1)), PLAIN, now=NOW)
    told += proposal_text(Proposal((ModelRef("lab", name),))) + offer_text("fallbacks", (ModelRef("lab", name),))
    assert "##[" not in told


def test_proposal() -> None:
    one, two = ModelRef("lab", "a"), ModelRef("lab", "b")
    assert proposal_text(Proposal((one, two))) == "proposed fallbacks: lab/a, lab/b\n"
    assert proposal_text(Proposal((), (two,))) == "proposed image fallbacks: lab/b\n"
    assert proposal_text(Proposal()).startswith("nothing to propose: ")
    assert offer_text("fallbacks", (one, two)) == "fallbacks:\n  1. lab/a\n  2. lab/b\n"


def test_progress_names_the_model() -> None:
    result = scanned("a", 5).tool.result
    assert result is not None
    assert scan_progress_line(3, 9, result) == "scanning 3/9: lab/m ok"


def test_json_of_an_interrupted_scan() -> None:
    told = scan_json(make(scanned("c", Skip.INTERRUPTED), interrupted=True), Proposal())
    assert told["interrupted"] is True
    assert told["results"][0]["tool"] == {"status": "skipped", "why": "interrupted"}
