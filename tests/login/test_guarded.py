"""What comes of a plugin's own way of logging in, whatever its code does."""

from __future__ import annotations

import asyncio
from typing import Any, cast

import pytest

from tests.login.terms_of import make_terms
from text2llm.auth.credentials import ApiKey, OAuth, Token
from text2llm.login.errors import LoginError
from text2llm.login.guarded import guard_flow
from text2llm.login.terms import Obtained
from text2llm.providers.oauth import OAuthFacts
from text2llm.secret import Secret

TERMS = make_terms(OAuthFacts("acme", ()))
NOBODY: Any = None


def run(result: Any) -> Obtained:
    """The guarded outcome of a method that returns ``result``, or raises it."""

    async def method(*_: object) -> Obtained:
        if isinstance(result, BaseException):
            raise result
        return cast("Obtained", result)

    async def main() -> Obtained:
        return await guard_flow(method)(TERMS, NOBODY, NOBODY)

    return asyncio.run(main())


@pytest.mark.parametrize(
    "credential",
    [ApiKey(Secret("k")), Token(Secret("t"), 5), OAuth(Secret("a"), Secret("r"), None, {"accountId": "x"})],
)
def test_credential_passes(credential: ApiKey | Token | OAuth) -> None:
    assert run(Obtained(credential, "ada@acme.example")) == Obtained(credential, "ada@acme.example")


@pytest.mark.parametrize("error", [RuntimeError("canary"), SystemExit(0), AssertionError("canary")])
def test_whatever_the_code_raises_is_the_plugins_failure(error: BaseException) -> None:
    with pytest.raises(LoginError) as caught:
        run(error)
    assert caught.value.message == f"the login method of acme's plugin failed: {type(error).__name__}"
    assert "the plugin's author" in str(caught.value.hint)


def test_its_own_words_and_an_interrupt_pass() -> None:
    with pytest.raises(LoginError, match="no such ticket"):
        run(LoginError("no such ticket"))
    with pytest.raises(KeyboardInterrupt):
        run(KeyboardInterrupt())


@pytest.mark.parametrize(
    "result",
    [
        None,
        "key",
        Obtained(cast("ApiKey", None)),
        Obtained(cast("ApiKey", "key")),
        Obtained(ApiKey(cast("Secret", "key"))),
        Obtained(ApiKey(Secret(""))),
        Obtained(ApiKey(Secret("two words"))),
        Obtained(Token(Secret("\x1b[31m"), None)),
        Obtained(OAuth(Secret("a"), Secret("line\nbreak"), None, {})),
        Obtained(OAuth(Secret("a"), None, None, cast("dict[str, Any]", None))),
        Obtained(OAuth(Secret("a"), None, None, {"odd": object()})),
    ],
)
def test_what_cannot_be_stored_and_sent_is_no_credential(result: Any) -> None:
    with pytest.raises(LoginError, match="acme's plugin gave no usable credential"):
        run(result)
