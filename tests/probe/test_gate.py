from __future__ import annotations

from typing import TypeAlias

import pytest

from tests.probe.making import make_call
from text2llm.config import roles
from text2llm.diagnostics import Location
from text2llm.errors import ExitCode
from text2llm.probe.gate import GateReport, Policy, judge_routes
from text2llm.probe.result import ProbeOptions, ProbeResult, ProbeSource, ProbeSubject, ProbeSummary
from text2llm.probe.routes import GatePlan, GateRoute
from text2llm.probe.targets import ProbeTarget
from text2llm.refs import ModelRef
from text2llm.upstream.verdict import UNREACHED, Gate, Reason, Verdict

#: A role, a rank, and whether only the command line names the model.
Place: TypeAlias = tuple[roles.Role, int, bool]
UNSENT = frozenset({Reason.UNTRUSTED_ORIGIN, Reason.NOT_PROVABLE, Reason.MISSING_CREDENTIAL})
SUBJECT = ProbeSubject("lab", "lab/m1", "LAB", ProbeSource.ENV, "api_key")


def make_route(place: Place) -> GateRoute:
    role, rank, asked = place
    return GateRoute("main", role, rank, ModelRef("lab", "m1"), Location("c.yaml"), asked)


def judge(
    found: list[tuple[Place, Reason | None]],
    policy: Policy | None = None,
    known: int | None = None,
    *,
    latency_ms: int | None = 5,
    origins: tuple[str, ...] = ("https://a.example",),
) -> GateReport:
    """What the gate makes of results; ``origins`` are those of the calls, by turns."""
    verdicts = [Verdict(reason) for _, reason in found]
    calls = [make_call("openai-completions", url=origin) for origin in origins]
    plan = GatePlan(
        tuple(ProbeTarget(SUBJECT, calls[index % len(calls)]) for index in range(len(verdicts))),
        tuple((make_route(place), (index,)) for index, (place, _) in enumerate(found)),
    )
    times = (None if verdict.reason in UNSENT else latency_ms for verdict in verdicts)
    results = tuple(ProbeResult(SUBJECT, *each) for each in zip(verdicts[:known], times, strict=False))
    interrupted = known is not None
    places = tuple(range(len(results)))
    summary = ProbeSummary(0, 1, len(found), ProbeOptions(), results, interrupted, places)
    return judge_routes(plan, summary, policy or Policy())


FAR, NEAR = ("https://a.example", "https://b.example"), ("http://127.0.0.1:9", "http://127.0.0.1:10")
PRIMARY, FALLBACK, IMAGE = (roles.MAIN, 0, False), (roles.MAIN, 1, False), (roles.IMAGE, 0, False)
ASKED = (roles.MAIN, 0, True)
SMALL, SMALL_FALLBACK = ((roles.Role("small"), rank, False) for rank in (0, 1))


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
        ([(PRIMARY, Reason.NOT_PROVABLE), (FALLBACK, Reason.UNTRUSTED_ORIGIN)], False, ExitCode.REFUSED),
        ([(PRIMARY, Reason.DEADLINE), (FALLBACK, Reason.UNTRUSTED_ORIGIN)], False, ExitCode.WARNING),
        ([(PRIMARY, Reason.REVOKED), (FALLBACK, Reason.UNTRUSTED_ORIGIN)], False, ExitCode.FAILURE),
        ([(FALLBACK, Reason.UNTRUSTED_ORIGIN)], False, ExitCode.REFUSED),
        ([(PRIMARY, None), (ASKED, Reason.MODEL_NOT_FOUND)], False, ExitCode.FAILURE),
        ([(FALLBACK, None)], False, ExitCode.WARNING),
        ([], False, ExitCode.WARNING),
    ],
)
def test_exit_code(found: list[tuple[Place, Reason | None]], *, strict: bool, code: ExitCode) -> None:
    assert judge(found, Policy(strict=strict)).verdict is code


