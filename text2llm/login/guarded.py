"""Guard a plugin's login method: its exceptions and unusable results become login errors."""

from __future__ import annotations

from typing import TYPE_CHECKING

from text2llm.errors import Text2llmError
from text2llm.login.errors import LoginError
from text2llm.login.flow import Flow
from text2llm.login.terms import Dialogue, LoginTerms, Obtained
from text2llm.login.tokens import require_token
from text2llm.secret import Secret

if TYPE_CHECKING:
    from text2llm.net.client import Client

_HINT = "report it to the plugin's author, and log in with another --method"


def guard_flow(flow: Flow) -> Flow:
    """The same flow; every failure is a readable error, and its credential can be stored and sent."""

    async def work(terms: LoginTerms, dialogue: Dialogue, client: Client) -> Obtained:
        try:
            obtained = await flow(terms, dialogue, client)
        except Text2llmError:
            raise
        except (Exception, SystemExit) as error:  # its message may contain a secret
            message = f"the login method of {terms.provider}'s plugin failed: {type(error).__name__}"
            raise LoginError(message, hint=_HINT) from error
        if not _is_usable(obtained):
            raise LoginError(f"the login method of {terms.provider}'s plugin gave no usable credential", hint=_HINT)
        return obtained

    return work


def _is_usable(obtained: object) -> bool:
    import json

    from text2llm.auth.profiles import make_profile

    if not isinstance(obtained, Obtained):
        return False
    try:
        json.dumps(make_profile("plugin:trial", "plugin", obtained.credential, obtained.email).raw)
        for value in obtained.credential:
            if isinstance(value, Secret):
                require_token(value.reveal(), "secret")
    except (LookupError, AssertionError, AttributeError, TypeError, ValueError, Text2llmError):
        return False
    return True
