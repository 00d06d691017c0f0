from __future__ import annotations

import pytest

from text2llm.diagnostics import Location
from text2llm.errors import ExitCode
from text2llm.probe.gate import GateReport, Policy, judge_routes
from text2llm.probe.result import ProbeOptions, ProbeResult, ProbeSource, ProbeSubject, ProbeSummary
from text2llm.probe.routes import GatePlan, GateRoute, Position
from text2llm.probe.targets import ProbeTarget
from text2llm.refs import ModelRef
from text2llm.upstream.verdict import Gate, Reason, Verdict

SUBJECT = ProbeSubject("lab", "lab/m1", "LAB", ProbeSource.ENV, "api_key")


def judge(
    found: list[tuple[Position, Reason | None]], policy: Policy | None = None, known: int | None = None
) -> GateReport:
    verdicts = [Verdict(reason) for _, reason in found]
    plan = GatePlan(
        tuple(ProbeTarget(SUBJECT, verdict) for verdict in verdicts),
        tuple(
            (GateRoute("main", position, 0, ModelRef("lab", "m1"), Location("c.yaml")), (index,))
            for index, (position, _) in enumerate(found)
        ),
    )
    results = tuple(ProbeResult(SUBJECT, verdict) for verdict in verdicts[:known])
    interrupted = known is not None
    places = tuple(range(len(results)))
    summary = ProbeSummary(0, 1, len(found), ProbeOptions(), results, interrupted, places)
    return judge_routes(plan, summary, policy or Policy())


PRIMARY, FALLBACK, IMAGE, ASKED = Position.PRIMARY, Position.FALLBACK, Position.IMAGE, Position.ASKED


@pytest.mark.parametrize(
    ("found", "strict", "code"),
    [
        ([(PRIMARY, None)], False, ExitCode.OK),
        ([(PRIMARY, None), (FALLBACK, Reason.REVOKED)], False, ExitCode.OK),
        ([(PRIMARY, Reason.REVOKED), (FALLBACK, None)], False, ExitCode.FAILURE),
        ([(PRIMARY, None), (IMAGE, Reason.RATE_LIMITED)], False, ExitCode.OK),
        ([(PRIMARY, None), (IMAGE, Reason.RATE_LIMITED)], True, ExitCode.WARNING),
        ([(PRIMARY, Reason.DEADLINE)], False, ExitCode.WARNING),
        ([(PRIMARY, Reason.DEADLINE), (IMAGE, Reason.NETWORK)], False, ExitCode.WARNING),
        ([(PRIMARY, Reason.MISSING_CREDENTIAL)], False, ExitCode.FAILURE),
        ([(PRIMARY, Reason.UNTRUSTED_ORIGIN), (IMAGE, Reason.REVOKED)], False, ExitCode.REFUSED),
        ([(PRIMARY, None), (FALLBACK, Reason.UNTRUSTED_ORIGIN)], False, ExitCode.OK),
        ([(PRIMARY, None), (ASKED, Reason.MODEL_NOT_FOUND)], False, ExitCode.FAILURE),
        ([(FALLBACK, None)], False, ExitCode.WARNING),
        ([], False, ExitCode.WARNING),
    ],
)
def test_exit_code(found: list[tuple[Position, Reason | None]], *, strict: bool, code: ExitCode) -> None:
    assert judge(found, Policy(strict=strict)).verdict is code


def test_the_policy_sets_the_required_routes() -> None:
    found = [(PRIMARY, None), (FALLBACK, Reason.REVOKED)]
    assert judge(found, Policy((PRIMARY, FALLBACK))).verdict is ExitCode.FAILURE
    assert [outcome.required for outcome in judge(found, Policy((FALLBACK,))).outcomes] == [False, True]


def test_model_requested_by_name_is_required_in_every_position() -> None:
    found = [(PRIMARY, None), (FALLBACK, Reason.REVOKED)]
    assert judge(found).verdict is ExitCode.OK
    ref = judge(found).outcomes[1].route.ref
    assert judge(found, Policy(asked=(ref,))).outcomes[1].required
    assert judge([(FALLBACK, Reason.REVOKED)], Policy((), asked=(ref,))).verdict is ExitCode.FAILURE


def test_an_interrupted_run_reports_the_results_so_far() -> None:
    report = judge([(PRIMARY, Reason.REVOKED), (IMAGE, None)], known=1)
    assert [outcome.gate for outcome in report.outcomes] == [Gate.FAIL, None]
    assert report.verdict is ExitCode.INTERRUPTED