@pytest.mark.parametrize("strict", [False, True])
def test_required_route_to_which_nothing_was_sent_is_unproven(*, strict: bool) -> None:
    plan = GatePlan(
        tuple(ProbeTarget(SUBJECT, verdict) for verdict in (Verdict(None), Verdict(Reason.NOT_PROVABLE))),
        tuple((make_route(place), (index,)) for index, place in enumerate((PRIMARY, IMAGE))),
    )
    results = (ProbeResult(SUBJECT, Verdict(None), 5), ProbeResult(SUBJECT, Verdict(Reason.NOT_PROVABLE)))
    report = judge_routes(plan, ProbeSummary(0, 1, 2, ProbeOptions(), results), Policy(strict=strict))
    assert [outcome.unproven for outcome in report.outcomes] == [False, True]
    assert report.verdict is ExitCode.WARNING


@pytest.mark.parametrize("reason", sorted((each for each in UNREACHED if each.gate is Gate.FAIL), key=str))
def test_origin_that_is_not_reached_fails_its_route(reason: Reason) -> None:
    found: list[tuple[Place, Reason | None]] = [(PRIMARY, reason), (IMAGE, None)]
    assert judge(found, origins=FAR).verdict is ExitCode.FAILURE
    assert judge(found[:1]).verdict is ExitCode.FAILURE


def test_network_of_this_machine_is_at_fault_where_none_of_several_origins_is_reached() -> None:
    report = judge([(PRIMARY, Reason.UNREACHABLE), (IMAGE, Reason.CONNECT)], origins=FAR)
    assert report.verdict is ExitCode.WARNING
    assert [result.verdict.reason for result in report.summary.results] == [Reason.NETWORK, Reason.CONNECT]


def test_network_is_not_at_fault_where_servers_of_this_machine_refuse() -> None:
    down: list[tuple[Place, Reason | None]] = [
        (PRIMARY, Reason.UNREACHABLE),
        (IMAGE, Reason.UNREACHABLE),
        (FALLBACK, Reason.UNREACHABLE),
    ]
    near = judge(down[:2], origins=NEAR)
    assert near.verdict is ExitCode.FAILURE
    assert not any(result.verdict.hint for result in near.summary.results)
    assert judge(down[:2], origins=(NEAR[0], FAR[0])).verdict is ExitCode.FAILURE
    mixed = judge(down, origins=(NEAR[0], *FAR))
    excused = [Reason.UNREACHABLE, Reason.NETWORK, Reason.NETWORK]
    assert [result.verdict.reason for result in mixed.summary.results] == excused


def test_server_of_this_machine_says_nothing_of_the_network() -> None:
    found = [(PRIMARY, None), (IMAGE, Reason.UNREACHABLE), (FALLBACK, Reason.UNREACHABLE)]
    assert judge(found, origins=(NEAR[0], *FAR)).verdict is ExitCode.OK


def test_the_policy_sets_the_required_routes() -> None:
    found = [(PRIMARY, None), (FALLBACK, Reason.REVOKED)]
    assert judge(found, Policy(("primary", "fallbacks"))).verdict is ExitCode.FAILURE
    assert [outcome.required for outcome in judge(found, Policy(("fallbacks",))).outcomes] == [False, True]


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


@pytest.mark.parametrize(
    ("required", "expected"),
    [
        ("primary", [True, False, False]),
        ("roles", [False, True, False]),
        ("role:small", [False, True, False]),
        ("role:small.fallbacks", [False, False, True]),
        ("role:other", [False, False, False]),
    ],
)
def test_roles_are_required_together_or_by_name(required: str, expected: list[bool]) -> None:
    found: list[tuple[Place, Reason | None]] = [(place, None) for place in (PRIMARY, SMALL, SMALL_FALLBACK)]
    assert [outcome.required for outcome in judge(found, Policy((required,))).outcomes] == expected
