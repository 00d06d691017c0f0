from __future__ import annotations

import pytest

from text2llm.auth.health import STATIC
from text2llm.auth.naming import binding_name
from text2llm.auth.sources import Effective, SourceKind


@pytest.mark.parametrize(
    ("credential", "name"),
    [
        (Effective("zai", SourceKind.PROFILE, "x", "api_key", STATIC, profile_id="zai:me"), "profile:zai:me"),
        (Effective("zai", SourceKind.ENV, "x", "api_key", STATIC, variable="ZAI_API_KEY"), "env:ZAI_API_KEY"),
        (Effective("zai", SourceKind.CONFIG, "apiKey", "api_key", STATIC), "config:zai"),
    ],
)
def test_credential_is_called_what_it_can_be_granted_as(credential: Effective, name: str) -> None:
    named = binding_name(credential)
    assert str(named) == name
    assert named.provider == ("zai" if credential.profile_id else None)
