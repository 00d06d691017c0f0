"""Acme's login: its console shows a single-use ticket, which is exchanged for an API key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from text2llm.plugin import ApiKey, Obtained, post_fields, require_answer, require_token

if TYPE_CHECKING:
    from text2llm.plugin import Client, Dialogue, LoginTerms


async def exchange_ticket(terms: LoginTerms, dialogue: Dialogue, client: Client) -> Obtained:
    """Ask for a ticket and exchange it for an API key."""
    dialogue.say("https://console.acme.example/tickets shows a ticket.")
    ticket = dialogue.ask_secret("Ticket")
    # Bound to this login, the secret is sent only to the origins of Acme's login.
    answer = await post_fields(terms.facts.method_url("acme-ticket"), {"ticket": terms.name(ticket)}, "json", client)
    return Obtained(ApiKey(require_token(require_answer(answer).get("key"), "key")))
