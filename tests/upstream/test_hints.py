from __future__ import annotations

import pytest

from text2llm.upstream.hints import find_hint
from text2llm.upstream.verdict import Gate, Reason

#: Reasons that are decided before anything is sent, where the verdict has a hint of its own, or has none.
_UNSENT = frozenset(
    (Reason.MISSING_CREDENTIAL, Reason.UNRESOLVED_REF, Reason.UNTRUSTED_ORIGIN, Reason.NO_CANDIDATE)
) | {Reason.EXCLUDED_BY_AUTH_ORDER}
#: Reasons that the provider's own sentence explains, since it names the part of the request.
_SAID = frozenset((Reason.BAD_REQUEST, Reason.UNSUPPORTED_PARAMETER, Reason.CONTEXT_OVERFLOW))


@pytest.mark.parametrize("reason", [each for each in Reason if each.gate is Gate.FAIL], ids=str)
def test_failure_has_a_hint_that_names_its_provider_or_has_a_good_reason(reason: Reason) -> None:
    hint = find_hint(reason, "lab")
    if reason in _UNSENT | _SAID:
        assert hint is None
    else:
        assert hint is not None
        assert "lab" in hint or reason is Reason.TLS
        assert not [word for word in ("ID", "PROVIDER", "{", "the provider") if word in hint]


@pytest.mark.parametrize(
    ("reason", "way"),
    [
        (Reason.ENDPOINT_NOT_FOUND, "models.providers.lab.baseUrl"),
        (Reason.INVALID_RESPONSE, "models.providers.lab.baseUrl"),
        (Reason.REVOKED, "`text2llm models auth login --provider lab`"),
        (Reason.MODEL_NOT_FOUND, "`text2llm models list --all --provider lab`"),
    ],
)
def test_hint_has_the_exact_path_or_command(reason: Reason, way: str) -> None:
    assert way in str(find_hint(reason, "lab"))
