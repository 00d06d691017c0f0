from __future__ import annotations

from typing import Any

import pytest

from text2llm.errors import ExitCode, UsageError, worst_exit
from text2llm.probe.options import check_options, split_profiles
from text2llm.probe.result import ProbeOptions
from text2llm.upstream.verdict import Gate, Reason, Verdict


def test_defaults_are_those_of_the_reference() -> None:
    assert check_options() == ProbeOptions(8000, 2, 8, None, ())


def test_given_values_are_kept() -> None:
    options = check_options(500.0, 4, 16, "openai", ["a,b", " b , c,"])
    assert options == ProbeOptions(500, 4, 16, "openai", ("a", "b", "c"))


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ((0,), "--probe-timeout must be a positive number (ms)"),
        ((-5,), "--probe-timeout must be a positive number (ms)"),
        ((float("nan"),), "--probe-timeout must be a positive number (ms)"),
        ((float("inf"),), "--probe-timeout must be a whole number from 1 to 600000"),
        ((0.5,), "--probe-timeout must be a whole number from 1 to 600000"),
        ((8000, 0), "--probe-concurrency must be > 0"),
        ((8000, 257), "--probe-concurrency must be a whole number from 1 to 256"),
        ((8000, 2, -1), "--probe-max-tokens must be > 0"),
        ((8000, 2, 4097), "--probe-max-tokens must be a whole number from 1 to 4096"),
    ],
)
def test_bad_value_is_refused_with_the_flags_name(values: tuple[float, ...], message: str) -> None:
    names = ("timeout_ms", "concurrency", "max_tokens")
    given: dict[str, Any] = dict(zip(names, values, strict=False))
    with pytest.raises(UsageError) as caught:
        check_options(**given)
    assert caught.value.message == message


def test_profiles_come_repeated_or_with_commas() -> None:
    assert split_profiles(["a", "b,a"]) == ("a", "b")


@pytest.mark.parametrize("value", ["", " ", ",", " , "])
def test_no_profile_does_not_mean_all_of_them(value: str) -> None:
    with pytest.raises(UsageError, match="--probe-profile is empty"):
        split_profiles(["a", value])


@pytest.mark.parametrize(
    ("reasons", "code"),
    [
        ([], ExitCode.OK),
        ([None, None], ExitCode.OK),
        ([None, Reason.RATE_LIMITED], ExitCode.WARNING),
        ([Reason.DEADLINE, Reason.INVALID_KEY], ExitCode.FAILURE),
        ([Reason.INVALID_KEY, Reason.UNTRUSTED_ORIGIN, None], ExitCode.REFUSED),
    ],
)
def test_worst_result_decides_the_exit_code(reasons: list[Reason | None], code: ExitCode) -> None:
    assert worst_exit([Verdict(reason).gate.value for reason in reasons]) is code


def test_gate_of_each_reason() -> None:
    words = {gate: {reason.word for reason in Reason if reason.gate is gate} for gate in Gate}
    assert words[Gate.PASS] == set()
    assert words[Gate.REFUSE] == {"untrusted_origin"}
    assert words[Gate.INCONCLUSIVE] == {
        "rate_limited",
        "overloaded",
        "usage_window",
        "connect",
        "deadline",
        "server_error",
        "network",
        "needs_refresh",
        "unclassified",
        "not_provable",
        "other_model",
        "cached",
        "unproven",
        "bug",
    }
