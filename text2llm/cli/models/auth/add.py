"""``text2llm models auth add``: a credential step by step, for users who do not know the commands yet."""

from __future__ import annotations

import os
import re

import click

from text2llm.auth.pasted import PasteKind, paste_command
from text2llm.cli.models.auth.command import DURATION, log_in, open_stores, subject_options
from text2llm.cli.models.auth.group import QuietCommand
from text2llm.cli.terminal import prompts
from text2llm.commands.keep import StoreRequest
from text2llm.commands.login import find_methods
from text2llm.config.scalars import parse_duration
from text2llm.errors import UsageError
from text2llm.login.browser import can_open_browser
from text2llm.login.methods import SETUP_TOKEN, SUMMARIES, choose_method
from text2llm.workspace import Workspace


@click.command("add", cls=QuietCommand)
@subject_options
def command(agent: str | None, config: str | None, *, as_json: bool) -> None:
    """Choose a provider and a method, and store a credential. Interactive; needs a terminal."""
    if not prompts.has_terminal():
        raise UsageError(
            "no terminal for prompts",
            hint="run `text2llm models auth paste-api-key --provider PROVIDER < file`",
        )
    workspace = open_stores(config)
    workspace.find_agent(agent)
    provider = _ask_provider(workspace)
    browser = can_open_browser(os.environ)
    method = _ask_method(provider, workspace, browser=browser)
    profile_id = _ask("Profile id (empty: the default)") or None
    lifetime = _ask_lifetime() if method == SETUP_TOKEN else None
    request = StoreRequest(provider, agent, profile_id, lifetime=lifetime)
    log_in(workspace, method, request, browser=browser, as_json=as_json)


def _ask_provider(workspace: Workspace) -> str:
    """Prompt until the answer is a built-in, configured or gateway provider."""
    registry = workspace.registry
    spell = registry.spellings().provider
    known = {*registry.ids(), *map(spell, workspace.config.providers), *workspace.settings.gateways}
    while True:
        provider = spell(_ask("Provider, such as anthropic"))
        if provider in known:
            return provider
        prompts.say(_explain_unknown(provider, workspace))


def _explain_unknown(provider: str, workspace: Workspace) -> str:
    """The reply to an unknown provider. Its name is not repeated: it may be a key."""
    near = workspace.registry.near(provider, workspace.config.providers)
    if near:
        return f"did you mean {' or '.join(near)}?"
    command = f"{paste_command(PasteKind.API_KEY, 'ID')} --origin https://HOST"
    return f"unknown provider; for a custom one, press Ctrl-C and run `{command}`"


def _ask_method(provider: str, workspace: Workspace, *, browser: bool) -> str:
    methods = find_methods(workspace, provider)
    default = choose_method(None, methods, terminal=True, browser=browser)
    if len(methods) == 1:
        return default
    login = workspace.registry.logins().get(provider)
    summaries = {**SUMMARIES, **({} if login is None else {each.name: each.summary for each in login.methods})}
    for number, method in enumerate(methods, 1):
        prompts.say(f"  {number}. {method}: {summaries[method]}")
    while True:
        answer = _ask(f"Method (empty: {default})") or default
        chosen = dict(zip(map(str, range(1, len(methods) + 1)), methods, strict=True)).get(answer, answer)
        if chosen in methods:
            return chosen
        prompts.say("enter a method or its number")


def _ask_lifetime() -> int | None:
    """The token's lifetime in milliseconds; ``None`` if it never expires."""
    while True:
        answer = _ask("Expires in, such as 365d (empty: never, or unknown)")
        if not answer:
            return None
        if re.fullmatch(DURATION, answer):
            return parse_duration(answer)
        prompts.say("write a number and s, m, h or d")


def _ask(question: str) -> str:
    answer: str = click.prompt(question, default="", show_default=False, err=True)
    return answer.strip()
