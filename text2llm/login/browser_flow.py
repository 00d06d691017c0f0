"""Log in with a browser: on this machine with a listener, elsewhere by pasting the code."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from text2llm.login.authorize import (
    RANDOM_BYTES,
    authorization_url,
    find_redirect,
    make_challenge,
    place_state,
    read_pasted,
)
from text2llm.login.exchange import exchange_code
from text2llm.login.terms import Dialogue, LoginTerms, Obtained

if TYPE_CHECKING:
    from text2llm.net.client import Client

#: Services on the other machine may listen on lower ports.
_FIRST_EPHEMERAL = 49_152


async def log_in_by_loopback(
    terms: LoginTerms, dialogue: Dialogue, client: Client, limit: float | None = None
) -> Obtained:
    """Log in with a browser on this machine; ``limit`` is in seconds (default: 5 minutes).

    Raises:
        LoginError: it was refused, or not finished in time, or a response cannot be used.
    """
    from text2llm.login.callback import LIMIT, listen

    challenge = make_challenge(secrets.token_bytes(RANDOM_BYTES))
    redirect_to, in_path = find_redirect(terms), terms.facts.state_in_path
    async with listen(redirect_to, challenge.state, state_in_path=in_path, issuer=terms.issuer) as listener:
        redirect = place_state(listener.url, terms, challenge)
        url = authorization_url(terms, redirect, challenge)
        dialogue.say("Log in with a browser on this machine, at this page:")
        opened = "It should be open by now." if dialogue.open_page(url) else "Open it yourself."
        dialogue.say(f"{opened} Waiting for you to come back; Ctrl-C gives up.")
        code = await listener.wait(LIMIT if limit is None else limit)
    return await exchange_code(terms, code, challenge.verifier, redirect, challenge.state, client)


async def log_in_by_paste(terms: LoginTerms, dialogue: Dialogue, client: Client) -> Obtained:
    """Log in with a browser anywhere; the user pastes the code, or the URL of the last page.

    Raises:
        LoginError: it was refused, the pasted text is of another login, or a response cannot be used.
    """
    challenge = make_challenge(secrets.token_bytes(RANDOM_BYTES))
    port = _FIRST_EPHEMERAL + secrets.randbelow(2**16 - _FIRST_EPHEMERAL)
    redirect = place_state(find_redirect(terms).url(port), terms, challenge)
    dialogue.say("Log in with any browser, at this page:")
    dialogue.say(authorization_url(terms, redirect, challenge))
    dialogue.say("At the end it shows a code, or a page that cannot be opened: copy the code, or that page's address.")
    pasted = dialogue.ask_secret("Code or address (not shown)")
    code = read_pasted(pasted.reveal(), redirect, terms, challenge)
    return await exchange_code(terms, code, challenge.verifier, redirect, challenge.state, client)
