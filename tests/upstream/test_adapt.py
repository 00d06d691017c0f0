"""The second request, after a server refused what the probe added to the first."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.probe.making import make_call
from text2llm.upstream.adapt import Adapted, adapt, explain_second
from text2llm.upstream.verdict import Reason, Verdict

LAB = replace(make_call("openai-completions"), max_tokens_field="max_tokens")
RESPONSES = replace(make_call("openai-responses"), max_tokens_field="max_output_tokens")


def refuse(message: str, param: str | None = None, status: int = 400) -> Adapted | None:
    return adapt(LAB, 8, status, {"error": {"message": message, "param": param}})


@pytest.mark.parametrize(
    "message",
    [
        "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
        "max_tokens is deprecated, use max_completion_tokens instead",
        'Unknown name "max_tokens"',
        "Extra inputs are not permitted: max_tokens",
    ],
)  # fmt: skip
def test_limit_moves_to_the_other_field(message: str) -> None:
    adapted = refuse(message)
    assert adapted is not None
    assert adapted.call == replace(LAB, max_tokens_field="max_completion_tokens", min_tokens=16)
    assert adapted.note == "limited the output by max_completion_tokens, to 16 tokens"
    assert adapted.compat == {"maxTokensField": "max_completion_tokens", "minTokens": 16}


@pytest.mark.parametrize(("limit", "stated"), [(16, ()), (8, ("minTokens",))])
def test_limit_that_is_high_enough_or_stated_is_moved_as_it_is(limit: int, stated: tuple[str, ...]) -> None:
    call = replace(LAB, stated=frozenset(stated))
    adapted = adapt(call, limit, 400, {"error": "max_tokens is deprecated, use max_completion_tokens instead"})
    assert adapted is not None
    assert adapted.call == replace(call, max_tokens_field="max_completion_tokens")
    assert adapted.note == "limited the output by max_completion_tokens"


def test_second_refusal_of_what_the_probe_added_tells_all_that_helps() -> None:
    first = refuse("max_tokens is deprecated, use max_completion_tokens instead")
    assert first is not None
    raised = adapt(first.call, 16, 400, {"error": "max_completion_tokens must be at least 100"})
    assert raised is not None
    verdict = explain_second(Verdict(Reason.BAD_REQUEST, "HTTP 400"), first, raised, "lab")
    assert verdict.adapted == "limited the output by max_completion_tokens, to 16 tokens"
    assert verdict.error == "HTTP 400; a third request, which is not sent, would have raised the output limit to 101"
    assert verdict.hint == ("set models.providers.lab.compat: {maxTokensField: max_completion_tokens, minTokens: 101}")
    streamed = adapt(first.call, 16, 400, {"error": "This model only supports stream mode"})
    told = explain_second(Verdict(Reason.BAD_REQUEST, "HTTP 400"), first, streamed, "lab")
    assert "stream: true" in str(told.hint)


def test_second_answer_about_something_else_keeps_its_own_hint() -> None:
    first = refuse("max_tokens is deprecated, use max_completion_tokens instead")
    assert first is not None
    verdict = explain_second(Verdict(Reason.MODEL_RETIRED, "HTTP 404", "choose another"), first, None, "lab")
    assert (verdict.error, verdict.hint, verdict.adapted) == ("HTTP 404", "choose another", first.note)


def test_limit_is_left_out_where_no_other_field_is_known() -> None:
    call = replace(LAB, max_tokens_field="options.num_predict")
    adapted = adapt(call, 8, 400, {"error": "unknown field num_predict"})
    assert adapted is not None
    assert adapted.call.max_tokens_field is None


@pytest.mark.parametrize(
    ("message", "least"),
    [
        ("Could not finish the message because max_tokens or model output limit was reached.", 2048),
        ("Invalid 'max_output_tokens': integer below minimum value. Expected a value >= 16, but got 8 instead.", 17),
        ("`max_tokens` must be greater than `thinking.budget_tokens`", 2048),
        ("max_tokens must be at least 100", 101),
        ("max_completion_tokens is too small", 2048),
    ],
)
def test_limit_is_raised(message: str, least: int) -> None:
    adapted = refuse(message)
    assert adapted is not None
    assert adapted.call.min_tokens == least


@pytest.mark.parametrize(
    "message",
    [
        "This model only supports stream mode, please enable the stream parameter",
        "parameter.enable_thinking must be set to false for non-streaming calls",
        "stream must be set to true",
        "Streaming is required for this model",
    ],
)
def test_stream_is_asked_for(message: str) -> None:
    adapted = refuse(message)
    assert adapted is not None
    assert adapted.call.stream


@pytest.mark.parametrize(
    "message",
    [
        "The model m1 does not exist",
        "temperature is not supported with this model",
        "You must add a payment method",
        "Streaming is not supported for this model",
        "max_tokens: 8 is fine, but 'top_p' is wrong",
        "maximum context length is 4096 tokens",
    ],
)
def test_other_faults_are_not_adapted_to(message: str) -> None:
    assert refuse(message) is None


@pytest.mark.parametrize("status", [401, 403, 429, 503])
def test_other_statuses_are_not_adapted_to(status: int) -> None:
    assert refuse("max_tokens is deprecated, use max_completion_tokens instead", status=status) is None


@pytest.mark.parametrize(
    ("key", "message"),
    [
        ("stream", "This model only supports stream mode"),
        ("maxTokensField", "Unsupported parameter: 'max_tokens' is not supported. Use 'max_completion_tokens'."),
        ("minTokens", "max_tokens must be at least 100"),
    ],
)
def test_what_the_configuration_says_is_never_changed(key: str, message: str) -> None:
    assert adapt(replace(LAB, stated=frozenset({key})), 8, 400, {"error": {"message": message}}) is None


def test_nothing_is_raised_that_is_high_enough() -> None:
    assert adapt(RESPONSES, 2048, 400, {"error": "Could not finish, output limit reached"}) is None


def test_stream_is_asked_for_once() -> None:
    assert adapt(replace(LAB, stream=True), 8, 400, {"error": "only supports stream mode"}) is None
