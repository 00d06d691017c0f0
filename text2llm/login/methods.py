"""The login methods that a provider offers, and the choice of one. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from text2llm.errors import UsageError
from text2llm.providers.descriptor import Provider
from text2llm.providers.oauth import OAuthFacts

BROWSER = "pkce-loopback"
PASTE = "paste-code"
DEVICE = "device-code"
SETUP_TOKEN = "setup-token"  # noqa: S105 - the name of a method
API_KEY = "api-key"

#: For users who choose.
SUMMARIES = {
    BROWSER: "log in with a browser on this machine",
    PASTE: "log in with a browser elsewhere, and paste the code",
    DEVICE: "enter a short code in a browser, here or elsewhere",
    SETUP_TOKEN: "paste a long-lived token that the provider's own tool makes",
    API_KEY: "paste an API key",
}
#: They read a secret from standard input, or need no input.
_WITHOUT_TERMINAL = frozenset({DEVICE, API_KEY, SETUP_TOKEN})


def offered_methods(provider: Provider | None, login: OAuthFacts | None, extra: Iterable[str] = ()) -> tuple[str, ...]:
    """The methods of a provider, the best first; ``extra`` are a plugin's. A ``provider`` of the config is ``None``."""
    flows = () if login is None else login.flows
    if BROWSER in flows and PASTE not in flows:
        flows = (*flows, PASTE)  # the same request; only the redirect differs
    setup = () if provider is None or provider.setup_token is None else (SETUP_TOKEN,)
    key = () if provider is not None and provider.auth.key is None else (API_KEY,)
    return tuple(dict.fromkeys((*flows, *extra, *setup, *key)))


def choose_method(asked: str | None, offered: tuple[str, ...], *, terminal: bool, browser: bool) -> str:
    """The method to use: the requested one, else the best that works here.

    ``terminal``: prompts are possible. ``browser``: a browser on this machine is possible.

    Raises:
        UsageError: the provider does not offer it, or it needs a terminal and there is none.
    """
    if not offered:
        raise UsageError("the provider offers no login", hint="its credentials come from its own tools")
    if asked is not None and asked not in offered:
        raise UsageError(f"--method: the provider does not offer {asked!r}", hint=f"it offers: {', '.join(offered)}")
    if asked is None and not terminal:
        flags = " or ".join(f"--method {name}" for name in offered if name in _WITHOUT_TERMINAL)
        hint = f"choose one that is not interactive: {flags}" if flags else "run it where you can answer"
        raise UsageError("login is interactive and needs a terminal", hint=hint)
    method = asked or _best(offered, browser=browser)
    if not terminal and method not in _WITHOUT_TERMINAL:
        raise UsageError(f"the method {method} needs a terminal", hint="run it where you can answer")
    return method


def _best(offered: tuple[str, ...], *, browser: bool) -> str:
    remote = (DEVICE, PASTE)
    if browser or not set(remote) & set(offered):
        return offered[0]
    return next(name for name in remote if name in offered)
