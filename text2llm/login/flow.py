"""Run the flow of a login method."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from text2llm.login.methods import BROWSER, DEVICE, PASTE
from text2llm.login.terms import Dialogue, LoginTerms, Obtained
from text2llm.settings.model import NetworkSettings
from text2llm.trust.bindings import Trust

if TYPE_CHECKING:
    from text2llm.net.client import Client

#: Also the interface of plugins' flows.
Flow = Callable[[LoginTerms, Dialogue, "Client"], Awaitable[Obtained]]


def log_in(flow: Flow, terms: LoginTerms, dialogue: Dialogue, trust: Trust, network: NetworkSettings) -> Obtained:
    """Run a flow in its own event loop.

    Raises:
        LoginError: it was refused, or not finished in time.
        KeyboardInterrupt: the user gave up.
    """
    from text2llm.login.oidc import complete_terms
    from text2llm.net.client import Client, create_tls_context
    from text2llm.net.loop import run_async

    async def work() -> Obtained:
        client = Client(trust, create_tls_context(network), network)
        return await flow(await complete_terms(terms, client), dialogue, client)

    return run_async(work())


def built_in_flow(method: str) -> Flow:
    from text2llm.login.browser_flow import log_in_by_loopback, log_in_by_paste
    from text2llm.login.device import log_in_by_device

    return {BROWSER: log_in_by_loopback, PASTE: log_in_by_paste, DEVICE: log_in_by_device}[method]
