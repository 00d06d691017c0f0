"""``text2llm models auth login``: obtain a credential by a method that its provider offers, and store it."""

from __future__ import annotations

import os
import sys
from functools import partial
from typing import Any, NamedTuple

import click

from text2llm.auth.pasted import Paste, PasteKind
from text2llm.auth.stored import NewProfile
from text2llm.cli import prompts
from text2llm.cli.auth.command import Subject, find_provider, find_subject, subject_options
from text2llm.cli.auth.paste import Pasting, explain_destination, parse_origin_option, paste_secret
from text2llm.cli.auth.quiet import QuietCommand
from text2llm.cli.auth.storing import (
    check_grant,
    choose_id,
    choose_keyring,
    print_change,
    require_person,
    settle_destination,
    store_credential,
)
from text2llm.cli.options import offer
from text2llm.cli.world import World, open_world
from text2llm.errors import UsageError
from text2llm.login.browser import can_open_browser
from text2llm.login.errors import LoginError
from text2llm.login.methods import API_KEY, SETUP_TOKEN, choose_method, offered_methods
from text2llm.login.terms import LoginTerms, Obtained
from text2llm.trust.origin import Origin
from text2llm.upstream.destination import find_destination

_PASTED = {API_KEY: PasteKind.API_KEY, SETUP_TOKEN: PasteKind.SETUP_TOKEN}
#: The name of a login that nobody named.
_DEFAULT_NAME = "default"


class Wish(NamedTuple):
    """What a login should do. ``lifetime`` is in milliseconds; ``None`` if not given."""

    provider: str
    method: str
    profile_id: str | None = None
    origin: Origin | None = None
    lifetime: int | None = None
    keyring: bool | None = None
    browser: bool = True


@click.command("login", cls=QuietCommand)
@click.option(
    "--provider", metavar="PROVIDER", required=True, shell_complete=offer("providers"), help="Where to log in."
)
@click.option("--method", metavar="METHOD", help="How; `text2llm plugins list` shows what each provider offers.")
@click.option(
    "--profile-id", metavar="ID", help="The profile's id (default: PROVIDER:default, a key's PROVIDER:manual)."
)
@click.option("--set-default", is_flag=True, help="Then make the provider's first configured model the default.")
@click.option("--no-browser", is_flag=True, help="Start no browser on this machine.")
@click.option("--keyring/--no-keyring", default=None, help="Keep the secrets in the system's keyring, or not.")
@click.option(
    "--origin",
    metavar="URL",
    callback=parse_origin_option,
    help="Where the credential may go, for a provider of your own: scheme, host and port.",
)
@subject_options
def command(*, set_default: bool, as_json: bool, **options: Any) -> None:
    """Log in at a provider and store the credential.

    It needs a terminal, unless the method is device-code, or api-key or setup-token from standard input.
    """
    if set_default and as_json:
        raise UsageError("--set-default and --json cannot be combined", hint="run `text2llm models set` afterwards")
    world, subject = open_world(os.environ), find_subject(options["agent"], options["config"])
    provider = find_provider(options["provider"], subject)
    browser = not options["no_browser"] and can_open_browser(os.environ)
    # An unknown provider ends here.
    find_destination(provider, options["origin"], subject.config, subject.registry, world.settings.gateways)
    method = choose_method(
        options["method"], methods_of(provider, world), terminal=prompts.has_terminal(), browser=browser
    )
    if set_default:
        _prefer(provider, subject, options, dry_run=True)
    wish = Wish(provider, method, options["profile_id"], options["origin"], None, options["keyring"], browser)
    run_login(wish, subject, world, as_json=as_json)
    if set_default:
        _prefer(provider, subject, options, dry_run=False)


def methods_of(provider: str, world: World) -> tuple[str, ...]:
    """The methods that a provider offers, with those of the user's gateway and of a plugin."""
    from text2llm.login.oidc import gateway_facts

    gateway = world.settings.gateways.get(provider)
    login = world.registry.logins().get(provider) if gateway is None else gateway_facts(gateway)
    return offered_methods(world.registry.get(provider), login, world.registry.login_methods(provider))


def run_login(wish: Wish, subject: Subject, world: World, *, as_json: bool) -> None:
    """Obtain a credential, store it and say so.

    Raises:
        LoginError: nobody can log in with this method yet, or the login was refused or not finished in time.
        UsageError: the id or the origin is none.
    """
    kind = _PASTED.get(wish.method)
    if kind is not None:
        pasting = Pasting(Paste(kind, wish.provider), wish.profile_id, wish.origin, wish.lifetime, wish.keyring)
        paste_secret(pasting, subject, as_json=as_json)
        return
    terms = _find_terms(wish, world)
    gateways = world.settings.gateways
    destination = find_destination(wish.provider, wish.origin, subject.config, subject.registry, gateways)
    require_person(destination)
    profile_id = choose_id(wish.profile_id, wish.provider, subject, _DEFAULT_NAME)
    origin = settle_destination(destination, wish.provider)
    if origin is not None:
        check_grant(profile_id, origin)
    keyring = choose_keyring(profile_id, subject, wanted=wish.keyring)
    obtained = _obtain(wish, terms, world)
    new = NewProfile(profile_id, wish.provider, obtained.credential, obtained.email, keyring=keyring)
    notes = explain_destination(destination, profile_id)
    print_change(store_credential(new, subject, origin, notes), as_json=as_json)


def _find_terms(wish: Wish, world: World) -> LoginTerms:
    from text2llm.auth.secret_refs import read_secret
    from text2llm.login.registration import NotRegistered, resolve_terms

    if wish.method in world.registry.login_methods(wish.provider):
        return LoginTerms(world.registry.logins()[wish.provider])  # a plugin's own code needs no registered client
    read = partial(read_secret, environ=os.environ)
    terms = resolve_terms(wish.provider, world.settings, os.environ, read, world.registry.logins())
    if isinstance(terms, NotRegistered):
        pasted = [f"--method {method}" for method in methods_of(wish.provider, world) if method in _PASTED]
        raise LoginError(terms.message, hint="; or ".join([*pasted, terms.hint]))
    return terms


def _obtain(wish: Wish, terms: LoginTerms, world: World) -> Obtained:
    from text2llm.cli.dialogue import TerminalDialogue
    from text2llm.login.guarded import guard_flow
    from text2llm.login.session import built_in_flow, log_in
    from text2llm.settings.binding import gather_trust

    brought = world.registry.login_methods(wish.provider).get(wish.method)
    flow = built_in_flow(wish.method) if brought is None else guard_flow(brought)
    trust = gather_trust(world.registry, world.settings, os.environ, [terms.facts])
    try:
        return log_in(flow, terms, TerminalDialogue(wish.browser), trust, world.settings.network)
    except LoginError as error:
        if sys.stdout.isatty() and sys.stderr.isatty():
            raise error.quoting() from error
        raise  # the provider's own words are for no log


def _prefer(provider: str, subject: Subject, options: dict[str, Any], *, dry_run: bool) -> None:
    """Change the default model through the edit pipeline; ``dry_run`` finds out beforehand whether that can be."""
    from text2llm.cli.checks import edit_target
    from text2llm.cli.edit import perform
    from text2llm.cli.options import locate_config
    from text2llm.plan.apply import plan_edit
    from text2llm.plan.edits import prefer_provider

    edit = partial(prefer_provider, provider=provider, agent=subject.agent_id)
    if dry_run:
        plan_edit(edit_target(locate_config(options["config"])), edit)
    else:
        perform(edit, config=options["config"], dry_run=False, out=None, as_json=False)
